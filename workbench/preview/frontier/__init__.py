"""The frontier over every lever of a standard: for each number of households, the most slips that a standard catches."""
