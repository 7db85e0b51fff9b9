"""Identity numbers and repeated persons of a list: what is reported of them. A bad number rejects nobody."""

import polars as pl

from workbench.errors import Words
from workbench.intake.findings.problems import EXPORT_AS_TEXT, Findings
from workbench.intake.persons import identity_numbers
from workbench.intake.persons.members import ID_NUMBER, PERSON, Members
from workbench.intake.reading.sheet import ROW
from workbench.intake.tables.layouts import HOUSEHOLD

_MESSAGES = {
    "missing": Words(
        "没有证件号码；请补全，确无证件的按系统规则填 999999 开头的编号",
        "no ID number; fill it in, or the system's stand-in (999999…)",
    ),
    "damaged number": Words(
        "被表格软件变成了科学计数，后几位已丢失；", "a spreadsheet turned it into a number and its tail is lost; "
    )
    + EXPORT_AS_TEXT,
    "length": Words(
        "位数不对；应为 18 位，残疾人证 20 或 22 位",
        "wrong length; expected 18 characters, 20 or 22 for a disability certificate",
    ),
    "characters": Words(
        "含有不该有的字符；应为数字，第 18 位可为 X",
        "it has characters that an ID number cannot have; expected digits, the 18th may be X",
    ),
    "birth date": Words(
        "第 7 至 14 位不是有效的出生日期；请核对证件", "characters 7 to 14 are no birth date; check it against the card"
    ),
    "checksum": Words(
        "校验码不符（GB 11643）；请核对证件", "the check digit does not fit (GB 11643); check it against the card"
    ),
}
_REPEATED = Words(
    "此人在上面的行中已有；同户内只计一次，请删去重复行",
    "the person is already in a row above, counted once in a household; delete the row",
)
_OLD = "15-digit ID"


def check_identities(members: Members, round_name: str, findings: Findings) -> None:
    """Report bad and missing ID numbers, and persons listed twice, over all rows, rejected ones too."""
    wanted = [name for name in (HOUSEHOLD, ID_NUMBER, PERSON) if name in members.present]
    rows = pl.concat([members.frame.select(ROW, *wanted), members.rejected.select(ROW, *wanted)]).sort(ROW)
    if ID_NUMBER in members.present:
        _check_numbers(rows, round_name, findings)
    _check_repeated(rows, findings)


def latest_birth(round_name: str) -> int:
    """The last day of a round's month, as YYYYMMDD with 31 days for every month."""
    return int(round_name.replace("-", "") + "31")


def _check_numbers(rows: pl.DataFrame, round_name: str, findings: Findings) -> None:
    number = pl.col(ID_NUMBER)
    wrong = rows.select(row=ROW, value=number, reason=identity_numbers.reasons(number, latest_birth(round_name)))
    for reason, message in _MESSAGES.items():
        findings.problem(wrong.filter(pl.col("reason") == reason), ID_NUMBER, reason, message)
    old = Words("15 位旧证件号码；请更新为 18 位", "an old number of 15 digits; replace it by the one of 18")
    findings.warn(wrong.filter(pl.col("reason") == _OLD), ID_NUMBER, _OLD, old)
    stand_ins = rows.filter(identity_numbers.is_stand_in(number).fill_null(value=False))
    if not stand_ins.is_empty():
        count = len(stand_ins)
        findings.notes.append(
            Words(
                f"{count} 人用 999999 开头的临时编号",
                f"{count} persons have a stand-in number (999999…)",
                code="intake.stand-in-numbers",
            )
        )


def _check_repeated(rows: pl.DataFrame, findings: Findings) -> None:
    """A person is one who has the same well-formed ID or, where it repeats none, the same 人编号."""
    seen = pl.lit(value=False)
    for name in (ID_NUMBER, PERSON):
        if name not in rows.columns:
            continue
        value = pl.col(name)
        key = identity_numbers.person_key(value) if name == ID_NUMBER else value
        rows = rows.with_columns(key.alias("#key"))
        again = pl.col("#key").is_not_null() & ~pl.col("#key").is_first_distinct()
        # Who repeats by ID number repeats by 人编号 too; the row is reported once.
        repeated = rows.filter(again & ~seen).select(row=ROW, value=value)
        findings.problem(repeated, name, "duplicate person", _REPEATED)
        rows = rows.with_columns((again | seen).alias("#seen")).drop("#key")
        seen = pl.col("#seen")
