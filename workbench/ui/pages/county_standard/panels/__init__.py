"""Panels of the county-standard page about what else could be chosen: the frontier, the budget, the readings of the notice."""
