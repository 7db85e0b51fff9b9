"""Signed summaries of cities as files: a city's key, what it signs, and what a province makes of a folder of them."""
