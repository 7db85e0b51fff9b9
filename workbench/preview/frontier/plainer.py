"""The simpler of two standards where what they catch differs within chance: nobody can explain eight ceilings to a village.

What counts is what a person has to be told beyond one ceiling and the eight groups: each group that is not listed, each
ceiling of a group of its own, each further route.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from workbench.domain.rules.edge import ROUTES
from workbench.domain.rules.standard import EdgeStandard
from workbench.errors import Words
from workbench.preview.frontier.choice import Choice
from workbench.preview.frontier.points import (
    Evidence,
    Frontier,
    Gain,
    Point,
    Searched,
    as_standard,
    compared,
    masks_of,
)
from workbench.safeguards.plain_data import Json

SIMPLER_PREFERRED = Words(
    "有更简单的标准、户数不多而抓住的相差在偶然之内的，列的是简单的那个",
    "where a simpler standard has no more households and the slips that it catches differ within chance, the simpler one is listed",
    code="preview.simpler-preferred",
)


@dataclass(frozen=True)
class Plainer:
    """A simpler standard beside the one at hand, and how many slips more the point catches, which is within chance."""

    point: Point
    more: Gain


def extra_settings(standard: EdgeStandard) -> int:
    """How many settings a standard has beyond one ceiling and all groups, or none, required."""
    omitted = [name for name in standard.group_names if standard.require_group and name not in standard.groups]
    ceilings = [name for name in standard.income.group_ceilings if name in standard.groups]
    routes = [name for name in ROUTES if getattr(standard.routes, name, None) is not None]
    return len(omitted) + len(ceilings) + len(routes)


def plainer_than(
    evidence: Evidence, point: Point, alternatives: Iterable[EdgeStandard], at_hand: EdgeStandard
) -> Plainer | None:
    """The first alternative that has no more households than the point and falls short of its slips by no more than chance may.

    None where every one is as involved, or falls short by more, or lets nobody in.
    """
    if not extra_settings(point.standard):
        return None
    # One after another: the simplest come first, and what need not be counted is not made.
    for standard in alternatives:
        if extra_settings(standard) >= extra_settings(point.standard):
            continue
        more = compared(evidence, point.standard, masks_of(evidence, standard)).gain
        own = compared(evidence, standard, masks_of(evidence, at_hand))
        if not more.clear and 0 < own.inside.households <= point.inside.households:
            return Plainer(own, more)
    return None


def plainer_points(evidence: Evidence, front: Frontier, made: Searched, at_hand: EdgeStandard) -> list[Plainer | None]:
    """The simpler standard that is to be preferred to each point of a front, None where there is none."""
    standards = dict[Choice, EdgeStandard]()

    def alternatives(place: int) -> Iterator[EdgeStandard]:
        for choice in made.result.plainer[place]:
            # Neighbouring points have the same ones.
            if choice not in standards:
                standards[choice] = as_standard(made, choice, at_hand)
            yield standards[choice]

    return [
        plainer_than(evidence, point, alternatives(place), at_hand)
        for point, place in zip(front.points, front.places, strict=True)
    ]


def preferred(point: Json) -> Json:
    """The standard to be shown of a point in a frontier's record: the simpler one in its place where there is one."""
    return point["plainer"] or point


def once(points: Iterable[Json]) -> list[Json]:
    """Each standard once: one simpler one may stand for several points."""
    return list({str(point["standard"]): point for point in points}.values())


def proposed(record: Json) -> Json | None:
    """The standard that a frontier's record proposes; the simpler one in its place where that too gains more than chance may."""
    if record["proposal"] is None:
        return None
    point: Json = record["points"][record["proposal"]]
    simpler = preferred(point)
    return simpler if simpler["gain"]["clear"] else point
