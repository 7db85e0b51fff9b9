"""Exports of the national system, and any other table with a mapping, read into facts; every finding reported."""
