"""What waits for whom, how far a round is, and what became of what was sent up: asked of the procedure, which nothing here changes."""
