"""The training page: constructed households, a tour and a quiz."""
