"""Identity numbers and repeated persons of a list: what is reported of them. A bad number rejects nobody."""

import polars as pl

from workbench.errors import Words
from workbench.intake.findings.problems import Findings
from workbench.intake.persons import identity_numbers
from workbench.intake.persons.members import ID_NUMBER, PERSON, Members
from workbench.intake.reading.sheet import ROW
from workbench.intake.tables.layouts import HOUSEHOLD

_MESSAGES = {
    "missing": "没有证件号码 no ID number; 请补全，确无证件的按系统规则填 999999 开头的编号 fill it in, or the system's stand-in (999999…)",
    "damaged number": "被表格软件变成了科学计数，后几位已丢失 a spreadsheet turned it into a number and its tail is lost; "
    "请按文本格式重新导出 export it again as text",
    "length": "位数不对 wrong length; 应为 18 位，残疾人证 20 或 22 位 expected 18 characters, 20 or 22 for a disability certificate",
    "characters": "含有不该有的字符 characters that an ID number cannot have; 应为数字，第 18 位可为 X digits, the 18th may be X",
    "birth date": "第 7 至 14 位不是有效的出生日期 characters 7 to 14 are no birth date; 请核对证件 check it against the card",
    "checksum": "校验码不符 the check digit does not fit (GB 11643); 请核对证件 check it against the card",
}
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
    old = "15 位旧证件号码 an old number of 15 digits; 请更新为 18 位 replace it by the one of 18"
    findings.warn(wrong.filter(pl.col("reason") == _OLD), ID_NUMBER, _OLD, old)
    stand_ins = rows.filter(identity_numbers.stand_in(number).fill_null(value=False))
    if not stand_ins.is_empty():
        count = len(stand_ins)
        findings.notes.append(
            Words(f"{count} 人用 999999 开头的临时编号", f"{count} persons have a stand-in number (999999…)")
        )


def _check_repeated(rows: pl.DataFrame, findings: Findings) -> None:
    """A person is one who has the same ID (its first 18 characters) or, where it repeats none, the same 人编号."""
    seen = pl.lit(value=False)
    for name in (ID_NUMBER, PERSON):
        if name not in rows.columns:
            continue
        value = pl.col(name)
        key = value.str.slice(0, 18).str.to_uppercase() if name == ID_NUMBER else value
        usable = value.is_not_null()
        if name == ID_NUMBER:  # stand-ins need not be anyone's own
            usable &= ~identity_numbers.stand_in(value) & (value.str.len_chars() >= identity_numbers.LENGTHS[0])
        rows = rows.with_columns(pl.when(usable).then(key).alias("#key"))
        again = pl.col("#key").is_not_null() & ~pl.col("#key").is_first_distinct()
        repeated = rows.filter(again & ~seen).select(row=ROW, value=value)
        message = "此人在上面的行中已有 the person is already in a row above; 同户内只计一次，请删去重复行 counted once in a household; delete the row"
        findings.problem(repeated, name, "duplicate person", message)
        rows = rows.with_columns((again | seen).alias("#seen")).drop("#key")
        seen = pl.col("#seen")
