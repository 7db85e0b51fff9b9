"""A county's own key groups go by the name that its standard gives them, wherever facts are named to people."""

from dataclasses import replace

import ipywidgets as widgets
import pytest

from tests.cli.command import run, run_here
from workbench.cli.rules.tiers import _reasons
from workbench.domain.rules.counterfactual import Change
from workbench.domain.rules.explanation import Explanation, Trace
from workbench.errors import Words
from workbench.register.procedure.proposals import BatchResult, SkippedHousehold
from workbench.store.facts import FactStore
from workbench.ui.kit.household.changes import change_sentences
from workbench.ui.kit.household.story import criterion_row, story, story_html
from workbench.ui.kit.texts.facts import fact_with_unit
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.form.group_fields import OwnGroupActions, OwnGroupsField
from workbench.ui.pages.county_standard.page import CountyStandardPage
from workbench.ui.pages.county_standard.state import StandardSession
from workbench.ui.pages.register.batches.views import batch_html

OWN = {"x_remote": "偏远户"}
ROUND, COUNTY = "2019-10", "341524"
STANDARD = """county: "341524"
income: {ceiling: {multiple: 1.5}}
own_groups: {x_remote: 偏远户}
groups: [x_remote]
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """A simulated county with a draft standard that declares a group of which no fact is known."""
    root = tmp_path_factory.mktemp("own") / "store"
    assert run_here("simulate", "--households", 1000, "--rounds", 2, "--seed", 1, "--store", root).status == 0
    (root / "standards").mkdir()
    (root / "standards" / f"{COUNTY}.yaml").write_text(STANDARD, encoding="utf-8")
    return FactStore(root)


@pytest.fixture(scope="module")
def household(store):
    """An unregistered one whose result hangs on the county's own group."""
    rows = store.read(ROUND, COUNTY).to_pylist()
    return next(
        row
        for row in rows
        if row["kind"] == "unregistered" and row["income_pc"] is not None and 3218 <= row["income_pc"] < 1.5 * 3218
        and not any(row[name] for name in ("has_car", "has_commercial_housing", "on_public_payroll", "has_business"))
    )  # fmt: skip


def test_in_the_story_of_a_household(store, household):
    row = {
        "household_id": household["household_id"],
        "county_code": COUNTY,
        "reasons": None,
        "standing": "edge_unknown",
        "p_slip": None,
    }
    html = str(story_html(story(store, ROUND, row), Language("zh")))
    assert "偏远户" in html
    assert "x_remote" not in html


def test_in_what_the_shell_explains(capsys, store, household):
    done = run(capsys, "explain", household["household_id"], "--round", ROUND, "--store", store.root)
    assert done.status == 0, done.err
    assert "偏远户" in done.out
    assert "x_remote" not in done.out


def test_in_criteria_changes_and_tables():
    t = Language("zh")
    trace = Trace("x_remote", "偏远户", "偏远户", None, {"x_remote": None}, {}, "§2.2-b")
    assert criterion_row(trace, t, OWN)["facts"] == "偏远户：未知"
    explained = Explanation(
        "out", ["out"], [], [], [Change("x_remote", before=False, after=True, result="in", steps=1)]
    )
    assert "x_remote" not in "".join(change_sentences(explained, t, OWN))
    # The shell labels every change, also one of a fact that only a standard names.
    (change,) = _reasons(explained, "edge", OWN)["changes"]
    assert change["label"] == "偏远户"
    assert fact_with_unit("x_remote", t, OWN) == "偏远户"


def test_in_what_a_batch_left_alone():
    skipped = SkippedHousehold("34159999139346", Words("缺少事实", "facts are missing"), ["x_remote"], OWN)
    html = str(batch_html("", BatchResult([], [skipped]), Language("zh")))
    assert "偏远户" in html
    assert "x_remote" not in html


def test_the_button_that_takes_a_group_away_is_as_wide_as_its_name():
    def nothing(*_values):
        return None

    field = OwnGroupsField(Language("zh"), nothing, OwnGroupActions(lambda: ["x_remote"], nothing, nothing))
    field.show({"own_groups": {"x_remote": "居住偏远交通不便的户"}})
    (button,) = [each for each in buttons_of(field) if "居住偏远" in each.description]
    assert button.layout.width == "max-content"


def test_a_fact_that_intake_derived_goes_by_its_name_in_words():
    def nothing(*_values):
        pass

    field = OwnGroupsField(
        Language("zh"), nothing, OwnGroupActions(lambda: ["x_elderly_alone", "x_remote"], nothing, nothing)
    )
    field.show({})
    assert dict(field.fact.options) == {"纯老人户": "x_elderly_alone", "remote": "x_remote"}
    field.show({"own_groups": {"x_elderly_alone": "空巢户"}})
    assert field.listed.children[0].children[0].value == "空巢户（纯老人户）"


def buttons_of(widget):
    inner = [each for child in getattr(widget, "children", ()) for each in buttons_of(child)]
    return [widget, *inner] if isinstance(widget, widgets.Button) else inner


def test_a_group_without_a_usable_name_is_not_added_and_a_name_cures_it(store):
    """It would stand nameless, every figure would stand still, and no field could name it (issue 18)."""
    page = CountyStandardPage(StandardSession(store, ROUND, COUNTY), Language("zh"))
    session, field = page.session, page.form.own_groups
    session.withdraw_group("x_remote")
    field._actions = replace(field._actions, facts=lambda: ["x_remote"])
    page._show_form()
    before = session.standard
    for typed, said in (("  ", "先填群体名称"), ("长" * 31, "30 个字")):
        field.name.value = typed
        field.add.click()
        assert said in field.refused.value
        assert (session.problems, session.standard) == ({}, before)
        assert field.listed.children == ()
    assert field.name.value == "长" * 31  # to be shortened, and not typed again
    field.name.value = "偏远户"
    assert field.refused.value == ""
    field.add.click()
    assert session.standard.own_groups == {"x_remote": "偏远户"}
    assert field.refused.value == ""
