"""The rules written anew, as users of other engines would: what `benchmarks.peers` holds the workbench against."""
