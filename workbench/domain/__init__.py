"""Facts, rounds, rules, procedure, assistance and visits, as pure functions and data. No clock, database or widget; no file but parameters."""
