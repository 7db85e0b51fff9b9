"""One list of whom another standard brings in and lets go, with who of them is in the county's help; and the sheet that a leader decides upon."""

import io
import re

import pytest
from docx import Document
from python_calamine import load_workbook

from tests.register.conftest import COUNTY, NOW, ROUND, STANDARD
from workbench.domain.procedure.workflow import Stage
from workbench.domain.rules.standard import parse_standard
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.past_rounds import PastScope
from workbench.preview.hindsight.request import hindsight
from workbench.preview.request import preview
from workbench.preview.scope import PreviewScope
from workbench.register.assessment import EDGE
from workbench.register.assistance.standings import StandingCounts, count_standings, standings
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose
from workbench.register.procedure.reviews import agree
from workbench.register.standards.lists import version
from workbench.register.standards.versions import draft, submit
from workbench.reports.documents.decision_sheet import _to_spare
from workbench.ui.kit.frame import current_user
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.panels.budget_panel import BudgetPanel
from workbench.ui.pages.county_standard.panels.changes_panel import ChangesPanel
from workbench.ui.pages.county_standard.procedure.decision_button import DecisionButton, decision_file
from workbench.ui.pages.county_standard.procedure.versions import VersionsPanel
from workbench.ui.pages.county_standard.state import StandardSession

ZH = Language("zh")
WIDE = {"income": {"ceiling": {"multiple": 3.0}}, "require_group": False}


def as_a_page_opens_it(office, url, monkeypatch):
    """Name the register and the store that it is of: without one it would leave its mark in the store of whoever runs the tests."""
    monkeypatch.setenv("WORKBENCH_STORE", str(office.register.facts.root))
    monkeypatch.setenv("WORKBENCH_REGISTER", url)


@pytest.fixture
def two_managed(office, url, monkeypatch):
    """Four edge households reviewed under a wide standard, two of them filed: these are managed from now on."""
    as_a_page_opens_it(office, url, monkeypatch)
    office.set_standard(**WIDE)
    chosen = [each for each in office.households("unregistered", "in") if each["village"]][:4]
    for place, each in enumerate(chosen):
        office.visit(each)
        propose(office.worker(each), ROUND, each["household_id"], "enter")
        agree(office.reviewer(each), ROUND, EDGE, [each["household_id"]])
        if place == 1:
            file_list(office.officer, ROUND, COUNTY, EDGE)
    return [each["household_id"] for each in chosen]


def narrow(office):
    """A session whose choice holds nobody."""
    session = StandardSession(office.register.facts, ROUND, COUNTY)
    session.put("income.ceiling", {"multiple": 1.0})
    return session


def rows_of(file):
    header, *rows = load_workbook(io.BytesIO(file.content)).get_sheet_by_index(0).to_python()
    return [dict(zip(header, row, strict=True)) for row in rows]


def test_the_register_says_who_is_managed_and_who_is_on_the_way(office, two_managed):
    with office.officer.reading() as connection:
        known = standings(connection, COUNTY, ROUND)
    assert {name: known[name].managed_since for name in two_managed} == dict(
        zip(two_managed, [ROUND, ROUND, None, None], strict=True)
    )
    assert {known[name].stage for name in two_managed[:2]} == {Stage.FILED}
    assert count_standings(known, [*two_managed, "nobody"]) == StandingCounts(managed=2, helped=0, on_their_way=2)


def test_one_list_says_who_goes_and_who_of_them_is_managed(office, two_managed):
    session = narrow(office)
    panel = ChangesPanel(session, ZH, lambda function: function)
    with current_user.acting_as(office.officer):
        panel.fill()
    leaving = session.breakdown().totals.leaving.rows
    shown = panel.pane.html
    assert f"退出 {leaving} 户，其中在管边缘户 2 户、有在办帮扶措施的 0 户" in shown
    assert "本期已上报或已审核的 2 户" in shown
    assert "只看在管或有帮扶的 2 户" in shown
    rows = rows_of(panel.file())
    assert {row["户编号"] for row in rows if row["在管边缘户"]} == set(two_managed[:2])
    assert {row["户编号"]: row["本期办理"] for row in rows if row["本期办理"]} == dict(
        zip(two_managed, ["已备案", "已备案", "已审核", "已审核"], strict=True)
    )
    panel._take({"do": "in_help"})
    assert {row["户编号"] for row in rows_of(panel.file())} == set(two_managed[:2])


@pytest.mark.usefixtures("two_managed")
def test_who_sees_no_register_of_the_county_sees_the_list_without_it(office):
    panel = ChangesPanel(narrow(office), ZH, lambda function: function)
    for user in (None, office.acting_user("analyst")):
        with current_user.acting_as(user):
            panel.fill()
        assert "data-in-help" not in panel.pane.html
        assert "由本县经办人登录后查看" in panel.pane.html
        assert "在管边缘户" not in rows_of(panel.file())[0]


def text_of(content):
    """What the sheet says, row by row."""
    (table,) = Document(io.BytesIO(content)).tables
    return {row.cells[0].text: row.cells[1].text for row in table.rows}


@pytest.mark.usefixtures("two_managed")
def test_the_sheet_says_what_previews_and_hindsight_count(office):
    facts = office.register.facts
    wanted = parse_standard(
        STANDARD | {"effective": "2019-10-20", "income": {"ceiling": {"multiple": 1.0}}, "budget": 5000.0}
    )
    number = draft(office.officer, wanted)
    submit(office.officer, number, "按本县财力测算", {"in": 1})
    session = StandardSession(facts, ROUND, COUNTY)
    with current_user.acting_as(office.second):
        session.load_standard(version(office.second, number).standard)
        file = decision_file(session)
    said = text_of(file.content)
    in_force = session.against.standard
    counted = preview(PreviewScope(facts, ROUND, COUNTY), session.standard, in_force)
    past = hindsight(PastScope(facts, COUNTY), session.standard)
    assert "登记第2版，已提交" in said["呈批事项"]
    assert f"纳入{counted['in']}户" in said["涉及户数"]
    assert f"缺事实不能判定{counted['cannot_tell']}户" in said["涉及户数"]
    assert "与第1版（现行标准）相比：收入上限由" in said["改动"]
    assert "降低到3,218元（扶贫标准的1倍）" in said["改动"]
    assert "与第1版（现行标准）相比" in said["谁进谁出"]
    assert "2019年下半年的数据" in said["涉及户数"]
    assert f"退出{counted['leaving']}户（其中在管边缘户2户" in said["谁进谁出"]
    assert f"共有{past['slips']}户次" in said["回头看"]
    assert "提交人：县办甲" in said["拟办意见"]
    assert "按本县财力测算" in said["拟办意见"]
    assert "由另一名县级经办人批准" in said["审批意见"]
    assert "模拟数据" in file.name
    assert "模拟数据，不是真实住户，不作公文使用" in [
        each.text for each in Document(io.BytesIO(file.content)).paragraphs
    ]


@pytest.mark.parametrize(
    ("budget", "said"),
    [
        (170_000.0, "余8,000元；不能判定的若都纳入，则超出52,000元"),
        (222_000.0, "余60,000元；不能判定的若都纳入，则余0元"),
        (161_999.0, "超出1元；不能判定的若都纳入，则超出60,001元"),
    ],
)
def test_the_sheet_has_what_is_to_spare_with_and_without_those_who_cannot_be_told(budget, said):
    assert _to_spare(budget, 162_000.0, 222_000.0) == said


@pytest.mark.usefixtures("two_managed")
def test_page_and_sheet_have_the_price_of_one_more_in_the_same_sentences(office):
    session = narrow(office)
    session.put("require_group", False)
    session.put("income.ceiling", {"multiple": 1.5})
    panel, past = (
        BudgetPanel(session, ZH, lambda _multiple: None),
        Hindsight.over(session.past_rounds(), session.standard),
    )
    panel.refresh(session.breakdown(), past)
    with current_user.acting_as(None):
        (price,) = [text for label, text in text_of(decision_file(session).content).items() if label == "再放宽的代价"]
    shown = "".join(re.findall(r"<p data-(?:past-)?margin>([^<]*)", panel.pane.html))
    assert price == shown.replace(" ", "").replace("（模拟数据）", "")
    assert "以往" in price


def test_who_is_not_signed_in_gets_the_sheet_without_the_register(office, url, monkeypatch):
    as_a_page_opens_it(office, url, monkeypatch)
    with current_user.acting_as(None):
        said = text_of(decision_file(narrow(office)).content)
    assert "未登记的试算" in said["呈批事项"]
    assert "本县这一期尚无现行标准；与参照标准" in said["改动"]
    assert "在管" not in said["谁进谁出"]


def test_the_button_says_whether_its_sheet_is_the_one_to_sign(office, url, monkeypatch):
    """A sheet downloaded before the submission looked like the one that goes to the head, and nothing told them apart (issue 15)."""
    as_a_page_opens_it(office, url, monkeypatch)
    session = StandardSession(office.register.facts, ROUND, COUNTY)
    button = DecisionButton(session, ZH, lambda function: function)
    shown = VersionsPanel(session, ZH, lambda: None, lambda: None, lambda: None, button)
    # Below what keeps and submits.
    assert shown.widget.children[-1] is button.widget

    def said():
        shown.fill()
        return button.pane.html, decision_file(session).name

    with current_user.acting_as(office.acting_user("officer", NOW)):
        session.put("effective", "2019-10-20")
        session.put("income.ceiling", {"multiple": 1.7})
        text, name = said()
        assert "未登记的试算" in text
        assert name.endswith("边缘户标准呈批表_试算.docx")
        shown.pane._on_choice({"do": "draft"})
        text, name = said()
        assert "版草案，没有理由和提交人" in text
        assert "（草案）" in name
        number = shown._drafted
        shown.pane._on_choice({"do": "submit", "id": number, "fields": {"reason": ["按财力"]}})
        text, name = said()
        assert "（已提交），写有理由和提交人" in text
        assert "（已提交）" in name
        session.put("income.ceiling", {"multiple": 1.6})
        button.say()
        assert "未登记的试算" in button.pane.html


@pytest.mark.parametrize(
    ("effective", "said"),
    [
        ("2019-10-08", "已批准，2019年下半年即按这一版。"),
        ("2019-10-20", "已批准，自2019年10月20日起施行；2019年下半年还没有上报，到时即按这一版。"),
    ],
)
def test_of_a_first_standard_nobody_says_that_the_round_stays_as_it_is(office, url, monkeypatch, effective, said):
    as_a_page_opens_it(office, url, monkeypatch)
    number = draft(office.officer, parse_standard(STANDARD | {"effective": effective}))
    submit(office.officer, number, "按本县财力测算", {"in": 1})
    session = StandardSession(office.register.facts, ROUND, COUNTY)
    button = DecisionButton(session, ZH, lambda function: function)
    shown = VersionsPanel(session, ZH, lambda: None, lambda: None, lambda: None, button)
    with current_user.acting_as(office.acting_user("second", NOW)):
        shown.fill()
        assert "4,827 元" in shown.pane.html
        assert "正在进行的一期不变" not in shown.pane.html
        shown.pane._on_choice({"do": "approve", "id": number, "fields": {"document": ["文号"], "for_round": ["next"]}})
    assert shown.said == said
    assert ("本期适用" in shown.pane.html) == (said.endswith("即按这一版。") and "到时" not in said)


def test_an_approver_sees_household_by_household_what_a_request_changes(office, url, monkeypatch):
    as_a_page_opens_it(office, url, monkeypatch)
    office.set_standard(**WIDE)
    number = draft(office.officer, parse_standard(STANDARD | {"effective": "2019-10-20"}))
    submit(office.officer, number, "按本县财力测算", {"in": 1})
    session, opened = StandardSession(office.register.facts, ROUND, COUNTY), []
    button = DecisionButton(session, ZH, lambda function: function)
    shown = VersionsPanel(session, ZH, lambda: None, lambda: None, lambda: opened.append(1), button)
    with current_user.acting_as(office.second):
        shown.pane._on_choice({"do": "households", "id": number})
    assert opened == [1]
    assert session.standard.income.ceiling.multiple == 1.5
    assert shown.said == "页上现在是第 2 版；“谁进谁出”列出它与第1版（现行标准）不同的每一户。"
