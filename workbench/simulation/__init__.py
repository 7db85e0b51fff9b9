"""The demonstration city: simulated households, never real ones."""
