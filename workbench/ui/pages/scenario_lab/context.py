"""What the figures of the lab are of: it goes with every table and picture that leaves the page."""

from dataclasses import dataclass, replace
from typing import Any

from workbench.ui.kit.files.download import Sheet
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title


@dataclass(frozen=True)
class Context:
    """The round, the county (empty: the whole city), the poverty lines counted under (yuan), whether the data is simulated."""

    round_name: str
    county: str
    lines: tuple[float, ...]
    simulated: bool

    def parts(self, t: Language) -> list[tuple[str, str]]:
        """Each part with its name."""
        lines = t("、").join(t.number(line, 2) for line in self.lines)
        return [
            (t("县区"), county_name(self.county, t)),
            # As the store writes it, not in words: the table stays one that programs read (0037).
            (t("期次"), self.round_name),
            (t("扶贫标准（元）"), lines),
            (t("数据"), t("模拟数据") if self.simulated else t("实际数据")),
        ]

    def file_parts(self, t: Language) -> tuple[str, str, str]:
        """Return what of it the name of a file begins with, as those of all pages do."""
        mark = t("模拟数据") if self.simulated else ""
        return mark, county_name(self.county, t), round_title(self.round_name, t)

    def caption(self, unit: str, t: Language) -> str:
        """One line below a picture; `unit` of its figures."""
        lines = t("、").join(t.number(line, 2) for line in self.lines)
        said = [
            county_name(self.county, t), round_title(self.round_name, t), t("扶贫标准 {line} 元", line=lines),
            t("单位：{unit}", unit=unit), *([t("模拟数据")] if self.simulated else []),
        ]  # fmt: skip
        return " · ".join(said)

    def on_chart(self, option: dict[str, Any], unit: str, t: Language) -> dict[str, Any]:
        """The chart with the caption below it, so that a picture of it has it too; an empty chart stays empty."""
        if not option:
            return option
        title = {
            "text": self.caption(unit, t),
            "left": 0,
            "bottom": 0,
            "textStyle": {"fontSize": 12, "fontWeight": "normal"},
        }
        # Below the chart the caption takes the room that the axis would have.
        return {**option, "title": title, "grid": {**option.get("grid", {}), "bottom": 36}}

    def on_sheet(self, sheet: Sheet, t: Language) -> Sheet:
        """The table with a column for each part: a table alone, as CSV is, stays one that programs read."""
        parts = self.parts(t)
        headers = [*sheet.headers, *(name for name, _ in parts)]
        return replace(sheet, headers=headers, rows=[[*row, *(value for _, value in parts)] for row in sheet.rows])
