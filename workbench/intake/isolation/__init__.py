"""A file read in a process of its own, of limited memory and time."""
