"""What carries the program to computers without internet: one archive, its installer, the licences of what is in it."""
