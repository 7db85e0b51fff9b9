"""Tiers, explanations, transitions, coverage."""
