"""What protects the machine and the store from what is handed in: bounded reading, zips, private files, memory."""
