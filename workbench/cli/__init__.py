"""The program `workbench`: every command of the workbench, for people and (with --json) for programs."""
