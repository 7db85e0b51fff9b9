"""What files do to what the round held, as JSON and in words: before they are taken in, and after."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from workbench.cli.language import in_language, label
from workbench.cli.output import say, show_table
from workbench.domain.facts import LABELS
from workbench.errors import Words
from workbench.safeguards.plain_data import Json
from workbench.store.batches.batch import Batch
from workbench.store.batches.comparison import Comparison

_SHOWN = 20
_COLUMNS = [
    Words("县区", "county"), Words("户编号", "household"), Words("事实", "fact"), Words("原来", "before"), Words("现在", "now"),
]  # fmt: skip
_UNKNOWN = Words("（未知）", "(not known)")


def effect(comparison: Batch | Comparison, number: int | None, changed: Sequence[str]) -> Json:
    """What it does to what the round held; the single changes are there as long as nothing is written."""
    record = {
        "added": comparison.added, "changed": comparison.changed, "unchanged": comparison.unchanged,
        "changed_facts": dict(sorted(comparison.changed_facts.items())),
        "forgotten": dict(sorted(comparison.forgotten.items())), "forgotten_households": comparison.forgotten_households,
        "batch": number, "changed_counties": list(changed),
    }  # fmt: skip
    if isinstance(comparison, Batch):
        # Of a batch only: against the findings of earlier files it is held when it is taken in.
        record["findings"] = dict(comparison.findings)
    if isinstance(comparison, Comparison):
        record["changes"] = [asdict(each) for each in comparison.changes]
    return record


def show_effect(record: Mapping[str, Any]) -> None:
    """Print what taking a file in changes: the counts, and the first of the single changes."""
    say(_against_before(record))
    findings = record.get("findings", {})
    if findings.get("stays") or findings.get("mended"):
        mended, stays = findings["mended"], findings["stays"]
        say(
            Words(
                f"此前的问题和提示：已改正 {mended:,}，仍在 {stays:,}",
                f"earlier findings: {mended:,} mended, {stays:,} stay",
            )
        )
    # Of what was taken in the counts alone are there, and no single changes.
    changes = record.get("changes", [])
    if not changes:
        return
    rows = [
        [each["county_code"], each["household_id"], _named(each["fact"]), _value(each["before"]), _value(each["after"])]
        for each in changes[:_SHOWN]
    ]
    title = Words("改动的事实（变空的在前）", "changed facts (those that become unknown first)")
    show_table(title, _COLUMNS, rows)
    total = sum(record["changed_facts"].values())
    # Against the counts by fact: a comparison itself holds no more single changes than can be shown.
    if total > len(rows):
        rest = Words(f"… 共 {total:,} 处；用 --json 看更多", f"… {total:,} in all: see more with --json")
        say(rest)


def _against_before(record: Mapping[str, Any]) -> Words:
    """Say how many households are new, changed or as before, and by which batch that is undone."""
    added, changed, unchanged = record["added"], record["changed"], record["unchanged"]
    number = record["batch"]
    said = Words(
        f"与本期次已有的相比：新增 {added:,} 户，改动 {changed:,} 户，不变 {unchanged:,} 户",
        f"against what the round held: {added:,} households added, {changed:,} changed, {unchanged:,} unchanged",
    )
    if record["changed_facts"]:
        said += _by_fact(record["changed_facts"], Words("；改动的事实：", "; facts changed: "))
    if record["forgotten"]:
        said += _forgotten(record)
    # With the way back: whoever sees a count that cannot be looks for it at once.
    if number is not None:
        said += Words(
            f"。第 {number} 批，撤销用 workbench intake undo {number}",
            f". Batch {number}, undone by workbench intake undo {number}",
        )
    return said


def _forgotten(record: Mapping[str, Any]) -> Words:
    """How many facts of how many households are not known any more: said so that nobody overlooks it."""
    total, households = sum(record["forgotten"].values()), record["forgotten_households"]
    said = Words(
        f"；注意：{households:,} 户共 {total:,} 项事实原来有值、现在变空：",
        f"; mind: {total:,} facts of {households:,} households were known before and are empty now: ",
    )
    return _by_fact(record["forgotten"], said)


def _by_fact(counts: Mapping[str, int], before: Words) -> Words:
    zh = "、".join(f"{LABELS.get(fact, (fact, fact))[0]} {count:,}" for fact, count in counts.items())
    en = ", ".join(f"{LABELS.get(fact, (fact, fact))[1]} {count:,}" for fact, count in counts.items())
    return before + Words(zh, en)


def _named(fact: str) -> str:
    return label(LABELS.get(fact, (fact, fact)))


def _value(value: object) -> str:
    return in_language(_UNKNOWN) if value is None else str(value)
