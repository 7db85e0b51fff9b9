"""Help given between rounds: what of it is recorded, what it does to what a model learns, and whether it helped."""
