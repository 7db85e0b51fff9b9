"""Kinds of families of the demonstration city, which no slip hangs on. Their draws are apart: all others stay as they are."""

import numpy as np

from workbench.simulation.population import BoolArray, FloatArray, Population, figures, size


def family_draws(count: int, rng: np.random.Generator) -> Population:
    """What a household has for good and nobody sees: by it, and by its members of each round, goes what kind it is."""
    return {name: rng.random(count) for name in ("parent_draw", "child_draw")}


def family_flags(people: Population, rng: np.random.Generator) -> Population:
    """The flags of a round, 1 or 0 a household, not a number where the list of members does not say (`FAMILY_FLAGS`)."""
    rule, persons, students = figures()["families"], people["persons"], people["students"]
    old = np.minimum(people["old"], persons - students)
    grown = persons - students - old
    minors = np.maximum(students - (people["child_draw"] < rule["student_of_age"]), 0)
    # One more child, too young for school, where somebody is there who is counted neither as labour nor as old.
    young = (grown > people["labour"]) & (people["child_draw"] > 1 - rule["below_school"])
    alone = people["parent_draw"] < np.where(grown == 1, rule["one_grown"], rule["more_grown"])
    flags = {
        "x_elderly_alone": (people["old_alone"] > 0) & (students == 0),
        "x_one_parent": (minors + young > 0) & (grown > young) & alone,
        "x_many_children": minors + young >= rule["many"],
    }
    unknown = rng.random(size(people)) < rule["unknown"]
    return {name: _known(holds, unknown) for name, holds in flags.items()}


def _known(holds: BoolArray, unknown: BoolArray) -> FloatArray:
    return np.where(unknown, np.nan, holds.astype(np.float64))
