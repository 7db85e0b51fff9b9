"""The figures behind a reason: what the household's facts say on its topic, so that a visit can check it.

Of a household's facts alone, read when its reasons are shown: scores keep few texts, and figures would make each its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.domain.facts import (
    CAUSE_LABELS,
    CROSS_CHECKS,
    EXTRA_PREFIX,
    FACT,
    GUARANTEE_LEVELS,
    GUARANTEES,
    KEY_GROUPS,
    label_of,
)
from workbench.errors import Words
from workbench.risk.scoring.reason_topics import TOPIC

Facts = Mapping[str, Any]

_COUNTED: dict[str, tuple[str, ...]] = {
    "work": ("labour", "weak_labour", "work_months"),
    "family": ("persons", "students"),
    "assets": ("land_mu",),
    "standing": ("exit_year",),
}
"""By topic the facts that say something at 0 too."""
_PRESENT: dict[str, tuple[str, ...]] = {
    "health": ("seriously_ill", "chronically_ill", "disabled", "severely_disabled"),
    "assets": CROSS_CHECKS,
    "guarantees": GUARANTEES,
    "groups": tuple(name for name in KEY_GROUPS if name not in ("illness", "disability")),
}
"""By topic the facts that are worth saying only where there is something."""
_UNITS = {"亩": "mu"}
"""In English; of the others the name of the fact says what is counted."""
_PARTS = ("income_wage", "income_business", "income_property", "income_transfer")
FIGURE_FACTS: tuple[str, ...] = tuple(
    dict.fromkeys((
        "income_pc", "net_income", "out_of_pocket", *_PARTS, "housing_grade", "cause",
        *(name for names in (*_COUNTED.values(), *_PRESENT.values()) for name in names),
    ))
)  # fmt: skip
"""Every fact of the vocabulary that a figure may name."""


def figures_of(topic: str, facts: Facts, before: Facts | None = None) -> Words | None:
    """What the facts of a household say on a topic of reasons; None where they say nothing.

    `before`: its facts in the round before, None where that round does not hold it.
    """
    if topic not in TOPIC:
        return _joined(_counted(topic, facts))
    if topic == "income":
        return _income(facts)
    if topic == "income_change":
        return _income_change(facts, before)
    if topic == "income_parts":
        return _largest_part(facts)
    if topic == "spending":
        return _spending(facts)
    return _joined([*_listed(topic, facts), *_own_words(topic, facts)])


def _income(facts: Facts) -> Words | None:
    income = facts.get("income_pc")
    if income is None:
        return None
    return Words(f"人均纯收入 {income:,.0f} 元", f"income {income:,.0f} yuan a person")


def _income_change(facts: Facts, before: Facts | None) -> Words | None:
    now, then = facts.get("income_pc"), (before or {}).get("income_pc")
    if now is None or then is None:
        return _income(facts)
    if now > then:
        # Raised by what was before: "changed to" more would read as if a higher income told against the household.
        return Words(
            f"人均纯收入上一期只有 {then:,.0f} 元，本期 {now:,.0f} 元，还看不出是否稳得住",
            f"income a person only {then:,.0f} yuan in the round before, {now:,.0f} yuan now, and not known to last",
        )
    return Words(
        f"人均纯收入由上一期的 {then:,.0f} 元变为 {now:,.0f} 元",
        f"income a person from {then:,.0f} yuan in the round before to {now:,.0f} yuan",
    )


def _largest_part(facts: Facts) -> Words | None:
    """The largest part of what comes in: of the gross sum, as costs may leave a net income of nearly nothing."""
    parts = {name: facts[name] for name in _PARTS if facts.get(name) is not None}
    # A loss in one part must not make the share of another more than all there is.
    total = sum(max(value, 0.0) for value in parts.values())
    if total <= 0:
        return None
    largest = max(parts, key=lambda name: parts[name])
    zh, en = label_of(largest)
    amount = Words(f"{zh} {parts[largest]:,.0f} 元", f"{en} {parts[largest]:,.0f} yuan")
    # With a part that is not known nobody knows what all of them come to.
    if len(parts) < len(_PARTS):
        return amount
    share = parts[largest] / total
    return amount + Words(f"，占各项收入 {share:.0%}", f", {share:.0%} of all income")


def _spending(facts: Facts) -> Words | None:
    spent, net = facts.get("out_of_pocket"), facts.get("net_income")
    if spent is None:
        return None
    amount = Words(f"自付支出 {spent:,.0f} 元", f"out-of-pocket spending {spent:,.0f} yuan")
    # Of an income that is nothing or a loss there is no share (decision 0045).
    if net is None or net <= 0:
        return amount
    return amount + Words(f"，占收入 {spent / net:.0%}", f", {spent / net:.0%} of income")


def _listed(topic: str, facts: Facts) -> list[Words]:
    counted = [words for name in _COUNTED.get(topic, ()) for words in _counted(name, facts)]
    return [
        *counted,
        *(words for name in _PRESENT.get(topic, ()) if facts.get(name) for words in _counted(name, facts)),
    ]


def _counted(name: str, facts: Facts) -> list[Words]:
    value = facts.get(name)
    if value is None:
        return []
    zh, en = (text.removeprefix(EXTRA_PREFIX) for text in label_of(name))
    if name in GUARANTEES and value in GUARANTEE_LEVELS:
        return [Words(f"{zh}：{GUARANTEE_LEVELS[value][0]}", f"{en}: {GUARANTEE_LEVELS[value][1]}")]
    if isinstance(value, bool):
        # A label of ours says what is so; the name of a mapping's own fact stands in the reason already, and says nothing of it.
        own = name.startswith(EXTRA_PREFIX)
        yes = Words(f"{zh}：是", f"{en}: yes") if own else Words(zh, en)
        return [yes if value else Words(f"{zh}：否", f"{en}: no")]
    unit = (FACT[name].unit or "") if name in FACT else ""
    return [Words(f"{zh} {value:g} {unit}".rstrip(), f"{en} {value:g} {_UNITS.get(unit, '')}".rstrip())]


def _own_words(topic: str, facts: Facts) -> list[Words]:
    """What is no number."""
    if topic == "guarantees" and facts.get("housing_grade") in ("C", "D"):
        return [Words(f"房屋 {facts['housing_grade']} 级", f"housing grade {facts['housing_grade']}")]
    if topic == "standing" and facts.get("cause") in CAUSE_LABELS:
        zh, en = CAUSE_LABELS[facts["cause"]]
        return [Words(f"致贫原因{zh}", f"cause of poverty {en}")]
    return []


def _joined(parts: Sequence[Words]) -> Words | None:
    if not parts:
        return None
    return Words("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))
