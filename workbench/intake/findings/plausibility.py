"""What is possible, yet unlikely: warnings, apart from problems. They change no fact.

Ideas of the checks: the validation rules that counties run on exports of the national system.
"""

import polars as pl

from workbench.domain.parameters import load_yaml
from workbench.errors import Words
from workbench.intake.findings.problems import Findings
from workbench.intake.findings.result import COUNTY, KEY
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


def check_plausibility(members: Members, households: pl.DataFrame, round_name: str, findings: Findings) -> None:
    """Report what is unlikely, for members, then for households (at the row of their first member)."""
    limits = load_yaml("intake_plausibility")
    _check_members(members, limits, round_name, findings)
    _check_households(members, households, limits, findings)
    _check_townships(members, round_name, findings)


def _check_members(members: Members, limits: dict[str, float], round_name: str, findings: Findings) -> None:
    present = members.present

    def warn(needs: tuple[str, ...], column: str, wrong: pl.Expr, reason: str, message: Words) -> None:
        if {*needs, column} <= present:
            rows = members.frame.filter(wrong.fill_null(value=False)).select(row=ROW, value=pl.col(column))
            findings.warn(rows, column, reason, message + _CHECK)

    skill, health, work = "劳动技能", "健康状况", "务工时间(月)"
    number = pl.col(ID_NUMBER) if ID_NUMBER in present else pl.lit(None, pl.String)
    able = parsed(skill).is_in(["普通劳动力", "技能劳动力"])
    warn((ID_NUMBER,), skill, able & (_age(number, round_name) < limits["working_age"]), "labour under age",
         Words(f"不满 {limits['working_age']} 岁却有劳动力", f"under {limits['working_age']}, yet counted as labour"))  # fmt: skip
    warn(("在校生状况",), skill, able & (parsed("在校生状况") == "在校生"), "labour at school",
         Words("在校生却有劳动力", "at school, yet counted as labour"))  # fmt: skip
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
    warn((ID_NUMBER,), "出生日期", pl.col("出生日期").str.contains(r"^\d{8}$") & (number.str.slice(6, 8) != pl.col("出生日期"))
         & (number.str.len_chars() >= identity_numbers.LENGTHS[0]), "birth date differs", _UNLIKE_ID)  # fmt: skip
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


def _check_households(members: Members, households: pl.DataFrame, limits: dict[str, float], findings: Findings) -> None:
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
    warn(("cause", "disabled"), "主要致贫原因", (pl.col("cause") == "因残") & (pl.col("disabled") == 0),
         "cause without a case", Words("因残但无残疾成员", "the cause is disability, yet nobody is disabled"))  # fmt: skip
    warn(("cause", "illness"), "主要致贫原因", (pl.col("cause") == "因病") & ~pl.col("illness"),
         "cause without a case", Words("因病但无大病慢性病成员", "the cause is illness, yet nobody is ill"))  # fmt: skip
    warn(("income_wage", "work_months"), "工资性收入", (pl.col("income_wage") > 0) & (pl.col("work_months") == 0),
         "wages without work", Words("有工资性收入但无人务工", "wages, yet nobody works away"))  # fmt: skip
    warn(("income_wage", "income_pc", "net_income", "persons"), "人均纯收入", _differs(limits["income_tolerance"]),
         "income does not add up", Words("与四项收入减支出之和不符", "differs from the four incomes less the cost"))  # fmt: skip
    warn(
        ("income_pc",),
        "人均纯收入",
        pl.col("income_pc") < 0,
        "negative income",
        Words("人均纯收入为负", "an income below 0"),
    )
    warn(("land_mu",), "耕地面积(亩)", pl.col("land_mu") > limits["land_mu"], "land area",
         Words(f"耕地超过 {limits['land_mu']} 亩", f"more than {limits['land_mu']} mu of land"))  # fmt: skip


def _heads() -> pl.Expr:
    return (parsed("与户主关系") == "户主").sum().alias("#heads")


def _differs(tolerance: float) -> pl.Expr:
    return (pl.col("income_pc") * pl.col("persons") - pl.col("net_income")).abs() > tolerance * pl.col("persons")


def _check_townships(members: Members, round_name: str, findings: Findings) -> None:
    if "乡" not in members.present:
        return
    places = members.frame.drop_nulls("乡").unique([COUNTY, "乡"], keep="first", maintain_order=True)
    unknown = [not township(county, name, round_name)[1] for county, name in places.select(COUNTY, "乡").iter_rows()]
    findings.warn(
        places.filter(pl.Series(unknown, dtype=pl.Boolean)).select(row=ROW, value=pl.col("乡")), "乡", "unknown township",
        Words("不在该县区的乡镇名录中，照原样保留", "not among the county's townships, kept as written") + _CHECK,
    )  # fmt: skip
