"""The place that a notebook studies, and how a result of it is written as text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
import polars as pl

from workbench.domain.parameters import poverty_line
from workbench.domain.rules.standard import EdgeStandard, parse_standard, read_standard, standard_data
from workbench.preview.scope import PreviewScope
from workbench.register.standards.in_force import standard_in_use
from workbench.risk.household_frame import household_frame
from workbench.settings import register_url
from workbench.store.round_scope import RoundScope
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.notebook.html import TableText, table_html


@dataclass(frozen=True, repr=False)
class NotebookPlace(RoundScope):
    """A round of a store, of one county or (`county` None) of the whole city; `language` of what is shown."""

    language: Language = field(default_factory=lambda: Language("zh"))

    @property
    def scope(self) -> PreviewScope:
        """The place as previews take it."""
        return PreviewScope(self.store, self.round_name, self.county)

    def in_force(self) -> dict[str, Any]:
        """The standard in force in the county, else the reference, as plain data; of the whole city, the reference."""
        current = standard_in_use(self, register=register_url())
        # Without its county, so that it can be compared in any place.
        return standard_data(current.standard.model_copy(update={"county": None}))

    def households(self, standards: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Every household of the place in one frame: facts, tier and possible tiers, what standards say, probability, reasons.

        `standards` by name (each as `workbench.notebook` takes them), a column each ("in", "out", "below_line",
        "cannot_tell"); None: a column `in_force`, by the standard in use in each county. A fact that is not known is missing,
        never 0 or false; `weight` is how many households a row stands for. Raises InputError for a standard of another county.
        """
        chosen = None if standards is None else {name: parsed(each) for name, each in standards.items()}
        frame = household_frame(self.scope, chosen, register_url())
        return pd.DataFrame({name: _column(frame[name]) for name in frame.columns})

    def __repr__(self) -> str:
        """Round, county, and whether the data is simulated, in one line."""
        t = self.language
        said = [round_title(self.round_name, t), county_name(self.county or "", t)]
        return " · ".join([*said, *([t("模拟数据")] if self.simulated else [])])

    def _repr_html_(self) -> str:
        t = self.language
        stored = self.facts(["kind", "weight"])
        # By weight: of a sample a row stands for several households.
        kinds = dict(stored.group_by("kind").agg(pl.col("weight").sum()).iter_rows())
        rows = [
            [t("县区"), county_name(self.county or "", t)],
            [t("扶贫标准"), t.number(poverty_line(self.round_name).value)],
            [t("已脱贫户"), t.number(kinds.get("lifted", 0))],
            [t("未建档户"), t.number(kinds.get("unregistered", 0))],
        ]
        return shown(self, TableText(round_title(self.round_name, t), ["", ""], rows))


def parsed(standard: EdgeStandard | Mapping[str, Any] | str) -> EdgeStandard:
    """A standard from one, from plain data or from YAML text; raises StandardError for what is none."""
    if isinstance(standard, EdgeStandard):
        return standard
    return read_standard(standard) if isinstance(standard, str) else parse_standard(dict(standard))


def _column(values: pl.Series) -> "pd.Series[Any]":
    """A column that keeps what is not known apart: whole numbers and flags stay so beside missing values."""
    # pandas' plain types have no missing whole number or flag: one null would make a column floats or objects.
    nullable = {pl.Int64: "Int64", pl.Int32: "Int64", pl.Boolean: "boolean", pl.Float64: "Float64", pl.String: "string"}
    return pd.Series(values.to_list(), dtype=nullable.get(type(values.dtype), "object"))


class FrameText:
    """A result of a place: as text it is its place and its frame, wherever no table is drawn."""

    place: NotebookPlace

    @property
    def frame(self) -> pd.DataFrame:
        """The figures."""
        raise NotImplementedError

    def __repr__(self) -> str:
        """The place, then the frame."""
        # The place first: copied into a report, the figures say whose they are and whether they are simulated.
        return f"{self.place!r}\n{self.frame.to_string()}"


def shown(place: NotebookPlace, table: TableText, chart: Any = "") -> str:
    """A table as a notebook shows it, saying so where the data is simulated."""
    return str(table_html(table, place.language, simulated=place.simulated, chart=chart))
