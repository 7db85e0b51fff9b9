"""The tests of the workbench."""

import sys

# `jsonschema` makes a parser of all addresses of the world when it is loaded, 1.2 of the 1.4 seconds that `nbformat` takes, in
# each process of a run and each that servers are forked from. It does without where that parser is not installed, and nothing
# that is validated here holds such an address; servers that tests start by themselves load it.
sys.modules.setdefault("rfc3987_syntax", None)
