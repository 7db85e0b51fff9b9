"""Panels of the county-standard page: lists of households, what else could be chosen, what it costs, how sure the counts are."""
