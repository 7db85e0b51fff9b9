"""Whom a village visits next, and why: missing facts first, then what the standard and the rules say, then the model.

Last of all whose next step is another's: a case that a township or the county has in hand.
"""

import polars as pl

from workbench.domain.procedure.workflow import Stage
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import EDGE, RISK, facts_read, missing_facts, rules_of
from workbench.register.cases.precedence import next_step, running_cases
from workbench.register.worklists.worklist import assess_county, round_list
from workbench.store.arrow.score_tables import read_scores
from workbench.store.scores import has_scores

_URGENCY = {"below_line": 1, "1": 1, "in": 2, "2": 2}
"""How soon a result asks for a visit, 0 being at once; any other comes last."""
_LAST = 3
_OF_OTHERS = 4


def round_lists(user: ActingUser, round_name: str, county: str) -> pl.DataFrame:
    """The households of both procedures in the person's area as `worklist.round_list` has them; `procedure` says of which each is."""
    assessed = assess_county(user, round_name, county)
    lists = [
        round_list(user, round_name, county, kind, assessed).with_columns(pl.lit(kind).alias("procedure"))
        for kind in (RISK, EDGE)
    ]
    return pl.concat(lists, how="vertical_relaxed")


def visits_due(user: ActingUser, round_name: str, county: str, listed: pl.DataFrame) -> pl.DataFrame:
    """The households of `round_lists` without a visit in the round, the next one first; `p_slip` null where not scored.

    `of_others`: whether a case of the household runs whose next step is somebody else's.
    """
    with user.reading() as connection:
        has_standard = rules_of(connection, round_name, county, user.today).version is not None
        cases = running_cases(connection, county)
    rights = user.person.role.rights
    # By the facts that opened it: what was corrected since is looked at where the case stands (0052).
    steps = {name: next_step(case, below_line=True) for name, case in cases.items()}
    elsewhere = [name for name, step in steps.items() if step is not None and step.right not in rights]
    waiting = listed.filter(pl.col("stage") == str(Stage.NEW))
    # Without a standard the rules tell nothing of an edge household, whatever is known of it.
    lacks_facts = pl.col("rule").is_null() & ((pl.col("procedure") == RISK) | has_standard)
    urgency = pl.col("rule").replace_strict(_URGENCY, default=_LAST, return_dtype=pl.Int64)
    of_others = pl.col("household_id").is_in(elsewhere)
    return (
        waiting.join(_scores(user, round_name, county), on="household_id", how="left")
        .with_columns(
            urgency=pl.when(of_others).then(_OF_OTHERS).when(lacks_facts).then(0).otherwise(urgency.fill_null(_LAST)),
            of_others=of_others,
        )
        .sort("urgency", "p_slip", "household_id", descending=[False, True, False], nulls_last=True)
    )


def lacking_facts(user: ActingUser, round_name: str, county: str, households: list[str]) -> dict[str, list[str]]:
    """The facts that each of a few households lacks before the rules can tell."""
    with user.reading() as connection:
        rules = rules_of(connection, round_name, county, user.today)
    return missing_facts(facts_read(user.register.facts, round_name, county, households), rules, households)


def _scores(user: ActingUser, round_name: str, county: str) -> pl.DataFrame:
    root = user.register.facts.root
    if not has_scores(root, round_name):
        return pl.DataFrame(schema={"household_id": pl.String, "p_slip": pl.Float64})
    # A number that stands twice tells nothing of anybody.
    scores = pl.DataFrame(read_scores(root, round_name, ["household_id", "p_slip"], county))
    return scores.unique("household_id", keep="none")
