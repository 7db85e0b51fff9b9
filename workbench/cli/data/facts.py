"""The command that brings files in."""

import csv
import io
from dataclasses import asdict
from itertools import chain, combinations
from pathlib import Path
from typing import Annotated, Any

import typer

from workbench.cli.data.intake_area import area_check
from workbench.cli.data.intake_columns import column_records, questions_printed
from workbench.cli.data.intake_effect import effect, show_effect
from workbench.cli.language import both, in_language, label
from workbench.cli.options import CountyOption, JsonOption, RoundOption, StoreOption, checked_round, open_store
from workbench.cli.output import SIMULATED, emit, progress_bar, say
from workbench.cli.register.options import AsOption
from workbench.clock import now_in_beijing
from workbench.errors import InputError, Words
from workbench.intake.findings.problems import Problem
from workbench.intake.findings.result import IntakeResult, household_ids
from workbench.intake.isolation.parent import read_apart
from workbench.intake.reading.skipped_rows import REASONS
from workbench.intake.tables.places import county_code
from workbench.register.unit_of_work.fact_import import take_in_here
from workbench.settings import register_url, who_acts
from workbench.store.batches.batch import GivenFile
from workbench.store.files import write_file
from workbench.store.ingest import compare_results
from workbench.store.schema import Origin
from workbench.store.taking_in.examination import added_rules, examined
from workbench.store.taking_in.named_mappings import mapping_given

_SHOWN_PROBLEMS = 20
_KEPT_APART = Words("个人信息另存于数据目录的 personal", "personal columns are kept apart, in personal of the store")
_COLUMNS = (
    ("文件", "file"), ("类别", "kind"), ("工作表", "sheet"), ("行", "row"), ("列", "column"), ("值", "value"), ("原因", "reason"), ("说明", "message"),
)  # fmt: skip

KindOption = Annotated[
    str | None,
    typer.Option(
        "--kind",
        help=both(
            "名单没有写的户类型：lifted 已脱贫、registered 未脱贫、unregistered 未建档立卡",
            "the kind of the households, where the list does not say it: lifted, registered, unregistered",
        ),
    ),
]
MappingOption = Annotated[
    str | None,
    typer.Option(
        "--mapping",
        help=both(
            "列的对应：YAML 文件，或“收数”页保存的名称",
            "what the columns mean: a YAML file, or the name under which the intake page kept it",
        ),
    ),
]
ProblemsOption = Annotated[
    Path | None, typer.Option("--problems", help=both("把全部问题存为 CSV", "save all problems as CSV"))
]


def intake_command(
    files: Annotated[
        list[Path],
        typer.Argument(
            help=both(
                "导出文件（xlsx、csv），或有 --mapping 的任何表格", "exports (xlsx, csv), or any table with --mapping"
            )
        ),
    ],
    round_name: RoundOption,
    county: CountyOption = None,
    kind: KindOption = None,
    mapping: MappingOption = None,
    problems_to: ProblemsOption = None,
    account: AsOption = None,
    store: StoreOption = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=both("只检查，不写入", "check only, write nothing"))
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read exports of the national system, or any table with a mapping; every problem is reported."""
    facts = open_store(store)
    checked_round(round_name)
    _refuse_twice(files)
    check_area = area_check(facts, account)
    # Whoever may not take in this county need not wait for the file to be read (0029).
    check_area([] if county is None else [county_code(county) or county])
    # Before the files, too: a county's rules that cannot be read are refused, and never passed over (0029).
    rules = added_rules(facts.root)
    columns = mapping_given(facts.root, mapping) if mapping else None
    with questions_printed(as_json=as_json), progress_bar(Words("正在读取", "reading")) as progress:
        results = [
            read_apart(path, round_name=round_name, county=county, kind=kind, mapping=columns, progress=progress)
            for path in files
        ]
    results = [examined(facts, round_name, result, rules) for result in results]
    # Again, since only now it is known which counties the files hold.
    check_area(sorted({code for result in results for code in result.facts}))
    # Before anything is written to the store: a refusal there must not cost the list of problems.
    if problems_to is not None:
        _save_problems(problems_to, files, results)
    origin = Origin(details={"files": [path.name for path in files], "layouts": [result.layout for result in results]})
    if dry_run:
        made = effect(compare_results(facts, round_name, results), None, ())
    else:
        given = [GivenFile.at(path, what=result.layout) for path, result in zip(files, results, strict=True)]
        batch, results = take_in_here(
            facts, register_url(), who_acts(account), now_in_beijing(), round_name, results, origin, given
        )
        # From the batch, whose counts were made under the lock: others may have taken in facts meanwhile.
        made = effect(batch, batch.number, batch.counties)
    record = _record(files, results, dry_run=dry_run) | made
    emit(record, lambda: _show(record, results), as_json=as_json)
    # Status 1 for a script, although what could be read is taken in.
    if record["rejected_rows"] or not record["accepted_households"]:
        raise typer.Exit(1)


def _refuse_twice(files: list[Path]) -> None:
    twice = [str(path) for path in files if files.count(path) > 1]
    if twice:
        raise InputError(
            Words(
                f"{twice[0]}：同一文件给了两次；请只给一次",
                f"{twice[0]}: the same file is given twice; give it once",
                code="cli.same-file-given-twice",
            )
        )


def _record(files: list[Path], results: list[IntakeResult], *, dry_run: bool) -> dict[str, Any]:
    persons = [result.accepted_persons for result in results if result.accepted_persons is not None]
    several = len(files) > 1

    def listed(path: Path, problems: tuple[Problem, ...]) -> list[dict[str, Any]]:
        return [({"file": path.name} if several else {}) | _problem(problem) for problem in problems]

    pairs = list(zip(files, results, strict=True))
    return {
        "layout": results[0].layout if not several else [result.layout for result in results],
        # Each once, since several files may hold the same household.
        "accepted_households": len(set().union(*(household_ids(result) for result in results))),
        "accepted_persons": sum(persons) if persons else None,
        "rejected_rows": sum(result.rejected_rows for result in results),
        "problems": [entry for path, result in pairs for entry in listed(path, result.problems)],
        "warnings": [entry for path, result in pairs for entry in listed(path, result.warnings)],
        "notes": [
            in_language(note)
            for note in (*chain.from_iterable(result.notes for result in results), *_overlaps(files, results))
        ],
        "sheets": [entry for path, result in pairs for entry in _sheets(path, result, several=several)],
        "columns": column_records(files, results),
        "skipped_rows": [entry for path, result in pairs for entry in _skipped(path, result, several=several)],
        "counties": sorted({code for result in results for code in result.facts}),
        "simulated": any(result.simulated for result in results),
        "dry_run": dry_run,
    }


def _problem(problem: Problem) -> dict[str, Any]:
    """A problem as JSON: `reason` is the same in every language, `message` is of this run's; `sheet` where several were read."""
    record = vars(problem) | {"message": in_language(problem.message)}
    return {name: value for name, value in record.items() if name != "sheet" or value is not None}


def _sheets(path: Path, result: IntakeResult, *, several: bool) -> list[dict[str, Any]]:
    """What became of each sheet of a file."""
    return [
        ({"file": path.name} if several else {})
        | {"name": each.name, "rows": each.rows, "read": each.read, "why": in_language(each.why) if each.why else None}
        for each in result.sheets
    ]


def _skipped(path: Path, result: IntakeResult, *, several: bool) -> list[dict[str, Any]]:
    """The rows that are no households; `why` is the same in every language, `message` is of this run's."""
    return [
        ({"file": path.name} if several else {}) | asdict(each) | {"message": in_language(REASONS[each.why])}
        for each in result.skipped_rows
    ]


def _persons(count: int | None) -> Words:
    """Tables whose rows are households say nothing of persons."""
    return Words("", "") if count is None else Words(f"、{count:,} 人", f", persons: {count:,}")


def _overlaps(files: list[Path], results: list[IntakeResult]) -> list[Words]:
    """Which files share households: of those the later file's columns count."""
    notes = []
    for (earlier, first), (later, second) in combinations(zip(files, results, strict=True), 2):
        shared = sorted(household_ids(first) & household_ids(second))
        if shared:
            notes.append(
                Words(
                    f"{earlier.name}、{later.name}：有 {len(shared)} 户两份文件都有（如 {shared[0]}），以后一份的各列为准；请核实",
                    f"{earlier.name}, {later.name}: {len(shared)} households are in both files (e.g. {shared[0]}); the columns of "
                    "the later one count; please check",
                )
            )
    return notes


def _show(record: dict[str, Any], results: list[IntakeResult]) -> None:
    if record["simulated"]:
        say(SIMULATED)
    for note in record["notes"]:
        say(note)
    say(_counts(record))
    show_effect(record)
    for problem in record["problems"][:_SHOWN_PROBLEMS]:
        say(f"  {problem['message']}")
    if len(record["problems"]) > _SHOWN_PROBLEMS:
        count = len(record["problems"])
        say(
            Words(
                f"  … 共 {count:,} 个，全部用 --problems FILE.csv 或 --json 查看",
                f"  … {count:,} in all: see --problems FILE.csv or --json",
            )
        )
    outcome = _outcome(record, persons=any(result.persons for result in results))
    if outcome is not None:
        say(outcome)


def _counts(record: dict[str, Any]) -> Words:
    households, rows = record["accepted_households"], record["rejected_rows"]
    problems, warnings = len(record["problems"]), len(record["warnings"])
    accepted = Words(f"收下 {households:,} 户", f"accepted households: {households:,}")
    return (
        accepted
        + _persons(record["accepted_persons"])
        + Words(
            f"；退回 {rows:,} 行；问题 {problems:,} 个；提示 {warnings:,} 个",
            f"; rejected rows: {rows:,}; problems: {problems:,}; warnings: {warnings:,}",
        )
    )


def _outcome(record: dict[str, Any], *, persons: bool) -> Words | None:
    """What became of what was accepted, where it is not simply stored."""
    if record["dry_run"]:
        return Words("只检查，未写入", "checked only, nothing written")
    if not record["changed_counties"]:
        return Words("没有变化：这些数据此前已收下", "nothing changed: the same facts were taken in before")
    return _KEPT_APART if persons else None


def _save_problems(path: Path, files: list[Path], results: list[IntakeResult]) -> None:
    """A CSV that office software opens with its Chinese intact."""
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow([label(pair) for pair in _COLUMNS])
    for source, result in zip(files, results, strict=True):
        for kind, problems in ((("问题", "problem"), result.problems), (("提示", "warning"), result.warnings)):
            for entry in problems:
                message = in_language(entry.message)
                cells = [
                    source.name,
                    label(kind),
                    entry.sheet,
                    entry.row,
                    entry.column,
                    entry.value,
                    entry.reason,
                    message,
                ]
                writer.writerow([_as_text(cell) for cell in cells])
    # With a mark at its beginning: without it Excel takes Chinese in a CSV for another encoding.
    write_file(path, written.getvalue().encode("utf-8-sig"))


def _as_text(cell: object) -> object:
    """A cell that begins like a formula is text."""
    # The cells quote what somebody wrote into a file: opened in a spreadsheet, none of them may be calculated.
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in tuple("=+-@＝＋－＠\t\r\n") else cell
