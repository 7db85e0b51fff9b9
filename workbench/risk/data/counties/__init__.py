"""Counties that are unlike the others of a round, or unlike themselves: another code, another unit."""
