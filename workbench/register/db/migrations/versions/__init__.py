"""One file a version: `NNNN_what_it_brings.py`."""
