"""From exports of the national system, or any table, to facts; every problem reported."""
