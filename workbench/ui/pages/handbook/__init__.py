"""The handbook that offices read: its chapters in `docs/handbook`, a role each, as pages of the server and as one file."""
