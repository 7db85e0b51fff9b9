"""Slips, past and expected: of whom the choice holds how many, why it misses the rest, for whom and how steadily."""
