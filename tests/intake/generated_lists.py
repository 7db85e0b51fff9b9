"""Lists as offices make them, at random, with the truth beside them: which column means what, and what each household is."""

import random
from dataclasses import dataclass, field
from pathlib import Path

from tests.intake.person_lists import id_number, write_csv, write_xlsx

COUNTY = "341524"
_TOWNSHIPS = ("梅山镇", "麻埠镇", "青山镇", "燕子河镇")
_CAUSES = ("因病", "因残", "因学", "缺技术", "缺劳力", "缺资金")
_FILLING = ("{}", "{}情况", "家庭{}", "{}（必填）", "2022年{}")
_MONEY = (("{}", 1), ("{}（元）", 1), ("{}(万元)", 10000), ("{}（千元）", 1000), ("{}/元", 1), ("2022年{}（元）", 1))
_NUMBER_GUISES = ("{}", "{}.0", "'{}", "户{}", "\u200e{}", "{} ")

HOUSEHOLD_COLUMNS: dict[str, tuple[str, ...]] = {
    "township": ("乡镇", "乡(镇)", "所在乡镇"), "village": ("村", "行政村", "村名"),
    "persons": ("人数", "家庭人口", "家庭人口数", "家庭总人口"), "income_pc": ("人均纯收入", "家庭人均纯收入", "年人均纯收入"),
    "net_income": ("家庭纯收入", "家庭年纯收入"), "labour": ("劳动力", "劳动力人数", "劳动力（人）"), "students": ("上学人数", "在校生人数", "在校学生数"),
    "work_months": ("务工时间(月)", "务工月数", "务工时间（月）"), "cause": ("致贫原因", "主要致贫原因"), "exit_year": ("脱贫年度", "脱贫时间", "脱贫年份"),
    "dilapidated_housing": ("是否危房", "危房户", "是否危房户（是/否）"), "dibao": ("是否低保", "低保户", "是否享受低保"),
    "has_car": ("是否有车", "有无车辆", "消费型车辆"), "has_commercial_housing": ("有无商品房", "是否有商品房"),
    "disabled": ("残疾人数", "残疾人口数"), "seriously_ill": ("大病人数", "患大病人数"), "out_of_pocket": ("自付费用", "合规自付支出"),
    "land_mu": ("耕地面积（亩）", "耕地面积", "耕地亩数"), "housing_grade": ("房屋安全等级", "危房等级", "住房等级"),
    "military_family": ("是否军烈属", "军烈属户"), "income_wage": ("工资性收入", "工资收入"), "income_transfer": ("转移性收入", "转移收入"),
}  # fmt: skip
PERSON_COLUMNS: dict[str, tuple[str, ...]] = {
    "姓名": ("姓名", "家庭成员姓名"), "证件号码": ("证件号码", "身份证号", "公民身份号码"), "与户主关系": ("与户主关系", "户主关系", "与户主的关系"),
    "健康状况": ("健康状况", "身体状况"), "劳动技能": ("劳动技能", "劳动能力"), "在校生状况": ("在校生状况", "在校情况"), "文化程度": ("文化程度", "学历"),
    "务工时间(月)": ("务工时间（月）", "务工月数"), "人均纯收入": ("人均纯收入", "家庭人均纯收入"), "主要致贫原因": ("致贫原因", "主要致贫原因"),
    "脱贫年度": ("脱贫年度", "脱贫时间"), "享受低保政策情况": ("是否低保", "享受低保政策情况"), "危房户": ("是否危房", "危房户"), "人数": ("人数", "家庭人口"),
    "乡": ("乡镇", "乡(镇)"), "村": ("行政村", "村"),
}  # fmt: skip
STRANGE = (
    "其他说明", "上年人均纯收入", "包保干部", "人均可支配收入", "打印日期", "经办人意见", "户主年龄", "林地面积", "计划务工月数", "走访次数", "产业项目名称",
    "是否安装宽带", "距村部公里数",
)  # fmt: skip
"""Columns that mean no fact, some of them near to one."""
_MONEY_FACTS = ("income_pc", "net_income", "out_of_pocket", "income_wage", "income_transfer", "人均纯收入")
_FILLED = ("students", "labour", "dilapidated_housing", "dibao", "cause", "net_income")


@dataclass
class Listed:
    """A file with its truth: what each header means (None: nothing), and the facts of each household by its number."""

    path: Path
    rows_are_persons: bool
    means: dict[str, str | None]
    facts: dict[str, dict[str, object]] = field(default_factory=dict)


def make(folder: Path, seed: int) -> Listed:
    """One list: which rows, columns, words, order, titles, units and file format is drawn from the seed."""
    draw = random.Random(seed)  # noqa: S311 - a test's
    return _persons(folder, draw) if seed % 2 else _households(folder, draw)


def _number(serial: int) -> str:
    return f"341599991{serial:05d}"


def _yes(draw: random.Random, *, value: bool) -> str:
    return draw.choice(("是", "有", "1") if value else ("否", "无", "0"))


def _households(folder: Path, draw: random.Random) -> Listed:
    wanted = draw.sample(sorted(HOUSEHOLD_COLUMNS), draw.randint(6, 16))
    truth = {_number(serial): _household(draw) for serial in range(1, draw.randint(6, 12))}
    columns = {"household_id": (draw.choice(("户编号", "户编码", "家庭编号", "户号")), 1.0)}
    columns |= {fact: _header(draw, fact, HOUSEHOLD_COLUMNS[fact]) for fact in wanted}
    guise = draw.choice(_NUMBER_GUISES)
    rows = [
        {
            fact: guise.format(number) if fact == "household_id" else _cell(draw, facts[fact], by)
            for fact, (_, by) in columns.items()
        }
        for number, facts in truth.items()
    ]
    expected = {number: {fact: facts[fact] for fact in wanted} for number, facts in truth.items()}
    return _written(folder, draw, columns, rows, Listed(folder, False, {}, expected))


def _household(draw: random.Random) -> dict[str, object]:
    persons, income = draw.randint(1, 6), draw.randint(20, 120) * 100.0
    return {
        "township": draw.choice(_TOWNSHIPS), "village": draw.choice(("东村", "西村")), "persons": persons, "income_pc": income,
        "net_income": persons * income, "labour": draw.randint(0, persons), "students": draw.randint(0, persons),
        "work_months": float(draw.randint(0, 12)), "cause": draw.choice(_CAUSES), "exit_year": draw.randint(2014, 2020),
        "dilapidated_housing": draw.random() < 0.3, "dibao": draw.random() < 0.3, "has_car": draw.random() < 0.2,
        "has_commercial_housing": draw.random() < 0.2, "disabled": draw.randint(0, 1), "seriously_ill": draw.randint(0, 1),
        "out_of_pocket": draw.randint(0, 90) * 100.0, "land_mu": draw.randint(0, 40) / 4, "housing_grade": draw.choice("ABCD"),
        "military_family": draw.random() < 0.2, "income_wage": draw.randint(0, 300) * 100.0, "income_transfer": draw.randint(0, 90) * 100.0,
    }  # fmt: skip


def _header(draw: random.Random, fact: str, names: tuple[str, ...]) -> tuple[str, float]:
    """A column's header, and what its numbers are divided by."""
    name = draw.choice(names)
    if fact in _MONEY_FACTS:
        pattern, by = draw.choice(_MONEY)
        return pattern.format(name), by
    return (draw.choice(_FILLING).format(name) if fact in _FILLED else name), 1


def _cell(draw: random.Random, value: object, by: float) -> str:
    if isinstance(value, bool):
        return _yes(draw, value=value)
    if isinstance(value, float):
        return f"{value / by:.6f}".rstrip("0").rstrip(".")
    return str(value)


# -- lists of persons ---------------------------------------------------------------------------------------------------


def _persons(folder: Path, draw: random.Random) -> Listed:
    wanted = {"与户主关系", "证件号码", *draw.sample(sorted(PERSON_COLUMNS), draw.randint(5, 12))}
    columns = {"户编号": (draw.choice(("户编号", "户编码", "户号")), 1.0)}
    columns |= {name: _header(draw, name, PERSON_COLUMNS[name]) for name in sorted(wanted)}
    listed = Listed(folder, True, {})
    rows, serial = [], 0
    for household in range(1, draw.randint(5, 9)):
        number, size = _number(household), draw.randint(2, 5)
        of_household = _household(draw) | {"persons": size}
        members = [_member(draw, of_household, place) for place in range(size)]
        for member in members:
            serial += 1
            rows.append(
                {"户编号": number, "证件号码": id_number(serial, member["born"]), "姓名": f"某{serial}"} | member
            )
        listed.facts[number] = _derived(wanted, of_household, members)
    cells = [{name: _cell(draw, row[name], by) for name, (_, by) in columns.items()} for row in rows]
    return _written(folder, draw, columns, cells, listed)


def _member(draw: random.Random, household: dict[str, object], place: int) -> dict[str, object]:
    child = place > 1
    return {
        "born": "20120304" if child else "19700304", "与户主关系": ("户主", "配偶", "之子", "之女", "之孙子")[place], "文化程度": "" if child else "小学",
        "健康状况": draw.choice(("健康", "健康", "长期慢性病", "患有大病", "残疾")), "在校生状况": "八年级" if child else "",
        "劳动技能": "无劳动力" if child else draw.choice(("普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力")),
        "务工时间(月)": "0" if child else str(draw.randint(0, 12)), "享受低保政策情况": "是" if household["dibao"] else "否",
        "危房户": "是" if household["dilapidated_housing"] else "否", "人数": household["persons"], "乡": household["township"],
        "村": household["village"], "人均纯收入": household["income_pc"], "主要致贫原因": household["cause"], "脱贫年度": household["exit_year"],
    }  # fmt: skip


def _derived(wanted: set[str], household: dict[str, object], members: list[dict[str, object]]) -> dict[str, object]:
    """What the columns that are there say of the household."""

    def count(column: str, *values: str) -> int:
        return sum(member[column] in values for member in members)

    said = {
        "persons": ("与户主关系", household["persons"]), "labour": ("劳动技能", count("劳动技能", "普通劳动力", "技能劳动力")),
        "weak_labour": ("劳动技能", count("劳动技能", "弱劳动力或半劳动力")), "seriously_ill": ("健康状况", count("健康状况", "患有大病")),
        "disabled": ("健康状况", count("健康状况", "残疾")), "work_months": ("务工时间(月)", float(sum(int(member["务工时间(月)"]) for member in members))),
        "income_pc": ("人均纯收入", household["income_pc"]), "cause": ("主要致贫原因", household["cause"]), "exit_year": ("脱贫年度", household["exit_year"]),
        "dibao": ("享受低保政策情况", household["dibao"]), "dilapidated_housing": ("危房户", household["dilapidated_housing"]),
        "township": ("乡", household["township"]),
    }  # fmt: skip
    return {fact: value for fact, (column, value) in said.items() if column in wanted}


# -- the file -----------------------------------------------------------------------------------------------------------


def _written(
    folder: Path, draw: random.Random, columns: dict[str, tuple[str, float]], rows: list[dict[str, str]], listed: Listed
) -> Listed:
    strange = draw.sample(STRANGE, draw.randint(0, 4))
    order: list[tuple[str, str | None]] = [(header, name) for name, (header, _) in columns.items()] + [
        (header, None) for header in strange
    ]
    draw.shuffle(order)
    listed.means = dict(order)
    table = [[header for header, _ in order]]
    table += [[_odd(draw) if name is None else row[name] for _, name in order] for row in rows]
    titles = draw.choice(
        ([], [["金寨县名单"]], [["金寨县名单", ""], ["填报单位：某某镇", "2023年10月"]], [["名单"], [], ["制表：某某"]])
    )
    listed.path = _saved(folder, draw.choice(("utf-8", "gb18030", "utf-8-sig", "tsv", "xlsx")), [*titles, *table])
    return listed


def _odd(draw: random.Random) -> str:
    return draw.choice(("", "已走访", "3000", "4200.5", "否", "12"))


def _saved(folder: Path, kind: str, table: list[list[str]]) -> Path:
    if kind == "xlsx":
        return write_xlsx(folder / "list.xlsx", table)
    if kind == "tsv":
        return write_csv(folder / "list.tsv", table, "utf-8", "\t")
    return write_csv(folder / "list.csv", table, kind)
