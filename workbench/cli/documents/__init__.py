"""Ledgers, filing documents, and the templates that an office gives for its own."""
