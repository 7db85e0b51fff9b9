"""Two counties side by side: every standard of the scenario in each, the figures of one county beside the other's."""

from dataclasses import dataclass, replace
from typing import Any

from workbench.errors import InputError, Words
from workbench.preview.counts.comparison import Compared, compare
from workbench.preview.scenario import Candidate, Scenario
from workbench.safeguards.plain_data import Json
from workbench.ui.kit.controls.pane import Chosen, Pane, sends
from workbench.ui.kit.files.download import Sheet
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.scenario_lab.row import Row, cells_of, interval_text, unit_of, writers
from workbench.ui.pages.scenario_lab.state import ScenarioSession
from workbench.ui.pages.scenario_lab.table import Section, sections


@dataclass(frozen=True)
class CountyPair:
    """The figures of both counties: `columns` are county code and name of the standard, in the order of every row's values."""

    counties: tuple[str, str]
    columns: list[tuple[str, str]]
    sections: list[Section]


class CountyPairPanel:
    """The choice of two counties, and their figures; what is chosen goes to `take`, which is the page's."""

    def __init__(self, session: ScenarioSession, language: Language, take: Chosen | None = None) -> None:
        self.session, self.language = session, language
        self._chosen = ["", ""]
        self._counted: tuple[Any, CountyPair] | None = None
        self.pane = Pane(take)

    def choose(self, place: int, county: str) -> None:
        """Take a county for the first or the second place; with two of them there the scenario has a pair, else none."""
        if county and county not in self._offered():
            raise InputError(
                Words(f"没有这个县区：{county}", f"no such county: {county}", code="ui.pair-no-such-county")
            )
        self._chosen[place] = county
        first, second = self._chosen
        pair = (first, second) if first and second and first != second else None
        self.session.scenario = replace(self.session.scenario, pair=pair)

    def pair(self) -> CountyPair | None:
        """The figures of the pair; None where none is chosen, or one of the two may not be looked at here."""
        session, scenario = self.session, self.session.scenario
        if scenario.pair is None or not set(scenario.pair) <= set(self._offered()):
            return None
        key = (session.round_name, scenario.pair, scenario.candidates, scenario.line, scenario.income_error)
        if self._counted is None or self._counted[0] != key:
            self._counted = (key, _counted(session, scenario, scenario.pair))
        return self._counted[1]

    def show(self) -> None:
        """The choice, and what follows from it; nothing where there is one county only, or only one may be looked at."""
        t, offered = self.language, self._offered()
        chosen = self.session.scenario.pair
        # Half a choice is of nobody but this page; a whole one that the scenario does not have is of another scenario.
        if chosen or len({*self._chosen, ""}) > 2:  # noqa: PLR2004 - both places
            self._chosen = list(chosen or ("", ""))
        if len(offered) < 2:  # noqa: PLR2004 - it takes two to compare
            self.pane.html = render("message", t, text=t("本期只有一个县区可看，没有可并排的。"), alert=False)
            return
        pair = self.pair()
        self.pane.html = render(
            "scenario_pair", t, sends=sends, chosen=self._chosen,
            counties=[(code, county_name(code, t)) for code in offered], pair=pair, gone=chosen is not None and pair is None,
            heads=[county_name(code, t) for code in pair.counties] if pair else [],
            each=len(self.session.names),
            rows=[(each.title, [_shown(row, pair, t) for row in each.rows]) for each in pair.sections] if pair else [],
        )  # fmt: skip

    def sheets(self) -> list[Sheet]:
        """The pair as a sheet of the workbook; none where none is chosen."""
        t, pair = self.language, self.pair()
        if pair is None:
            return []
        heads = [f"{county_name(code, t)} · {name}" for code, name in pair.columns]
        rows = [
            [each.title, row.label, *cells_of(row.kind, row.values, t), unit_of(row.kind, t)]
            for each in pair.sections
            for row in each.rows
        ]
        return [Sheet(t("两个县区并排"), [t("部分"), t("项目"), *heads, t("单位")], rows)]

    def _offered(self) -> list[str]:
        """The counties that may be looked at: for somebody bound to a county, that one alone."""
        return [code for code in self.session.counties_of(self.session.round_name) if code]


def _counted(session: ScenarioSession, scenario: Scenario, pair: tuple[str, str]) -> CountyPair:
    columns = [(code, name) for code in pair for name in session.names]
    of_counties = {
        code: compare(
            replace(session.scope(), county=code, line=None), scenario.candidates,
            line=scenario.line, income_error=scenario.income_error,
        )
        for code in pair
    }  # fmt: skip
    # One name for a standard in two counties would be one column.
    records = {f"{code} {name}": each for code, of in of_counties.items() for name, each in of.records.items()}
    in_force = {f"{code} {name}": each for code, of in of_counties.items() for name, each in of.line_in_force.items()}
    past = {f"{code} {name}": each for code, of in of_counties.items() for name, each in of.past.items()}
    doubled = tuple(Candidate(f"{code} {name}", scenario.candidate(name).standard) for code, name in columns)
    listed = sections(replace(scenario, candidates=doubled), Compared(records, {}, in_force, past), session.language)
    own = [_without_first(each, len(session.names)) for each in listed]
    return CountyPair(pair, columns, [_sizes(list(records.values()), session.language), *own])


def _sizes(records: list[Json], t: Language) -> Section:
    """Counties differ in size, so that what is compared first is shares."""
    households = [sum(town["households"] for town in record["by_township"]) for record in records]
    shares = {
        name: [record[name] / total if total else None for record, total in zip(records, households, strict=True)]
        for name in ("in", "cannot_tell")
    }
    return Section(
        t("占未建档户的比例"),
        [
            Row("households", t("未建档户"), "number", list(households)),
            Row("in_share", t("纳入占未建档户"), "share", shares["in"]),
            Row("cannot_tell_share", t("不能判定占未建档户"), "share", shares["cannot_tell"]),
        ],
    )


def _without_first(section: Section, each: int) -> Section:
    """The second county's first standard is compared with itself, of which nothing is to be said, as in the first county."""
    rows = []
    for row in section.rows:
        compares = row.key in ("gain", "verdict")
        values, low, high = (
            [None if compares and place == each else value for place, value in enumerate(column)] if column else column
            for column in (row.values, row.low, row.high)
        )
        rows.append(replace(row, values=values or [], low=low, high=high))
    return Section(section.title, rows)


def _shown(row: Row, pair: CountyPair, t: Language) -> dict[str, Any]:
    write = writers(t)[row.kind]
    cells = [
        {"text": write(row.values[place]), "interval": interval_text(row, place, t)}
        for place in range(len(pair.columns))
    ]
    return {"key": row.key, "label": row.label, "text": row.kind == "text", "cells": cells}
