"""The model of slips: panel, features, training, calibration, evaluation, drift, scores, reasons, cards."""
