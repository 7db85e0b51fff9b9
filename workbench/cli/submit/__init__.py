"""The program as spark-submit starts it: a folder of its own, for Python puts the folder of a script before all libraries."""
