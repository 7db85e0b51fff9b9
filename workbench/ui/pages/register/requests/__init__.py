"""One request for the register page: its address read, its choice taken, its parts written. Nothing outlives it (0039)."""
