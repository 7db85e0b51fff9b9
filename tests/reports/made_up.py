"""Made-up households, long names and hostile ones among them, for ledgers that are written and read back.

Numbers begin with 341599, a prefix never given to anyone.
"""

import datetime as dt
from random import Random

from workbench.domain.facts import CAUSES, CROSS_CHECKS, GUARANTEES, KEY_GROUPS
from workbench.reports.list_records import EntryList, EntryRow, PublicList, PublicRow
from workbench.reports.records import (
    ActionRecord,
    Adjustment,
    EdgeLedger,
    EdgeRow,
    EdgeStatus,
    FilingDocument,
    Heading,
    Movement,
    Place,
    RiskLedger,
    RiskRow,
    StandardInForce,
    Summary,
    SummaryRow,
    Tally,
)

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    '=HYPERLINK("http://example.org","点我")',
    "+1+1",
    "-2",
    "@SUM(A1)",
    "\t=1",
    "阿卜杜拉·买买提·伊布拉音江",
    "&[Pages]&P",
    "http://example.org/a?b=c",
    "  ",
    "0012",
)
TOWNSHIPS = {
    "梅山镇": ("青山社区居委会", "新河村委会"),
    "流波䃥镇": ("张冲村委会", "龙马社区居委会"),
    "油坊店乡": ("东莲村委会",),
}
_SURNAMES, _GIVEN = "张王李赵陈刘周汪", ("德胜", "秀英", "建国", "桂兰", "明", "传发")
_REASONS = (
    "户主患大病，自付医疗支出增大",
    "长子外出务工，收入稳定",
    "住房鉴定为 C 级，待改造",
    "按半年复核，情况无变化",
)
_MEASURES = ("公益性岗位（护林员）", "小额信贷 3 万元", "危房改造", "代缴城乡居民医保", "茶叶种植技术培训")
FILED_ON = dt.date(2019, 10, 28)


def seeded(seed):
    """Made-up households, alike every time; nothing here is secret."""
    return Random(seed)  # noqa: S311 - made-up data, not cryptography


def heading(**changes):
    made = {
        "county": "金寨县",
        "round": "2019-10",
        "unit": "金寨县扶贫开发领导小组办公室",
        "made_by": "汪传发",
        "made_on": dt.date(2019, 10, 30),
        "simulated": True,
        "list_number": "金寨县-2019-10-风险-002",
        "filed_on": FILED_ON,
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }
    return Heading(**{**made, **changes})


def facts(chance, kind="lifted"):
    """Facts of one household, some of them not known."""

    def maybe(value):
        return None if chance.random() < 0.06 else value

    persons = chance.randint(1, 6)
    labour = chance.randint(0, persons)
    money = {
        name: maybe(float(chance.choice([0, 0, 1860, 5400.5, 12000, 23456.78])))
        for name in ("income_wage", "income_business", "income_property", "income_transfer", "cost_business")
    }
    return {
        "kind": kind,
        "persons": persons,
        "labour": maybe(labour),
        "skilled": maybe(min(labour, 1)),
        "weak_labour": maybe(persons - labour),
        "exit_year": chance.choice([2014, 2016, 2018]) if kind == "lifted" else None,
        "cause": maybe(chance.choice(CAUSES)) if kind == "lifted" else None,
        "work_months": maybe(float(chance.choice([0, 4.5, 10]))),
        "land_mu": maybe(chance.choice([0.0, 1.25, 3.4])),
        **money,
        "net_income": maybe(round(chance.uniform(3000, 60000), 2)),
        "income_pc": maybe(round(chance.uniform(2500, 15000), 2)),
        "out_of_pocket": maybe(round(chance.uniform(0, 9000), 2)),
        "housing_grade": maybe(chance.choice("AABC")),
        **{name: maybe(chance.choice([0, 0, 0, 1, 2])) for name in GUARANTEES},
        **{name: maybe(chance.random() < 0.25) for name in (*KEY_GROUPS, *CROSS_CHECKS)},
    }


def _place(chance):
    township = chance.choice(list(TOWNSHIPS))
    return Place("金寨县", township, chance.choice(TOWNSHIPS[township]), f"{chance.choice('东西南北')}湾组")


def _name(chance, number):
    return HOSTILE[number] if number < len(HOSTILE) else chance.choice(_SURNAMES) + chance.choice(_GIVEN)


def _id_number(number):
    return f"34159919620304{number:03d}X"


def risk_ledger(count=40, **changes):
    chance = seeded(7)
    rows = []
    for number in range(count):
        tier = chance.choice([1, 2, 2, 3, 3, 3, 0, None])
        filed = tier is not None
        rows.append(
            RiskRow(
                place=_place(chance),
                household_id=f"34159900{number:06d}",
                head_name=_name(chance, number),
                id_number=_id_number(number),
                facts=facts(chance),
                previous_tier=chance.choice([None, 1, 2, 3]),
                tier=tier,
                adjustment=chance.choice(list(Adjustment)),
                reason=chance.choice(_REASONS),
                main_risk=chance.choice(["因病", "务工不稳", "住房安全", ""]),
                visit=ActionRecord("王明、陈秀英", dt.date(2019, 10, 8), "已入户"),
                proposal=ActionRecord("王明", dt.date(2019, 10, 10), "经村两委与驻村工作队研究，建议按规则等级"),
                review=ActionRecord("刘建国", dt.date(2019, 10, 18), "无异议") if filed else None,
                list_number="金寨县-2019-10-风险-002" if filed else "",
                filed_on=FILED_ON if filed else None,
                measures=tuple(chance.sample(_MEASURES, chance.randint(1, 3))),
                responsible="周桂兰",
                remarks=HOSTILE[number % len(HOSTILE)] if number % 7 == 0 else "",
            )
        )
    return RiskLedger(heading(**changes), tuple(rows))


def edge_ledger(count=40, **changes):
    chance = seeded(8)
    visits = tuple(ActionRecord("赵建国", dt.date(2019, month, 12), "生活平稳，按时服药") for month in (6, 7, 8, 9))
    rows = tuple(
        EdgeRow(
            place=_place(chance),
            household_id=f"34159901{number:06d}",
            head_name=_name(chance, number),
            id_number=_id_number(number),
            facts=facts(chance, "unregistered"),
            status=chance.choice(list(EdgeStatus)),
            other_groups=("独居老人户",) if number % 9 == 0 else (),
            income_from=dt.date(2018, 10, 1),
            income_to=dt.date(2019, 9, 30),
            standard="金寨县边缘户标准（2019年第1版）",
            main_risk=chance.choice(["大病自付支出大", "残疾", "务工不稳"]),
            proposal=ActionRecord("王明", dt.date(2019, 6, 3), "建议纳入"),
            review=ActionRecord("刘建国", dt.date(2019, 6, 10), "审核通过"),
            entered_on=dt.date(2019, 6, 12),
            changed_on=dt.date(2019, 9, 30) if number % 5 == 0 else None,
            officer="赵建国",
            visits=visits[: chance.randint(0, 4)],
            measures=tuple(chance.sample(_MEASURES, 2)),
        )
        for number in range(count)
    )
    return EdgeLedger(heading(**changes), rows)


def summary_rows(counties=("金寨县",)):
    chance = seeded(9)
    rows = []
    for county in counties:
        for township in (*TOWNSHIPS, "天堂寨镇", "果子园乡"):
            tiers = {
                key: Tally(count, count * 3)
                for key, count in zip((1, 2, 3, None), chance.sample(range(1, 900), 4), strict=True)
            }
            lifted = sum((tally for tally in tiers.values()), Tally())
            rows.append(
                SummaryRow(
                    county, township, lifted, tiers,
                    raised=chance.randint(0, 30), lowered=chance.randint(0, 60), any_time=chance.randint(0, 4),
                    fallen_back=Tally(chance.randint(0, 3), chance.randint(3, 9)),
                    edge=Tally(chance.randint(20, 90), chance.randint(90, 260)),
                    edge_new=chance.randint(0, 9), edge_left=chance.randint(0, 9), edge_registered=chance.randint(0, 2),
                    by_group={name: chance.randint(0, 40) for name in KEY_GROUPS},
                    by_risk={"因病": chance.randint(9, 90), "因残": chance.randint(5, 50), "务工就业不稳": 7},
                )
            )  # fmt: skip
    return tuple(rows)


def summary(counties=("金寨县", "霍山县")):
    return Summary(heading(county="六安市", unit="六安市扶贫开发领导小组办公室", digest=None), summary_rows(counties))


def public_list(count=12, **changes):
    chance = seeded(10)
    rows = tuple(
        PublicRow(
            place.township, place.village, place.group, _name(chance, number), 3, "拟认定为返贫户，重新纳入建档立卡"
        )
        for number in range(count)
        for place in [_place(chance)]
    )
    return PublicList(
        heading(**{"unit": "梅山镇青山社区居民委员会", "digest": None, "list_number": None, "filed_on": None, **changes}),
        rows, dt.date(2019, 10, 10), dt.date(2019, 10, 16), "梅山镇扶贫工作站", "0564-7000000",
    )  # fmt: skip


def entry_list(count=15):
    chance = seeded(11)
    rows = tuple(
        EntryRow(
            _place(chance), f"34159902{number:06d}", _name(chance, number), _id_number(number), 3,
            round(chance.uniform(1500, 3217), 2), "因病", chance.choice(["返贫户", "边缘户转入"]),
            ActionRecord("王明", dt.date(2019, 10, 2)), ActionRecord("村民代表大会", dt.date(2019, 10, 6)),
            dt.date(2019, 10, 7), dt.date(2019, 10, 13), dt.date(2019, 10, 15),
        )
        for number in range(count)
    )  # fmt: skip
    return EntryList(heading(), rows, dt.date(2019, 11, 1), dt.date(2019, 11, 30))


def filing_document(**changes):
    standard = StandardInForce(
        "金寨县边缘户标准（2019年第1版）", "第1版", dt.date(2019, 10, 1), 3218.0,
        ("人均纯收入不低于扶贫标准、低于扶贫标准的1.5倍（4827元），且属于八类重点群体之一",
         "合规自付支出超过家庭纯收入的50%，且人均纯收入低于扶贫标准的2倍（6436元）",
         "有消费型车辆、商品房、财政供养人员、工商登记之一的，不纳入"),
    )  # fmt: skip
    return FilingDocument(
        heading=heading(**changes),
        addressee="六安市扶贫开发领导小组",
        previous_round="2019-05",
        rows=summary_rows(),
        movements=(Movement(3, 2, 31), Movement(2, 3, 58), Movement(2, 1, 12), Movement(1, 0, 2), Movement(None, 3, 5)),
        changed_by={"事实变化": 88, "规则或参数调整": 9, "仅数据补正": 11},
        undetermined_facts={"耕地面积": 120, "合规自付支出": 64},
        standard=standard,
        reading="默认：任一失能加困难，或三无俱全",
        annexes=("返贫风险台账", "边缘户台账", "防范返贫和边缘户帮扶工作汇总表"),
        contact="金寨县扶贫开发领导小组办公室，电话 0564-7000000",
        copied_to=("县委办公室", "县人大常委会办公室"),
    )
