"""Files as rows of text: workbooks, delimited text, Parquet; the header found, every cell folded."""
