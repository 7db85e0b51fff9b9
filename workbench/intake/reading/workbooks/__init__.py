"""Workbooks of every age: checked, looked through for what the reader hides, laid out as rows of text."""
