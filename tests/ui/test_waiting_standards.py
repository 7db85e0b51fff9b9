"""What of a county's standards waits for somebody is said on the page of the standard, to that person only."""

import datetime as dt
import io
import re

import pytest
from docx import Document
from docx.oxml.ns import qn

from tests.ui.registers import COUNTY, ROUND, acting, demonstration_store
from workbench.domain.rules.standard import parse_standard
from workbench.errors import InputError
from workbench.register.standards.lists import standard_versions, version
from workbench.register.standards.versions import approve, draft, send_back, submit, withdraw
from workbench.ui.kit.frame import current_user
from workbench.ui.kit.frame.place import Place
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.form.standard_form import OTHERS
from workbench.ui.pages.county_standard.page import CountyStandardPage
from workbench.ui.pages.county_standard.procedure.decision_button import DecisionButton, decision_file
from workbench.ui.pages.county_standard.procedure.versions import VersionsPanel
from workbench.ui.pages.county_standard.state import StandardSession
from workbench.ui.pages.home.overview import overview, render_overview

OFFICER, SECOND = f"officer-{COUNTY}", f"second-{COUNTY}"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demonstration_store(tmp_path_factory, 1500)


@pytest.fixture
def act(store, monkeypatch):
    with acting(store, monkeypatch) as become:
        yield become


def panel(store, opened=lambda: None):
    session, language = StandardSession(store, ROUND, COUNTY), Language("zh")
    button = DecisionButton(session, language, lambda function: function)
    shown = VersionsPanel(session, language, lambda: None, opened, lambda: None, button)
    shown.show_waiting()
    return shown


def test_a_request_meets_whoever_may_answer_it_until_it_is_answered(store, act):
    officer = act(OFFICER)
    assert panel(store).waiting.html == ""
    standard = {"county": COUNTY, "effective": "2019-10-20", "income": {"ceiling": {"multiple": 1.6}}}
    number = draft(officer, parse_standard(standard))
    act(SECOND)
    assert panel(store).waiting.html == ""  # a draft asks nobody
    submit(act(OFFICER), number, "按财力", {"in": 1, "leaving": 29, "cannot_tell": 7, "cost": 48000})
    assert panel(store).waiting.html == ""  # who submits does not approve
    act(SECOND)
    opened = []
    shown = panel(store, lambda: opened.append(1))
    assert "第 2 版标准等您批准" in shown.waiting.html
    assert "提交，20" in shown.waiting.html
    shown.waiting._on_choice({"do": "examine", "id": number})
    assert opened == [1]
    assert shown.session.shown_version.version == 2
    shown.fill()
    # Who approves sees what is asked for beside what holds, and need not load either.
    asked = shown.pane.html[shown.pane.html.index("data-differs") :]
    assert "收入上限（倍数）：1.5 → 1.6" in asked[: asked.index("</p>")]
    assert all(each in shown.pane.html for each in ("纳入 1 户", "退出 29 户", "不能判定 7 户"))
    shown.pane._on_choice({"do": "return", "id": number, "fields": {"reason": ["预算未核"]}})
    assert shown.waiting.html == ""
    act(OFFICER)
    back = panel(store).waiting.html
    assert "您提交的第 2 版标准被退回" in back
    assert "预算未核" in back
    draft(act(OFFICER), parse_standard(standard))
    assert panel(store).waiting.html == ""  # a newer version has taken its place


def test_who_is_not_signed_in_is_asked_nothing(store, act, monkeypatch):
    officer = act(OFFICER)
    standard = {"county": COUNTY, "effective": "2020-01-01", "income": {"ceiling": {"multiple": 1.4}}}
    submit(officer, draft(officer, parse_standard(standard)), "按财力", {})
    monkeypatch.delenv(current_user.VARIABLE)
    assert panel(store).waiting.html == ""


def test_a_draft_begins_on_a_day_that_is_free(store, act):
    officer, second = act(OFFICER), f"second-{COUNTY}"
    session = StandardSession(store, ROUND, COUNTY)
    # The day of the standard in force is taken by that standard itself.
    assert session.in_force.version.effective == "2019-10-01"
    begun = session.standard.effective
    assert begun > session.in_force.standard.effective
    assert begun.isoformat()[:7] == ROUND
    number = draft(officer, session.standard, COUNTY)
    submit(officer, number, "按财力", {})
    approve(act(second), number, "文号")
    # Approved, it takes that day; who loads it to go on from it begins on the next one.
    session.load_standard(version(officer, number).standard)
    assert session.standard.effective == begun + dt.timedelta(days=1)


def test_who_approves_chooses_the_round(store, act):
    officer = act(OFFICER)
    within, after = [
        draft(officer, parse_standard({"county": COUNTY, "effective": day, "income": {"ceiling": {"multiple": 1.7}}}))
        for day in ("2019-10-25", "2020-02-01")
    ]
    for number in (within, after):
        submit(officer, number, "按财力", {"in": 1})
    act(SECOND)
    shown = panel(store)
    shown.fill()
    forms = shown.pane.html.split('data-name="approve-')
    asked = {int(form.split('"')[0]): form[: form.index("</form>")] for form in forms[1:]}
    # Within the round nothing is chosen beforehand; a later day leaves one choice only.
    assert "从哪一期起用（请选一项）" in asked[within]
    assert ("checked" in asked[within], asked[within].count('type="radio"')) == (False, 2)
    assert ("checked" in asked[after], asked[after].count('type="radio"')) == (True, 1)
    assert "施行日期晚于2019年下半年，不能用于这一期。" in asked[after]
    fields = {"document": ["文号"]}
    with pytest.raises(InputError, match="请选从哪一期起用"):
        shown.pane._on_choice({"do": "approve", "id": within, "fields": fields})
    shown.pane._on_choice({"do": "approve", "id": within, "fields": fields | {"for_round": [ROUND]}})
    assert "已批准，用于2019年下半年" in shown.said
    (row,) = [each for each in shown.pane.html.split("<tr") if "本期适用" in each]
    # It holds for the round though its day is still to come: one answer, not two.
    assert "2019-10-25" in row
    assert "尚未施行" not in row
    shown.pane._on_choice({"do": "approve", "id": after, "fields": fields | {"for_round": ["next"]}})
    assert re.search("正在进行的2019年下半年不变，仍按第 \\d+ 版", shown.said)
    (row,) = [each for each in shown.pane.html.split("<tr") if "2020-02-01" in each and "已批准" in each]
    assert "尚未施行" in row


def test_after_an_approval_everything_compares_with_the_standard_in_force(store, act):
    standard = {"county": COUNTY, "effective": "2019-10-27", "income": {"ceiling": {"multiple": 1.8}}}
    officer = act(OFFICER)
    number = draft(officer, parse_standard(standard))
    submit(officer, number, "按财力", {"in": 1})
    act(SECOND)
    shown = panel(store)
    session = shown.session
    before, counted = session.against, session.revision
    shown.pane._on_choice({"do": "approve", "id": number, "fields": {"document": ["文号"], "for_round": [ROUND]}})
    assert session.in_force.version.id == number
    assert session.against.name == session.in_force.name != before.name
    assert session.revision > counted  # the page counts anew
    # What somebody chose to compare with stays until they choose another.
    shown.pane._on_choice({"do": "compare", "id": number})
    approve(act(SECOND), submitted(act(OFFICER), "2019-10-28"), "文号", ROUND)
    shown.pane._on_choice({"do": "adopt", "id": number})
    assert session.in_force.version.id != number
    assert session.against.source == "version"


def submitted(officer, day):
    number = draft(
        officer, parse_standard({"county": COUNTY, "effective": day, "income": {"ceiling": {"multiple": 1.9}}})
    )
    submit(officer, number, "按财力", {"in": 1})
    return number


def test_the_day_of_the_present_choice_follows_the_form(store, act):
    act(OFFICER)
    page = CountyStandardPage(StandardSession(store, ROUND, COUNTY), Language("zh"), for_versions=True)
    drafting = page.versions.drafting
    page.session.put("effective", "2019-10-12")
    assert "当前选择的施行日期：2019-10-12" in drafting.html
    page.session.put("effective", None)
    assert f'href="#{OTHERS}"' in drafting.html  # the form is far above: a link leads to its field
    page.session.put("help_cost", -1)
    assert " disabled" in drafting.html


def at_home(store, user):
    def link(page, **query):
        return f"{page}?{' '.join(map(str, query.values()))}"

    return render_overview(overview(Place(store, ROUND, COUNTY), user), Language("zh"), user.today, link)


def test_home_says_which_standard_holds_and_what_waits_for_somebody_else(store, act):
    officer = act(OFFICER)
    number = submitted(officer, "2019-10-30")
    shown = at_home(store, act(OFFICER))
    in_force = StandardSession(store, ROUND, COUNTY).in_force.version
    ceiling = in_force.standard.income.ceiling.multiple
    assert f"扶贫标准的 {ceiling:g} 倍，{Language('zh').date(in_force.standard.effective)} 起施行" in shown
    assert 'href="county_standard?"' in shown
    assert f"您提交的第 {version(officer, number).version} 版标准，等另一名县级经办人批准。" in shown
    assert f'href="county_standard?versions {version(officer, number).version}"' in shown
    assert "data-requested" not in at_home(store, act(SECOND))
    send_back(act(SECOND), number, "预算未核")
    assert f"第 {version(officer, number).version} 版标准，等" not in at_home(store, act(OFFICER))


def test_home_names_a_version_that_is_approved_for_a_later_day(store, act):
    number = submitted(act(OFFICER), "2020-07-01")
    assert "2020年7月1日起施行" not in at_home(store, act(OFFICER))
    approve(act(SECOND), number, "文号")
    shown = at_home(store, act(SECOND))
    assert f"第 {version(act(SECOND), number).version} 版已批准，2020年7月1日起施行。" in shown
    assert "按第" in shown  # beside what still holds


def versions_of(store):
    with_it = panel(store)
    with_it.fill()
    return with_it


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("income.ceiling", {"multiple": 6_000.0}, "是不是 6,000 元？"),
        ("income.group_ceilings", {"illness": 50.0}, "扶贫标准的 50 倍"),
        ("effective", "2019-01-01", "请核对年份"),
    ],
)
def test_what_nobody_means_is_asked_before_it_is_kept_and_before_it_is_submitted(store, act, key, value, said):
    officer = act(OFFICER)
    shown = versions_of(store)
    assert "data-doubts" not in shown.drafting.html
    before = len(standard_versions(officer, COUNTY))
    shown.session.put("effective", "2019-11-12")
    shown.session.put(key, value)
    shown.show_drafting()
    assert said in shown.drafting.html
    with pytest.raises(InputError, match="请先核对"):
        shown.pane._on_choice({"do": "draft"})
    assert len(standard_versions(officer, COUNTY)) == before
    shown.pane._on_choice({"do": "draft", "checked": True})
    (newest, *_) = standard_versions(officer, COUNTY)
    assert newest["state"] == "draft"
    form = shown.pane.html[shown.pane.html.index(f'data-name="submit-{newest["id"]}"') :]
    assert said in form[: form.index("</form>")]
    with pytest.raises(InputError, match="请先核对"):
        shown.pane._on_choice({"do": "submit", "id": newest["id"], "fields": {"reason": ["试"]}})
    shown.pane._on_choice({"do": "withdraw", "id": newest["id"], "fields": {"reason": ["试"]}})


def test_a_version_that_changes_nothing_is_asked_about_before_it_is_submitted(store, act):
    officer = act(OFFICER)
    shown = versions_of(store)
    shown.session.put("effective", "2019-11-12")
    shown.session.put("title", "又一版")
    shown.pane._on_choice({"do": "draft"})
    (newest, *_) = standard_versions(officer, COUNTY)
    form = shown.pane.html[shown.pane.html.index(f'data-name="submit-{newest["id"]}"') :]
    said = f"与现行的第 {shown.session.in_force.version.version} 版相同"
    assert said in form[: form.index("</form>")]
    with pytest.raises(InputError, match=said):
        shown.pane._on_choice({"do": "submit", "id": newest["id"], "fields": {"reason": ["试"]}})
    shown.pane._on_choice({"do": "withdraw", "id": newest["id"], "fields": {"reason": ["试"]}})


def test_what_stands_in_the_register_is_not_said_to_be_unsaved(store, act):
    act(OFFICER)
    page = CountyStandardPage(StandardSession(store, ROUND, COUNTY), Language("zh"))
    page.session.put("income.ceiling", {"multiple": 1.62})
    page.session.put("effective", "2019-11-13")
    assert "1.62" in page.draft.text
    page.versions.fill()
    page.versions.pane._on_choice({"do": "draft"})
    assert page.draft.text == ""
    (drafted, *_) = standard_versions(act(OFFICER), COUNTY)
    page.session.put("income.ceiling", {"multiple": 1.63})
    assert "1.63" in page.draft.text
    page.versions.pane._on_choice({"do": "adopt", "id": drafted["id"]})
    assert page.draft.text == ""
    page.versions.pane._on_choice({"do": "withdraw", "id": drafted["id"], "fields": {"reason": ["试"]}})


@pytest.fixture
def asked(act):
    """A version of another ceiling and with a budget, waiting for the second officer; withdrawn at the end."""
    officer = act(OFFICER)
    standard = {"county": COUNTY, "effective": "2019-11-20", "income": {"ceiling": {"multiple": 1.9}}, "budget": 70_000}
    number = draft(officer, parse_standard(standard))
    submit(officer, number, "按财力", {"in": 1})
    yield version(officer, number)
    if version(officer, number).state == "submitted":
        withdraw(act(OFFICER), number, "试")


def text_of(document):
    return "".join(node.text or "" for node in Document(io.BytesIO(document)).element.body.iter(qn("w:t")))


def opened_page(query):
    return CountyStandardPage.of_address(Language("zh"), {"round": ROUND, "county": COUNTY} | query)


def test_the_link_of_a_request_shows_the_version_itself(act, asked):
    act(SECOND)
    page = opened_page({"open": "versions"})
    session = page.session
    assert session.standard == asked.standard == session.shown_version.standard
    assert f"现在看的是第 {asked.version} 版（已提交）" in page.versions.examining.html
    facts = page.results.figures.facts
    assert (facts["of"], facts["budget"]) == (f"第 {asked.version} 版纳入", 70_000)
    assert page.results.figures.exact["value"] == float(page.form.ceiling.box.value) == 1.9
    assert page.results.figures.exact["inside"] == session.breakdown().totals.inside.households
    sheet = text_of(decision_file(session).content)
    assert f"第{asked.version}版" in sheet
    assert "未登记" not in sheet
    # Nothing of it is taken for the reader's own work, and nothing is wiped that the browser keeps of that.
    assert (page.draft.key, page.draft.text) == ("", "")


def test_who_looks_at_a_request_comes_back_to_what_they_had_typed(act, asked):
    act(SECOND)
    page = opened_page({})
    session = page.session
    session.put("income.ceiling", {"multiple": 1.44})
    own = session.standard
    session.put("help_cost", "很多")
    problems = dict(session.problems)
    page.versions.waiting._on_choice({"do": "examine", "id": asked.id})
    assert not session.problems
    assert session.shown_version == asked
    # Changed here it is no version any more, and the page says so; back to it as it stands, and back to one's own.
    session.put("income.ceiling", {"multiple": 1.95})
    assert session.shown_version is None
    assert page.results.figures.facts["of"] == ""
    assert f"已在第 {asked.version} 版上作了改动" in page.versions.examining.html
    page.versions.examining._on_choice({"do": "examine", "id": asked.id})
    assert session.shown_version == asked
    page.versions.examining._on_choice({"do": "own"})
    assert page.versions.examining.html == ""
    assert session.standard == own
    assert (session.draft["help_cost"], dict(session.problems)) == ("很多", problems)
    assert page.form.ceiling.box.value == "1.44"
    assert (page.draft.key, "1.44" in page.draft.text) == (f"{ROUND}/{COUNTY}", True)


def test_a_version_that_is_answered_stays_in_sight_and_says_what_became_of_it(act, asked):
    act(SECOND)
    page = opened_page({"open": "versions", "version": str(asked.version)})
    page.versions.pane._on_choice({"do": "return", "id": asked.id, "fields": {"reason": ["预算未核"]}})
    assert f"现在看的是第 {asked.version} 版（已退回）" in page.versions.examining.html
    # Whoever submitted it finds it filled in, to go on from it; what they make of it is the version then looked at.
    act(OFFICER)
    page = opened_page({"open": "versions"})
    assert page.session.shown_version.id == asked.id
    page.session.put("budget", 60_000)
    page.versions.pane._on_choice({"do": "draft"})
    assert page.session.shown_version.version == asked.version + 1
    withdraw(act(OFFICER), page.session.shown_version.id, "试")


def test_a_version_taken_over_is_the_own_choice(act, asked):
    act(SECOND)
    page = opened_page({"open": "versions"})
    page.versions.pane._on_choice({"do": "adopt", "id": asked.id})
    assert page.session.examined is None
    assert page.versions.examining.html == ""
    assert page.draft.key == f"{ROUND}/{COUNTY}"
    page.session.put("income.ceiling", {"multiple": 1.47})
    assert "1.47" in page.draft.text


def test_an_address_shows_no_version_that_is_not_there_nor_to_nobody(act, asked, monkeypatch):
    act(SECOND)
    assert opened_page({"open": "versions"}).session.examined == asked
    assert opened_page({"open": "versions", "version": "999"}).session.examined is None
    assert opened_page({}).session.examined is None
    monkeypatch.delenv(current_user.VARIABLE)
    assert opened_page({"open": "versions"}).session.examined is None


def test_what_is_filled_in_wrong_is_not_kept_as_a_draft(store, act):
    officer = act(OFFICER)
    shown, before = panel(store), len(standard_versions(officer, COUNTY))
    shown.session.put("help_cost", "很多")
    assert shown.session.problems
    with pytest.raises(InputError, match="所填内容有误"):
        shown._take({"do": "draft"})
    # Nor with the word that everything was checked, which is for what looks unlikely and is valid.
    with pytest.raises(InputError, match="所填内容有误"):
        shown._take({"do": "draft", "checked": True})
    assert len(standard_versions(officer, COUNTY)) == before
