"""Visits from a shell: recorded one by one or as a table whose every fault is named at its row, and filed ones taken up again."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.language import both
from workbench.cli.options import JsonOption, RoundOption, checked_round
from workbench.cli.output import emit
from workbench.cli.register.options import HouseholdArgument, day, with_acting_user
from workbench.domain.facts import FACTS
from workbench.domain.procedure.corrections import read_correction
from workbench.domain.procedure.typed_days import typed_day
from workbench.domain.procedure.workflow import VISIT_DOMAINS
from workbench.errors import FileError, InputError, Words
from workbench.intake.reading.source import sheets
from workbench.register.access.acting_user import ActingUser
from workbench.register.procedure.visits import VisitReport, adjust, visit

DayOption = Annotated[
    str | None, typer.Option("--day", help=both("走访日期（不写：今天）", "day of the visit (default: today)"))
]
VisitorsOption = Annotated[str, typer.Option("--visitors", help=both("走访人", "who visited"))]
FoundOption = Annotated[
    list[str] | None,
    typer.Option(
        "--found",
        help=both(
            "所见，五方面各写一次：industry=…, employment=…, education=…, medical=…, housing=…",
            "what was seen, once for each: industry=…, employment=…, education=…, medical=…, housing=…",
        ),
    ),
]
CorrectOption = Annotated[
    list[str] | None,
    typer.Option("--correct", "--amend", help=both("更正事实，如 work_months=3", "correct a fact, e.g. work_months=3")),
]
ConfirmOption = Annotated[
    bool,
    typer.Option(
        "--confirm",
        help=both(
            "数已核对：互相不符、或使此户立案的，照此登记",
            "figures were checked: record also what contradicts itself, or opens a case",
        ),
    ),
]
_COLUMNS: dict[str, str] = {
    "户编号": "household_id", "走访日期": "day", "走访人": "visitors",
    **{zh: name for name, (zh, _) in VISIT_DOMAINS.items()},
}  # fmt: skip
_NEEDED = tuple(_COLUMNS.values())
_CORRECTED = "更正："
_FACT_NAMES = {fact.zh: fact.name for fact in FACTS} | {fact.name: fact.name for fact in FACTS}
_MOST_FAULTS = 20


@with_acting_user
def visit_command(
    user: ActingUser,
    round_name: RoundOption,
    household: Annotated[str | None, typer.Argument(help=both("户编号", "household number"))] = None,
    visits: Annotated[
        Path | None,
        typer.Option("--file", help=both("走访表：多次走访，csv 或 xlsx", "many visits, a table as csv or xlsx")),
    ] = None,
    on: DayOption = None,
    visitors: VisitorsOption = "",
    findings: FoundOption = None,
    correct: CorrectOption = None,
    *,
    confirm: ConfirmOption = False,
    as_json: JsonOption = False,
) -> None:
    """Record a visit to a household (five domains), or a file of visits; facts put right on the spot with --correct."""
    if (household is None) == (visits is None):
        raise InputError(
            Words(
                "请给户编号或 --file，二者之一",
                "give a household number, or --file, not both",
                code="cli.give-household-number-file",
            )
        )
    # Beside a file such an option would contradict one row or another.
    if visits is not None and (on or visitors or findings or correct):
        raise InputError(
            Words(
                "--file 的每一行自己写明日期、走访人、所见和更正；请去掉 --day、--visitors、--found、--correct",
                "each row of --file says its day, visitors, findings and corrections; leave out --day, --visitors, --found, --correct",
                code="cli.visits-say-themselves",
            )
        )
    if visits is not None:
        reports = read_visits(visits, user.today)
    else:
        reports = [read_report(str(household), day(on, user), visitors, findings or [], correct or [])]
    ids = visit(user, checked_round(round_name), reports, confirmed=confirm)
    emit(
        {"round": round_name, "visits": ids, "households": [each.household_id for each in reports]},
        Words(f"已登记走访：{len(ids):,}", f"visits recorded: {len(ids):,}"),
        as_json=as_json,
    )


@with_acting_user
def adjust_command(
    user: ActingUser,
    household: HouseholdArgument,
    round_name: RoundOption,
    cause: Annotated[str, typer.Option("--cause", help=both("变化的原因", "what changed"))],
    evidence: Annotated[str, typer.Option("--evidence", help=both("依据", "evidence for it"))],
    on: DayOption = None,
    visitors: VisitorsOption = "",
    findings: FoundOption = None,
    correct: CorrectOption = None,
    *,
    confirm: ConfirmOption = False,
    as_json: JsonOption = False,
) -> None:
    """Take up a filed household again (§2.1.2-b): visited anew, with cause and evidence."""
    report = read_report(household, day(on, user), visitors, findings or [], correct or [])
    number = adjust(user, checked_round(round_name), report, cause, evidence, confirmed=confirm)
    emit(
        {"household_id": household, "round": round_name, "visits": [number]},
        Words(f"{household}：已转入随时调整，请重新上报", f"{household}: taken up again; propose anew"),
        as_json=as_json,
    )


def read_report(
    household: str, on: dt.date, visitors: str, texts: Sequence[str], corrections: Sequence[str]
) -> VisitReport:
    """Return a visit from `name=text` pairs."""
    findings = dict(_pair(each, "--found") for each in texts)
    # Asked of the names first: a misspelt domain would be reported as one that is missing.
    unknown = sorted(set(findings) - set(VISIT_DOMAINS))
    if unknown:
        zh = "、".join(f"{name}（{label}）" for name, (label, _) in VISIT_DOMAINS.items())
        raise InputError(
            Words(
                f"--found {unknown[0]!r}：没有这一方面；五方面：{zh}",
                f"--found {unknown[0]!r}: no such domain; the five: {', '.join(VISIT_DOMAINS)}",
                code="cli.found-no-such-domain",
            )
        )
    # Typed values are read here, so that a wrong one is refused before the register is opened to write.
    changes = {name: read_correction(name, text) for name, text in (_pair(each, "--correct") for each in corrections)}
    return VisitReport(household, on, visitors, findings, changes)


def read_visits(path: Path, today: dt.date) -> list[VisitReport]:
    """Visits from a table with the columns 户编号, 走访日期, 走访人, 产业, 就业, 教育, 医疗, 住房 (or their English names).

    Text in any encoding that exports come in, or the first sheet of a workbook. A column `更正：` and a fact
    (`更正：务工月数`) corrects that fact where its cell is filled. Raises InputError that lists every fault with its row;
    then nothing is taken.
    """
    reports, faults = [], []
    for number, row in _rows(path):
        try:
            reports.append(_report(row, today))
        # All faults of a table together: who corrects it wants the list and not the first of them.
        except InputError as error:
            faults.append(error.words.at_line(number))
    if faults:
        raise FileError(path, _listed(faults))
    if not reports:
        raise FileError(path, Words("没有走访记录", "no visits", code="cli.no-visits"))
    return reports


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows that are not blank, by the names of their columns, numbered as a spreadsheet does: row 1 is the header."""
    rows = enumerate(sheets(path)[0].rows, 1)
    # Any other header stands for itself: an English name, or a fact to be corrected.
    header = [_COLUMNS.get(name.strip(), name.strip()) for name in next(rows, (1, []))[1]]
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        wanted = "、".join(zh for zh, name in _COLUMNS.items() if name in missing)
        raise FileError(
            path, Words(f"缺少列：{wanted}", f"columns are missing: {', '.join(missing)}", code="cli.columns-missing")
        )
    for number, cells in rows:
        texts = [cell.strip() for cell in cells]
        if any(texts):
            # A row may be shorter than the header: spreadsheets leave out what is empty at its end.
            texts += [""] * (len(header) - len(texts))
            yield number, dict(zip(header, texts, strict=False))


def _listed(faults: Sequence[Words]) -> Words:
    """The first of the faults, each on a line of its own, and how many there are."""
    message = Words("", "")
    for each in faults[:_MOST_FAULTS]:
        message += each.after("\n")
    if len(faults) > _MOST_FAULTS:
        message += Words(f"\n… 共 {len(faults)} 处", f"\n… {len(faults)} in all")
    return message


def _report(cells: Mapping[str, str], today: dt.date) -> VisitReport:
    # A cell left empty means the day on which the table is handed in.
    on = _day(cells["day"]) if cells["day"] else today
    changes = {}
    for name, text in cells.items():
        if name.startswith(_CORRECTED) and text:
            fact = name.removeprefix(_CORRECTED)
            known = _FACT_NAMES.get(fact, fact)
            # A name that is no fact goes on as typed, and is refused by the reader of corrections.
            changes[known] = read_correction(known, text)
    findings = {domain: cells[domain] for domain in VISIT_DOMAINS}
    return VisitReport(cells["household_id"], on, cells["visitors"], findings, changes)


def _pair(text: str, option: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise InputError(
            Words(
                f"{option} {text!r}：应如 名称=值",
                f"{option} {text!r}: expected name=value",
                code="cli.expected-name-value",
            )
        )
    return name.strip(), value.strip()


def _day(text: str) -> dt.date:
    """A day as people and spreadsheets write it (`typed_days.typed_day`)."""
    written = typed_day(text)
    if written is None:
        raise InputError(
            Words(
                f"走访日期 {text!r}：应如 2019-10-08",
                f"day of the visit {text!r}: expected e.g. 2019-10-08",
                code="cli.day-visit-expected",
            )
        )
    return written
