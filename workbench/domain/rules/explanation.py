"""Why a household has its tier, or is in or out: every criterion with facts, figures and clause; what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from itertools import product
from typing import Any

from workbench.domain.facts import CROSS_CHECKS, LABELS, label_of, not_known
from workbench.domain.parameters import TierParameters
from workbench.domain.rules.counterfactual import Asking, Change, Facts, ask_anew, households_frame, smallest_changes
from workbench.domain.rules.criteria import BIT, CRITERIA, CRITERION
from workbench.domain.rules.edge import EDGE_FACTS, ROUTES, EdgeLimits, edge_frame, with_own_flags
from workbench.domain.rules.legal_readings import Condition, Reading, criteria_of
from workbench.domain.rules.tiers import TIER_FACTS, possible_list, tier_frame, tiers_alone

EDGE_RESULTS = ("in", "out", "below_line")


@dataclass(frozen=True)
class Trace:
    """One criterion as it was judged: `value` true, false or None (cannot tell)."""

    name: str
    zh: str
    en: str
    value: bool | None
    facts: dict[str, Any]
    parameters: dict[str, float]
    clause: str


@dataclass(frozen=True)
class Explanation:
    """A result with its reasons. `result` is a tier, or for an edge standard one of EDGE_RESULTS; None: cannot tell.

    `missing` are the unknown facts that would settle it; `changes` what would change a known result, smallest first.
    """

    result: int | str | None
    possible: list[Any]
    criteria: list[Trace]
    missing: list[str]
    changes: list[Change]


def explain_tier(
    facts: Facts, parameters: TierParameters, reading: Reading, *, with_changes: bool = True, ask: Asking = ask_anew
) -> Explanation:
    """Explain the tier of one lifted household; `facts` holds the columns TIER_FACTS (None: not known).

    Looking for `changes` is most of the work; without them they are left empty.
    """
    rules = ("tier_frame", parameters, repr(reading))
    frame = households_frame([facts], TIER_FACTS)
    assessed = ask(rules, lambda each: tier_frame(each, parameters, reading), frame).to_dicts()[0]
    values = {name: _three_valued(assessed, bit) for name, bit in BIT.items()}
    figures = asdict(parameters)
    # Of a tier that cannot be told no change is sought: the answer there is what is missing (decision 0007).
    wanted = with_changes and assessed["tier"] is not None
    changes = (
        smallest_changes(facts, TIER_FACTS, TIER_FACTS, partial(tier_results, parameters, reading, ask=ask))
        if wanted
        else []
    )
    return Explanation(
        result=assessed["tier"],
        possible=possible_list(assessed["possible_tiers"]),
        criteria=[
            Trace(
                criterion.name, criterion.zh, criterion.en, values[criterion.name],
                {fact: facts.get(fact) for fact in criterion.facts},
                {name: figures[name] for name in criterion.parameters}, criterion.clause,
            )
            for criterion in CRITERIA
        ],
        missing=_missing(facts, values, reading) if assessed["tier"] is None else [],
        changes=changes,
    )  # fmt: skip


def explain_edge(facts: Facts, limits: EdgeLimits, *, with_changes: bool = True, ask: Asking = ask_anew) -> Explanation:
    """Explain one unregistered household under a standard; `facts` also holds its groups and cross-checks."""
    columns = edge_columns(limits)
    # As the rules see them: traces and missing facts must speak of the very values that were judged.
    facts = with_own_flags(facts, limits.own_groups)
    assessed = _edges(limits, households_frame([facts], columns), ask).to_dicts()[0]
    result = edge_result(assessed["edge"], assessed["below_line"])
    return Explanation(
        result=result,
        possible=[result] if result is not None else _edge_possible(assessed),
        criteria=_edge_traces(facts, assessed, limits),
        missing=_edge_missing(facts, assessed, limits) if result is None else [],
        changes=smallest_changes(facts, columns, columns, partial(edge_results, limits, ask=ask))
        if with_changes and result is not None
        else [],
    )


def lacking_for_line(explanation: Explanation) -> list[str]:
    """The unknown facts without which nobody can say whether an unregistered household lies below the line; none where it is known.

    Whoever is excluded is out of the standard whatever the income, and may lie below the line all the same: nothing drops
    such a household (LA2019-15 §2.2-d), so that "out" alone does not end a visit.
    """
    below = next((trace for trace in explanation.criteria if trace.name == "below_line"), None)
    if below is None or below.value is not None:
        return []
    return [fact for fact, value in below.facts.items() if not_known(fact, value)]


def tier_results(parameters: TierParameters, reading: Reading, frame: Any, ask: Asking = ask_anew) -> list[int | None]:
    """The tier of each household of a frame."""
    rules = ("tiers_alone", parameters, repr(reading))
    return ask(rules, lambda each: tiers_alone(each, parameters, reading), frame)["tier"].to_list()  # type: ignore[no-any-return]


def edge_results(limits: EdgeLimits, frame: Any, ask: Asking = ask_anew) -> list[str | None]:
    """One of EDGE_RESULTS for each household of a frame, or None."""
    assessed = _edges(limits, frame, ask)
    return [edge_result(*pair) for pair in zip(assessed["edge"], assessed["below_line"], strict=True)]


def results_with_line(limits: EdgeLimits, frame: Any) -> list[str | None]:
    """`edge_results` for whoever asks about the line as well: None, too, while a household may lie below it (`lacking_for_line`)."""
    assessed = _edges(limits, frame, ask_anew)
    pairs = zip(assessed["edge"], assessed["below_line"], strict=True)
    return [None if below_line is None else edge_result(edge, below_line) for edge, below_line in pairs]


def _edges(limits: EdgeLimits, frame: Any, ask: Asking) -> Any:
    return ask(("edge_frame", repr(limits)), lambda each: edge_frame(each, limits), frame)


def missing_of_tiers(households: Sequence[Facts], parameters: TierParameters, reading: Reading) -> list[list[str]]:
    """What `explain_tier` finds missing of each of many lifted households, judged together: far faster than one by one."""
    assessed = tier_frame(households_frame(households, TIER_FACTS), parameters, reading).to_dicts()
    return [
        _missing(facts, {name: _three_valued(row, bit) for name, bit in BIT.items()}, reading)
        if row["tier"] is None
        else []
        for facts, row in zip(households, assessed, strict=True)
    ]


def missing_of_edges(households: Sequence[Facts], limits: EdgeLimits) -> list[list[str]]:
    """What `explain_edge` finds missing of each of many unregistered households, assessed together."""
    flagged = [with_own_flags(facts, limits.own_groups) for facts in households]
    assessed = edge_frame(households_frame(flagged, edge_columns(limits)), limits).to_dicts()
    return [
        _edge_missing(facts, row, limits) if edge_result(row["edge"], row["below_line"]) is None else []
        for facts, row in zip(flagged, assessed, strict=True)
    ]


def edge_columns(limits: EdgeLimits) -> tuple[str, ...]:
    """Every column that a standard may read."""
    return (*EDGE_FACTS, *limits.group_names, *CROSS_CHECKS)


def edge_result(edge: bool | None, below_line: bool | None) -> str | None:  # noqa: FBT001 - columns of a frame
    """One of EDGE_RESULTS, or None where it cannot be told. Below the line a household is not simply out (§2.2-d)."""
    if below_line:
        return "below_line"
    return None if edge is None else "in" if edge else "out"


def _edge_possible(assessed: Mapping[str, Any]) -> list[str]:
    # Known to be below the line it would have its result; known not to be, it can only be in or out.
    return list(EDGE_RESULTS) if assessed["below_line"] is None else ["in", "out"]


def _three_valued(assessed: Mapping[str, int], bit: int) -> bool | None:
    return None if assessed["criteria_unknown"] & bit else bool(assessed["criteria_true"] & bit)


def _missing(facts: Facts, values: Mapping[str, bool | None], reading: Reading) -> list[str]:
    """The unknown facts of the criteria on which the tier still hangs."""
    unknown = [name for name, value in values.items() if value is None]
    decisive = {name for name in unknown if _decides(name, unknown, values, reading)}
    needed = [fact for name in CRITERION if name in decisive for fact in CRITERION[name].facts]
    return [fact for fact in dict.fromkeys(needed) if not_known(fact, facts.get(fact))]


def _decides(name: str, unknown: list[str], values: Mapping[str, bool | None], reading: Reading) -> bool:
    """Whether the tier differs with this criterion true or false, for some state of the other unknown ones."""
    # 2 to the power of the others, of eleven criteria at most: a thousand cases, none of which touches a frame.
    # Criteria that the reading does not name decide nothing; each one left out halves the cases.
    named = criteria_of(reading.tier_1) | criteria_of(reading.tier_2)
    others = [other for other in unknown if other != name and other in named]
    for states in product((False, True), repeat=len(others)):
        known = {**values, **dict(zip(others, states, strict=True))}
        if _tier({**known, name: True}, reading) != _tier({**known, name: False}, reading):
            return True
    return False


def _tier(values: Mapping[str, bool | None], reading: Reading) -> int:
    if _holds(reading.tier_1, values):
        return 1
    return 2 if _holds(reading.tier_2, values) else 3


def _holds(condition: Condition, values: Mapping[str, bool | None]) -> bool:
    if isinstance(condition, str):
        return bool(values[condition])
    ((connective, parts),) = condition.items()
    members = parts["of"] if connective == "at_least" else parts
    # "Any" is at least one, "all" at least every one: one comparison serves all three.
    count = {"any": 1, "all": len(members)}.get(connective) or parts["count"]
    return sum(_holds(member, values) for member in members) >= count


_ROUTE_FACTS = {
    "income": ("income_pc",),
    "rigid_expenditure": ("out_of_pocket", "net_income", "income_pc"),
    "income_drop": ("income_pc", "previous_income_pc", "seen_before"),
}
_DEDUCTED = ("net_income", "out_of_pocket", "persons")


def _edge_traces(facts: Facts, assessed: Mapping[str, Any], limits: EdgeLimits) -> list[Trace]:
    tested = _DEDUCTED if limits.deduct_out_of_pocket else ("income_pc",)
    parameters: dict[str, dict[str, float | None]] = {
        # Whether a key group is asked for is part of what the route asks: without it a household of the right income takes it.
        "income": {
            "line": limits.line,
            "ceiling": limits.ceiling,
            "require_group": float(limits.require_group),
            **limits.group_ceilings,
        },
        "rigid_expenditure": {"share": limits.rigid_share, "ceiling": limits.rigid_ceiling},
        "income_drop": {"share": limits.drop_share, "ceiling": limits.drop_ceiling},
    }
    taken = [
        name for name in ROUTES if name == "income" or parameters[name]["share"] is not None
    ]  # fmt: skip
    below = Trace(
        "below_line", "低于扶贫标准", "below the line", assessed["below_line"],
        {name: facts.get(name) for name in tested}, {"line": limits.line}, "§2.2-d",
    )  # fmt: skip
    routes = [
        Trace(
            f"route_{name}", *ROUTES[name], assessed[f"route_{name}"],
            {fact: facts.get(fact) for fact in dict.fromkeys((*tested, *_ROUTE_FACTS[name]))},
            {key: value for key, value in parameters[name].items() if value is not None}, "§2.2-a",
        )
        for name in taken
    ]  # fmt: skip
    groups = [
        Trace(name, *label_of(name, limits.own_groups), facts.get(name), {name: facts.get(name)}, {}, "§2.2-b")
        for name in limits.groups
    ]
    exclusions = [
        Trace(name, *LABELS[name], facts.get(name), {name: facts.get(name)}, {}, "§2.2-a") for name in limits.exclusions
    ]
    return [below, *routes, *groups, *exclusions]


def _edge_missing(facts: Facts, assessed: Mapping[str, Any], limits: EdgeLimits) -> list[str]:
    """The unknown facts of the exclusions, and of the routes unless one is open already."""
    routes = {name: assessed[f"route_{name}"] for name in ROUTES}
    unknown_routes = [] if True in routes.values() else [name for name in routes if routes[name] is None]
    tested = _DEDUCTED if limits.deduct_out_of_pocket else ("income_pc",)
    needed: list[str] = []
    for name in unknown_routes:
        needed += [*tested, *_ROUTE_FACTS[name]] + ([*limits.groups] if name == "income" else [])
    needed += limits.exclusions if assessed["excluded"] is None else []
    return [fact for fact in dict.fromkeys(needed) if not_known(fact, facts.get(fact))]
