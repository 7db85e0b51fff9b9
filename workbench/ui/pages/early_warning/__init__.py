"""The early-warning page: who is at risk by rule and by the model, and why."""
