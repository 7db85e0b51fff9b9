"""Lists of other departments: who is on them, by household number, ID number, or name and village, and the facts they give."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import polars as pl

from workbench.domain.parameters import load_yaml
from workbench.errors import InputError, QuestionError, Words
from workbench.intake.findings.problems import Findings, quoted_headers
from workbench.intake.findings.result import IntakeResult, to_arrow
from workbench.intake.matching.matcher import match_columns
from workbench.intake.matching.vocabulary import of_persons
from workbench.intake.persons.members import HEAD_NAME, ID_NUMBER, NAME
from workbench.intake.reading.sheet import ROW, Sheet
from workbench.intake.reading.text import fold, fold_header, number
from workbench.intake.tables.cells import NOT_A_NUMBER
from workbench.intake.tables.household_numbers import household_number
from workbench.intake.tables.layouts import HOUSEHOLD

LAYOUT = "department:"
LISTED = ""
"""Under this in place of a county, the result's `persons` hold the rows of the list."""
KNOWN_BY = {
    "household_id": HOUSEHOLD,
    "id_number": ID_NUMBER,
    "name": NAME,
    "head": HEAD_NAME,
    "township": "乡",
    "village": "村",
}


@dataclass(frozen=True)
class Department:
    """A department's list: `sets` facts of whoever is on it, `columns` gives facts by the headers they stand under."""

    name: str
    zh: str
    en: str
    sets: dict[str, Any]
    columns: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def words(self) -> Words:
        """The list's name for people."""
        return Words(self.zh, self.en)


@cache
def departments() -> dict[str, Department]:
    """The known lists by name (`parameters/intake_departments.yaml`)."""
    return {entry["name"]: Department(**entry) for entry in load_yaml("intake_departments")}


def department(name: str) -> Department:
    """One of the known lists; raises InputError that says which there are."""
    known = departments()
    if name in known:
        return known[name]
    zh = "、".join(f"{each.name} {each.zh}" for each in known.values())
    en = ", ".join(f"{each.name} ({each.en})" for each in known.values())
    message = Words(
        f"没有这种部门名单；可用：{zh}",
        f"no such list of a department; accepted: {en}",
        code="intake.no-such-list-department",
    )
    raise InputError(message.after(f"{name!r} (--list): "))


def read_department_list(sheet: Sheet, listed: Department) -> IntakeResult:
    """The rows of a list, each with what it can be known by; households are for the store to find (`store.taking_in`)."""
    matches = match_columns(sheet.frame, sheet.headers, of_persons(), persons=True)
    headers = {match.means: match.header for match in matches if match.means is not None}
    findings = Findings(frozenset({ID_NUMBER, NAME, HEAD_NAME}), sheet.parts)
    known = {name: fold(pl.col(headers[column])) for name, column in KNOWN_BY.items() if column in headers}
    # A name needs its village, and even then a person confirms it (0029): many villages have two of one name.
    if not {"household_id", "id_number"} & set(known) and not {"name", "village"} <= set(known):
        seen = quoted_headers(sheet.headers)
        message = Words(
            "部门名单至少要有户编号、证件号码，或姓名和村，才能对上已有的户；表头：",
            "a department's list needs a household number, an ID number, or a name with a village, to find the households; headers: ",
        )
        raise QuestionError(str(sheet.path), message + seen, "household_number")
    rows = sheet.frame.select(
        ROW, *(expr.alias(name) for name, expr in known.items()), *_facts(sheet, listed, findings)
    )
    rows = rows.filter(
        # A row with nothing but a place names nobody.
        pl.any_horizontal(pl.col(name).is_not_null() for name in known if name not in ("township", "village"))
    )
    if "household_id" in known:
        rows = rows.with_columns(household_number(pl.col("household_id")))
    absent = [pl.lit(None, pl.String).alias(name) for name in KNOWN_BY if name not in known]
    return IntakeResult(
        layout=f"{LAYOUT}{listed.name}", facts={}, persons={LISTED: to_arrow(rows.with_columns(absent))},
        accepted_households=0, accepted_persons=len(rows), rejected_rows=0, problems=findings.sorted_problems(),
        warnings=(), notes=(Words("部门名单：", "list of a department: ", code="intake.list-of-department") + listed.words,), columns=tuple(matches),
    )  # fmt: skip


def _facts(sheet: Sheet, listed: Department, findings: Findings) -> list[pl.Expr]:
    """The columns of the list that give a fact, as numbers."""
    folded = {fold_header(header): header for header in sheet.headers}
    exprs = []
    for fact, rule in listed.columns.items():
        header = next((folded[fold_header(name)] for name in rule["headers"] if fold_header(name) in folded), None)
        if header is not None:
            cell = fold(pl.col(header))
            wrong = sheet.frame.filter(cell.is_not_null() & number(cell).is_null())
            findings.problem(wrong.select(row=ROW, value=pl.col(header)), header, "not a number", NOT_A_NUMBER)
            exprs.append(number(cell).alias(fact))
    return exprs
