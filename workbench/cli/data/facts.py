"""The command that brings files in."""

from dataclasses import asdict, dataclass
from itertools import chain, combinations
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.data.intake_answers import column_records, questions_printed
from workbench.cli.data.intake_area import area_check
from workbench.cli.data.intake_effect import effect, show_effect
from workbench.cli.data.intake_problems import save_problems
from workbench.cli.language import both
from workbench.cli.options import (
    CountyOption,
    JsonOption,
    MasterOption,
    RoundOption,
    SparkOption,
    StoreOption,
    checked_round,
    cluster_or_here,
    open_store,
)
from workbench.cli.output import SIMULATED, emit, progress_bar, say
from workbench.cli.register.options import AsOption
from workbench.clock import now_in_beijing
from workbench.errors import InputError, Words
from workbench.intake.findings.problems import Problem
from workbench.intake.findings.result import IntakeResult, household_ids
from workbench.intake.isolation.parent import read_apart
from workbench.intake.reading.sheet import Progress
from workbench.intake.reading.skipped_rows import REASONS
from workbench.intake.tables.places import county_code
from workbench.register.unit_of_work.fact_import import take_in_here
from workbench.safeguards.plain_data import Json
from workbench.settings import register_url, who_acts
from workbench.store.batches.batch import GivenFile
from workbench.store.facts import FactStore
from workbench.store.ingest import compare_results
from workbench.store.schema import Origin
from workbench.store.taking_in.examination import added_rules, examined
from workbench.store.taking_in.named_mappings import mapping_given

_SHOWN_PROBLEMS = 20
_KEPT_APART = Words("个人信息另存于数据目录的 personal", "personal columns are kept apart, in personal of the store")
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
            "列的对应：YAML 文件，或“数据导入”页保存的名称",
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
                "导出文件（xlsx、csv），或有 --mapping 的任何表格；目录：其中各文件各成一批",
                "exports (xlsx, csv), or any table with --mapping; a folder: each of its files a batch of its own",
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
    engine: SparkOption = "polars",
    master: MasterOption = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=both("只检查，不写入", "check only, write nothing"))
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read exports of the national system, or any table with a mapping; every problem is reported."""
    checked_round(round_name)
    # Before anything is read: all households of such a file would be reported as standing in two.
    _refuse_twice(files)
    request = IntakeRequest(round_name, county, kind, mapping, account, who_acts(account), dry_run)
    folders = [path for path in files if path.is_dir()]
    if folders or engine != "polars":
        from workbench.cli.data.intake_folder import intake_folder  # noqa: PLC0415 - it takes in files as this module does

        intake_folder(files, request, store, cluster_or_here(engine, master, store), problems_to, as_json=as_json)
        return
    with questions_printed(as_json=as_json), progress_bar(Words("正在读取", "reading")) as progress:
        record, results = taken_in(open_store(store), files, request, progress, problems_to)
    emit(record, lambda: _show(record, results), as_json=as_json)
    # Status 1 for a script, although what could be read is taken in.
    if record["rejected_rows"] or not record["accepted_households"]:
        raise typer.Exit(1)


@dataclass(frozen=True)
class IntakeRequest:
    """How files are taken in: the round, what the command line says of them, for which `account`, and who `acts`."""

    round_name: str
    county: str | None
    kind: str | None
    mapping: str | None
    account: str | None
    acts: str
    dry_run: bool


def taken_in(
    facts: FactStore, files: list[Path], request: IntakeRequest, progress: Progress | None = None,
    problems_to: Path | None = None,
) -> tuple[Json, list[IntakeResult]]:  # fmt: skip
    """Read files and take them in as one batch; returns what `intake` prints of them, and the results."""
    round_name, county = request.round_name, request.county
    check_area = area_check(facts, request.account)
    # Whoever may not take in this county need not wait for the file to be read (0029).
    check_area([] if county is None else [county_code(county) or county])
    # Before the files, too: a county's rules that cannot be read are refused, and never passed over (0029).
    rules = added_rules(facts.root)
    columns = mapping_given(facts.root, request.mapping) if request.mapping else None
    read = [
        read_apart(path, round_name=round_name, county=county, kind=request.kind, mapping=columns, progress=progress)
        for path in files
    ]
    results = [examined(facts, round_name, result, rules) for result in read]
    # Again, since only now it is known which counties the files hold.
    check_area(sorted({code for result in results for code in result.facts}))
    # Before anything is written to the store: a refusal there must not cost the list of problems.
    if problems_to is not None:
        listed = [(path.name, result.problems, result.warnings) for path, result in zip(files, results, strict=True)]
        save_problems(problems_to, listed)
    origin = Origin(details={"files": [path.name for path in files], "layouts": [result.layout for result in results]})
    if request.dry_run:
        made = effect(compare_results(facts, round_name, results), None, ())
    else:
        given = [GivenFile.at(path, what=result.layout) for path, result in zip(files, results, strict=True)]
        batch, results = take_in_here(
            facts, register_url(), request.acts, now_in_beijing(), round_name, results, origin, given
        )
        # From the batch, whose counts were made under the lock: others may have taken in facts meanwhile.
        made = effect(batch, batch.number, batch.counties)
    return _record(files, results, dry_run=request.dry_run) | made, results


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


def _record(files: list[Path], results: list[IntakeResult], *, dry_run: bool) -> Json:
    persons = [result.accepted_persons for result in results if result.accepted_persons is not None]
    several = len(files) > 1

    def listed(path: Path, problems: tuple[Problem, ...]) -> list[Json]:
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
            *chain.from_iterable(result.notes for result in results),
            *_overlaps(files, results),
        ],
        "sheets": [entry for path, result in pairs for entry in _sheets(path, result, several=several)],
        "columns": column_records(files, results),
        "skipped_rows": [entry for path, result in pairs for entry in _skipped(path, result, several=several)],
        "counties": sorted({code for result in results for code in result.facts}),
        "simulated": any(result.simulated for result in results),
        "dry_run": dry_run,
    }


def _problem(problem: Problem) -> Json:
    """A problem as JSON: `reason` is the same in every language, `message` is of this run's; `sheet` where several were read."""
    return {name: value for name, value in vars(problem).items() if name != "sheet" or value is not None}


def _sheets(path: Path, result: IntakeResult, *, several: bool) -> list[Json]:
    """What became of each sheet of a file."""
    return [
        ({"file": path.name} if several else {})
        | {"name": each.name, "rows": each.rows, "read": each.read, "why": each.why}
        for each in result.sheets
    ]


def _skipped(path: Path, result: IntakeResult, *, several: bool) -> list[Json]:
    """The rows that are no households; `why` is the same in every language, `message` is of this run's."""
    return [
        ({"file": path.name} if several else {}) | asdict(each) | {"message": REASONS[each.why]}
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
                    code="cli.households-in-both-files",
                )
            )
    return notes


def _show(record: Json, results: list[IntakeResult]) -> None:
    if record["simulated"]:
        say(SIMULATED)
    for note in record["notes"]:
        say(note)
    say(_counts(record))
    show_effect(record)
    # The first only: a column taken for another makes a problem of every row.
    for problem in record["problems"][:_SHOWN_PROBLEMS]:
        say(problem["message"].after("  "))
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


def _counts(record: Json) -> Words:
    households, rows = record["accepted_households"], record["rejected_rows"]
    problems, warnings = len(record["problems"]), len(record["warnings"])
    accepted = Words(f"导入 {households:,} 户", f"accepted households: {households:,}")
    return (
        accepted
        + _persons(record["accepted_persons"])
        + Words(
            f"；退回 {rows:,} 行；问题 {problems:,} 个；提示 {warnings:,} 个",
            f"; rejected rows: {rows:,}; problems: {problems:,}; warnings: {warnings:,}",
        )
    )


def _outcome(record: Json, *, persons: bool) -> Words | None:
    """What became of what was accepted, where it is not simply stored."""
    if record["dry_run"]:
        return Words("只检查，未写入", "checked only, nothing written")
    # No error: whoever hands a file in twice is told that nothing came of it.
    if not record["accepted_households"]:
        return None  # the finding says that nobody was in it
    if not record["changed_counties"]:
        return Words("没有变化：这些数据此前已导入", "nothing changed: the same facts were taken in before")
    return _KEPT_APART if persons else None
