"""The model: train, evaluate, score, models, visits."""
