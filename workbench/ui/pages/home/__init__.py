"""The home page, which the server renders."""
