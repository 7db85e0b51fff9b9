"""Lists of persons: members, identity numbers, households made from them."""
