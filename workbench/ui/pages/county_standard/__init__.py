"""The county-standard page: thresholds, what they bring in, and a standard's way to approval."""
