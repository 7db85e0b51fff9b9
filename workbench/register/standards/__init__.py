"""A county's standard: its versions to approval, which one is in force, and what an approval brings about."""
