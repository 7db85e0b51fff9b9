"""A round on the register page: whom to screen, when the national system is open, closing it."""
