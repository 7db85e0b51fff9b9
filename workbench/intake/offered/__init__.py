"""Files that the workbench offers to be filled in, made so that they read back without a question."""
