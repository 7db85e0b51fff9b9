"""Preview and sweep of a county standard."""
