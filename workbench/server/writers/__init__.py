"""Processes that write the register's pages for the server, where many look at once."""
