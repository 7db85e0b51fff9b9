"""Models on disk: artefacts, which one is in use, and the card of each."""
