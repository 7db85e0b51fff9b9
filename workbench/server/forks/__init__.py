"""Kernels forked from one warm process that has the program loaded; the ordinary start is the fallback everywhere."""
