"""Scores of many counties on a cluster: each county scored by a worker, the parts put together by another."""
