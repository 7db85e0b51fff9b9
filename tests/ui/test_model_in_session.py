"""The county-standard page with a model: what it says agrees with the preview; another standard."""

import pytest

from tests.ui.scored import ROUND, scored_store
from workbench.errors import InputError
from workbench.preview.request import PreviewScope, preview
from workbench.preview.slips.expected import slips_record
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.certainty_panel import CertaintyPanel
from workbench.ui.pages.county_standard.changes_panel import ChangesPanel
from workbench.ui.pages.county_standard.model_panel import ModelPanel
from workbench.ui.pages.county_standard.state import StandardSession

COUNTY = "341522"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return scored_store(tmp_path_factory.mktemp("city"))


@pytest.fixture
def session(store):
    return StandardSession(store, ROUND, COUNTY)


def test_expected_slips_are_those_of_the_preview(session, store):
    session.put("income.ceiling", {"multiple": 1.7})
    broken, expected = session.breakdown(), session.expectation()
    figures = slips_record(expected.caught(broken.pieces), broken.totals.inside, None)
    record = preview(PreviewScope(store, ROUND, COUNTY), session.standard)
    for key in ("expected_slips", "expected_slips_interval", "slips_share", "slips_share_interval"):
        assert figures[key] == record[key]
    assert session.head().model == "made-up"
    against = preview(PreviewScope(store, ROUND, COUNTY), session.standard, session.against.standard)
    assert session.gain(broken).record() == against["gain"]
    assert against["gain"]["slips"] > 0


def test_another_standard_from_a_file_can_be_compared_with(session):
    assert session.against.source == "reference"
    session.compare_with(b"income: {ceiling: {multiple: 2.5}}\n")
    assert session.against.source == "chosen_file"
    counts = session.breakdown().totals
    assert (counts.newly_in.rows, counts.leaving.rows > 0) == (0, True)
    assert len(session.changes()) >= counts.leaving.rows
    before = session.against
    with pytest.raises(InputError):
        session.compare_with(b"county: '341524'\nincome: {ceiling: {multiple: 2.5}}\n")
    assert session.against == before
    session.compare_with(None)
    assert (session.against.source, len(session.changes())) == ("reference", 0)


@pytest.mark.parametrize("code", ["zh", "en"])
def test_panels_tell_what_they_found(session, code):
    t = Language(code)
    session.put("income.ceiling", {"multiple": 2.0})
    session.put("income.group_ceilings.disability", 1.2)
    model = ModelPanel(session, t)
    model.refresh(session.breakdown())
    assert 'data-figure="expected_slips"' in model.figures.value
    changes, certainty = ChangesPanel(session, t), CertaintyPanel(session, t)
    changes.fill()
    certainty.fill()
    changes._take({"do": "change", "value": "enters"})
    changes._take({"do": "change", "value": "<b>"})
    assert changes.change == "enters"
    certainty._take({"do": "error", "at": 2})
    certainty._take({"do": "error", "at": 99})
    assert certainty.error == 0.2
    assert 'data-table="remeasured"' in certainty.pane.html


def test_under_a_line_that_the_scores_do_not_carry_to_nothing_is_said(session):
    session.put("line", 3000.0)
    assert session.expectation() is not None
    model = ModelPanel(session, Language("zh"))
    model.refresh(session.breakdown())
    assert "已按收入预测换算" in model.figures.value
