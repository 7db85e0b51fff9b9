"""How many households a county standard brings in, exactly and at once."""
