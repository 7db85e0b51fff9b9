"""Scores of a round: probabilities, intervals and reasons of households."""
