"""Official papers as Word documents."""
