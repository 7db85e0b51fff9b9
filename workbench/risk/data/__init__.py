"""What the model learns from: the panel of household-rounds, features, the design matrix, drift."""
