"""The card as a page (Markdown, from `card.md.j2`): first whether to trust the model and where, in plain words; then figures."""

import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from workbench.domain.facts import LABELS
from workbench.domain.parameters import counties, county_names
from workbench.errors import Words
from workbench.risk.data.features import FEATURES
from workbench.risk.evaluation.backtest import COMPARED
from workbench.risk.evaluation.officer_order import ORDER
from workbench.risk.evaluation.total_verdicts import usable_totals, weight_words
from workbench.risk.evaluation.verdicts import (
    MAY,
    NO_CHOICE,
    ROUGH,
    USE,
    doubtful,
    list_words,
    met_of_a_hundred,
    order_use,
    price_of_reasons,
    total_use,
)
from workbench.risk.registry.help_words import help_words, linkage_words
from workbench.safeguards.plain_data import Json

_SURE = 1.96
_OFF = {1: " ▲", -1: " ▼", 0: ""}
_NOT_THERE = "数据中没有"
_LISTS = {"model": "模型", "order": ORDER[0], "margin": "只看收入距离", "base_rate": "不排先后"}
"""The lists that officers can compare; other models are for analysts."""
_STANDINGS = {"1": "一级（红）", "2": "二级（黄）", "3": "三级（蓝）", "unregistered": "未建档立卡户"}


@cache
def _template() -> Template:
    environment = Environment(  # noqa: S701 - Markdown, not HTML: what comes from a file is made plain by `_county`
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"form": _number, "fact": _label, "county": _county}
    return environment.get_template("card.md.j2")


def card_page(about: Json) -> str:
    """The card of a model, from its record."""
    metrics = about["performance"]
    use, margin = about["advice"]["use"], metrics["compared"]["margin"]
    return _template().render(
        about=about, metrics=metrics, large=metrics["calibration_in_the_large"], use_words=USE[use].zh, may=MAY[use].zh, out=_out_of_range(about["by_county"], use),
        no_choice=NO_CHOICE if use == "no" else None,
        checked=_checked(about), doubtful=doubtful(metrics["calibration_in_the_large"], about["checked_round"]), per_hundred=_per_hundred(metrics), price=price_of_reasons(metrics["compared"]), stray=_stray(about["dispersion"]), rough=ROUGH,
        lists=[(_LISTS[name], metrics["compared"][name]) for name in _LISTS if name in metrics["compared"]],
        compared=[(COMPARED.get(name, (name, name))[0], row) for name, row in metrics["compared"].items()],
        like_margin=abs(margin["model_better_by"]) < _SURE * margin["error"],
        # Of a model that is not to be used no list is praised: the slips that it met may be none.
        found=_list_words(about),
        county=_county, order=lambda row: _bold(order_use(row, use)), total=lambda row: _bold(total_use(row, use)),
        here=lambda row: list_words(row.get("caught_in_tenth", {}), row.get("base_rate")) if use != "no" and order_use(row, use)[0] else None,
        met=lambda row: met_of_a_hundred(row["caught_in_tenth"], metrics.get("base_rate")), kinds=_kinds(about), off=_OFF,
        to_check=_to_check(about), weights=weight_words(about), usable=usable_totals(about["by_county"], use),
        help=help_words(about.get("help")), linkage=linkage_words(about.get("linkage")),
        english=_english(about), lacking=_lacking(about), **_left_out(about),
    )  # fmt: skip


def _to_check(about: Json) -> list[Words]:
    """What is wrong with the facts that were learnt from, or would have been: people can mend it, so it stands at the top."""
    said = (
        *about.get("recorded_afterwards", {}).values(),
        *about.get("income_breaks", []),
        *about.get("other_units_said", []),
    )
    return [Words(each["zh"], each["en"]) for each in said]


def _list_words(about: Json) -> Words | None:
    """What the first tenth is worth as a list of visits; nothing of a model that is not to be used."""
    metrics = about["performance"]
    caught = {name: row["caught_in_tenth"] for name, row in metrics["compared"].items()}
    return None if about["advice"]["use"] == "no" else list_words(caught, metrics.get("base_rate"))


def _kinds(about: Json) -> list[tuple[str, Json]]:
    """Tiers and kinds, then key groups, by what they are called."""
    tiers = [(_STANDINGS.get(name, name), row) for name, row in about["by_standing"].items()]
    return [*tiers, *((_label(name), row) for name, row in about["by_group"].items())]


def _checked(about: Json) -> str:
    # Later households and unseen households of one round differ: the second knows the year's shocks.
    if about["checked_on"] == "later_round":
        return f"只用 {about['checked_round']} 之前各期训练，再看 {about['checked_round']} 之后一期实际发生了什么"
    return "只有一次前后对照，只能用训练时没见过的户检验；**没有检验过后来的期次**，结果偏乐观"


def _per_hundred(metrics: Json) -> str:
    """The curve's highest bin, as a sentence."""
    curve = metrics["reliability"]
    if len(curve) < 2:  # noqa: PLR2004 - one bin holds everybody
        return "风险变差太少，分不出“可能性最高”的一批来单独检验。"
    top = curve[-1]
    return (
        f"说“可能性最高”的那一批（平均 {top['expected']:.0%}），每 100 户实际风险变差 {100 * top['observed']:.0f} 户；"
        f"若概率准确，应在 {100 * top['low']:.0f} 至 {100 * top['high']:.0f} 户之间（只算偶然，整期都多都少的不在内）{_missed(top)}。"
    )


def _missed(top: Json) -> str:
    """What it means that the observed rate lies outside of its range."""
    if top["observed"] > top["high"]:
        return "；实际更多，这一批的概率说低了"
    return "；实际更少，这一批的概率说高了" if top["observed"] < top["low"] else ""


def _out_of_range(by_county: Json, use: str) -> str:
    """The counties whose totals must not be used although those of others may; nothing where none may."""
    # Named one by one: whoever reports a county's total looks for the name.
    names = [_county(code) for code, row in by_county.items() if not row["within"]]
    return "" if use == "no" else "、".join(names)


def _county(code: str | None) -> str:
    """The county's name, or its code, as text: a code from a file must not draw tables or tags."""
    shown = county_names(code)[0] if code else "（未填）"
    return re.sub(r"[^\w\u4e00-\u9fff .（）-]", lambda sign: f"&#{ord(sign.group())};", shown)


def _bold(use: tuple[str, Words]) -> str:
    """An answer for a county, with its refusal in bold."""
    mark, said = use
    return said.zh.replace("不用", "**不用**", 1) if mark == "no" else said.zh


def _stray(dispersion: Json) -> float:
    """How far the total of a county strays, of itself: with the city and by itself, which add up as squares."""
    return float((dispersion["city"] ** 2 + dispersion["county"] ** 2) ** 0.5)


def _lacking(about: Json) -> dict[str, list[str]]:
    """Return by fact the counties that do not have it."""
    by_fact: dict[str, list[str]] = {}
    for each in about["lacking"]:
        by_fact.setdefault(each["fact"], []).append(each["county"])
    return by_fact


def _left_out(about: Json) -> dict[str, list[str]]:
    """Features that are not used, with the reason, and those that the data does not have."""
    # What a mapping added of its own has no Chinese name: it stands as it was called there.
    names = {feature.name: feature.zh for feature in FEATURES}
    left_out = {names.get(name, name): why["zh"] for name, why in about["left_out"].items()}
    return {
        "unused": [f"{name}（{why}）" for name, why in left_out.items() if why != _NOT_THERE],
        "absent": [name for name, why in left_out.items() if why == _NOT_THERE],
    }


def _label(fact: str) -> str:
    return LABELS[fact][0] if fact in LABELS else fact


def card_in_english(about: Json) -> str:
    """What the card says in English: its summary; the whole of it is Chinese."""
    lines = (f"# Model card: {about['name']}", _english(about), "\nThe whole card is in Chinese: --lang zh.")
    return "\n".join(lines) + "\n"


def _english(about: Json) -> str:
    """What an officer would do by it, in the order of the Chinese card: the verdict, what to check, what for, how it did."""
    metrics, use = about["performance"], about["advice"]["use"]
    large, doubt, worth = metrics["calibration_in_the_large"], None, _list_words(about)
    weights, usable = weight_words(about), usable_totals(about["by_county"], use)
    out = (
        [] if use == "no" else [_english_county(code) for code, row in about["by_county"].items() if not row["within"]]
    )
    if large:
        doubt = doubtful(large, about["checked_round"])
    sentences = (
        f"Probability that a household's tier worsens, or that it falls below the poverty line, by the next round; trained on {about['rows']:,} household-rounds ({about['slips']:,.0f} slips)",
        f"**{_capital(USE[use].en)}**: {about['advice']['en']}",
        f"**{_capital(doubt.en)}**" if doubt else "",
        f"Not in {', '.join(out)}: numbers there were out of their range, use the order only" if out else "",
        f"How to use it: {MAY[use].en}",
        _capital(usable.en) if usable else "",
        _capital(worth.en) if worth else "",
        f"On data it had not seen it expected {large['expected']:,.0f} slips and {large['observed']:,.0f} happened" if large else "",
        *(_capital(each.en) for each in _to_check(about)),
        _capital(weights.en) if weights else "",
        *(_capital(each.en) for each in help_words(about.get("help"))),
        "It flags; it never decides",
    )  # fmt: skip
    simulated = "**Trained on simulated households.** " if about["simulated"] else ""
    return f"## Summary in English\n\n{simulated}" + " ".join(f"{each}." for each in sentences if each)


def _english_county(code: str) -> str:
    known = counties()
    return known[code].en if code in known else _county(code)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _number(value: float | None, form: str) -> str:
    return "—" if value is None else format(value, form)
