"""Who acts: accounts, passwords, and the person at work with rights and area."""
