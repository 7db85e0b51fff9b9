"""Hindsight: what a standard would have done in the past rounds whose next round is stored. No model is asked."""
