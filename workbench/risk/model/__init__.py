"""The model: learners, fitting, calibration, the glass box of tables that results, and its forecast of income."""
