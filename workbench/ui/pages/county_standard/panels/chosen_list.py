"""The households behind a number that was picked on the page: a list to filter, sort and page, and the whole of it as a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets
import polars as pl

from workbench.ui.kit.controls.household_list import Listing, Sorts
from workbench.ui.kit.controls.long_work import Guard
from workbench.ui.kit.controls.pane import Pane, sends
from workbench.ui.kit.files.download import XLSX, Cell, Download, File, Sheet, file_name, xlsx_bytes
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.state import StandardSession

Row = Mapping[str, Any]


_DECIMALS = 4
"""Of a number in a file: the fen of yuan, the hundredth of a per cent of a share."""


@dataclass(frozen=True)
class Column:
    """A column: its header, what a file has of a row, and (None: the same) what the page shows of it."""

    header: str
    # Apart from what is shown: a file takes the number, a page the number as people write it.
    cell: Callable[[Row], Cell]
    text: Callable[[Row], str] | None = None
    number: bool = False
    # A sentence is given the room to be read; what is alike in all rows stands in the title, and in the file only.
    sentence: bool = False
    file_only: bool = False

    def shown(self, row: Row) -> str:
        """Return what the page shows of a row."""
        value = self.text(row) if self.text else self.cell(row)
        return "" if value is None else str(value)


@dataclass(frozen=True)
class Chosen:
    """What is listed: its title, its households (`household_id`, `county_code`, `township`, `village`, `round`), columns and what a reader must know."""

    title: str
    frame: pl.DataFrame
    columns: Sequence[Column]
    several_rounds: bool = False
    note: str = ""


class ChosenList:
    """A pane and a download; `chosen` gives what is listed now, None where nothing is picked."""

    def __init__(
        self,
        session: StandardSession,
        language: Language,
        guard: Guard,
        chosen: Callable[[], Chosen | None],
        sorts: Mapping[str, tuple[str, Sequence[tuple[str, bool]]]],
    ) -> None:
        self.session, self.language, self._chosen = session, language, chosen
        self._sort_names = {name: words for name, (words, _) in sorts.items()}
        by: Sorts = {name: order for name, (_, order) in sorts.items()}
        self.asked = Listing(by, next(iter(by)))
        self.pane = Pane(self._take)
        self.pane.take_guarded(guard)
        self.download = Download(language("下载这些户（Excel）"), self.file, guard)
        self.widget = widgets.VBox([self.pane, self.download])
        self.download.layout.display = "none"
        session.on_other_county(self._turned)

    def _turned(self) -> None:
        self.asked = self.asked.elsewhere()

    def begin(self) -> None:
        """Show what is picked from its beginning."""
        self.asked = self.asked.change("number", 0)
        self.show()

    def open(self) -> None:
        """Show what was picked just now from its beginning, and bring it into view: it may lie below what the browser shows."""
        self.begin()
        if self.pane.html:
            self.pane.reveal()

    def show(self) -> None:
        """Show what is picked, as it is filtered and sorted."""
        t, chosen = self.language, self._chosen()
        self.download.layout.display = "none" if chosen is None else None
        if chosen is None:
            self.pane.html = ""
            return
        page = self.asked.page(chosen.frame)
        self.pane.html = render(
            "chosen_households", t, page=page, asked=self.asked, sends=sends, title=chosen.title, note=chosen.note, sorts=self._sort_names,
            columns=[each for each in ([_round_column(t)] if chosen.several_rounds else []) + [*chosen.columns] if not each.file_only],
        )  # fmt: skip

    def file(self) -> File:
        """Return the list, whole, as it is filtered and sorted."""
        t, session, chosen = self.language, self.session, self._chosen()
        if chosen is None:
            # The button is hidden then: only a message that was under way comes here.
            return File("", XLSX, b"")
        # In every row: a row copied into another file still says that it is made up (0005).
        mark = (t("说明"), t("模拟数据：不是真实住户")) if session.simulated else None
        headers = [t("期次"), t("户编号"), t("乡镇"), t("村"), *(each.header for each in chosen.columns)]
        rows = self.asked.whole(chosen.frame).to_dicts()
        cells = [
            [
                round_title(row["round"], t), row["household_id"], row["township"], row["village"],
                *(_written(each.cell(row)) for each in chosen.columns),
            ]
            for row in rows
        ]  # fmt: skip
        name = file_name(
            t("模拟数据") if session.simulated else "", county_name(session.county, t), round_title(session.round_name, t), chosen.title,
            ending=".xlsx",
        )  # fmt: skip
        return File(name, XLSX, xlsx_bytes([Sheet(chosen.title, headers, cells, mark)]))

    def _take(self, choice: dict[str, Any]) -> None:
        match choice:
            case {"do": "list", "key": str(key), "value": value}:
                self.asked = self.asked.change(key, value)
                self.show()


def _written(cell: Cell) -> Cell:
    """A cell as a file has it: a difference of two incomes is no 0.6700000000000728, and a probability has no sixteen digits."""
    return round(cell, _DECIMALS) if isinstance(cell, float) else cell


def income_column(t: Language) -> Column:
    """Return the tested income."""
    return Column(t("测算收入（元）"), lambda row: row["income"], lambda row: t.number(row["income"], 2), number=True)


def _round_column(t: Language) -> Column:
    return Column(t("期次"), lambda row: row["round"], lambda row: round_title(row["round"], t))
