"""Pure rules: facts, criteria, tiers and the county standard. No file, clock, database or widget."""
