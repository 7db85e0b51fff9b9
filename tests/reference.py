"""An independent, slow implementation of the rules, one household at a time, written from the contract alone.

It shares nothing with the package: plain Python, None for null, Kleene's logic spelled out, and every number the decimal
that it is written as, in fractions. What the package computes vectorised must agree with it household by household.
"""

from fractions import Fraction

GUARANTEES = ["food", "clothing", "education", "medical", "housing", "water"]
GROUPS = [
    "dilapidated_housing",
    "dibao",
    "scattered_tekun",
    "illness",
    "disaster",
    "family_change",
    "disability",
    "military_family",
]
CHECKS = ["has_car", "has_commercial_housing", "on_public_payroll", "has_business"]


def either(*values):
    if any(value is True for value in values):
        return True
    return None if any(value is None for value in values) else False


def both(*values):
    if any(value is False for value in values):
        return False
    return None if any(value is None for value in values) else True


def negate(value):
    return None if value is None else not value


def number(value):
    """The decimal that a number is written as."""
    return value if value is None or isinstance(value, Fraction) else Fraction(str(value))


def less(a, b):
    return None if a is None or b is None else number(a) < number(b)


def equal(a, b):
    return None if a is None or b is None else a == b


def plus(a, b):
    return None if a is None or b is None else number(a) + number(b)


def minus(a, b):
    return None if a is None or b is None else number(a) - number(b)


def times(a, b):
    return None if a is None or b is None else number(a) * number(b)


def per(a, persons):
    return None if a is None or persons is None or persons <= 0 else number(a) / persons


def at_least(count, values):
    sure = sum(value is True for value in values)
    possible = sum(value is not False for value in values)
    if sure >= count:
        return True
    return False if possible < count else None


def criteria(h, line):
    """`h` is a household as a dict; `previous` in it is the household of the previous round, or None if not seen."""
    before = h["previous"]
    profit = minus(h["income_business"], h["cost_business"])
    spent, income = h["out_of_pocket"], h["net_income"]
    grew = (
        False
        if before is None
        else both(less(times(1.3, before["out_of_pocket"]), spent), less(times(0.15, income), spent))
    )
    return {
        "no_labour": equal(plus(h["labour"], times(0.5, h["weak_labour"])), 0),
        "no_resources": both(
            less(per(h["land_mu"], h["persons"]), 0.3),
            negate(less(0, h["income_business"])),
            negate(less(0, h["income_property"])),
        ),
        "no_stable_income": both(less(h["work_months"], 6), less(per(profit, h["persons"]), times(0.5, line))),
        "rigid_expenditure": either(less(times(0.3, income), spent), grew),
        "difficulty": either(*[equal(h[name], 2) for name in GUARANTEES]),
        "potential_difficulty": either(*[equal(h[name], 1) for name in GUARANTEES]),
        "near_line": less(h["income_pc"], times(1.5, line)),
        "small_industry": both(less(0, profit), less(profit, times(times(0.5, line), h["persons"]))),
        "weak_skills": both(less(0, h["labour"]), equal(h["skilled"], 0)),
        "unstable_work": both(less(0, h["work_months"]), less(h["work_months"], 6)),
        "short_of_funds": equal(h["cause"], "缺资金"),
    }


def halves(c, reading="default"):
    incapacities = [c["no_labour"], c["no_resources"], c["no_stable_income"]]
    if reading == "default":
        red = either(both(c["difficulty"], either(*incapacities, c["rigid_expenditure"])), both(*incapacities))
    elif reading == "either_half":
        red = either(c["difficulty"], *incapacities, c["rigid_expenditure"])
    else:
        red = both(c["difficulty"], either(c["rigid_expenditure"], both(*incapacities)))
    weak = [c["small_industry"], c["weak_skills"], c["unstable_work"], c["short_of_funds"]]
    yellow = either(c["difficulty"], c["potential_difficulty"], c["near_line"], at_least(2, weak))
    return red, yellow


def tier(h, line, reading="default"):
    red, yellow = halves(criteria(h, line), reading)
    if red is True:
        return 1
    if red is None or yellow is None:
        return None
    return 2 if yellow else 3


def possible(h, line, reading="default"):
    red, yellow = halves(criteria(h, line), reading)
    results = [1] if red is not False else []
    if red is not True:
        results += [2] if yellow is not False else []
        results += [3] if yellow is not True else []
    return results


def edge(h, standard, line):
    """(in / out / cannot tell, below the line, the routes); `standard` is the plain data of the YAML."""

    def yuan(ceiling):
        return ceiling["yuan"] if "yuan" in ceiling else times(ceiling["multiple"], line)

    test = standard["income"]
    income = h["income_pc"]
    if test.get("deduct_out_of_pocket"):
        income = per(minus(h["net_income"], h["out_of_pocket"]), h["persons"])
    from_line = negate(less(income, line))
    listed = standard["groups"]
    below = [less(income, yuan(test["ceiling"]))]
    below += [
        both(h[group], less(income, times(multiple, line)))
        for group, multiple in test.get("group_ceilings", {}).items()
        if group in listed
    ]
    belongs = either(*[h[group] for group in listed]) if standard["require_group"] else True
    routes = {"income": both(from_line, either(*below), belongs)}
    ways = standard.get("routes", {})
    if "rigid_expenditure" in ways:
        way = ways["rigid_expenditure"]
        spends = less(times(way["share"], h["net_income"]), h["out_of_pocket"])
        routes["rigid_expenditure"] = both(spends, from_line, less(income, yuan(way["ceiling"])))
    if "income_drop" in ways:
        way, before = ways["income_drop"], h["previous"]
        fell = False if before is None else less(h["income_pc"], times(minus(1, way["share"]), before["income_pc"]))
        routes["income_drop"] = both(fell, from_line, less(income, yuan(way["ceiling"])))
    excluded = either(*[h[name] for name in standard.get("exclusions", [])])
    return both(either(*routes.values()), negate(excluded)), less(income, line), routes
