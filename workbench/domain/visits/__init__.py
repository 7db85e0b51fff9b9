"""What a visit to a household asks: the fewest questions that let the rules tell, and the order in which they are put."""
