"""What the functions for notebooks return, shown as tables and curves."""
