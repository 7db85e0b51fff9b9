"""Pages with a kernel: whose it is, its connection, its memory, and how many there may be."""
