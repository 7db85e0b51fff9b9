"""The edge ledger of a county and round, gathered (LA2019-15 §2.2-c)."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import polars as pl

from workbench.domain.assistance.measures import measures
from workbench.domain.facts import KEY_GROUPS, LABELS
from workbench.domain.parameters import poverty_line
from workbench.domain.rules.edge import edge_limits, with_own_flags
from workbench.domain.rules.round_rules import apply_rules, rules_of_round
from workbench.register import county_records
from workbench.register.access.personal_data import NOBODY
from workbench.register.standards.in_force import StandardInUse, standard_in_use
from workbench.register.standards.lists import titles
from workbench.reports.gathering.county import CountyRound, shown_facts
from workbench.reports.gathering.risk import RegisterRecords
from workbench.reports.records import EdgeLedger, EdgeRow, EdgeStatus

_PLACE = ("household_id", "township", "village")
_OF_REGISTER = ("state", "entered_round", "entered_on", "left_on", "left_because", "officer", "standard_id")
_STATUS = {"registered": EdgeStatus.REGISTERED, "risk_gone": EdgeStatus.RISK_GONE}


def gather_edge_ledger(county_round: CountyRound) -> EdgeLedger:
    """The households of the edge register at the end of the round, those that left in it too.

    Where nobody in particular asks: the households that the standard in force brings in by the facts, as none is entered yet.
    """
    if county_round.user is None:
        applied = standard_applied(county_round)
        name, own = applied.name.zh, applied.standard.own_groups
        rows = tuple(_by_rule(county_round, name, own, row) for row in brought_in(county_round).iter_rows(named=True))
        return EdgeLedger(county_round.heading(), rows)
    registered = registered_households(county_round)
    records = RegisterRecords(county_round, "edge", registered["household_id"].to_list())
    with county_round.user.reading() as connection:
        standards = titles(connection, county_round.county)
    own = standard_applied(county_round).standard.own_groups
    rows = tuple(_registered(county_round, records, standards, own, row) for row in registered.iter_rows(named=True))
    return EdgeLedger(county_round.heading("edge"), rows)


def registered_households(county_round: CountyRound) -> pl.DataFrame:
    """The edge register's households of the round with their facts; one that the facts lack keeps its place, and blanks.

    Columns: the facts, what the register says of each (_OF_REGISTER), and `in_facts`.
    """
    rows = _edge_rows(county_round)
    schema = dict.fromkeys((*_PLACE, *_OF_REGISTER), pl.String) | {"standard_id": pl.Int64}
    records = pl.DataFrame([[row[name] for name in schema] for row in rows], schema=schema, orient="row")
    # A number that stands twice in the facts must not give an entry two rows.
    facts = county_round.households.unique("household_id", keep="first", maintain_order=True)
    joined = records.join(facts.with_columns(in_facts=pl.lit(1)), on="household_id", how="left", suffix="_now")
    # Where the round's facts say that it lives; where they lack it, where it was entered.
    place = [pl.coalesce(f"{name}_now", name).alias(name) for name in _PLACE[1:]]
    households = joined.with_columns(*place, in_facts=pl.col("in_facts").is_not_null())
    return households.drop(f"{name}_now" for name in _PLACE[1:]).sort(
        "township", "village", "household_id", nulls_last=True
    )


def _edge_rows(county_round: CountyRound) -> list[dict[str, Any]]:
    """The edge register's households of the round: managed at its end (`state` active), or left in it (left)."""
    assert county_round.user is not None
    rows = county_records.edge_households(county_round.user, county_round.county, county_round.round_name)
    # Of a past round, with those who have left since: they were managed then.
    return [
        {**row, "state": "left" if row["left_round"] == county_round.round_name else "active"}
        for row in rows
        if row["left_round"] is None or row["left_round"] >= county_round.round_name
    ]


def brought_in(county_round: CountyRound) -> pl.DataFrame:
    """The unregistered households that the standard in force brings in, by the facts."""
    standard = standard_applied(county_round).standard
    limits = edge_limits(standard, standard.line or poverty_line(county_round.round_name).value)
    return apply_rules(county_round.households, rules_of_round(county_round.round_name, limits)).brought_in


def _by_rule(county_round: CountyRound, standard: str, own: Mapping[str, str], row: Mapping[str, Any]) -> EdgeRow:
    return EdgeRow(
        place=county_round.place(row), household_id=row["household_id"], head_name="", id_number="", facts=shown_facts(row),
        status=EdgeStatus.MANAGED, standard=standard, main_risk=_groups(row, own), other_groups=_other_groups(row, own), remarks="按标准测算，尚未经程序纳入",
    )  # fmt: skip


def _registered(
    county_round: CountyRound,
    records: RegisterRecords,
    standards: Mapping[int, str],
    own: Mapping[str, str],
    row: Mapping[str, Any],
) -> EdgeRow:
    household = row["household_id"]
    head = records.heads.get(household, NOBODY)
    left_on = row["left_on"] if row["state"] == "left" else None
    return EdgeRow(
        place=county_round.place(row),
        household_id=household,
        head_name=head.name,
        id_number=head.id_number,
        facts=shown_facts(row),
        status=_STATUS.get(row["left_because"], EdgeStatus.CLOSED) if left_on else EdgeStatus.MANAGED,
        standard=standards.get(row["standard_id"] or 0, ""),
        other_groups=_other_groups(row, own),
        main_risk=_groups(row, own),
        proposal=records.actions.get((household, "propose")),
        review=records.actions.get((household, "agree")),
        entered_on=dt.date.fromisoformat(row["entered_on"]),
        changed_on=dt.date.fromisoformat(left_on) if left_on else None,
        officer=records.names.get(row["officer"] or "", row["officer"] or ""),
        visits=tuple(records.all_visits.get(household, ())),
        measures=tuple(measures()[name].zh for name in records.measures.get(household, ())),
        remarks="" if row["in_facts"] else "本期数据中没有此户",
    )


def _groups(row: Mapping[str, Any], own: Mapping[str, str]) -> str:
    """What puts the household at risk by its facts: the key groups that it belongs to."""
    return "、".join([LABELS[name][0] for name in KEY_GROUPS if row[name]] + list(_other_groups(row, own)))


def _other_groups(row: Mapping[str, Any], own_groups: Mapping[str, str]) -> tuple[str, ...]:
    """The county's own key groups that a household belongs to, by the names that its standard gives them (§2.2-b “等”)."""
    flags = with_own_flags(row, own_groups)
    return tuple(name for group, name in own_groups.items() if flags[group])


def standard_applied(county_round: CountyRound) -> StandardInUse:
    """The standard of the county in the round, whoever asks; one that is not in force is named as what it is."""
    register = county_round.register if county_round.user is None else county_round.user.register
    return standard_in_use(county_round, county_round.today, register)
