"""Several households or cases at once on the register page: said first, done upon a second word, withdrawn."""
