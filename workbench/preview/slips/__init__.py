"""What a standard catches of the slips that the model expects, and how surely."""
