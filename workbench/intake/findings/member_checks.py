"""What is possible, yet unlikely, of the members that a list of persons names: warnings. They change no fact.

Ideas of the checks: the validation rules that counties run on exports of the national system. What is unlikely of the
household's facts stands in `parameters/intake_plausibility.yaml`.
"""

import polars as pl

from workbench.errors import Words
from workbench.intake.findings.problems import Findings
from workbench.intake.findings.result import COUNTY, KEY
from workbench.intake.findings.rules import bounds
from workbench.intake.persons import identity_numbers
from workbench.intake.persons.households import ROWS
from workbench.intake.persons.members import ID_NUMBER, Members, parsed
from workbench.intake.reading.sheet import ROW
from workbench.intake.tables.layouts import HOUSEHOLD
from workbench.intake.tables.places import township

_PHONES = ("户联系电话", "人联系电话")
_PERSONS = "人数"
_UNLIKE_ID = Words("与证件号码不一致", "differs from the ID number")
_CHECK = Words("；请核实", "; please check")


def check_members(members: Members, households: pl.DataFrame, round_name: str, findings: Findings) -> None:
    """Report what is unlikely, for members, then for the households that they make (at the row of the first member)."""
    _check_each(members, bounds(), round_name, findings)
    _check_households(members, households, findings)
    _check_townships(members, round_name, findings)


def _check_each(members: Members, limits: dict[str, float], round_name: str, findings: Findings) -> None:
    present = members.present

    def warn(needs: tuple[str, ...], column: str, wrong: pl.Expr, reason: str, message: Words) -> None:
        if {*needs, column} <= present:
            chosen = members.frame.select(row=ROW, value=pl.col(column), wrong=wrong.fill_null(value=False))
            rows = chosen.filter("wrong").drop("wrong")
            findings.warn(rows, column, reason, message + _CHECK)

    skill, health, work = "劳动技能", "健康状况", "务工时间(月)"
    number = pl.col(ID_NUMBER) if ID_NUMBER in present else pl.lit(None, pl.String)
    # A workbook's own dates have hyphens; one of eight digits is the same day.
    born = pl.col("出生日期").str.replace_all("-", "", literal=True)
    able = parsed(skill).is_in(["普通劳动力", "技能劳动力"])
    warn((ID_NUMBER,), skill, able & (_age(number, round_name) < limits["working_age"]), "labour under age",
         Words(f"不满 {limits['working_age']} 岁却有劳动力", f"under {limits['working_age']}, yet counted as labour"))  # fmt: skip
    warn(("在校生状况",), skill, able & (parsed("在校生状况") == "在校生"), "labour at school",
         Words("在校生却有劳动力", "at school, yet counted as labour"))  # fmt: skip
    # The grade is the 20th digit of a disability certificate: an ID number of 18 does not tell it.
    warn((health,), ID_NUMBER, parsed(health).list.contains("残疾") & (number.str.len_chars() == identity_numbers.LENGTHS[0]),
         "no disability certificate",
         Words("残疾但无残疾人证号，是否重度不知", "disabled without a certificate number: whether severely is not known"))  # fmt: skip
    warn((), health, parsed(health).list.contains("健康") & (parsed(health).list.len() > 1), "healthy and ill",
         Words("既健康又患病或残疾", "both healthy and ill or disabled"))  # fmt: skip
    warn(
        (),
        work,
        parsed(work) > limits["months_of_a_year"],
        "work months",
        Words("一年务工超过 12 个月", "more than 12 months of work a year"),
    )
    warn((ID_NUMBER,), "出生日期", born.str.contains(r"^\d{8}$") & (number.str.slice(6, 8) != born)
         & (number.str.len_chars() >= identity_numbers.LENGTHS[0]), "birth date differs", _UNLIKE_ID)  # fmt: skip
    # GB 11643: the 17th digit is odd for men.
    warn((ID_NUMBER,), "性别", (number.str.slice(16, 1).cast(pl.Int8, strict=False) % 2 == 1) != (parsed("性别") == "男"),
         "sex differs", _UNLIKE_ID)  # fmt: skip
    for phone in _PHONES:
        warn((), phone, ~pl.col(phone).str.contains(r"^(1\d{10}|0\d{2,3}-?\d{7,8})$"), "phone",
             Words("不是电话号码", "not a telephone number"))  # fmt: skip


def _age(number: pl.Expr, round_name: str) -> pl.Expr:
    """Whole years at the first day of the round's month."""
    year, month = (int(part) for part in round_name.split("-"))
    day = identity_numbers.birth_date(number)
    return year - day.dt.year() - (day.dt.month() >= month).cast(pl.Int32)


def _check_households(members: Members, households: pl.DataFrame, findings: Findings) -> None:
    first = members.frame.group_by(HOUSEHOLD, maintain_order=True).agg(
        pl.col(ROW).first(), *([_heads()] if "与户主关系" in members.present else [])
    )
    rows = households.join(first, left_on=KEY, right_on=HOUSEHOLD, maintain_order="left")

    def warn(needs: tuple[str, ...], column: str, wrong: pl.Expr, reason: str, message: Words) -> None:
        if set(needs) <= set(rows.columns):
            hit = rows.filter(wrong.fill_null(value=False)).select(row=ROW, value=pl.lit(None, pl.String))
            findings.warn(hit, column, reason, message + _CHECK)

    if _PERSONS in members.present:
        warn(("persons",), _PERSONS, pl.col("persons") != pl.col(ROWS), "member count",
             Words("人数与此户的行数不符，行数少时成员情况记为未知",
                   "the number of persons is not that of the rows; with rows missing, counts of members are not known"))  # fmt: skip
    warn(
        ("#heads",),
        "与户主关系",
        pl.col("#heads") != 1,
        "household head",
        Words("此户的户主不是一人", "not exactly one head in the household"),
    )


def _heads() -> pl.Expr:
    return (parsed("与户主关系") == "户主").sum().alias("#heads")


def _check_townships(members: Members, round_name: str, findings: Findings) -> None:
    if "乡" not in members.present:
        return
    # Once a name: a township that is written wrongly stands on thousands of rows.
    places = members.frame.drop_nulls("乡").unique([COUNTY, "乡"], keep="first", maintain_order=True)
    unknown = [not township(county, name, round_name)[1] for county, name in places.select(COUNTY, "乡").iter_rows()]
    findings.warn(
        places.filter(pl.Series(unknown, dtype=pl.Boolean)).select(row=ROW, value=pl.col("乡")), "乡", "unknown township",
        Words("不在该县区的乡镇名录中，照原样保留", "not among the county's townships, kept as written") + _CHECK,
    )  # fmt: skip
