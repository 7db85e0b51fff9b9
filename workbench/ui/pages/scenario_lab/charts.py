"""The charts of the scenario lab as ECharts options: standards side by side, a sweep as curve or heat map, the frontier."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.domain.rules.standard_keys import Key
from workbench.preview.counts.comparison import Compared
from workbench.preview.scenario import Scenario
from workbench.safeguards.plain_data import Json
from workbench.ui.kit.charts.options import frontier_chart, label_side
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.scenario_lab.keys import label_of, swept_groups
from workbench.ui.pages.scenario_lab.table import measure_label

# As many as standards can be compared (`scenario.MOST_STANDARDS`), and as there are symbols.
_COLOURS = ("#12636b", "#c77c11", "#4a6fa5", "#8a4f7d", "#5b7f3a", "#7a6a58")
_MARKED_POINTS = 60
_SYMBOLS = ("circle", "triangle", "rect", "diamond", "pin", "roundRect")


def bars_chart(compared: Compared, t: Language) -> dict[str, Any]:
    """Households in, with those that cannot be told beside, a bar each standard."""
    names = list(compared.records)
    parts = [("in", t("纳入"), "#12636b"), ("cannot_tell", t("不能判定"), "#c9d6d9")]
    return {
        "legend": {"top": 0, "left": 0},
        "tooltip": {"trigger": "axis"},
        "grid": {"top": 36},
        "xAxis": {"type": "value", "minInterval": 1},
        "yAxis": {
            # In the order of the table above: ECharts fills such an axis from below.
            "type": "category", "inverse": True, "data": names,
            "axisLabel": {"width": 220, "overflow": "truncate", "interval": 0},
        },
        "series": [
            {
                "name": words, "type": "bar", "stack": "all", "barMaxWidth": 26, "itemStyle": {"color": colour},
                "label": {"show": name == "in", "position": "insideLeft", "color": "#fff"},
                "data": [compared.records[each][name] for each in names],
            }
            for name, words, colour in parts
        ],
    }  # fmt: skip


def sweep_chart(scenario: Scenario, sweep: Sequence[Json], measure: str, t: Language) -> dict[str, Any]:
    """One varied key as a curve, two as a heat map."""
    axes = scenario.parsed_axes()
    # An empty option is a chart that is not drawn; `Context.on_chart` leaves it so.
    if not sweep:
        return {}
    named = {axis.key: label_of(axis.key, t, swept_groups(scenario)) for axis in axes}
    return _curve(named, sweep, measure, t) if len(axes) == 1 else _heat(named, sweep, measure, t)


def _curve(named: Mapping[Key, str], sweep: Sequence[Json], measure: str, t: Language) -> dict[str, Any]:
    ((key, name),) = named.items()
    return {
        "tooltip": {"trigger": "axis"},
        "xAxis": {"type": "value", "scale": True, "name": name, "nameLocation": "middle", "nameGap": 30},
        "yAxis": {"type": "value", "name": measure_label(measure, t)},
        "series": [
            {
                "name": measure_label(measure, t), "type": "line", "showSymbol": len(sweep) <= _MARKED_POINTS,
                "data": [[record[key], record[measure]] for record in sweep],
                "areaStyle": {"opacity": 0.08},
            }
        ],
    }  # fmt: skip


def _heat(named: Mapping[Key, str], sweep: Sequence[Json], measure: str, t: Language) -> dict[str, Any]:
    keys = list(named)
    across, up = (sorted({record[key] for record in sweep}) for key in keys)
    # Not every point may have the figure: `min` of nothing, and of None, fails.
    known = [record[measure] for record in sweep if record[measure] is not None] or [0.0]
    low, high = min(known), max(known)
    return {
        "tooltip": {"trigger": "item"},
        "grid": {"top": 30, "right": 110},
        "xAxis": _category(named[keys[0]], across, t) | {"nameLocation": "middle", "nameGap": 30},
        "yAxis": _category(named[keys[1]], up, t),
        "visualMap": {
            # A scale from a number to itself has no colours.
            "min": low, "max": high if high > low else low + 1, "right": 0, "top": "middle", "calculable": True,
            "precision": 3 if measure == "slips_share" else 0,
            "inRange": {"color": ["#eef5f5", "#8fc0c4", "#2f8f9d", "#0e4a51"]},
        },
        "series": [
            {
                "name": measure_label(measure, t), "type": "heatmap", "labelLayout": {"hideOverlap": True},
                "label": {"show": True, "fontSize": 11, "color": "#16282d", "textBorderColor": "#fff", "textBorderWidth": 2},
                "data": [[across.index(record[keys[0]]), up.index(record[keys[1]]), _rounded(record[measure], measure)] for record in sweep],
            }
        ],
    }  # fmt: skip


def _rounded(value: float | None, measure: str) -> float | None:
    """Return a value as a cell of the map shows it: shares to a tenth of a per cent, all else whole."""
    return None if value is None else round(value, 3 if measure == "slips_share" else 0)


def _category(name: str, values: Sequence[float], t: Language) -> dict[str, Any]:
    # Categories: a heat map has cells, and its steps need not be equal.
    return {"type": "category", "data": [t.number(value, 3) for value in values], "name": name}


def standings_chart(record: Json, compared: Compared, t: Language) -> dict[str, Any]:
    """The frontier beside the first standard, with every other standard marked on it."""
    first, *others = compared.records
    option = frontier_chart(record, t, first)
    # A standard that brings in more than any of those searched would lie outside the picture.
    reach = max([option["xAxis"]["max"], *(each["in"] for each in compared.records.values())])
    points = [
        {
            "name": name, "type": "scatter", "symbol": _SYMBOLS[number], "symbolSize": 16, "z": 5,
            "itemStyle": {"color": _COLOURS[number]},
            "data": [[compared.records[name]["in"], round(100 * compared.records[name]["slips_share"], 2)]],
            "label": {
                "show": True, "formatter": "{a}", "width": 160, "overflow": "truncate",
                "position": label_side(compared.records[name]["in"], reach),
            },
        }
        for number, name in enumerate(others)
        if compared.records[name]["slips_share"] is not None
    ]  # fmt: skip
    series = [*option["series"], *points]
    return {
        **option,
        "legend": {"top": 0, "left": 0, "type": "scroll", "data": [each["name"] for each in series]},
        "xAxis": {**option["xAxis"], "max": reach},
        "series": series,
    }
