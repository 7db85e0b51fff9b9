"""What taking files in asks of a store: its open round, its rules and its persons, and where each fact came from."""
