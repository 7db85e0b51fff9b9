"""Measures of assistance: the catalogue, what a household's facts suggest, who renovates unsafe housing."""
