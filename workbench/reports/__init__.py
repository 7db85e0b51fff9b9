"""Ledgers and documents: pure functions from frozen records to the bytes of a file. No store, no clock, no path."""
