"""Work over many counties on Spark: a county is a task, judged where it is read; only results come back."""
