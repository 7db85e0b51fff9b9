"""Cases of households that meet the poverty criterion, and their precedence over any other procedure."""
