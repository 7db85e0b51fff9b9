"""The left side of the page: the form of a standard, its fields, and the key groups that a county adds."""
