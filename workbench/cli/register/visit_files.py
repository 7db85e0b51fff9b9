"""Visits as they are typed: one from the options of a command, many from a CSV file whose every fault is named at its row."""

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench.domain.facts import FACTS
from workbench.domain.procedure.corrections import read_amendment
from workbench.domain.procedure.workflow import VISIT_DOMAINS
from workbench.errors import FileError, InputError, Words
from workbench.register.procedure.visits import VisitReport

_COLUMNS: dict[str, str] = {
    "户编号": "household_id", "走访日期": "day", "走访人": "visitors",
    **{zh: name for name, (zh, _) in VISIT_DOMAINS.items()},
}  # fmt: skip
_NEEDED = tuple(_COLUMNS.values())
_AMENDED = "更正："
_FACT_NAMES = {fact.zh: fact.name for fact in FACTS} | {fact.name: fact.name for fact in FACTS}
_MOST_FAULTS = 20


def read_report(household: str, on: dt.date, visitors: str, texts: Sequence[str], amend: Sequence[str]) -> VisitReport:
    """A visit from `name=text` pairs."""
    findings = dict(_pair(each, "--found") for each in texts)
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
    changes = {name: read_amendment(name, text) for name, text in (_pair(each, "--amend") for each in amend)}
    return VisitReport(household, on, visitors, findings, changes)


def read_visits(path: Path, today: dt.date) -> list[VisitReport]:
    """Visits from a CSV file with the columns 户编号, 走访日期, 走访人, 产业, 就业, 教育, 医疗, 住房 (or their English names).

    A column `更正：` and a fact (`更正：务工月数`) corrects that fact where its cell is filled. Raises InputError that lists
    every fault with its row; then nothing is taken.
    """
    try:
        # Spreadsheets put a mark before UTF-8, which would become part of the first header.
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FileError(
            path,
            Words(
                f"读不到，或不是 UTF-8 文本（{error}）",
                f"cannot be read as UTF-8 text ({error})",
                code="cli.cannot-read-utf-text",
            ),
        ) from None
    reader = csv.DictReader(text.splitlines())
    # Any other header stands for itself: an English name, or a fact to be corrected.
    header = [_COLUMNS.get(name.strip(), name.strip()) for name in reader.fieldnames or []]
    missing = [name for name in _NEEDED if name not in header]
    if missing:
        wanted = "、".join(zh for zh, name in _COLUMNS.items() if name in missing)
        raise FileError(
            path, Words(f"缺少列：{wanted}", f"columns are missing: {', '.join(missing)}", code="cli.columns-missing")
        )
    reader.fieldnames = header
    reports, faults = [], []
    # Row 1 is the header, as a spreadsheet numbers it.
    for number, row in enumerate(reader, 2):
        try:
            reports.append(_report(row, today))
        except InputError as error:
            faults.append(error.words.at_line(number))
    if faults:
        raise FileError(path, _listed(faults))
    if not reports:
        raise FileError(path, Words("没有走访记录", "no visits", code="cli.no-visits"))
    return reports


def _listed(faults: Sequence[Words]) -> Words:
    """The first of the faults, each on a line of its own, and how many there are."""
    message = Words("", "")
    for each in faults[:_MOST_FAULTS]:
        message += each.after("\n")
    if len(faults) > _MOST_FAULTS:
        message += Words(f"\n… 共 {len(faults)} 处", f"\n… {len(faults)} in all")
    return message


def _report(row: Mapping[str, Any], today: dt.date) -> VisitReport:
    cells = {
        name: (value or "").strip()
        for name, value in row.items()
        # Cells beyond the last header come as a list, without a name.
        if isinstance(name, str) and not isinstance(value, list)
    }
    try:
        on = dt.date.fromisoformat(cells["day"]) if cells["day"] else today
    except ValueError:
        given = repr(cells["day"])
        raise InputError(
            Words(
                f"走访日期 {given}：应如 2019-10-08",
                f"day of the visit {given}: expected e.g. 2019-10-08",
                code="cli.day-visit-expected",
            )
        ) from None
    changes = {}
    for name, text in cells.items():
        if name.startswith(_AMENDED) and text:
            fact = name.removeprefix(_AMENDED)
            known = _FACT_NAMES.get(fact, fact)
            changes[known] = read_amendment(known, text)
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
