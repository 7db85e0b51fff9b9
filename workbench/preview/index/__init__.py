"""The preview's index of a round: built once from the facts, kept on disk, memory-mapped by every reader."""
