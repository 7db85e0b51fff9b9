"""What a first reader of the page of the standard stumbled over (issue 15), each held where it is said."""

import datetime as dt
import re

import pytest

from tests.ui.registers import COUNTY, ROUND, demonstration_store
from tests.ui.scored import put_scores
from tests.ui.test_waiting_standards import OFFICER, SECOND, act, panel, submitted  # noqa: F401 - a fixture
from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.standard import parse_standard, standard_data
from workbench.errors import InputError, Words
from workbench.preview.counts.budget import Margin
from workbench.preview.hindsight.margin import PastMargin
from workbench.preview.price_words import expected_price, past_price
from workbench.preview.slips.intervals import level_words
from workbench.preview.submission import submission_figures
from workbench.register.standards.lists import standard_versions, version
from workbench.register.standards.versions import withdraw
from workbench.reports.documents.decision_sheet import _to_spare
from workbench.store.schema import Origin
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.differences import differences
from workbench.ui.pages.county_standard.page import CountyStandardPage
from workbench.ui.pages.county_standard.panels.certainty_panel import CertaintyPanel
from workbench.ui.pages.county_standard.panels.frontier_panel import FrontierPanel
from workbench.ui.pages.county_standard.panels.readings_panel import ReadingsPanel
from workbench.ui.pages.county_standard.procedure.decision_button import decision_file
from workbench.ui.pages.county_standard.procedure.version_rows import version_rows
from workbench.ui.pages.county_standard.slips.shares_panel import SharesPanel
from workbench.ui.pages.county_standard.state import StandardSession
from workbench.ui.pages.home.overview import HomePlace, overview, render_overview
from workbench.ui.pages.scenario_lab.state import ScenarioSession
from workbench.ui.pages.scenario_lab.table import comparison_html

ZH = Language("zh")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    made = demonstration_store(tmp_path_factory, 6_000)
    put_scores(made, Origin(simulated=True))
    return made


@pytest.fixture
def session(store, act):  # noqa: F811 - the fixture
    act(OFFICER)
    return StandardSession(store, ROUND, COUNTY)


def test_a_county_too_small_for_a_judgement_is_told_that_no_ceiling_helps(session, monkeypatch):
    shown = CertaintyPanel(session, ZH)
    shown.fill()
    count = ZH.number(session.breakdown().unregistered.rows)
    assert f"本县一共只有 {count} 户未建档户" in shown.pane.html
    assert "无论上限定在哪里" in shown.pane.html
    # Where only the range around this ceiling is thin, another one may be judged.
    monkeypatch.setattr("workbench.ui.pages.county_standard.panels.certainty_panel.TOO_FEW", 1)
    shown.fill()
    assert "户，不足 1 户，不作判断。" in shown.pane.html


def test_the_demonstration_s_version_has_the_figures_that_it_was_submitted_with(session, act):  # noqa: F811 - the fixture
    """It alone said that no result was kept at its submission, beside a procedure that keeps one of every version (issue 15)."""
    user = act(OFFICER)
    first = standard_versions(user, COUNTY)[-1]
    assert first["version"] == 1
    preview = submission_figures(user, ROUND, COUNTY, version(user, first["id"]).standard)
    assert preview["in"] > 0
    # `newly_in`: beside what was in force when it was submitted, and nothing was.
    for key in ("round", "line", "in", "cannot_tell", "below_line", "cost"):
        assert first["preview"][key] == preview[key]
    row = version_rows(user, session, ZH)[-1]
    assert row["in"] == ZH.number(preview["in"])


def test_a_request_says_that_the_figures_below_are_not_yet_its_own(store, act):  # noqa: F811 - the fixture
    number = submitted(act(OFFICER), "2019-11-20")
    act(SECOND)
    shown = panel(store)
    said = "下面各数是表单里的选择的，点开后才是这一版的。"
    assert said in shown.waiting.html
    shown.waiting._on_choice({"do": "examine", "id": number})
    assert said not in shown.waiting.html
    shown.waiting._on_choice({"do": "own"})
    assert said in shown.waiting.html
    withdraw(act(OFFICER), number, "试")


def test_a_draft_that_is_not_what_the_form_says_is_named_before_it_is_submitted(store, act):  # noqa: F811 - the fixture
    user = act(OFFICER)
    page = CountyStandardPage(StandardSession(store, ROUND, COUNTY), ZH)
    page.session.put(keys.CEILING, {"multiple": 1.24})
    page.session.put(keys.EFFECTIVE, "2019-11-12")
    page.versions.fill()
    page.versions.pane._on_choice({"do": "draft"})
    (drafted, *_) = standard_versions(user, COUNTY)
    assert "data-unlike" not in page.versions.drafting.html
    page.session.put(keys.CEILING, {"multiple": 1.4})
    said = page.versions.drafting.html
    assert f"草案第 {drafted['version']} 版与表单里现在的选择不同" in said
    assert "1.24 → 1.4" in said
    page.session.put(keys.CEILING, {"multiple": 1.24})
    assert "data-unlike" not in page.versions.drafting.html
    # What was said of the draft goes when the next step is refused.
    assert "已存为第" in page.versions.pane.html
    page.session.put(keys.HELP_COST, 10.0)
    with pytest.raises(InputError):
        page.versions._take({"do": "draft"})
    assert "已存为第" not in page.versions.pane.html
    withdraw(user, drafted["id"], "试")


def test_the_sheet_says_how_many_can_be_told_now_where_others_cannot(session):
    """ "14 → 13" beside "5 become so" looked like a sum gone wrong."""
    session.put(keys.GROUPS, ["illness"])
    session.put(keys.EXCLUSIONS, [])
    session.put(keys.route("rigid_expenditure"), {"share": 0.2, "ceiling": {"multiple": 3.0}})
    from tests.ui.test_one_figure import N  # noqa: PLC0415

    text = sheet_text(session)
    both = session.under_both()
    before, now = both["edge_before"].is_null().sum(), both["edge"].is_null().sum()
    opened = both.filter(both["edge"].is_null() & both["edge_before"].is_not_null()).height
    assert opened
    assert before != now
    said = re.search(rf"；{N}户变为不能判定，另有{N}户由不能判定变为能判定（不能判定合计由{N}户变为{N}户）", text)
    assert [int(each.replace(",", "")) for each in said.groups()] == [opened, before + opened - now, before, now]


def sheet_text(session):
    import io  # noqa: PLC0415

    from docx import Document  # noqa: PLC0415
    from docx.oxml.ns import qn  # noqa: PLC0415

    document = Document(io.BytesIO(decision_file(session).content))
    return "".join(node.text or "" for node in document.element.body.iter(qn("w:t")))


def test_the_card_names_what_most_lack_who_cannot_be_told(store, act):  # noqa: F811 - the fixture
    act(OFFICER)
    page = CountyStandardPage(StandardSession(store, ROUND, COUNTY), ZH)
    page.session.put(keys.route("rigid_expenditure"), {"share": 0.5, "ceiling": {"multiple": 2.0}})
    broken = page.session.breakdown()
    lacking = {name: count.households for name, count in broken.by_missing().items()}
    missing = page.results.figures.exact["missing"]
    assert missing["count"] == max(lacking.values()) > 0
    assert missing["fact"] in page.results.missing.value


def test_money_is_that_of_the_visits_that_are_said_and_a_part_of_a_household_is_no_figure():
    said = expected_price(Margin(4_960.0, 4, 0.038), 3_000.0)
    assert "其中预计风险变差不到 0.1 户；多抓住一户约要多走访 105 户、每年 315,000 元" in said.zh
    assert "fewer than 0.1" in said.en
    assert "0.038" not in said.zh + said.en
    assert (
        "风险变差 0.17 户；多抓住一户约要多走访 5.9 户、每年 17,700 元"
        in expected_price(Margin(4_960.0, 1, 0.17), 3_000.0).zh
    )
    assert "约要多纳入 5.3 户次、费用 15,900 元" in past_price(PastMargin(3, 16.0, 3.0), 3_000.0).zh


@pytest.mark.parametrize(("level", "zh"), [(0.9, "九成"), (0.5, "五成"), (0.95, "95%"), (1.0, "100%")])
def test_a_level_is_said_alike_everywhere(level, zh):
    assert level_words(level) == Words(zh, f"{level:.0%}")


def test_what_is_to_spare_is_said_of_either_end():
    assert _to_spare(80_000, 72_000, 72_000) == "余8,000元"
    assert _to_spare(80_000, 72_000, 75_000) == "余8,000元；不能判定的若都纳入，则余5,000元"
    assert _to_spare(80_000, 72_000, 111_000) == "余8,000元；不能判定的若都纳入，则超出31,000元"
    assert _to_spare(80_000, 135_000, 177_000) == "超出55,000元；不能判定的若都纳入，则超出97,000元"


def test_the_frontier_offers_no_standard_that_brings_in_nobody(session):
    shown = FrontierPanel(session, ZH, session.load_standard)
    shown.fill()
    assert shown._points
    offered = shown._shown(None, None)
    assert offered
    assert all(shown._points[at]["in"] > 0 for at in offered)
    assert offered[-1] == len(shown._points) - 1
    # Shares of a route as everywhere else: in per cent.
    assert not re.search(r"超过 0\.\d", shown.pane.html)


def test_an_added_group_is_said_to_be_added_to_those_chosen(session):
    shown = ReadingsPanel(session, ZH, lambda call: call)
    shown.fill()
    assert "“加上”是在本次选择所列的群体（含本县自定的）之外再加" in shown.pane.html


def test_groups_in_which_nobody_slipped_are_named(session):
    shown = SharesPanel(session, ZH)
    shown.fill()
    for table, title in (("groups", "按重点群体"), ("families", "按家庭类型")):
        assert title in shown.html.value
        without = re.findall(rf'data-without="{table}">没有列的：(.*?)，以往', shown.html.value)
        rows = shown.html.value.split(f'data-table="shares-{table}"')[1].split("</table>")[0]
        assert all(f">{name}</th>" not in rows for each in without for name in each.split("、"))
    listed = len(
        re.findall('<th scope="row">', shown.html.value.split('data-table="shares-groups"')[1].split("</table>")[0])
    )
    (names,) = re.findall(r'data-without="groups">没有列的：(.*?)，以往', shown.html.value) or [""]
    # The eight of the notice, and those in none.
    assert listed + len([each for each in names.split("、") if each]) == 9


def test_a_list_with_one_group_more_is_not_written_twice():
    ours = {"own_groups": {"x_old": "纯老人户"}, "income": {"ceiling": {"multiple": 1.5}}}
    before, after = parse_standard({"income": {"ceiling": {"multiple": 1.5}}}), parse_standard(ours)
    (groups,) = [each for each in differences(before, after, ZH, briefly=True) if each[0] == "重点群体"]
    assert groups == ("重点群体", "8 项", "9 项（增加纯老人户）")
    less = parse_standard({**standard_data(before), "groups": ["illness", "dibao"]})
    (groups,) = [each for each in differences(before, less, ZH, briefly=True) if each[0] == "重点群体"]
    assert groups[2].startswith("2 项（去掉")
    route = {"rigid_expenditure": {"share": 0.5, "ceiling": {"multiple": 2.0}}}
    other = parse_standard({**standard_data(before), "routes": route})
    assert ("刚性支出较大 · 比例", "无", "50%") in differences(before, other, ZH)
    # Side by side both lists stand in full.
    (groups,) = [each for each in differences(before, less, ZH) if each[0] == "重点群体"]
    assert groups[2] == "农村低保户、因病户" or "低保" in groups[2]


@pytest.mark.parametrize(
    ("approved", "said"), [("2019-10-11T09:00:00", True), ("2019-09-11T09:00:00", False), (None, False)]
)
def test_an_approval_after_its_own_day_of_effect_is_said(approved, said):
    row = {
        "later": False, "reason": "", "document": "", "version": 1, "title": "甲", "state_label": "", "state": "approved", "in_force": True, "ceiling": ("", ""), "effective": "2019-10-01",
        "approved_after": bool(approved and approved[:10] > "2019-10-01"), "submitted_by": "a", "steps": [], "id": 1, "in": "", "of_round": False, "differs": None, "change": None, "sent_back": None, "replaced_by": None,
    }  # fmt: skip
    html = render(
        "versions",
        ZH,
        sends=lambda **_choice: "",
        others="",
        listed="",
        rows=[row],
        said="",
        drafted=None,
        county="",
        can_set=False,
        neighbours=[],
        elsewhere=[],
    )
    assert ("data-approved-after" in html) == said
    assert "提交时没有留下结果" in html


def test_home_names_the_counties_without_a_standard_of_the_round(store, act):  # noqa: F811 - the fixture
    user = act("reader")
    city = overview(HomePlace(store, ROUND, "", city=True))
    assert COUNTY not in city.without_standard
    assert len(city.without_standard) == len(store.counties(ROUND)) - 1
    html = render_overview(city, ZH, user.today, lambda _page, **_query: "")
    assert f"{len(city.without_standard)} 个县区本期没有现行边缘户标准：" in html
    assert "霍邱县" in html[html.index("data-without") :][:200]
    # The round before that of the standard: what came later is for reference, and the county had none.
    before = overview(HomePlace(store, "2019-05", "", city=True))
    assert before.standards[COUNTY].in_force
    assert COUNTY in before.without_standard
    county = overview(HomePlace(store, "2019-05", COUNTY, city=True))
    assert "本县区本期没有现行边缘户标准" in render_overview(
        county, ZH, dt.date(2019, 12, 1), lambda _page, **_query: ""
    )


def test_the_lab_says_differences_once_and_visits_as_the_page_does(store, act):  # noqa: F811 - the fixture
    act(OFFICER)
    lab = ScenarioSession(store, ZH, ROUND, COUNTY)
    lab.copy(lab.names[0], keys.CEILING_MULTIPLE, "1.7")
    lab.copy(lab.names[0], keys.BUDGET, "90000")
    html = comparison_html(lab.scenario, lab.compared(), ZH)

    def row(key):
        return re.findall(rf'<tr data-row="{key}">.*?</tr>', html, re.DOTALL)[0]

    assert "±0<" not in html
    for key in ("newly_in", "leaving"):
        assert "wb-note" not in row(key)
    assert "wb-note" in row("in")
    assert "每走访 100 户预计遇到" in row("slips_per_visit")


def test_a_version_kept_by_hand_hides_no_draft(store, act):  # noqa: F811 - the fixture
    """The newest version may be approved: then no draft is at hand, and nothing is said of one."""
    user = act(OFFICER)
    shown = panel(store)
    shown.fill()
    newest = standard_versions(user, COUNTY)[0]
    assert version(user, newest["id"]).state != "draft"
    shown.session.put(keys.CEILING, {"multiple": 1.9})
    shown.show_drafting()
    assert "data-unlike" not in shown.drafting.html
