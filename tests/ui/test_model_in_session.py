"""The county-standard page with a model: what it says agrees with the preview; another standard."""

import io

import pytest
from python_calamine import load_workbook

from tests.preview.hindsight_by_hand import by_number, outcome, previous_of
from tests.ui.scored import ROUND, scored_store
from tests.ui.stores import changed_by
from workbench.domain.rules.standard import standard_data
from workbench.errors import InputError
from workbench.preview.hindsight.missed import OUTCOMES
from workbench.preview.request import preview
from workbench.preview.scope import PreviewScope
from workbench.preview.slips.expected import slips_record
from workbench.store.arrow.score_tables import read_scores
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.panels.certainty_panel import CertaintyPanel
from workbench.ui.pages.county_standard.panels.changes_panel import ChangesPanel
from workbench.ui.pages.county_standard.slips.model_panel import ModelPanel
from workbench.ui.pages.county_standard.state import StandardSession

COUNTY = "341522"
POSITIONS = [1.0, 1.25, 1.5, 1.75, 2.0]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return scored_store(tmp_path_factory.mktemp("city"))


@pytest.fixture
def session(store):
    return StandardSession(store, ROUND, COUNTY)


def shown_model(session, code="zh", multiple=1.5):
    model = ModelPanel(session, Language(code), lambda function: function)
    model.refresh(session.breakdown(), None, POSITIONS, "multiple", {"value": multiple, "position": multiple})
    return model


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
    assert len(changed_by(session)) >= counts.leaving.rows
    before = session.against
    with pytest.raises(InputError):
        session.compare_with(b"county: '341524'\nincome: {ceiling: {multiple: 2.5}}\n")
    assert session.against == before
    session.compare_with(None)
    assert (session.against.source, len(changed_by(session))) == ("reference", 0)


@pytest.mark.parametrize("code", ["zh", "en"])
def test_panels_tell_what_they_found(session, code):
    t = Language(code)
    session.put("income.ceiling", {"multiple": 2.0})
    session.put("income.group_ceilings.disability", 1.2)
    model = shown_model(session, code)
    assert 'data-figure="expected_slips"' in model.figures.value
    changes, certainty = ChangesPanel(session, t, lambda function: function), CertaintyPanel(session, t)
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
    model = shown_model(session)
    assert "已按收入预测换算" in model.figures.value


@pytest.fixture(scope="module")
def scored_households(store):
    """The scored unregistered households as plain rows with their previous round, and what is expected of each."""
    likely = dict(
        zip(
            *(read_scores(store.root, ROUND, [name], COUNTY)[name].to_pylist() for name in ("household_id", "p_slip")),
            strict=True,
        )
    )
    held = by_number({name: {COUNTY: store.read(name, COUNTY).to_pylist()} for name in store.rounds_of(COUNTY)})
    return [
        ({**row, "previous": previous_of(held, ROUND, COUNTY, number)}, likely[number])
        for number, (row, *_) in held[ROUND][COUNTY].items()
        if row["kind"] == "unregistered" and number in likely
    ]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, marks=pytest.mark.deep),
        pytest.param({"require_group": False}, marks=pytest.mark.deep),
        {"groups": ["dibao", "illness"], "exclusions": []},
    ],
)
def test_a_hundred_expected_slips_are_parted_as_those_of_the_past_are(session, scored_households, changes):
    for key, value in changes.items():
        session.put(key, value)
    for place in (0, 2, 4):
        multiple = POSITIONS[place]
        session.put("income.ceiling", {"multiple": multiple})
        live = shown_model(session, multiple=multiple).expected.picture.live
        standard = {"routes": {}, **standard_data(session.standard)}
        sums = dict.fromkeys(OUTCOMES, 0.0)
        for household, p in scored_households:
            sums[outcome(household, standard, 3218.0)] += p
        assert live.exact["outcomes"] == pytest.approx(sums, abs=1e-4)
        assert {name: live.curve["outcomes"][name][place] for name in OUTCOMES} == pytest.approx(sums, abs=1e-4)
        assert live.facts["slips"] == pytest.approx(sum(sums.values()))
        assert sums["caught"] > 0 or place == 0


@pytest.mark.parametrize("code", ["zh", "en"])
def test_each_part_of_what_is_expected_lists_its_households_with_what_would_hold_them(session, code):
    model = shown_model(session, code)
    picture, shown = model.expected.picture, model.expected.list
    for name in OUTCOMES:
        picture.live.chosen = name
        rows = load_workbook(io.BytesIO(shown.file().content)).get_sheet_by_index(0).to_python()[1:]
        assert sum(float(row[5]) for row in rows) == pytest.approx(
            picture.live.exact["outcomes"][name], abs=1e-3 + 5e-5 * len(rows)
        )
        assert all(row[7] for row in rows)
        assert shown.pane.html.count(f"early_warning.ipynb?county={COUNTY}&amp;round={ROUND}&amp;household=") == min(
            len(rows), 25
        )
    picture.live.chosen = "no such part"
    assert shown.pane.html == ""
