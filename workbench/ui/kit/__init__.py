"""What pages are made of, with no subject of their own."""
