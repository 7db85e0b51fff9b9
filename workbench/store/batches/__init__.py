"""Intake batches: what an intake changed, what stood before it, and putting that back (decision 0025)."""
