"""Versions of the register's tables, in order; each is one transaction."""
