"""How good probabilities are: metrics, calibration, backtest, overdispersion, what came of the scores."""
