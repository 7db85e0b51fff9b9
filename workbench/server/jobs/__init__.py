"""Jobs on the server: what looks after them while it runs, and their page."""
