"""The code that gives the same figures in a notebook, to copy."""

from pprint import pformat

from workbench.domain.rules.standard import standard_data
from workbench.preview.scenario import Scenario

_WIDTH = 100


def notebook_code(scenario: Scenario) -> str:
    """Python for `workbench lab`: every name and value is written as a literal, so that it stays data."""
    standards = {each.name: standard_data(each.standard) for each in scenario.candidates}
    names = [
        "compare",
        *(["open_counties"] if scenario.pair else []),
        "open_place",
        *(["sweep"] if scenario.swept else []),
    ]
    # By `repr` throughout: a name with a quote in it would else end the literal, and run.
    county = f", {scenario.county!r}" if scenario.county else ""
    asked = [f"{name}={value!r}" for name, value in _options(scenario).items() if value is not None]
    lines = [
        f"from workbench.notebook import {', '.join(names)}",
        "",
        f"place = open_place({scenario.round_name!r}{county})",
        f"standards = {pformat(standards, sort_dicts=False, width=_WIDTH)}",
        f"compared = compare({', '.join(['place', 'standards', *asked])})",
    ]
    if scenario.swept:
        axes = ", ".join(repr(axis) for axis in scenario.axes)
        under = "" if scenario.line is None else f", line={scenario.line!r}"
        lines.append(f"points = sweep(place, standards[{scenario.swept!r}], {axes}{under})")
    if scenario.pair:
        counties = f"open_counties({list(scenario.pair)!r}, {scenario.round_name!r})"
        lines.append(
            f"pair = {{code: compare({', '.join(['each', 'standards', *asked])}) for code, each in {counties}.items()}}"
        )
    return "\n".join([*lines, "compared", ""])


def _options(scenario: Scenario) -> dict[str, float | None]:
    return {"line": scenario.line, "income_error": scenario.income_error}
