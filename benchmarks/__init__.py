"""Measurements, run by `make bench`: every figure a ratio against a named alternative in the same run."""
