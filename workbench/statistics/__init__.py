"""Lifted households counted: tiers, transitions, coverage, readings of the notice, what is missing."""
