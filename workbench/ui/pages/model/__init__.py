"""The model page: whether the model can be trusted."""
