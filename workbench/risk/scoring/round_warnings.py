"""What to mind of a round that is scored: counties and codes that the model never saw, numbers that do not go on from the round before."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl

from workbench.domain.facts import CAUSE_LABELS, KINDS, LABELS
from workbench.domain.parameters import county_names
from workbench.errors import Words
from workbench.risk.data.counties.codes import recoded_counties
from workbench.risk.data.counties.unchanged_tiers import COLUMNS as FILED_COLUMNS
from workbench.risk.data.counties.unchanged_tiers import by_step, filed_frames, unchanged_tiers
from workbench.risk.data.draws import DrawnFacts
from workbench.risk.data.income_breaks import INCOME_COLUMNS, income_breaks
from workbench.risk.data.linkage import COLUMNS, linkages
from workbench.risk.data.panel import PanelReader
from workbench.risk.data.usable_rounds import in_spring
from workbench.risk.model.trained_model import RiskModel

_MOST_CODES_SHOWN = 5
_TIERS = frozenset("0123")
_BOTH = {"lifted": ("已脱贫户", "lifted"), "unregistered": ("未建档立卡户", "unregistered")}
_MOST_COUNTIES_SHOWN = 10
_CODE_LABELS = CAUSE_LABELS | KINDS
WARNING_COLUMNS = (*COLUMNS, "income_pc", "kind", "filed_tier")
"""What is asked of the round and of the one before, beside the coded facts that the model reads."""


def round_warnings(
    model: RiskModel, facts: DrawnFacts, round_name: str, register: str | None = None
) -> tuple[Words, ...]:
    """The warnings of a round, in the order in which they matter; of so many households as tell well enough.

    `register`: the URL of one outside of the store, which says what was filed.
    """
    return (
        *never_seen(model, facts.store.counties(round_name)),
        *_absent(model, facts.store.counties(round_name)),
        *_never_learnt(model, facts, round_name),
        *_other_half(model, round_name),
        *_recoded(facts, round_name),
        *_other_incomes(model, facts, round_name),
        *_copied_tiers(model, facts, round_name, register),
        *_twice(facts, round_name),
        *_unseen_codes(model, facts, round_name),
        *_unlinked(model, facts, round_name),
    )


def never_seen(model: RiskModel, codes: Sequence[str]) -> list[Words]:
    """Counties that the model never learnt from: of them it knows what holds of the others."""
    unseen = sorted(set(codes) - set(model.about.get("counties", {})))
    # Models of earlier versions do not say which counties they learnt from.
    if "counties" not in model.about or not unseen:
        return []
    # Both name and code: one that nobody here knows has no name.
    named = [(code, county_names(code)) for code in unseen]
    zh = "、".join(code if names[0] == code else f"{names[0]}（{code}）" for code, names in named)
    en = ", ".join(code if names[1] == code else f"{names[1]} ({code})" for code, names in named)
    return [
        Words(
            f"县区 {zh} 训练时没有数据：概率只按其他县区的规律估计，先不要用来报总数",
            f"counties {en} were not in the training data: their probabilities follow what holds elsewhere; "
            "do not report totals of them yet",
            code="risk.county-never-seen",
        )
    ]


def _absent(model: RiskModel, codes: Sequence[str]) -> list[Words]:
    """Counties that the model learnt from and the round does not hold: its totals are of the others."""
    gone = sorted(set(model.about.get("counties", {})) - set(codes))
    if not gone:
        return []
    names = [county_names(code) for code in gone[:_MOST_COUNTIES_SHOWN]]
    more = len(gone) - len(names)
    return [
        Words(
            f"{'、'.join(zh for zh, _ in names)}{f'等 {len(gone)} 个县区' if more else ''}这一期没有数据，没有评分，全市的总数不含那里",
            f"{', '.join(en for _, en in names)}{f' and {more} more' if more else ''}: no facts in this round and no scores; totals "
            "of the city are without them",
            code="risk.county-without-facts",
        )
    ]


def _never_learnt(model: RiskModel, facts: DrawnFacts, round_name: str) -> Iterator[Words]:
    """Lifted or unregistered households, where all that was learnt from is of the other kind: their slips are another thing."""
    # Models of earlier versions do not say whom they learnt from.
    learnt = {"lifted" if each in _TIERS else each for each in model.about.get("standings", {})}
    if not learnt:
        return
    here = set(facts.facts(round_name, ["kind"])["kind"].unique().to_list())
    for kind, (zh, en) in _BOTH.items():
        if kind in here and kind not in learnt:
            other_zh, other_en = next(names for other, names in _BOTH.items() if other != kind)
            yield Words(
                f"模型没有学过{zh}（训练时他们没有可用的结果）：他们的概率是照{other_zh}猜的，先不要用",
                f"the model learnt nothing of {en} households, none of which had an outcome to learn from: their probabilities are "
                f"guesses from {other_en} ones; do not use them yet",
                code="risk.kind-never-learnt",
            )


def _copied_tiers(model: RiskModel, facts: DrawnFacts, round_name: str, register: str | None) -> Iterator[Words]:
    """Counties whose filed tiers are those of the round before: the state that probabilities start from may be out of date."""
    before = facts.store.previous_round(round_name)
    # Most stores hold no filed tiers: the facts that the rule reads are not read for them.
    if before is None or not facts.facts(round_name, ["filed_tier"])["filed_tier"].count():
        return
    reader = PanelReader(facts.store, model.about["line"], register=register)
    step = replace(reader.next_transition(before), end=round_name, line_next=reader.line_of(round_name))
    frames = {name: facts.facts(name, FILED_COLUMNS) for name in (before, round_name)}
    for each in by_step(unchanged_tiers(filed_frames(reader, frames), [step])):
        said = each.seen + Words(
            "；那里已脱贫户的概率是从旧的等级算起的，先核对等级",
            "; probabilities of lifted households there start from tiers that may be out of date: check the tiers first",
        )
        yield Words(said.zh, said.en, code="risk.filed-tiers-copied")


def _other_half(model: RiskModel, round_name: str) -> list[Words]:
    """A half of the year that the model learnt nothing from: another line, another harvest, other work lie behind it."""
    # Models of earlier versions do not say which rounds they learnt from.
    learnt = model.about.get("rounds_learnt", [])
    if not learnt or in_spring(round_name) in {in_spring(name) for name in learnt}:
        return []
    zh, en = ("上半年", "first") if in_spring(round_name) else ("下半年", "second")
    return [
        Words(
            f"模型没有学过{zh}的期次之后怎样（只学过 {'、'.join(learnt)}）：概率按另半年的估计，总数先不要用，先后可以参考",
            f"the model learnt nothing of what follows rounds of the {en} half of a year (only {', '.join(learnt)}): its "
            "probabilities are those of the other half; do not use totals yet, the order may be looked at",
            code="risk.half-year-never-learnt",
        )
    ]


def _recoded(facts: DrawnFacts, round_name: str) -> list[Words]:
    """Counties that the round before held under another code: what looks back on it is not known there."""
    before = facts.store.previous_round(round_name)
    pair = (before, round_name) if before else ()
    return [each.words for each in recoded_counties(facts, pair)]


def _unseen_codes(model: RiskModel, facts: DrawnFacts, round_name: str) -> Iterator[Words]:
    """Values of coded facts that the model never learnt from: it takes them as it does any rare one."""
    codes = model.about.get("codes", {})
    if not codes:
        return
    # Of everybody who may have a score, also of those who cannot be judged this time: registered households never have one.
    households = facts.facts(round_name, list(dict.fromkeys(["kind", *codes])))
    households = households.filter(pl.col("kind").ne_missing("registered"))
    for fact, seen in codes.items():
        rows = households[fact].drop_nulls() if fact in households.columns else None
        unseen = None if rows is None else rows.filter(~rows.is_in(seen))
        if unseen is None or unseen.is_empty():
            continue
        names, (zh, en) = unseen.unique().sort().to_list(), LABELS.get(fact, (fact, fact))
        shown = [_CODE_LABELS.get(name, (name, name)) for name in names[:_MOST_CODES_SHOWN]]
        more = len(names) > _MOST_CODES_SHOWN
        yield Words(
            f"{zh}：{'、'.join(f'“{name}”' for name, _ in shown)}{'等' if more else ''}训练时没有过"
            f"（占 {len(unseen) / len(households):.1%}），按少见的一类估计",
            f"{en}: {', '.join(f'“{name}”' for _, name in shown)}{' and others' if more else ''} never seen in training "
            f"({len(unseen) / len(households):.1%}), taken as any rare one",
            code="risk.code-never-seen",
        )


def _other_incomes(model: RiskModel, facts: DrawnFacts, round_name: str) -> Iterator[Words]:
    """Counties whose incomes are in another unit than in the round before: their probabilities are of households that are not."""
    before = facts.store.previous_round(round_name)
    if before is None:
        return
    # Under the model's line, as everything else is read: of data from elsewhere no line of its years is known.
    reader = PanelReader(facts.store, model.about["line"])
    step = replace(reader.next_transition(before), end=round_name, line_next=reader.line_of(round_name))
    frames = {name: facts.facts(name, INCOME_COLUMNS) for name in (before, round_name)}
    for each in income_breaks(frames, [step]):
        said = each.changed + Words(
            "；那里的概率靠不住，先核对收入，先不要用",
            "; probabilities there are not to be relied upon: check the incomes first, and do not use them until then",
        )
        yield Words(said.zh, said.en, code="risk.incomes-of-county-unread")


def _twice(facts: DrawnFacts, round_name: str) -> Iterator[Words]:
    """Household numbers that stand more than once: nobody can say which of the rows goes on, so none of them is scored."""
    for county, households in _numbers(facts, round_name):
        ids = households.drop_nulls()
        numbers = ids.n_unique() - ids.is_unique().sum() if ids.n_unique() < len(ids) else 0
        if not numbers:
            continue
        zh, en = county_names(county)
        yield Words(
            f"{zh}：{round_name} 有 {numbers:,} 个户编号不止一行，分不清是哪一户，都没有评分；请先并成一行再导入",
            f"{en}: {numbers:,} household numbers of {round_name} stand in more than one row; none of these rows is scored: make "
            "them one and take the round in again",
            code="risk.numbers-twice",
        )


def _numbers(facts: DrawnFacts, round_name: str) -> Iterator[tuple[str, pl.Series]]:
    """Yield the household numbers of each county: of all of them, and not of a draw, since how many stand twice is told."""
    whole = facts.facts(round_name, COLUMNS) if facts.is_whole(round_name) else None
    for county in facts.store.counties(round_name):
        if whole is None:
            yield county, facts.store.frame(round_name, county, ["household_id"])["household_id"]
        else:
            yield county, whole.filter(pl.col("county_code") == county)["household_id"]


def _unlinked(model: RiskModel, facts: DrawnFacts, round_name: str) -> Iterator[Words]:
    """Counties whose numbers do not go on from the round before: what looks back there looks at other households."""
    before = facts.store.previous_round(round_name)
    if before is None:
        return
    # Under the model's line, as everything else is read: of data from elsewhere no line of its years is known.
    reader = PanelReader(facts.store, model.about["line"])
    step = replace(reader.next_transition(before), end=round_name)
    frames = {name: facts.facts(name, COLUMNS) for name in (before, round_name)}
    for each in linkages(frames, [step]):
        if each.broken:
            yield each.words + Words(
                "；与上一期相比的各项靠不住", "; what is compared with the round before is not to be relied upon"
            )
        elif each.unusual:
            yield each.words
