"""Wherever a page names a key group of a county's own, it uses the name that the county's standard gives it."""

import pyarrow as pa
import pytest

from tests.ui.registers import COUNTY, ROUND
from tests.ui.stores import simulated_store
from workbench.domain.rules.standard import write_standard
from workbench.preview.scenario import Candidate
from workbench.store.facts import FactStore
from workbench.store.schema import Origin
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.changes_panel import ChangesPanel
from workbench.ui.pages.county_standard.differences import differences
from workbench.ui.pages.county_standard.state import StandardSession
from workbench.ui.pages.scenario_lab.page import ScenarioPage
from workbench.ui.pages.scenario_lab.state import ScenarioSession
from workbench.ui.pages.scenario_lab.table import sections

ZH = Language("zh")
OWN = {"x_remote": "偏远户"}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """One county that added a yes-or-no fact of its own, not known of every household."""
    simulated, added = simulated_store(tmp_path_factory.mktemp("city")), FactStore(tmp_path_factory.mktemp("own"))
    table = simulated.read(ROUND, COUNTY)
    remote = pa.array([row % 3 == 0 if row % 5 else None for row in range(len(table))])
    added.write(ROUND, {COUNTY: table.append_column("x_remote", remote)}, Origin(simulated=True))
    return added


@pytest.fixture
def session(store):
    """The county's standard with its own group declared, to which half the line more is allowed."""
    session = StandardSession(store, ROUND, COUNTY)
    session.declare_group("x_remote", OWN["x_remote"])
    session.put("income.group_ceilings", {"x_remote": 1.9})
    assert session.problems == {}
    return session


@pytest.mark.parametrize("change", ["", "enters", "open"])
def test_the_comparison_by_household_names_it_as_a_reason_and_as_what_is_lacking(session, change):
    shown = ChangesPanel(session, ZH)
    shown.fill()
    shown._take({"do": "change", "value": change})
    assert "偏远户" in shown.pane.html
    assert "x_remote" not in shown.pane.html


def test_it_is_named_too_where_only_the_standard_compared_with_declares_it(session):
    declared = session.standard
    session.withdraw_group("x_remote")
    session.compare_with(write_standard(declared).encode())
    shown = ChangesPanel(session, ZH)
    shown.fill()
    assert "偏远户" in shown.pane.html


def test_what_differs_between_standards_names_it(session):
    rows = differences(session.begun, session.standard, ZH)
    assert "偏远户的单独上限（倍数）" in [key for key, *_ in rows]
    groups = next(ours for key, _, ours in rows if key == "重点群体")
    assert "偏远户" in groups
    assert "x_remote" not in groups


@pytest.fixture
def page(store, session):
    lab = ScenarioSession(store, ZH, ROUND, COUNTY)
    lab.add(Candidate("本县", session.standard.model_copy(update={"county": None})))
    return ScenarioPage(lab, ZH)


def test_a_standard_that_does_not_declare_it_has_no_figure_of_it(page):
    listed = sections(page.session.scenario, page.session.compared(), ZH)
    (row,) = [row for section in listed for row in section.rows if row.label == "偏远户"]
    assert row.values[0] is None
    assert row.values[1] > 0


def test_the_lab_offers_its_keys_by_its_name(page):
    assert "重点群体含偏远户" in page.adding.html
    page.session.copy("本县", "groups.x_remote", "false")
    assert page.session.names[-1] == "重点群体含偏远户 否"
    page.session.copy("本县", "income.group_ceilings.x_remote", "1.5")
    assert page.session.names[-1] == "偏远户的单独上限（倍数） 1.5"


def test_a_sweep_of_its_ceiling_is_named_by_it(page):
    page.sweep._take({"do": "name", "value": "本县"})
    assert "偏远户的单独上限" in page.sweep.pane.html
    page.session.vary("本县", ["income.group_ceilings.x_remote=1:2:0.5"])
    page.session.sweep = page.session.sweep_request().count()
    page.sweep._show()
    assert page.sweep.chart.option["xAxis"]["name"] == "偏远户的单独上限（倍数）"
