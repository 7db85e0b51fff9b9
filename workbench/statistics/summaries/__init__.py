"""Summaries of cities: what a city counts for its province, and what a province answers from the sums."""
