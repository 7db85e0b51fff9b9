"""Sweeps: the totals of a standard as one or two of its keys vary."""

import itertools
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

import numpy as np

from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.edge import EdgeLimits, edge_limits
from workbench.domain.rules.exact import DECIMALS, decimals, to_the_fen
from workbench.domain.rules.standard import EdgeStandard, parse_standard, standard_data
from workbench.errors import InputError, Words
from workbench.preview.counts.counts import Comparison, below_line, unregistered
from workbench.preview.counts.grid import Grid, grid_totals
from workbench.preview.counts.levers import (
    Lever,
    ceiling_lever,
    group_lever,
    in_yuan,
    no_lever,
    route_lever,
    share_lever,
)
from workbench.preview.index.build import PreviewIndex
from workbench.preview.slips.scored_index import SlipScores

_AXIS = re.compile(r"(?P<key>[a-z_.]+)=(?P<range>[^:]+:[^:]+:[^:]+)")
_RANGE = re.compile(r"(?P<start>[^:]+):(?P<stop>[^:]+):(?P<step>[^:]+)")
_MOST_POINTS = 20_000
_MOST_AXES = 2
_CEILINGS = (keys.CEILING_MULTIPLE, keys.CEILING_YUAN)
_MONEY = ("yuan", keys.LINE, keys.HELP_COST, keys.BUDGET)
_MONEY_DECIMALS = 2
_EXAMPLE = "--vary income.ceiling.multiple=1.0:2.0:0.05"


IndexUnder = Callable[[float], tuple[PreviewIndex, Comparison | None]]


@dataclass(frozen=True)
class Axis:
    """One varied key of a standard and its values."""

    key: keys.Key
    values: tuple[float, ...]


def parse_axis(text: str) -> Axis:
    """An axis from `key=start:stop:step`, as `parse_range` reads what is behind the key; raises InputError."""
    match = _AXIS.fullmatch(text)
    if not match:
        raise _refused(
            text, Words("应为 key=起:止:步长", "expected key=start:stop:step", code="preview.expected-key-start-stop")
        )
    try:
        return Axis(keys.typed_key(match["key"]), parse_range(match["range"]))
    except InputError as error:
        raise _refused(text, error.words) from None


def parse_range(text: str) -> tuple[float, ...]:
    """Values from `start:stop:step`, both ends included; decimal arithmetic, so that 1.0:2.0:0.05 ends at 2.

    Raises InputError whose words name neither a key nor an option: a page says them beside the field that it was typed in.
    """
    match = _RANGE.fullmatch(text)
    if not match:
        raise InputError(
            Words(
                "应写成 起:止:步长，如 1.0:2.0:0.05",
                "write start:stop:step, such as 1.0:2.0:0.05",
                code="preview.expected-start-stop-step",
            )
        )
    try:
        start, stop, step = (Decimal(match[name]) for name in ("start", "stop", "step"))
        count = int((stop - start) / step) + 1
    except (InvalidOperation, ArithmeticError, ValueError):
        message = Words(
            "起、止、步长应为数字，步长大于 0",
            "start, stop, step must be numbers, the step above 0",
            code="preview.start-stop-step-must",
        )
        raise InputError(message) from None
    if step <= 0 or stop < start or count > _MOST_POINTS:
        message = Words(
            f"步长应为正，止不小于起，点数不超过 {_MOST_POINTS}",
            f"the step must be positive, stop not below start, and at most {_MOST_POINTS} points",
            code="preview.step-must-positive-stop",
        )
        raise InputError(message)
    return tuple(float(start + step * number) for number in range(count))


def _refused(text: str, message: Words) -> InputError:
    example = Words(f"；例如 {_EXAMPLE}", f"; for example {_EXAMPLE}")
    return InputError((message + example).after(f"{text!r} (--vary): "))


def sweep(
    index: PreviewIndex,
    standard: EdgeStandard,
    line: float,
    axes: list[Axis],
    comparison: Comparison | None = None,
    scores: SlipScores | None = None,
) -> list[dict[str, float | None]]:
    """One record a point, the last axis fastest: the varied keys, and the numbers of a preview.

    `index` is that of the income that the standard tests; `line` applies unless the line itself varies. All points are
    one pass over the households, but where the line varies, or both keys are of one route: then it is one a value of the
    first of them. Without `scores` the expected slips are None.
    """
    return sweep_over(standard, line, axes, lambda line_here: (_with_slips(index, scores, line_here), comparison))


def sweep_over(
    standard: EdgeStandard, line: float, axes: list[Axis], index_under: IndexUnder
) -> list[dict[str, float | None]]:
    """The records of `sweep` over what `index_under` a line has: the index with the slips expected, and a comparison."""
    check_axes(standard, axes)
    swept = [axis for axis in axes if axis.key != keys.LINE]
    # Value by value goes only what no lever can say: the line, and one of two keys of a route, of which both must hold.
    outer = [axis for axis in axes if axis not in swept] + (swept[:1] if _of_one_route(swept) else [])
    inner = [axis for axis in axes if axis not in outer]
    # A line comes up again with each value of the other key that goes value by value.
    under = cache(index_under)
    records: dict[tuple[float, ...], dict[str, float | None]] = {}
    for values in itertools.product(*(axis.values for axis in outer)):
        point = dict(zip((axis.key for axis in outer), values, strict=True))
        line_here = point.get(keys.LINE, line)
        assessed, comparison = under(line_here)
        everyone = unregistered(assessed).slips
        for varied, counts in _grid_points(assessed, standard, line_here, point, inner, comparison):
            cost = yearly_cost(varied.get(keys.HELP_COST, standard.help_cost), counts["in"])
            share = share_of(counts["expected_slips"], everyone)
            records[tuple(varied[axis.key] for axis in axes)] = {
                **{str(key): value for key, value in varied.items()},
                **counts,
                "slips_share": share,
                "cost": cost,
            }
    return [records[key] for key in itertools.product(*(axis.values for axis in axes))]


def _of_one_route(axes: list[Axis]) -> bool:
    """Whether both keys are of one route, which lets in where both say so and not where either does."""
    routes = [route for axis in axes if (route := keys.route_of(axis.key))]
    return len(routes) == _MOST_AXES and len(set(routes)) == 1


def _with_slips(index: PreviewIndex, scores: SlipScores | None, line: float) -> PreviewIndex:
    """The index with the slips expected under a line."""
    slips = scores.under(index, line) if scores else None
    return index.with_slips(slips.expected if slips else None)


def share_of(slips: float | None, everyone: float) -> float | None:
    """Expected slips as a share of those of all unregistered households; None where none are expected."""
    return slips / everyone if slips is not None and everyone > 0 else None


def yearly_cost(help_cost: float | None, households: float | None) -> float | None:
    """The yearly cost of helping so many households, yuan to the fen; None where no cost is stated."""
    return None if help_cost is None or households is None else to_the_fen(help_cost * households)


def vary(standard: EdgeStandard, values: Mapping[keys.Key, Any]) -> EdgeStandard:
    """The standard with keys (dotted paths) replaced; raises StandardError where the result breaks the contract."""
    data = standard_data(standard)
    for key, value in values.items():
        *path, last = keys.parts(key)
        part = data
        for name in path:
            part = part.setdefault(name, {})
            if not isinstance(part, dict):
                raise _refused(key, Words("不能变动此项", "not a key that can vary", code="preview.not-key-can-vary"))
        if last in ("multiple", "yuan"):  # a ceiling is one of the two
            part.clear()
        part[last] = value
    return parse_standard(data)


def check_axes(standard: EdgeStandard, axes: list[Axis]) -> None:
    """Raise InputError where these axes cannot vary together, or make too many points."""
    varied = [axis.key for axis in axes]
    if not 1 <= len(axes) <= _MOST_AXES or len(set(varied)) < len(varied):
        raise _refused(
            ", ".join(varied),
            Words("应给出一至两个不同的键", "give one or two different keys", code="preview.give-two-different-keys"),
        )
    if set(varied) == set(_CEILINGS):
        message = Words(
            "倍数与元是同一上限的两种写法；请选其一",
            "multiple and yuan are two spellings of one ceiling; take one of them",
            code="preview.multiple-yuan-two-spellings",
        )
        raise InputError(message)
    if np.prod([len(axis.values) for axis in axes]) > _MOST_POINTS:
        message = Words(
            f"总点数超过 {_MOST_POINTS}；请加大步长",
            f"more points than {_MOST_POINTS}; take larger steps",
            code="preview.more-points-take-larger",
        )
        raise InputError(message)
    for axis in axes:
        try:
            refuse_fine_steps(axis)
        except InputError as error:
            raise _refused(axis.key, error.words) from None
    for corner in itertools.product(*((axis.values[0], axis.values[-1]) for axis in axes)):
        vary(standard, dict(zip(varied, corner, strict=True)))


def refuse_fine_steps(axis: Axis) -> None:
    """Raise InputError, without the key, where a grid has finer steps than a bound can have: shares and multiples have four decimals, money the fen."""
    most = _MONEY_DECIMALS if axis.key.split(".")[-1] in _MONEY else DECIMALS
    # Start and first step tell: all later values are sums of the two.
    if any(decimals(value) > most for value in axis.values[:2]):
        raise InputError(
            Words(
                f"起点和步长的小数最多 {most} 位",
                f"start and step have at most {most} decimals here",
                code="preview.start-step-most-decimals",
            ),
        )


def _grid_points(
    index: PreviewIndex,
    standard: EdgeStandard,
    line: float,
    point: dict[keys.Key, float],
    axes: list[Axis],
    comparison: Comparison | None,
) -> list[tuple[dict[keys.Key, float], dict[str, float | None]]]:
    """All values of the keys that vary in one pass, at one value of whatever else varies."""
    lowest, highest = (
        edge_limits(vary(standard, {**point, **{axis.key: pick(axis.values) for axis in axes}}), line)
        for pick in (min, max)
    )
    # Levers need ascending values; `sweep_over` puts the records back into the order that was asked for.
    ordered = [replace(axis, values=tuple(sorted(axis.values))) for axis in axes]
    levers = [_lever(axis, highest) for axis in ordered]
    first, second, *_ = (*levers, no_lever(highest), no_lever(highest))
    grid = grid_totals(index, highest, (first, second), comparison)
    below = below_line(index, lowest.line).households
    places = itertools.product(*(range(len(axis.values)) for axis in ordered))
    return [
        (
            {**point, **{axis.key: axis.values[n] for axis, n in zip(ordered, place, strict=True)}},
            _counts_at(grid, place, below, comparison),
        )
        for place in places
    ]


def _lever(axis: Axis, highest: EdgeLimits) -> Lever:
    *_, spelling = keys.parts(axis.key)
    group, route = keys.group_of(axis.key), keys.route_of(axis.key)
    if group is not None:
        return group_lever(highest, group, in_yuan(axis.values, "multiple", highest.line))
    if axis.key in _CEILINGS:
        return ceiling_lever(highest, in_yuan(axis.values, spelling, highest.line))
    if route is None:
        return no_lever(highest, len(axis.values))
    if axis.key == keys.route_share(route):
        return share_lever(highest, route, axis.values)
    return route_lever(highest, route, in_yuan(axis.values, spelling, highest.line))


def _counts_at(
    grid: Grid, place: tuple[int, ...], below: float, comparison: Comparison | None
) -> dict[str, float | None]:
    at = (*place, *[0] * (_MOST_AXES - len(place)))
    inside, stays = float(grid.inside[at]), None if grid.stays is None else float(grid.stays[at])
    return {
        "in": inside,
        "cannot_tell": float(grid.possible[at]) - inside,
        "below_line": below,
        "newly_in": None if stays is None else inside - stays,
        "leaving": None if comparison is None or stays is None else comparison.inside.households - stays,
        "expected_slips": None if grid.slips is None else float(grid.slips[at]),
    }
