"""Ledgers and documents: `gathering` reads store and register into frozen records; `ledgers` and `documents` make files of them.

Those two are pure functions from records to the bytes of a file: no store, no clock, no path.
"""
