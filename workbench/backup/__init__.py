"""A store and its register in one file, put back whole or not at all; the register brought to a newer version."""
