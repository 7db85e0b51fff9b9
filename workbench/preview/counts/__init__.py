"""What a standard brings in, counted over the index: totals, breakdowns, curves, sweeps, two standards compared."""
