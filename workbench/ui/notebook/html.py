"""Tables and curves for notebooks as plain HTML and SVG: seen wherever a notebook is, exported or printed, without scripts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render

_WIDTH, _HEIGHT, _MARGIN, _BOTTOM, _TOP = 560.0, 220.0, 64.0, 34.0, 14.0


@dataclass(frozen=True)
class TableText:
    """A table in words: `rows` of cells, the first of each its heading; a single cell heads the rows after it."""

    caption: str
    headers: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


def table_html(table: TableText, language: Language, *, simulated: bool, chart: Markup | str) -> Markup:
    """The table, a chart below it, and that the data is simulated where it is."""
    return render("notebook_table", language, table=table, simulated=simulated, chart=chart)


def curve_svg(points: Sequence[tuple[float, float]], names: tuple[str, str], language: Language) -> Markup:
    """A curve through points (x, y), with its scales; `names` of the two axes."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    # From nought upwards: a curve that began at its lowest value would look steeper than it is.
    across, up = _scale(min(xs), max(xs), _MARGIN, _WIDTH - 12), _scale(min(0.0, *ys), max(ys), _HEIGHT - _BOTTOM, _TOP)
    marks = [(f"{across(x):.1f}", f"{up(y):.1f}") for x, y in points]
    return render(
        "notebook_curve", language,
        width=_WIDTH, height=_HEIGHT, left=_MARGIN, floor=_HEIGHT - _BOTTOM,
        line=" ".join(f"{x},{y}" for x, y in marks), names=names,
        ticks_x=[(f"{across(x):.1f}", language.number(x, 3)) for x in (xs[0], xs[len(xs) // 2], xs[-1])],
        ticks_y=[(f"{up(y):.1f}", language.number(y, 2)) for y in sorted({min(0.0, *ys), max(ys)})],
    )  # fmt: skip


def _scale(low: float, high: float, start: float, stop: float) -> Any:
    # A curve that is flat has no span to divide by.
    span = high - low or 1.0
    return lambda value: start + (value - low) / span * (stop - start)
