"""Lists of households: layouts, mappings, expressions, ledgers."""
