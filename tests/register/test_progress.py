"""Progress counts households, each once: who goes through a round is said the same on every page."""

import polars as pl
from sqlalchemy import event

from tests.register.conftest import COUNTY, ROUND
from workbench.domain.facts import KEY_GROUPS
from workbench.register.assessment import EDGE, RISK
from workbench.register.edge_register import screening
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose
from workbench.register.procedure.reviews import agree
from workbench.register.unit_of_work.county_closing import unfinished
from workbench.register.worklists.progress import progress, village_progress, waiting
from workbench.register.worklists.visit_order import round_lists, visits_due
from workbench.register.worklists.worklist import assess_county, round_list


def written(office, rows, round_name=ROUND):
    """The facts of a round taken in anew."""
    facts, table = office.register.facts, rows.to_arrow(compat_level=pl.CompatLevel.oldest())
    facts.write(round_name, {COUNTY: table}, facts.origin(round_name, COUNTY))


def outside_screening(office):
    """An unregistered household in no key group, in a village with others that are to be screened."""
    wanted = screening(office.officer, ROUND, COUNTY)
    chosen = office.households("unregistered", "in")[0]["household_id"]
    township, village = wanted.filter(pl.col("household_id") != chosen).select("township", "village").row(0)
    values = {"township": township, "village": village, **dict.fromkeys(KEY_GROUPS, False)}
    here = pl.col("household_id") == chosen
    for name in office.register.facts.rounds():
        rows = pl.DataFrame(office.register.facts.read(name, COUNTY))
        changed = [
            pl.when(here).then(pl.lit(value)).otherwise(column).alias(column)
            for column, value in values.items()
            if column in rows.columns
        ]
        written(office, rows.with_columns(changed), name)
    return next(each for each in office.assessed("unregistered").to_dicts() if each["household_id"] == chosen)


def not_visited(rows, kind):
    return sum(row.not_visited for row in rows if row.kind == kind)


def listed_as_new(user, round_name, kind):
    assessed = assess_county(user, round_name, COUNTY)
    return round_list(user, round_name, COUNTY, kind, assessed).filter(stage="new").height


def test_a_visit_outside_the_screening_hides_nobody_who_is_to_be_visited(office):
    office.set_standard()
    household = outside_screening(office)
    before = progress(office.officer, ROUND)
    lacking = unfinished(office.officer, ROUND, COUNTY)
    office.visit(household)
    after = progress(office.officer, ROUND)
    assert not_visited(after, EDGE) == not_visited(before, EDGE) == len(screening(office.officer, ROUND, COUNTY))
    assert sum(row.households for row in after) == sum(row.households for row in before) + 1
    assert unfinished(office.officer, ROUND, COUNTY).households == lacking.households + 1


def test_home_and_progress_say_one_figure(office):
    office.set_standard()
    household = outside_screening(office)
    office.visit(household)
    worker = office.worker(household)
    due = visits_due(worker, ROUND, COUNTY, round_lists(worker, ROUND, COUNTY))
    by_task = waiting(worker, ROUND).by_task
    assert by_task["visit_edge"] == len(due.filter(procedure=EDGE)) > 0
    assert by_task["visit_risk"] == len(due.filter(procedure=RISK))
    assert not_visited(village_progress(worker, ROUND), EDGE) == by_task["visit_edge"]


def test_who_is_in_the_edge_register_goes_through_every_round(office):
    office.set_standard()
    household = outside_screening(office)
    office.visit(household)
    name = household["household_id"]
    propose(office.worker(household), ROUND, name, "enter", "村里评议，确有困难")
    agree(office.reviewer(household), ROUND, EDGE, [name])
    file_list(office.officer, ROUND, COUNTY, EDGE)
    (other,) = [name for name in office.register.facts.rounds() if name != ROUND]
    for kind in (RISK, EDGE):
        assert not_visited(progress(office.officer, other), kind) == listed_as_new(office.officer, other, kind)


def test_a_household_that_the_facts_have_no_more_hides_nobody_either(office):
    first = office.households()[0]
    office.visit(first)
    whole = pl.DataFrame(office.register.facts.read(ROUND, COUNTY))
    written(office, whole.filter(pl.col("household_id") != first["household_id"]))
    rows = progress(office.officer, ROUND)
    assert not_visited(rows, RISK) == len(office.assessed())


def test_of_a_city_no_query_gives_the_households_of_more_than_one_county(office):
    """Who has an entry is counted in the database; numbers of households are asked for a county at a time."""
    office.set_standard()
    for household in office.households(rule="2")[:3]:
        office.visit(household)
    statements = []
    event.listen(office.register.engine, "before_cursor_execute", lambda *said: statements.append(said[2]))
    city, county = progress(office.acting_user("reader"), ROUND), progress(office.officer, ROUND)
    assert [row for row in city if row.county == COUNTY] == county
    assert sum(row.stages.get("visited", 0) for row in county if row.kind == RISK) == 3
    of_households = [each for each in statements if "entry.household_id" in each.partition("FROM")[0]]
    assert of_households
    assert [each for each in of_households if "entry.county = " not in each] == []
