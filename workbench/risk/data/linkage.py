"""Whether household numbers mean one household from round to round: all labels, and all that looks back, rest on that.

Numbers that were given anew still find somebody in the next round, and who is found then slips or not at random: a model of
that learns nothing, and says so of nobody. So the persons and villages of those found are compared, against what chance gives.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from workbench.domain.parameters import county_names
from workbench.errors import Words
from workbench.risk.data.panel import Transition

LEAST_AGREEMENT = 0.5
"""Of persons or of villages, beyond chance: below it in both, the numbers stand for other households."""
USUAL_AGAIN, USUAL_AGREEMENT = 0.8, 0.8
"""Below either the linkage is worth a word: a household that cannot be followed is no household that did not slip."""
COLUMNS = ("household_id", "county_code", "village", "persons")
_LEAST_HOUSEHOLDS = 30
_MOST_CHANCE = 0.95
_KEY = ["county_code", "household_id"]


@dataclass(frozen=True)
class Linkage:
    """How the numbers of a county go on from a round to its next one.

    `households`: those of the start; `again`: the share of their numbers that the end holds; `villages`, `persons`: how
    often those agree in either, beyond chance (1 always, 0 as if dealt out anew), None where that cannot be told.
    """

    start: str
    end: str
    county: str
    households: int
    again: float
    villages: float | None
    persons: float | None

    @property
    def agreement(self) -> float | None:
        """The better of the two: villages are merged and renamed, and families grow, but hardly both at once."""
        known = [each for each in (self.villages, self.persons) if each is not None]
        return max(known) if known else None

    @property
    def broken(self) -> bool:
        """Whether the numbers stand for other households, so that nothing may be learnt from the step."""
        return self.agreement is not None and self.agreement < LEAST_AGREEMENT

    @property
    def unusual(self) -> bool:
        """Whether the linkage is worth a word."""
        return self.again < USUAL_AGAIN or (self.agreement is not None and self.agreement < USUAL_AGREEMENT)

    @property
    def words(self) -> Words:
        """How the numbers go on, and what follows."""
        zh, en = county_names(self.county)
        said = Words(
            f"{zh}：{self.start} 的户编号，{self.again:.0%} 在 {self.end} 再找得到",
            f"{en}: of the household numbers of {self.start}, {self.again:.0%} are there again in {self.end}",
            code="risk.household-numbers-linked",
        )
        return said + _agreeing(self) + _following(self)


def _agreeing(link: Linkage) -> Words:
    parts = [
        (zh, en, value) for zh, en, value in (("村", "villages", link.villages), ("人口", "persons", link.persons))
        if value is not None
    ]  # fmt: skip
    if not parts:
        return Words("", "")
    zh = "、".join(f"{name} {value:.0%}" for name, _, value in parts)
    en = ", ".join(f"{name} {value:.0%}" for _, name, value in parts)
    return Words(f"；找到的户，除去巧合，前后一致的：{zh}", f"; of those, agreeing beyond chance: {en}")


def _following(link: Linkage) -> Words:
    if link.broken:
        return Words(
            "。同一编号前后不像同一户，这一步的“风险变差”不可信，不用来学；请核对户编号",
            ". A number does not seem to be one household in both: its slips are not to be trusted and nothing is learnt "
            "from them; check the household numbers",
        )
    if link.again < USUAL_AGAIN:
        return Words(
            "。找不到的户没有结果可学；若多是换了编号，请先对上",
            ". What became of the others is not known; where numbers were changed, match them first",
        )
    return Words("", "")


def linkages(frames: Mapping[str, pl.DataFrame], steps: Sequence[Transition]) -> tuple[Linkage, ...]:
    """The linkage of every county in every step; `frames` by round hold COLUMNS. Counties of few households are passed over."""
    return tuple(
        link
        for step in steps
        for link in _of_step(step, *(_numbered(frames[name], step.counties) for name in (step.start, step.end)))
    )


def _numbered(frame: pl.DataFrame, chosen: Sequence[str] | None) -> pl.DataFrame:
    """The households that can be followed: of one number, once in their county."""
    columns = [name for name in COLUMNS if name in frame.columns]
    # Of a number that stands twice nobody can say which of the two went on.
    rows = frame.select(columns).filter(pl.col("household_id").is_not_null()).unique(_KEY, keep="none")
    return rows if chosen is None else rows.filter(pl.col("county_code").is_in(list(chosen)))


def _of_step(step: Transition, before: pl.DataFrame, after: pl.DataFrame) -> list[Linkage]:
    both = before.join(after, on=_KEY, suffix="_after")
    links = []
    for (code,), rows in before.group_by("county_code", maintain_order=True):
        # A county that the later round does not hold yet has no step there.
        if len(rows) < _LEAST_HOUSEHOLDS or not (after["county_code"] == code).any():
            continue
        pairs = both.filter(pl.col("county_code") == code)
        agreements = [agreement(pairs, fact) for fact in ("village", "persons")]
        links.append(Linkage(step.start, step.end, str(code), len(rows), len(pairs) / len(rows), *agreements))
    return sorted(links, key=lambda link: link.county)


def agreement(pairs: pl.DataFrame, fact: str) -> float | None:
    """Cohen's kappa of a fact in both rounds; None where too few are known, or chance alone makes nearly all agree."""
    if fact not in pairs.columns or f"{fact}_after" not in pairs.columns:
        return None
    values = pairs.select(now=pl.col(fact), then=pl.col(f"{fact}_after")).drop_nulls()
    if len(values) < _LEAST_HOUSEHOLDS:
        return None
    shares = (
        values["now"]
        .value_counts(normalize=True)
        .join(values["then"].value_counts(normalize=True), left_on="now", right_on="then", suffix="_then")
    )
    chance = float((shares["proportion"] * shares["proportion_then"]).sum())
    agreeing = float((values["now"] == values["then"]).sum()) / len(values)
    return None if chance > _MOST_CHANCE else (agreeing - chance) / (1 - chance)
