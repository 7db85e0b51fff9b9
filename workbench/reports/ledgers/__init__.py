"""Ledgers and lists as spreadsheets."""
