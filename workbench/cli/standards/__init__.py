"""A county standard tried: preview, sweep, frontier, hindsight, readings, and what each says of it."""
