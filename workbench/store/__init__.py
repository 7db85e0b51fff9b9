"""Facts on disk: one immutable snapshot a round and county."""
