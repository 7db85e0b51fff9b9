"""What is wrong or unlikely in a file, and the result of reading it."""
