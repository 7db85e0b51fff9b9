"""Hindsight counted household by household, from the contract alone (§4, §5), over plain rows; shares nothing with the package."""

from collections import defaultdict
from itertools import pairwise

from tests.reference import both, either, less
from tests.reference import edge as edge_of

LINES = {"2018": 2995, "2019": 3218}
LAST_LINE = 4000
MISSED = ("group", "ceiling", "both", "excluded", "cannot_tell", "other")
FAR = {"yuan": 10**12}


def line_of(round_name, standard, line=None):
    return line or standard.get("line") or LINES.get(round_name[:4], LAST_LINE)


def by_number(rounds):
    """The rows of each round and county by household number."""
    held = {name: {code: defaultdict(list) for code in counties} for name, counties in rounds.items()}
    for name, counties in rounds.items():
        for code, rows in counties.items():
            for row in rows:
                held[name][code][row["household_id"]].append(row)
    return held


def previous_of(held, name, county, household_id):
    earlier = [each for each in sorted(held) if each < name and county in held[each]]
    rows = held[earlier[-1]][county].get(household_id, []) if earlier else []
    if not rows:
        return None
    return rows[0] if len(rows) == 1 else {"income_pc": None, "out_of_pocket": None}


def slipped(held, step, county, row, lines):
    """True, false, or None where there is no label."""
    ends = [held[name][county].get(row["household_id"], []) for name in step]
    if [len(rows) for rows in ends] != [1, 1]:
        return None
    if less(row["income_pc"], lines[0]) is not False:
        return None
    return less(ends[1][0]["income_pc"], lines[1])


def lifted(standard):
    income = {**standard["income"], "ceiling": FAR}
    return {
        **standard,
        "income": income,
        "routes": {key: {**way, "ceiling": FAR} for key, way in standard["routes"].items()},
    }


def outcome(household, standard, line):
    """What the standard made of a household that slipped."""

    def is_in(other):
        return edge_of(household, other, line)[0] is True

    edge, _, routes = edge_of(household, standard, line)
    excluded = either(*[household[name] for name in standard["exclusions"]])
    if edge is True:
        return "caught"
    if edge is None:
        return "cannot_tell"
    if both(either(*routes.values()), excluded) is True:
        return "excluded"
    if is_in({**standard, "require_group": False}):
        return "group"
    if is_in(lifted(standard)):
        return "ceiling"
    return "both" if is_in({**lifted(standard), "require_group": False}) else "other"


def steps_of(rounds, county, until=None):
    names = [name for name in sorted(rounds) if county in rounds[name]]
    return [step for step in pairwise(names) if until is None or step[1] <= until]


def by_hand(rounds, standard, county=None, until=None, line=None):
    """`rounds`: of each round and county its rows, all kinds. Sums of weights: of each round, and over all why missed."""
    by_round = defaultdict(lambda: dict.fromkeys(("in", "cannot_tell", "slips", "caught"), 0))
    missed = dict.fromkeys(MISSED, 0)
    held = by_number(rounds)
    for code in sorted({code for counties in rounds.values() for code in counties}) if county is None else [county]:
        for step in steps_of(rounds, code, until):
            lines = [line_of(name, standard, line) for name in step]
            counts = by_round[step[0]]
            for row in rounds[step[0]][code]:
                if row["kind"] != "unregistered":
                    continue
                household = {**row, "previous": previous_of(held, step[0], code, row["household_id"])}
                edge = edge_of(household, standard, lines[0])[0]
                counts["in"] += row["weight"] * (edge is True)
                counts["cannot_tell"] += row["weight"] * (edge is None)
                if slipped(held, step, code, row, lines) is not True:
                    continue
                counts["slips"] += row["weight"]
                became = outcome(household, standard, lines[0])
                if became == "caught":
                    counts["caught"] += row["weight"]
                else:
                    missed[became] += row["weight"]
    slips = sum(counts["slips"] for counts in by_round.values())
    caught = sum(counts["caught"] for counts in by_round.values())
    return {
        "rounds": [{"round": name, **by_round[name]} for name in sorted(by_round)],
        "caught_share": caught / slips if slips else None,
        "missed": missed,
    }
