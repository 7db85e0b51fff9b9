"""What `workbench explain` says of a household, in the language of the run."""

from collections.abc import Mapping
from typing import Any

from workbench.cli.language import in_language, label
from workbench.cli.output import say
from workbench.domain.criterion_sentences import criterion_sentence
from workbench.domain.facts import CAUSE_LABELS, GUARANTEE_LEVELS, GUARANTEES, KINDS, label_of
from workbench.domain.rules.tiers import TIERS, UNDETERMINED
from workbench.errors import Words
from workbench.safeguards.plain_data import Json

_MARKS = {True: "✓", False: "·", None: "?"}
EDGE_WORDS: dict[int | str, tuple[str, str]] = {
    "in": ("纳入", "in"), "out": ("不纳入", "out"), "below_line": ("低于扶贫标准", "below the line"), "cannot_tell": ("不能判定", "cannot tell"),
}  # fmt: skip
"""What a standard can say of a household: `domain.rules.explanation.EDGE_RESULTS`, and that it cannot tell."""
_NO_TIER = ("不分等级", "no tier")
_MOST_CHANGES = 3


def show_explanation(record: Json, own: Mapping[str, str]) -> None:
    """The result, each criterion with its facts and figures, what is missing, and the smallest changes.

    `own`: what the standard calls the key groups of its county's own.
    """
    say(f"{record['household_id']} {label(_kind(record))}: {_result(record)}")
    if "standard" in record:
        say_standard(record["standard"])
    say(Words("✓ 成立  · 不成立  ? 不能判定", "✓ true  · false  ? cannot tell"))
    for trace in record["criteria"]:
        _show_criterion(trace, own)
    if record["missing"]:
        lacking = ", ".join(label(label_of(name, own)) for name in record["missing"])
        say(Words(f"需补充的事实：{lacking}", f"facts that would settle it: {lacking}"))
    for change in record["changes"][:_MOST_CHANGES]:
        _show_change(change, own)


def say_standard(standard: Json) -> None:
    """Say which standard the household is held to, as `StandardInUse.record` has it."""
    say(Words("所用标准：", "standard applied: ") + Words(**standard["name"]))


def _kind(record: Json) -> tuple[str, str]:
    return KINDS.get(record["kind"], ("类别未知", "kind unknown"))


def _result(record: Json) -> str:
    # Of other households only those that are not registered are judged, by a standard (§2.2).
    if record["kind"] != "lifted":
        return label(EDGE_WORDS[record["edge"]] if "edge" in record else _NO_TIER)
    if record["tier"]:
        return _tier(record["tier"])
    possible = ", ".join(_tier(tier) for tier in record["possible_tiers"])
    return label((f"{UNDETERMINED[0]}，可能是：{possible}", f"{UNDETERMINED[1]}, may be: {possible}"))


def _tier(tier: int) -> str:
    zh, en, colour = TIERS[tier]
    return label((f"{zh}（{colour}）", en))


def _show_criterion(trace: Json, own: Mapping[str, str]) -> None:
    name = label((trace["zh"], trace["en"]))
    # In the sentence that the pages show, for a figure by the name of its parameter tells a person nothing.
    asks = in_language(criterion_sentence(trace["name"], trace["parameters"], own))
    rule = f" ({asks})" if asks else ""
    say(f"  {_MARKS[trace['value']]} {name} {trace['clause']}: {_facts(trace['facts'], own)}{rule}")


def _show_change(change: Json, own: Mapping[str, str]) -> None:
    what = label(label_of(change["fact"], own))
    before, after = (_value(change["fact"], change[end]) for end in ("from", "to"))
    result = label(EDGE_WORDS[change["edge"]] if "edge" in change else TIERS[change["tier"]])
    say(Words(f"若 {what} {before} → {after}：{result}", f"if {what} {before} → {after}: {result}"))


def _facts(values: Json, own: Mapping[str, str]) -> str:
    return ", ".join(f"{label(label_of(name, own))} {_value(name, value)}" for name, value in values.items())


def _value(fact: str, value: Any) -> str:
    if fact == "cause" and value in CAUSE_LABELS:
        return label(CAUSE_LABELS[value])
    if fact in GUARANTEES and value in GUARANTEE_LEVELS:
        return label(GUARANTEE_LEVELS[value])
    return _plain(value)


def _plain(value: Any) -> str:
    if value is None:
        return label(("未知", "unknown"))
    # Before numbers: to Python a truth is one.
    if isinstance(value, bool):
        return label(("是", "yes") if value else ("否", "no"))
    # Enough for amounts to the fen, and without the tail of a binary fraction.
    return f"{value:,.10g}" if isinstance(value, float) else str(value)
