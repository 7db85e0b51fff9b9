"""Facts in and out: simulate, intake, close, backup, restore, upgrade."""
