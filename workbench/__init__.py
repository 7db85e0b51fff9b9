"""The Lu'an edge-household workbench: rules, preview and county standards of notice 六政办〔2019〕15号."""
