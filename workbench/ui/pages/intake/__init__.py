"""The intake page: a file read, looked at, taken in."""
