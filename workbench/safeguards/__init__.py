"""What protects the machine and the store: bounded reading of what is handed in, zips, private files, memory, threads."""
