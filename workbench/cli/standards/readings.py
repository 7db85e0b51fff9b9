"""The command that prices the readings of the notice, and writes the letter that asks the city."""

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.language import both
from workbench.cli.options import (
    CountyOption,
    JsonOption,
    LineOption,
    RoundOption,
    StoreOption,
    checked_round,
    open_store,
    standard_of,
)
from workbench.cli.output import SIMULATED, emit, households, say, show_table
from workbench.cli.standards.frontier import AtHandOption, standard_at_hand
from workbench.clock import now_in_beijing
from workbench.errors import Words
from workbench.preview.scope import PreviewScope
from workbench.reports.documents.question_letter import LetterHead, question_letter, signing_unit
from workbench.safeguards.plain_data import Json
from workbench.statistics.reading_prices import price_record, reading_prices
from workbench.store.files import write_file

LetterOption = Annotated[
    Path | None,
    typer.Option("--letter", help=both("把请示存为（docx）", "write the letter to the city (docx, in Chinese)")),
]


def readings_command(
    round_name: RoundOption,
    county: CountyOption = None,
    standard: AtHandOption = None,
    line: LineOption = None,
    letter: LetterOption = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """What each reading of what the notice leaves open brings in, costs and catches; a letter that asks the city."""
    facts = open_store(store)
    given = standard_of(standard) if standard else None
    scope = PreviewScope(facts, checked_round(round_name), county or (given.county if given else None), line)
    at_hand, name = standard_at_hand(scope, given)
    record = {
        "round": scope.round_name,
        "county": scope.county,
        "standard": name,
        **price_record(reading_prices(scope, at_hand)),
        "simulated": scope.simulated,
    }
    if letter:
        # In Chinese whatever this run speaks, as the letter is.
        unit = signing_unit([scope.county] if scope.county else scope.counties)
        head = LetterHead(unit, scope.round_name, name.zh, now_in_beijing().date(), scope.simulated)
        write_file(letter, question_letter(head, record))
    emit(record, lambda: _show(record, letter), as_json=as_json)


def _show(record: Json, letter: Path | None) -> None:
    if record["simulated"]:
        say(SIMULATED)
    for point in record["points"]:
        _show_point(point)
    act, ask = record["act_today"]["households"], record["ask_the_city"]["households"]
    say(
        Words(
            f"各种口径下都是边缘户，今天就可落实：{act:,.0f} 户；只在部分口径下是，须请示：{ask:,.0f} 户（户编号见 --json）",
            f"edge households under every reading, to act upon today: {act:,.0f}; under some readings only, to ask about: {ask:,.0f} "
            "(their numbers with --json)",
        )
    )
    if letter:
        say(Words(f"请示已存为 {letter}", f"the letter is written to {letter}"))


def _show_point(point: Json) -> None:
    columns = [
        Words("认定口径", "reading"), Words("户", "households"), Words("比现在多", "more than now"), Words("比现在少", "less"),
        Words("不能判定", "cannot tell"), Words("费用（元）", "yuan"), Words("预计风险变差", "slips expected"),
    ]  # fmt: skip
    rows = [
        [
            each["words"],
            *(households(each[name]) for name in ("in", "newly_in", "leaving", "cannot_tell")),
            each["cost"],
            # Not scored is not 0.
            None if each["slips"] is None else round(each["slips"], 1),
        ]
        for each in point["readings"]
    ]
    show_table(point["question"] + Words(f"（{point['clause']}）", f" ({point['clause']})"), columns, rows)
