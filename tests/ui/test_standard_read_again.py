"""What a second reader of the page of the standard stumbled over on the way to an approved one (issue 15), each held where it is said."""

import datetime as dt
import io
from dataclasses import replace

import pytest
from docx import Document

from tests.ui.registers import COUNTY, ROUND, demonstration_store
from tests.ui.scored import put_scores
from tests.ui.test_waiting_standards import OFFICER, SECOND, act, submitted  # noqa: F401 - a fixture
from workbench.domain.rules import standard_keys as keys
from workbench.errors import Words
from workbench.preview.counts.counts import Count
from workbench.preview.frontier.request import NO_PROPOSAL
from workbench.preview.hindsight.cliff import Cliff, Side
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.missed import CAUGHT
from workbench.register.standards.lists import standard_versions, version
from workbench.register.standards.versions import approve
from workbench.reports.documents.question_letter import LetterHead, question_letter
from workbench.store.schema import Origin
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.differences import remarks_in_words
from workbench.ui.pages.county_standard.page import CountyStandardPage
from workbench.ui.pages.county_standard.panels.budget_panel import BudgetPanel
from workbench.ui.pages.county_standard.panels.changes_panel import _group_text
from workbench.ui.pages.county_standard.procedure.asked_first import doubts_of_version
from workbench.ui.pages.county_standard.procedure.decision_button import decision_file
from workbench.ui.pages.county_standard.procedure.version_rows import version_rows
from workbench.ui.pages.county_standard.slips.hindsight_panel import HindsightPanel
from workbench.ui.pages.county_standard.slips.shares_panel import SharesPanel
from workbench.ui.pages.county_standard.state import StandardSession
from workbench.ui.pages.scenario_lab.row import Row, cells_of
from workbench.ui.pages.scenario_lab.table import _shown

ZH, ZH_DAY = Language("zh"), dt.date(2019, 11, 1)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = demonstration_store(tmp_path_factory, 6_000)
    put_scores(made, Origin(simulated=True))
    return made


@pytest.fixture
def session(store, act):  # noqa: F811 - the fixture
    act(OFFICER)
    return StandardSession(store, ROUND, COUNTY)


def sheet(session):
    (table,) = Document(io.BytesIO(decision_file(session).content)).tables
    return {row.cells[0].text: row.cells[1].text for row in table.rows}


def test_the_first_approved_standard_of_a_county_is_compared_with_the_reference(session, act):  # noqa: F811 - the fixture
    first = session.in_force.version
    session.examine(version(act(OFFICER), first.id))
    said = sheet(session)["改动"]
    assert said.startswith("本县此前没有现行标准；与参照标准相比：")


def test_the_sheet_of_an_approved_standard_says_what_it_changed(store, act):  # noqa: F811 - the fixture
    """It was compared with itself: nothing changed, nobody left, and it was the copy that is filed."""
    number = submitted(act(OFFICER), "2019-10-05")
    shown = StandardSession(store, ROUND, COUNTY)
    shown.load_standard(version(act(OFFICER), number).standard)
    before = sheet(shown)
    assert "与第1版（现行标准）相比：收入上限由" in before["改动"]
    approve(act(SECOND), number, "文号", ROUND)
    shown = StandardSession(store, ROUND, COUNTY)
    shown.examine(version(act(OFFICER), number))
    after = sheet(shown)
    assert after["改动"] == before["改动"].replace("第1版（现行标准）", "第1版（此前的标准）")
    assert after["谁进谁出"].endswith(before["谁进谁出"].partition("相比")[2])
    # Another version is chosen to compare with: that says nothing of whether one is in force.
    first = next(row for row in standard_versions(act(OFFICER), COUNTY) if row["version"] == 1)
    shown.compare_with_version(version(act(OFFICER), first["id"]))
    assert "尚无现行标准" not in sheet(shown)["改动"]
    # In the table the one before says what took its place.
    rows = {row["version"]: row for row in version_rows(act(OFFICER), shown, ZH)}
    assert rows[1]["replaced_by"] == shown.in_force.version.version
    assert rows[shown.in_force.version.version]["replaced_by"] is None
    # The standard of before is looked back on beside it.
    theirs, ours = shown.past_against(), Hindsight.over(shown.past_rounds(), shown.standard)
    said = sheet(shown)["回头看"]
    assert f"当期已纳入{theirs.of_outcome(CAUGHT).households:,.0f}户次，差别" in said
    assert f"这一标准{sum(each.totals.inside.households for each in ours.rounds):,.0f}户次" in said


def test_the_letter_cites_as_papers_do_and_keeps_the_decimal_of_what_is_expected():
    reading = {"words": Words("从严", "strict"), "in": 3, "newly_in": 0, "leaving": 0, "cannot_tell": 0, "cost": None}
    point = {
        "question": Words("怎样算？", "how?"), "clause": "§2.1.1-c", "kind": "lifted", "always": 2.0, "sometimes": 9.0,
        "readings": [reading | {"slips": slips} for slips in (2.5, 3.0, 11.5)],
    }  # fmt: skip
    record = {"act_today": {"households": 1.0}, "ask_the_city": {"households": 2.0}, "points": [point]}
    document = Document(io.BytesIO(question_letter(LetterHead("某县", ROUND, "标准", ZH_DAY, True), record)))
    text = "".join(each.text for each in document.paragraphs)
    assert "§" not in text
    assert "（《通知》二（一）1）" in text
    assert [row.cells[-1].text for row in document.tables[0].rows[-3:]] == ["2.5", "3.0", "11.5"]


def test_nothing_asks_for_a_group_is_said_while_it_is_chosen_and_asked_before_it_is_submitted(session):
    session.put(keys.REQUIRE_GROUP, value=False)
    (said,) = [each for each in remarks_in_words(session.standard, session.limits(), ZH) if "通知要求排查" in each]
    assert said in doubts_of_version(session, session.standard, ZH)
    session.put(keys.REQUIRE_GROUP, value=True)
    assert not [each for each in remarks_in_words(session.standard, session.limits(), ZH) if "通知要求排查" in each]


def test_a_ceiling_in_yuan_and_one_as_a_multiple_are_told_apart_in_the_past(session):
    """One amount brought in four times as many households in the first round as one multiple, and nothing said why."""
    shown = HindsightPanel(session, ZH, lambda function: function)
    past = Hindsight.over(session.past_rounds(), session.standard)
    lines = {each.past.limits.line for each in past.rounds}
    later = replace(past.rounds[0].past, limits=replace(past.rounds[0].past.limits, line=min(lines) + 782))
    several = replace(past, rounds=(*past.rounds, replace(past.rounds[0], past=later)))
    assert "上限按倍数写" in shown._notes(several)[0]
    session.put(keys.CEILING, {"yuan": 5000})
    in_yuan = replace(several, standard=session.standard)
    assert "上限按元写" in shown._notes(in_yuan)[0]
    # Under one line throughout it makes no difference.
    session.put(keys.LINE, 4000)
    assert not [each for each in shown._notes(replace(several, standard=session.standard)) if "上限按" in each]


def test_rounds_that_come_after_the_one_shown_are_said_to_be_counted_too(session, store):
    shown = HindsightPanel(session, ZH, lambda function: function)
    past = Hindsight.over(session.past_rounds(), session.standard)
    after = any(each.past.round_name >= ROUND for each in past.rounds)
    assert any("本期以前" in each for each in shown._notes(past)) == after
    early = StandardSession(store, store.rounds()[0], COUNTY)
    notes = HindsightPanel(early, ZH, lambda function: function)._notes(past)
    assert any("不只是本期以前的" in each for each in notes)


def test_a_sentence_on_a_few_households_says_how_few():
    def side(known, slipped):
        return Side(Count(known + 2, known + 2), Count(known, known), Count(slipped, slipped))

    few, many = Cliff(side(104, 6), side(90, 1)), Cliff(side(1040, 60), side(900, 10))
    shown = [
        render("past_cliff", ZH, sends=sends, sides=each, interval=each.interval, window="0.1", few=30)
        for each in (few, many)
    ]
    assert "两边合计只有 7 户次风险变差（刚好在内 6，刚好在外 1）" in shown[0]
    assert "data-few" not in shown[1]
    # The share can be worked out from what stands beside it.
    assert "104</td>" in shown[0]


def test_what_was_taken_up_again_and_stands_in_the_register_is_unsaved_no_more(session):
    page = CountyStandardPage(session, ZH)
    page.session.put(keys.HELP_COST, 2_345.0)
    text = page.session.yaml()
    page.session.choose(ROUND, COUNTY)
    page._restore(text)
    assert page.restored.layout.display is None
    page.session.begin_here()
    assert page.restored.layout.display == "none"


def test_help_that_costs_nothing_and_a_budget_for_nobody_offer_no_ceiling(session):
    shown = BudgetPanel(session, ZH, lambda _yuan: None)
    session.put("budget", 80_000.0)
    for cost, offered in ((3000.0, True), (0.0, False), (1e9, False)):
        session.put(keys.HELP_COST, cost)
        shown.refresh(session.breakdown(), None)
        assert ('"adopt"' in shown.pane.html or "&#34;adopt&#34;" in shown.pane.html) == offered, cost


def test_whose_condition_it_is_is_said():
    assert _group_text("", ZH, inside=True) == "对照要求属于重点群体，本次不要求"
    assert _group_text("", ZH, inside=False) == "本次要求属于重点群体，对照不要求"
    assert _group_text("残疾户", ZH, inside=True).startswith("本次列了")


def test_households_of_several_kinds_are_said_to_count_in_each(session):
    panel = SharesPanel(session, ZH)
    panel.fill()
    assert panel.html.value.count("data-overlap") == 2
    assert "没有列的：事实未知" not in panel.html.value


def test_an_amount_that_is_too_high_is_written_out(session):
    session.put(keys.CEILING, {"multiple": 1e8})
    said = [words.zh for words in session.problems.values()]
    assert said
    assert not [each for each in said if "e+" in each]


def test_that_no_change_is_proposed_is_said_in_one_breath():
    assert "没有一个抓住的明确更多" in NO_PROPOSAL.zh


def test_a_sheet_for_a_head_has_words_for_yes_and_no_and_differences_of_what_is_shown():
    assert cells_of("flag", [True, False, None], ZH) == ["是", "否", "–"]
    assert cells_of("tenths", [4.60700711607933, 24, None], ZH) == [4.607, 24, None]
    shown = _shown(Row("expected_slips", "预计", "tenths", [4.64, 5.16]), ZH)
    assert [each["text"] for each in shown["cells"]] == ["4.6", "5.2"]
    assert shown["cells"][1]["differs"] == "+0.6"
