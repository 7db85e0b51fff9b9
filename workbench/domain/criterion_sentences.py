"""What each criterion asks, in a sentence with its figures: the one wording of pages and commands (decision 0055)."""

from collections.abc import Mapping
from types import MappingProxyType

from workbench.domain.facts import CROSS_CHECKS, KEY_GROUPS, label_of
from workbench.errors import Words

_NOTHING = Words("", "")
_NO_GROUPS: Mapping[str, str] = MappingProxyType({})
_SENTENCES = {
    "no_labour": Words(
        "劳动力加弱劳动力（一人折 {weak_labour_share}）合计为 0",
        "full labour and weak labour (each counted as {weak_labour_share}) come to 0",
    ),
    "no_resources": Words(
        "人均耕地不足 {land_mu_per_person} 亩，且无经营收入、无财产收入",
        "less than {land_mu_per_person} mu of land per person, no business income, no property income",
    ),
    "no_stable_income": Words(
        "全户务工合计不足 {stable_work_months} 个月，且人均经营净收入低于 {line} 元的 {stable_business_share_percent}",
        "less than {stable_work_months} months of paid work of all members together, and net business income per person below "
        "{stable_business_share_percent} of {line} yuan",
    ),
    "rigid_expenditure": Words(
        "自付支出超过纯收入的 {expenditure_share_percent}；或为上一期的 {expenditure_growth} 倍以上，且超过纯收入的 "
        "{expenditure_growth_share_percent}",
        "out-of-pocket spending above {expenditure_share_percent} of net income; or more than {expenditure_growth} times that of "
        "the round before and above {expenditure_growth_share_percent} of net income",
    ),
    "difficulty": Words("六项中任一项为“有困难”", 'any of the six is "difficulty"'),
    "potential_difficulty": Words("六项中任一项为“潜在困难”", 'any of the six is "potential difficulty"'),
    "near_line": Words(
        "人均纯收入低于 {line} 元的 {near_line_multiple} 倍", "income per person below {near_line_multiple} times {line} yuan"
    ),
    "small_industry": Words(
        "人均经营净收入大于 0、低于 {line} 元的 {small_industry_share_percent}",
        "net business income per person above 0 and below {small_industry_share_percent} of {line} yuan",
    ),
    "weak_skills": Words("有劳动力，但无一人有技能", "able members, but none with a skill"),
    "unstable_work": Words(
        "有务工，但全户合计不足 {unstable_work_months} 个月",
        "some paid work, but less than {unstable_work_months} months of all members together",
    ),
    "short_of_funds": Words("主要致贫原因为缺资金", "the main cause of poverty is lack of funds"),
    "below_line": Words(
        "测算收入低于 {line} 元：走建档立卡程序", "tested income below {line} yuan: registered as poor by its own procedure"
    ),
    "route_income": Words(
        "测算收入在 {line} 元以上、低于 {ceiling} 元", "tested income from {line} to below {ceiling} yuan"
    ),
    "route_rigid_expenditure": Words(
        "自付支出超过纯收入的 {share_percent}，且收入低于 {ceiling} 元",
        "out-of-pocket spending above {share_percent} of net income, and income below {ceiling} yuan",
    ),
    "route_income_drop": Words(
        "收入比上一期下降超过 {share_percent}，且低于 {ceiling} 元",
        "income fell by more than {share_percent} since the round before, and is below {ceiling} yuan",
    ),
    **dict.fromkeys(KEY_GROUPS, Words("重点群体", "Key groups")),
    **dict.fromkeys(CROSS_CHECKS, Words("排除情形", "Exclusions")),
}  # fmt: skip
"""By the name of the criterion; in brackets the figures it is judged by, a share also in per cent."""


def criterion_sentence(name: str, figures: Mapping[str, float], own: Mapping[str, str]) -> Words:
    """What a criterion, a route or an exclusion asks, by the figures it was judged by; empty where its name says it all.

    `name` and `figures` as `domain.rules.explanation.Trace` has them.
    """
    shares = {f"{key}_percent": f"{value:.0%}" for key, value in figures.items()}
    numbers = {key: _number(value) for key, value in figures.items()}
    sentence = _SENTENCES.get(name, _NOTHING).format(**numbers, **shares)
    return _whole_route(sentence, figures, numbers, own) if name == "route_income" else sentence


def _whole_route(
    sentence: Words, figures: Mapping[str, float], numbers: Mapping[str, str], own: Mapping[str, str]
) -> Words:
    """The income route with the rest that it asks: by the band alone, a household in it and in no group seems to take it."""
    zh, en = sentence.zh, sentence.en
    for group in (name for name in (*KEY_GROUPS, *own) if name in figures):
        label_zh, label_en = label_of(group, own)
        zh += f"（{label_zh}低于 {numbers[group]} 元）"
        en += f" ({label_en}: below {numbers[group]})"
    if figures.get("require_group"):
        zh, en = f"{zh}，且属于所列重点群体", f"{en}, and in one of the listed key groups"
    return Words(zh, en)


def _number(value: float) -> str:
    """A figure with its thousands marked and at most two decimals: enough for amounts to the fen."""
    whole, _, decimals = f"{value:,.2f}".partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole
