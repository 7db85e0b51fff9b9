"""The headers of any office's list matched to the columns that the workbench knows, each with how, how sure and why."""
