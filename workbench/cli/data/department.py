"""Commands of departments' lists and of where facts came from: `intake add`, `intake sources`."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.cli.data.intake_area import area_check
from workbench.cli.data.intake_effect import effect, show_effect
from workbench.cli.language import both, label
from workbench.cli.options import CountyOption, JsonOption, RoundOption, StoreOption, checked_round, open_store
from workbench.cli.output import emit, progress_bar, say, show_table
from workbench.cli.register.options import AsOption
from workbench.clock import now_in_beijing
from workbench.domain.facts import LABELS
from workbench.domain.whole_numbers import whole_number
from workbench.errors import InputError, Words
from workbench.intake.department_list import LAYOUT, department, departments
from workbench.intake.findings.result import IntakeResult
from workbench.intake.isolation.parent import read_apart
from workbench.intake.tables.places import county_code
from workbench.register.unit_of_work.fact_import import take_in_here
from workbench.safeguards.plain_data import Json
from workbench.settings import register_url, who_acts
from workbench.store.batches.batch import GivenFile
from workbench.store.facts import FactStore
from workbench.store.ingest import compare_results
from workbench.store.schema import Origin
from workbench.store.taking_in.departments import Additions, MatchedBy, additions, as_result
from workbench.store.taking_in.provenance import FactSource, fact_sources

_SHOWN = 20
_HOW = {
    MatchedBy.NUMBER: Words("按户编号", "by household number"), MatchedBy.ID_NUMBER: Words("按证件号码", "by ID number"), MatchedBy.CONFIRMED: Words("经人确认", "confirmed"),
}  # fmt: skip


def add_command(
    file: Annotated[Path, typer.Argument(help=both("部门名单（xlsx、csv）", "a department's list (xlsx, csv)"))],
    round_name: RoundOption,
    which: Annotated[
        str,
        typer.Option(
            "--list", help=both(f"哪种名单：{'、'.join(departments())}", f"which list: {', '.join(departments())}")
        ),
    ],
    county: CountyOption = None,
    confirm: Annotated[
        list[str] | None,
        typer.Option(
            "--confirm", help=both("核实过的：行=户编号，可重复", "what was confirmed: ROW=HOUSEHOLD, repeatable")
        ),
    ] = None,
    account: AsOption = None,
    store: StoreOption = None,
    *,
    replace: Annotated[
        bool,
        typer.Option(
            "--replace", help=both("与已有的不同时，以名单为准", "where the list and the store differ, the list counts")
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=both("只检查，不写入", "check only, write nothing"))
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Add what a department's list says to the households that are stored; what is doubtful is listed, not taken."""
    facts, listed = open_store(store), department(which)
    checked_round(round_name)
    confirmed = dict(_confirmed(each) for each in confirm or ())
    # What is neither a name nor a code of Lu'an's may be a region of data from elsewhere.
    code = None if county is None else county_code(county) or county
    check_area = area_check(facts, account)
    # Asked before the file is read, and of what it holds afterwards: a county not one's own is refused at once (0029).
    check_area([] if code is None else [code])
    # A list adds to households that are stored: a round without any is said before the file is read.
    facts.files(round_name, code)
    with progress_bar(Words("正在读取", "reading")) as progress:
        result = read_apart(file, round_name=round_name, county=code, adds=which, progress=progress)
    counties = facts.counties(round_name) if code is None else [code]
    added = additions(facts, round_name, counties, listed, result, confirmed, replace=replace)
    check_area(sorted(added.facts))
    # Taken in like any file from here on: a batch, with its origin, that can be undone.
    taken = as_result(added, f"{LAYOUT}{which}", simulated=facts.origin(round_name, code).simulated)
    made = _effect(facts, round_name, taken, file, account, dry_run=dry_run)
    record = _record(which, result, added, replaced=replace) | made | {"dry_run": dry_run}
    emit(record, lambda: _show(record, added), as_json=as_json)
    # Status 1 for a script: something on the list still waits for a person.
    if result.rejected_rows or added.doubtful or added.unmatched or (added.contradictions and not replace):
        raise typer.Exit(1)


def _effect(
    facts: FactStore, round_name: str, taken: IntakeResult, file: Path, account: str | None, *, dry_run: bool
) -> Json:
    """What it does to the round; written unless it is a dry run, or changes nothing."""
    if dry_run or not taken.facts:
        return effect(compare_results(facts, round_name, [taken]), None, ())
    origin = Origin(details={"files": [file.name], "layouts": [taken.layout]})
    given = [GivenFile.at(file, what=taken.layout)]
    now = now_in_beijing()
    batch, _ = take_in_here(facts, register_url(), who_acts(account), now, round_name, [taken], origin, given)
    return effect(batch, batch.number, batch.counties)


def _confirmed(text: str) -> tuple[int, str]:
    row, equals, household = text.partition("=")
    number = whole_number(row)
    if not equals or not household or number is None:
        raise InputError(
            Words(
                f"--confirm {text!r}：应如 5=34159999100001",
                f"--confirm {text!r}: expected e.g. 5=34159999100001",
                code="cli.confirm-expected",
            )
        )
    return number, household


def _record(which: str, result: IntakeResult, added: Additions, *, replaced: bool) -> Json:
    return {
        "list": which, "rows": result.accepted_persons, "matched": dict(added.matched),
        "doubtful": [{"row": each.row, "households": list(each.households), "message": each.reason} for each in added.doubtful],
        "unmatched_rows": list(added.unmatched),
        "contradictions": [asdict(each) | {"taken": replaced} for each in added.contradictions],
        "problems": [vars(each) for each in result.problems],
    }  # fmt: skip


def _show(record: Json, added: Additions) -> None:
    matched = [Words(f"{_HOW[how].zh} {count:,}", f"{_HOW[how].en} {count:,}") for how, count in added.matched.items()]
    zh, en = "、".join(each.zh for each in matched) or "0", ", ".join(each.en for each in matched) or "0"
    say(Words(f"名单 {record['rows']:,} 行；对上：{zh}", f"rows on the list: {record['rows']:,}; matched: {en}"))
    for problem in record["problems"][:_SHOWN]:
        say(problem["message"].after("  "))
    if len(record["problems"]) > _SHOWN:
        count = len(record["problems"])
        say(Words(f"  … 共 {count:,} 个问题，全部见 --json", f"  … {count:,} problems in all: see --json"))
    for each in added.doubtful[:_SHOWN]:
        those = ", ".join(each.households[:_SHOWN])
        say(Words(f"  第 {each.row} 行（{those}）：", f"  row {each.row} ({those}): ") + each.reason)
    _show_rows(added.unmatched)
    for one in added.contradictions[:_SHOWN]:
        say(_contradiction(record, one.household_id, one.fact, one.stored, one.listed))
    show_effect(record)


def _show_rows(rows: Sequence[int]) -> None:
    if rows:
        some = "、".join(map(str, rows[:_SHOWN])) + ("…" if len(rows) > _SHOWN else "")
        say(
            Words(
                f"  没有对上的 {len(rows):,} 行：第 {some} 行",
                f"  rows without a household: {len(rows):,} ({some.replace('、', ', ')})",
            )
        )


def _contradiction(record: Json, household: str, fact: str, stored: object, listed: object) -> Words:
    zh, en = LABELS[fact]
    # Of all or of none: --replace is one answer for the whole list.
    taken = any(each["taken"] for each in record["contradictions"])
    outcome = (
        Words("已按名单", "the list is taken")
        if taken
        else Words("未改（以名单为准用 --replace）", "not changed (--replace takes the list)")
    )
    return (
        Words(
            f"  {household} {zh}：已有 {stored}，名单 {listed}；",
            f"  {household} {en}: stored {stored}, list {listed}; ",
        )
        + outcome
    )


_COLUMNS = [
    Words("事实", "fact"), Words("批", "batch"), Words("文件", "file"), Words("名单", "list"), Words("账号", "account"), Words("时间", "time"),
]  # fmt: skip


def sources_command(
    household: Annotated[str, typer.Argument(help=both("户编号", "household number"))],
    round_name: RoundOption,
    county: CountyOption = None,
    store: StoreOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Where each fact of a household came from: the file, its hash, which list it was, who took it in and when."""
    facts = open_store(store)
    # Refuses a household that the round does not hold just once.
    row = facts.household(checked_round(round_name), household, county)
    sources = fact_sources(facts.root, round_name, row["county_code"], household)
    record = {
        "household_id": household,
        "round": round_name,
        "sources": {name: asdict(each) for name, each in sources.items()},
    }
    emit(
        record,
        lambda: show_table(household, _COLUMNS, [_row(name, each) for name, each in sources.items()]),
        as_json=as_json,
    )


def _row(fact: str, source: FactSource) -> list[Any]:
    return [
        label(LABELS.get(fact, (fact, fact))),
        str(source.batch),
        source.file,
        source.list,
        source.account,
        source.at,
    ]
