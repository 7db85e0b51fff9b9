"""The file of a backup: what it is made of, how it is written, and how it is read after every byte was checked."""
