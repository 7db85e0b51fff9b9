"""Assistance on the register page: gaps and plans by township, one household's plan and the steps of it (LA2019-15 §2.1.4)."""
