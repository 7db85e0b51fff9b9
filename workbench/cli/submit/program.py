"""`spark-submit … program.py COMMAND --engine spark`: the program on the session that spark-submit started, as it set it up.

spark-submit takes a Python program by its ending, which the installed `workbench` has not.
"""

from workbench.cli.app import main

if __name__ == "__main__":
    main()
