"""Charts as ECharts options, from counted data."""

import math
from typing import Any

import numpy as np

from workbench.domain.rules.edge import EdgeLimits
from workbench.preview.counts.near_ceiling import Distribution
from workbench.preview.index.build import Floats
from workbench.safeguards.plain_data import Json
from workbench.ui.kit.texts.language import Language

_BINS_A_LINE = 32
# In multiples of the line; a little more than the slider, which goes from one line to three.
_FROM_LINES, _TO_LINES = 0.4, 3.2


def distribution_edges(line: float) -> Floats:
    """Bins around a line: round widths, so many a line, that do not move with the ceiling."""
    raw = line / _BINS_A_LINE
    # One significant figure: bins of 100 yuan, not of 103.4, so that their bounds can be read.
    width = max(1.0, float(f"{raw:.1g}"))
    first, last = math.floor(_FROM_LINES * line / width), math.ceil(_TO_LINES * line / width)
    return np.arange(first, last + 1, dtype=np.float64) * width


def income_chart(distribution: Distribution, limits: EdgeLimits, t: Language) -> dict[str, Any]:
    """Unregistered households by income near the line: all, and those in; the line and the ceiling drawn in."""
    return {
        "legend": {"top": 0, "left": 0, "data": [t("全部未建档户"), t("纳入")]},
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "value", "min": float(distribution.edges[0]), "max": float(distribution.edges[-1]),
            "name": t("测算收入（元/人·年）"), "nameLocation": "middle", "nameGap": 30,
        },
        "yAxis": {"type": "value", "name": t("户"), "minInterval": 1},
        "series": [
            _steps(t("全部未建档户"), distribution.edges, distribution.all, "#9db4b8", 0.55) | {"markLine": _marks(limits, t)},
            _steps(t("纳入"), distribution.edges, distribution.inside, "#12636b", 0.85),
        ],
    }  # fmt: skip


def _steps(name: str, edges: Floats, values: Floats, colour: str, opacity: float) -> dict[str, Any]:
    # There is one edge more than bins: without the last value once more the last bin would not be drawn.
    points = [[float(edge), float(value)] for edge, value in zip(edges, [*values, values[-1]], strict=True)]
    return {
        # A step to the end of the bin: each value holds from its own edge to the next one.
        "name": name, "type": "line", "step": "end", "showSymbol": False, "data": points,
        "lineStyle": {"width": 1, "color": colour}, "itemStyle": {"color": colour},
        "areaStyle": {"color": colour, "opacity": opacity},
    }  # fmt: skip


def _marks(limits: EdgeLimits, t: Language) -> dict[str, Any]:
    return {
        "symbol": "none",
        "animation": False,
        "label": {"fontSize": 13, "position": "end"},
        "data": [
            _mark(limits.line, t("扶贫标准 {yuan}", yuan=t.number(limits.line)), "#9a3412", "dashed", "right"),
            _mark(limits.ceiling, t("上限 {yuan}", yuan=t.number(limits.ceiling)), "#16282d", "solid", "left"),
        ],
    }


def _mark(at: float, text: str, colour: str, line: str, align: str) -> dict[str, Any]:
    return {
        "xAxis": at,
        # No ceiling lies below the line: each text on its own side, two that stand near do not run into each other.
        "label": {"formatter": text, "color": colour, "align": align},
        "lineStyle": {"color": colour, "type": line, "width": 2},
    }


def frontier_chart(record: Json, t: Language, standing: str, *, happened: bool = False) -> dict[str, Any]:
    """Households against the share of slips caught: the best standards searched, any choice of as many, the one at hand.

    `record` as `preview.frontier.request.frontier_record` gives it; `standing` names the standard at hand;
    `happened`: over past rounds together, so that households are household-rounds.
    """
    points, own, slips = record["points"], record["at_hand"], record["all_slips"]
    best, ideal = t("所试过的标准中最好的"), t("同样户数任何挑法的上限")
    reach = max(point["in"] for point in (*points, own))
    return {
        "legend": {"top": 0, "left": 0, "data": [best, ideal, standing]},
        "tooltip": {"trigger": "item"},
        "xAxis": {
            "type": "value", "min": 0, "max": reach, "name": t("纳入（户次）") if happened else t("纳入（户）"),
            "nameLocation": "middle", "nameGap": 30,
        },
        "yAxis": {"type": "value", "min": 0, "max": 100, "name": t("占全部风险变差（%）")},
        "series": [
            {
                # In steps: between two of the standards searched there is none, so nothing may be read off a slope.
                "name": best, "type": "line", "step": "end", "symbol": "circle", "symbolSize": 4,
                "data": [_caught(point, slips) for point in points],
                "lineStyle": {"color": "#12636b"}, "itemStyle": {"color": "#12636b"},
            },
            {
                "name": ideal, "type": "line", "showSymbol": False, "data": [_caught(point, slips) for point in record["ideal"]],
                "lineStyle": {"color": "#6b7f86", "type": "dashed", "width": 2}, "itemStyle": {"color": "#6b7f86"},
            },
            {
                "name": standing, "type": "scatter", "symbol": "diamond", "symbolSize": 18, "data": [_caught(own, slips)],
                "itemStyle": {"color": "#b4532e"}, "z": 5,
                # By name and shape too, never by colour alone.
                "label": {"show": True, "formatter": "{a}", "position": label_side(own["in"], reach), "color": "#9a3412", "fontSize": 14},
            },
        ],
    }  # fmt: skip


def label_side(place: float, reach: float) -> str:
    """The side on which the name of a point fits into a chart whose axis goes from 0 to `reach`."""
    # Under the point it was cut at either edge of the chart, and most standards lie near the left one.
    return "right" if place <= reach / 2 else "left"


def _caught(point: dict[str, Any], slips: float) -> list[float]:
    """A point of the chart: households, and per cent of all slips."""
    # Where no slip is expected at all there is no share of them.
    return [point["in"], round(100 * point["caught"] / slips, 2) if slips else 0.0]


def reliability_chart(curve: list[dict[str, Any]], t: Language) -> dict[str, Any]:
    """Households grouped by the probability that the model gave: how many slipped, and the range if it was right."""
    groups = [t("平均 {share}", share=t.percent(each["expected"])) for each in curve]
    low = [round(100 * each["low"], 2) for each in curve]
    width = [round(100 * (each["high"] - each["low"]), 2) for each in curve]
    observed = [round(100 * each["observed"], 2) for each in curve]
    # A band is two stacked lines: an invisible one up to its lower edge, and its height filled on top.
    plain = {"type": "line", "symbol": "none", "lineStyle": {"opacity": 0}, "stack": "range"}
    return {
        "legend": {"top": 0, "left": 0, "data": [t("若概率准，应在的范围"), t("实际风险变差")]},
        "tooltip": {"trigger": "axis"},
        "xAxis": {
            "type": "category", "data": groups, "name": t("模型给出的可能性，由低到高分组"), "nameLocation": "middle",
            "nameGap": 34, "axisLabel": {"fontSize": 11},
        },
        "yAxis": {"type": "value", "name": t("每百户风险变差"), "min": 0},
        "series": [
            plain | {"name": t("下限"), "data": low, "silent": True},
            plain
            | {
                "name": t("若概率准，应在的范围"), "data": width, "silent": True,
                "areaStyle": {"color": "#9cc3c7", "opacity": 0.7}, "itemStyle": {"color": "#9cc3c7"},
            },
            {
                "name": t("实际风险变差"), "type": "line", "data": observed, "symbol": "diamond", "symbolSize": 11,
                # Points alone: the groups are separate households, and a line would show a course between them.
                "lineStyle": {"width": 0}, "itemStyle": {"color": "#b4532e"},
            },
        ],
    }  # fmt: skip
