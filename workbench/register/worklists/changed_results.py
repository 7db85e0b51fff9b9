"""Whose result has changed since it was proposed: the facts taken in or corrected since say something else (§2.1.1-b, §2.2-b).

The entry keeps what the rules said then; what they say now is judged anew, so that nothing has to be noted when facts come.
"""

import threading
from collections import Counter, OrderedDict

import polars as pl
from sqlalchemy import select

from workbench.domain.procedure.workflow import Stage
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import Rules, facts_read, results, rules_of
from workbench.register.db.procedure_tables import Entry
from workbench.store.fact_files import file_digest
from workbench.store.facts import FactStore

_COUNTIES = 16
"""Whose results are kept: a county of 40,000 households takes some two megabytes."""
_LOCK = threading.Lock()
_RESULTS: OrderedDict[tuple[object, ...], pl.DataFrame] = OrderedDict()
"""Of this process, by facts and rules: household_id and `now`, of every number that stands once."""

RESTING = (Stage.PROPOSED, Stage.REVIEWED, Stage.FILED)
"""The stages of what rests on a result: proposed, reviewed, filed."""


def has_changed(stage: pl.Expr, then: pl.Expr, now: pl.Expr) -> pl.Expr:
    """Whether what the rules say now is something else than what was proposed upon."""
    # Null is a result too: what could not be told then may be told now.
    return stage.is_in([str(each) for each in RESTING]) & then.ne_missing(now)


def count_changed_results(user: ActingUser, round_name: str) -> Counter[str]:
    """How many households of the person's area have another result than they were proposed upon, by procedure."""
    counts: Counter[str] = Counter()
    for county, entered in _resting(user, round_name).items():
        with user.reading() as connection:
            rules = rules_of(connection, round_name, county, user.today)
        joined = entered.join(_results_now(user.register.facts, rules), on="household_id", how="inner")
        counts.update(joined.filter(pl.col("rule").ne_missing(pl.col("now")))["kind"].to_list())
    return counts


def _results_now(facts: FactStore, rules: Rules) -> pl.DataFrame:
    """What the rules say of each household of a county, judged once while its facts and the rules are the same.

    Of the whole county, whoever asks: after a change of the register it is the same for the officer and every village.
    """
    key = (str(facts.root), rules.round, rules.county, _content(facts, rules), rules.hash, rules.standard_hash)
    with _LOCK:
        there = _RESULTS.get(key)
        if there is not None:
            _RESULTS.move_to_end(key)
            return there
    whole = results(facts_read(facts, rules.round, rules.county), rules)
    # A number that stands twice has no result that could be another one.
    now = whole.unique("household_id", keep="none").select("household_id", pl.col("rule").alias("now"))
    with _LOCK:
        _RESULTS[key] = now
        while len(_RESULTS) > _COUNTIES:
            _RESULTS.popitem(last=False)
    return now


def _content(facts: FactStore, rules: Rules) -> tuple[str, ...]:
    """The content of the files that a judgement of a county reads: of the round and of the county's round before."""
    before = facts.previous_round(rules.round, rules.county)
    names = [rules.round, *([before] if before else [])]
    return tuple(f"{path} {file_digest(path)}" for name in names for path in facts.files(name, rules.county))


def _resting(user: ActingUser, round_name: str) -> dict[str, pl.DataFrame]:
    """The entries that rest on a result, by county, as far as the county's facts of the round are there."""
    table = Entry.__table__
    query = select(table.c.county, table.c.household_id, table.c.kind, table.c.rule).where(
        table.c.round == round_name, table.c.stage.in_([str(each) for each in RESTING]), *user.inside(Entry)
    )
    with user.reading() as connection:
        rows = [tuple(row) for row in connection.execute(query)]
    schema = {"county": pl.String, "household_id": pl.String, "kind": pl.String, "rule": pl.String}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    facts = user.register.facts
    there = set(facts.counties(round_name)) if round_name in facts.rounds() else set()
    return {str(code): part for (code,), part in frame.partition_by("county", as_dict=True).items() if code in there}
