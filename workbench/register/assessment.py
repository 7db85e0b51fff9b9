"""What the rules say of the households of a county in a round, and a hash of the facts that they said it upon.

The procedure sets this beside what people propose, and looks again at filing: what has changed since is seen by the hashes.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, TypedDict, cast

import narwhals as nw
import polars as pl
from sqlalchemy import Connection

from workbench.domain.parameters import TierParameters, tier_parameters
from workbench.domain.rules.edge import EdgeLimits, below, edge_limits
from workbench.domain.rules.explanation import missing_of_edges, missing_of_tiers
from workbench.domain.rules.legal_readings import Reading, reading
from workbench.domain.rules.round_rules import (
    DEFAULT_READING,
    LIFTED,
    RULE_COLUMNS,
    STANDARD_FACTS,
    UNREGISTERED,
    RoundRules,
    apply_rules,
)
from workbench.domain.rules.standard import parse_standard
from workbench.domain.rules.tiers import TIER_FACTS
from workbench.register.access.acting_user import digest
from workbench.register.standards.in_force import Version, standard_of_round
from workbench.store.facts import FactStore

RISK, EDGE = "risk", "edge"
KIND_OF = {LIFTED: RISK, UNREGISTERED: EDGE}
"""Which procedure a household of each kind goes through; registered households are in the national register already."""

_PLACE = ("household_id", "township", "village", "kind")
READ = tuple(dict.fromkeys((*_PLACE, *RULE_COLUMNS)))
"""Every column that a judgement may read."""
_INCOMES = ("income_pc", "net_income", "out_of_pocket", "persons")
BELOW_LINE, UNDETERMINED = "below_line", "undetermined"


@dataclass(frozen=True)
class Rules:
    """The rules of a round in a county: figures, reading, and the standard of the round (None: the county has none)."""

    round: str
    county: str
    parameters: TierParameters
    reading: Reading
    version: Version | None

    @cached_property
    def limits(self) -> EdgeLimits | None:
        """The standard in force in yuan."""
        if self.version is None:
            return None
        standard = self.version.standard
        # Data from elsewhere has other money: its standard brings the line along.
        return edge_limits(standard, standard.line or self.parameters.line)

    @property
    def own_groups(self) -> Mapping[str, str]:
        """What the standard in force calls the key groups of the county's own."""
        return {} if self.version is None else self.version.standard.own_groups

    def record(self) -> dict[str, object]:
        """The figures and the reading, as a filing keeps them."""
        chosen = self.reading
        return {
            "parameters": asdict(self.parameters),
            "reading": {"name": chosen.name, "tier_1": chosen.tier_1, "tier_2": chosen.tier_2},
        }

    @cached_property
    def hash(self) -> str:
        """The hash of the figures and the reading."""
        return digest(self.record())

    @property
    def standard_hash(self) -> str | None:
        """The hash of the standard in force; None where there is none."""
        return None if self.version is None else self.version.hash


class AssessedHousehold(TypedDict):
    """A row of `assess`: a household with what the rules say of it."""

    household_id: str
    township: str | None
    village: str | None
    kind: str
    rule: str | None
    below_line: bool | None
    facts_hash: str


def rules_of(connection: Connection, round_name: str, county: str, today: dt.date) -> Rules:
    """The rules of a round in a county; `today` decides on the standard where nothing is proposed in it yet."""
    return Rules(
        round_name,
        county,
        tier_parameters(round_name),
        reading(DEFAULT_READING),
        standard_of_round(connection, county, round_name, today),
    )


def facts_read(
    facts: FactStore, round_name: str, county: str, households: Collection[str] | None = None
) -> pl.DataFrame:
    """The columns that judgements read, of the lifted and unregistered households of a county (or of those named).

    In order of their number; one that stands twice is there twice.
    """
    rows = facts.frame_with_previous(round_name, county, list(READ), households)
    # In one order whatever files they came from: lists, hashes and pages rest on it.
    return rows.filter(pl.col("kind").is_in(list(KIND_OF))).sort("household_id")


def below_line(facts: FactStore, rules: Rules, households: Collection[str] | None = None) -> pl.DataFrame:
    """The households of a county (or of those named) that meet the poverty criterion: household_id, township, village, kind.

    It is told without a tier and without the round before; of a household that stands twice it cannot be told.
    """
    rows = facts.frame(rules.round, rules.county, [*_PLACE, *_INCOMES], households)
    # Of two rows with one number nobody knows which is right, so neither opens a case.
    chosen = rows.filter(pl.col("kind").is_in(list(KIND_OF)) & pl.col("household_id").is_unique())
    return chosen.filter(poverty(chosen, rules)).select(_PLACE).sort("household_id")


def poverty(rows: pl.DataFrame, rules: Rules) -> pl.Series:
    """Whether each household meets the poverty criterion; null where it cannot be told.

    Its income below the line is enough, whatever a standard deducts; where a standard deducts and that leaves less, it
    counts too.
    """
    limits = rules.limits or _no_standard(rules)
    income, unregistered = nw.col("income_pc"), nw.col("kind") == "unregistered"
    tested = below(limits.line, deduct_out_of_pocket=limits.deduct_out_of_pocket)
    # A county's standard may have a line of its own, for edge households only.
    line = nw.when(unregistered).then(nw.lit(limits.line)).otherwise(nw.lit(rules.parameters.line))
    compared = nw.from_native(rows).select(below=(income < line) | (unregistered & tested))
    result: pl.Series = compared["below"].to_native()
    return result


def assess(rows: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Judge the households of `facts_read`, in their order, with the hash of what was read of each.

    Columns: household_id, township, village, kind; `rule`: "1", "2", "3" for lifted, "in", "out", "below_line" for
    unregistered ones, null where it cannot be told (a fact is missing, the number stands twice, no standard is in force);
    `below_line` true where the household meets the poverty criterion; `facts_hash`.
    """
    return results(rows, rules, hashed=True)


def results(rows: pl.DataFrame, rules: Rules, *, hashed: bool = False) -> pl.DataFrame:
    """`assess` without the column `facts_hash` unless `hashed`: where nothing is kept, hashing takes longer than judging."""
    # Below the line needs no standard; in or out does.
    limits = rules.limits or _no_standard(rules)
    by_rule = apply_rules(rows, RoundRules(rules.parameters, rules.reading, limits))
    lifted = _result(by_rule.lifted, pl.col("tier").cast(pl.String), rules, TIER_FACTS if hashed else None)
    of_standard = (*STANDARD_FACTS, *limits.own_groups) if hashed else None
    others = _result(by_rule.unregistered, _standing(rules), rules, of_standard)
    # A number that stands twice is nobody's in particular: no rule is said of it.
    known = pl.when(pl.col("household_id").is_unique())
    assessed = pl.concat([lifted, others]).with_columns(rule=known.then("rule"), below_line=known.then("below_line"))
    return assessed.sort("household_id", maintain_order=True)


def assessed_households(assessed: pl.DataFrame) -> list[AssessedHousehold]:
    """The rows of `assess` as records, in their order."""
    return cast("list[AssessedHousehold]", assessed.to_dicts())


def _standing(rules: Rules) -> pl.Expr:
    """What is said of an unregistered household whose standard was applied: BELOW_LINE, "in", "out" or null."""
    below, edge = pl.col("below_line"), pl.col("edge")
    alone = pl.when(below).then(pl.lit(BELOW_LINE))
    whole = alone.when(edge).then(pl.lit("in")).when(~edge & below.is_not_null()).then(pl.lit("out"))
    # Without a standard in force nobody is in or out, but who is below the line has a way all the same (§2.2-d).
    return alone if rules.version is None else whole


def _no_standard(rules: Rules) -> EdgeLimits:
    """What can be told of unregistered households where no standard is in force: who is below the line."""
    # A ceiling at the line itself lets nobody in: of these limits only the line says something.
    return edge_limits(parse_standard({"income": {"ceiling": {"multiple": 1.0}}}), rules.parameters.line)


def _result(rows: pl.DataFrame, rule: pl.Expr, rules: Rules, hashed: tuple[str, ...] | None) -> pl.DataFrame:
    """The columns of `results`; `hashed`: the columns that the hash is over, None where there is to be none."""
    said = rows.select(*_PLACE, rule=rule).with_columns(below_line=poverty(rows, rules))
    return (
        said if hashed is None else said.with_columns(pl.Series("facts_hash", hashes_of(rows, hashed), dtype=pl.String))
    )


_AS_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def hashes_of(rows: pl.DataFrame, read: tuple[str, ...]) -> list[str]:
    """The hash of what a judgement read, of each household."""
    return [
        hashlib.sha256(_AS_JSON(row).encode()).hexdigest()
        for row in rows.select("household_id", "kind", *read).iter_rows()
    ]


def rule_counts(assessed: pl.DataFrame, kind: str) -> dict[str, int]:
    """Households of a procedure (RISK, EDGE) by what the rules say of them; these are the figures of the preview."""
    of_kind = next(name for name, procedure in KIND_OF.items() if procedure == kind)
    counted = assessed.filter(kind=of_kind).group_by(pl.col("rule").fill_null(UNDETERMINED)).len()
    return dict(sorted(counted.iter_rows()))


def missing_facts(rows: pl.DataFrame, rules: Rules, households: Collection[str]) -> dict[str, list[str]]:
    """The facts to collect so that the rules can judge households; none for one that something else stands in the way of."""
    if not households:
        return {}
    chosen = rows.filter(pl.col("household_id").is_in(list(households)) & pl.col("household_id").is_unique())
    lifted, others = (chosen.filter(kind=kind).to_dicts() for kind in KIND_OF)
    missing: dict[str, list[str]] = {name: [] for name in households}
    # A household that stands twice, or that no standard judges, lacks no fact: something else is in the way of it.
    missing |= _by_number(lifted, missing_of_tiers(lifted, rules.parameters, rules.reading))
    if rules.limits is not None:
        # While the income is open, nothing that the standard asks for beside it can settle the household.
        tested = _INCOMES[1:] if rules.limits.deduct_out_of_pocket else _INCOMES[:1]
        missing |= _by_number(others, missing_of_edges(others, rules.limits))
        missing |= _by_number(
            others, [[name for name in tested if row[name] is None] or missing[row["household_id"]] for row in others]
        )
    return missing


def _by_number(rows: Sequence[Mapping[str, Any]], values: Iterable[list[str]]) -> dict[str, list[str]]:
    return {row["household_id"]: value for row, value in zip(rows, values, strict=True)}
