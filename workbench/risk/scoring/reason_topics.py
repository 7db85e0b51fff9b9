"""What reasons speak of: features gathered into topics, each said in plain words, raising and lowering the probability."""

from collections.abc import Iterable
from dataclasses import dataclass

from workbench.risk.data.features import Feature


@dataclass(frozen=True)
class Topic:
    """A topic of reasons: its label, and what is said of a household where it raises or lowers the probability."""

    name: str
    zh: str
    en: str
    raises: tuple[str, str]
    lowers: tuple[str, str]


TOPICS: tuple[Topic, ...] = (
    Topic(
        "income", "收入离标准", "income against the line",
        ("收入离下一道线近", "income is close to the next line down"),
        ("收入离下一道线远", "income is well above the next line down"),
    ),
    Topic(
        "income_change", "收入变化", "change of income",
        ("近几期收入下降或波动大", "income has fallen or fluctuated over past rounds"),
        ("近几期收入上升或平稳", "income has risen or been steady over past rounds"),
    ),
    Topic(
        "income_parts", "收入构成", "kinds of income",
        ("收入来源较脆弱", "sources of income are fragile"),
        ("收入来源较稳", "sources of income are solid"),
    ),
    Topic(
        "spending", "刚性支出", "out-of-pocket spending",
        ("自付支出占收入比重大", "out-of-pocket spending takes much of the income"),
        ("自付支出占收入比重小", "out-of-pocket spending takes little of the income"),
    ),
    Topic(
        "health", "健康", "health",
        ("家中有大病、慢性病或残疾人", "illness or disability in the household"),
        ("家中成员较健康", "members are in better health"),
    ),
    Topic(
        "work", "务工与劳动力", "work and labour",
        ("劳动力或务工不足、不稳", "little or unsteady work, few able members"),
        ("劳动力、务工较充足", "able members and steady work"),
    ),
    Topic(
        "family", "家庭人口", "the family",
        ("家庭人口负担较重", "more dependants, students or changes in the family"),
        ("家庭人口负担较轻", "fewer dependants and changes in the family"),
    ),
    Topic(
        "assets", "土地与资产", "land and assets",
        ("土地、资产较少", "little land, few assets"),
        ("有土地、车辆或其他资产", "land, a vehicle or other assets"),
    ),
    Topic(
        "guarantees", "“两不愁三保障”与住房", "guarantees and housing",
        ("住房或保障方面有困难", "difficulties with housing or a guarantee"),
        ("住房和保障无困难", "no difficulty with housing or a guarantee"),
    ),
    Topic(
        "groups", "灾害、变故与救助", "disaster, family change, relief",
        ("受灾、家庭变故或缺少救助", "a disaster, a family change, or no relief"),
        ("未受灾或有救助兜底", "no disaster, or relief as a safety net"),
    ),
    Topic(
        "standing", "等级与脱贫情况", "tier and exit from poverty",
        ("等级、脱贫时间或致贫原因偏不利", "tier, recent exit or cause of poverty count against it"),
        ("等级、脱贫时间或致贫原因偏有利", "tier, exit or cause of poverty count in its favour"),
    ),
    Topic(
        "place", "县区与时节", "county and season",
        ("本县区、本时节风险变差较多", "more slips in this county or season"),
        ("本县区、本时节风险变差较少", "fewer slips in this county or season"),
    ),
)  # fmt: skip
TOPIC = {topic.name: topic for topic in TOPICS}
BASE = ("等级相同、收入离线相近的户的平均水平", "the average of households of its tier as near to the line")
REST = ("其余各项合计", "everything else together")


def own_topic(feature: Feature) -> Topic:
    """The topic of a fact of a mapping's own (`x_…`): reasons call it by its name."""
    # Neutral words: nobody has told whether more of such a fact is good or bad.
    return Topic(
        feature.topic, feature.zh, feature.en,
        (f"“{feature.zh}”偏不利", f"“{feature.en}” counts against it"),
        (f"“{feature.zh}”偏有利", f"“{feature.en}” counts in its favour"),
    )  # fmt: skip


def topics_of(features: Iterable[Feature]) -> tuple[Topic, ...]:
    """The topics of a model: those of the vocabulary, then one for each fact of a mapping's own."""
    return (*TOPICS, *(own_topic(feature) for feature in features if feature.topic not in TOPIC))
