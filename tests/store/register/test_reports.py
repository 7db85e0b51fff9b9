"""Ledgers from a register: every household that it manages, and the standard of the register that was named."""

import dataclasses

import polars as pl
import pytest

from tests.cli.command import run
from tests.store.register.changes import take_through
from tests.store.register.conftest import COUNTY, NOW, ROUND
from workbench.reports.edge_ledger import edge_ledger
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.edge import gather_edge_ledger, standard_cited
from workbench.reports.gathering.summary import gather_summary
from workbench.store.register.filings import file_list
from workbench.store.register.judged import EDGE


def seen_by(office, desk=None, **changes):
    return CountyRound(office.register.facts, ROUND, COUNTY, desk, NOW.date(), **changes)


@pytest.fixture
def two_managed(office):
    """Two households in the edge register."""
    office.set_standard()
    chosen = office.households("unregistered", "in")[:2]
    for household in chosen:
        take_through(office, household, "enter", EDGE)
    file_list(office.officer, ROUND, COUNTY, EDGE)
    return sorted(chosen, key=lambda each: (each["township"], each["village"], each["household_id"]))


def without(office, household):
    """The facts taken in anew, without a household."""
    facts = office.register.facts
    rest = pl.DataFrame(facts.read(ROUND, COUNTY)).filter(pl.col("household_id") != household["household_id"])
    facts.write(ROUND, {COUNTY: rest.to_arrow(compat_level=pl.CompatLevel.oldest())}, facts.origin(ROUND, COUNTY))


def test_a_managed_household_without_facts_in_the_round_stands_in_the_ledger_with_blanks(office, two_managed):
    gone = two_managed[0]
    whole = gather_edge_ledger(seen_by(office, office.officer))
    without(office, gone)
    ledger = gather_edge_ledger(seen_by(office, office.officer))
    assert [row.household_id for row in ledger.rows] == [each["household_id"] for each in two_managed]
    row, other = ledger.rows
    assert (row.place.township, row.place.village) == (gone["township"], gone["village"])
    assert {value for name, value in row.facts.items() if name not in {"household_id", "township", "village"}} == {None}
    assert (row.remarks, other.remarks) == ("本轮数据中没有此户", "")
    assert (row.entered_on, row.status, row.standard) == (NOW.date(), whole.rows[0].status, whole.rows[0].standard)
    assert other == whole.rows[1]
    assert edge_ledger(ledger) != edge_ledger(whole)


def test_the_summary_counts_it_too(office, two_managed):
    def counted():
        rows = gather_summary(seen_by(office, office.officer)).rows
        return sum(row.edge.households for row in rows), sum(row.edge_new for row in rows)

    assert counted() == (2, 2)
    without(office, two_managed[0])
    assert counted() == (2, 2)


def test_the_area_of_the_person_holds_for_it_too(office, two_managed):
    gone = two_managed[0]
    other = next(each for each in office.households() if each["township"] != gone["township"])
    without(office, gone)
    found = gather_edge_ledger(seen_by(office, office.reviewer(other)))
    assert gone["household_id"] not in {row.household_id for row in found.rows}


def test_without_an_account_the_standard_is_that_of_the_register_named(office, tmp_path, capsys):
    url = office.register.engine.url.render_as_string(hide_password=False)
    office.set_standard(income={"ceiling": {"multiple": 1.1}})
    version, standard = standard_cited(seen_by(office, register=url))
    assert (version, standard.income.ceiling.multiple) == (1, 1.1)
    few, usual = (len(gather_edge_ledger(seen_by(office, register=each)).rows) for each in (url, None))
    assert few < usual
    command = ("ledger", "--round", ROUND, "--county", COUNTY, "--kind", "edge", "--out", tmp_path / "边缘户.xlsx")
    done = run(capsys, *command, "--store", office.register.facts.root, "--register", url, "--json")
    assert done.record["rows"] == few


def test_reports_without_a_register_are_of_facts_alone(office):
    assert dataclasses.astuple(seen_by(office).heading()) == dataclasses.astuple(seen_by(office).heading("risk"))
