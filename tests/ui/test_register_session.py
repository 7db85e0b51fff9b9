"""The register page's session without a browser: whose county, whose steps, what a browser may send."""

import datetime as dt
import re
from io import BytesIO
from types import SimpleNamespace

import polars as pl
import pytest
from python_calamine import CalamineWorkbook

from tests.ui.registers import COUNTY, ROUND, acting, demonstration_store
from workbench.clock import now_in_beijing
from workbench.domain.assistance.suggestions import propose_each
from workbench.domain.parameters import tier_parameters
from workbench.domain.procedure.corrections import correctable
from workbench.domain.procedure.workflow import VISIT_DOMAINS
from workbench.domain.rules.coverage import CHECKS
from workbench.domain.rules.standard import parse_standard
from workbench.errors import InputError, RefusedError, Words
from workbench.register import edge_register
from workbench.register.access.acting_user import open_register
from workbench.register.assessment import rules_of
from workbench.register.clock import now_of
from workbench.register.edge_register import screening
from workbench.register.procedure.filings import Filed, filings
from workbench.register.procedure.proposals import BatchResult, SkippedHousehold
from workbench.register.procedure.visits import findings_of
from workbench.register.procedure.withdrawals import withdraw_own_step
from workbench.register.standards import in_force
from workbench.register.standards.versions import draft, submit, withdraw
from workbench.ui.kit.frame import current_user
from workbench.ui.kit.frame.place import Place
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name
from workbench.ui.pages.early_warning.page import EarlyWarningPage
from workbench.ui.pages.intake.page import IntakePage
from workbench.ui.pages.register import state, views
from workbench.ui.pages.register.assistance.plan_steps import take_plan_step
from workbench.ui.pages.register.assistance.plan_view import _undecided, plan_view
from workbench.ui.pages.register.assistance.plans import plans_html
from workbench.ui.pages.register.batches.cases import CaseBatches
from workbench.ui.pages.register.batches.state import Batches, PlannedBatch
from workbench.ui.pages.register.batches.views import done_html, planned_html
from workbench.ui.pages.register.documents import documents_html
from workbench.ui.pages.register.exports import list_export
from workbench.ui.pages.register.files import made_file
from workbench.ui.pages.register.frames import MANAGED, frame_of
from workbench.ui.pages.register.household import household_html
from workbench.ui.pages.register.lists import LISTS
from workbench.ui.pages.register.progress import progress_html
from workbench.ui.pages.register.requests.actions import RegisterActions
from workbench.ui.pages.register.requests.following import following_html
from workbench.ui.pages.register.requests.parts import parts
from workbench.ui.pages.register.rounds.panel import round_html, screening_file
from workbench.ui.pages.register.rounds.state import RoundKeeping
from workbench.ui.pages.register.state import VIEWS, RegisterSession
from workbench.ui.pages.register.typed_facts import corrections
from workbench.ui.pages.register.views import cases_in_words, entries_html, filed_html
from workbench.ui.pages.register.visit_form import fact_groups
from workbench.ui.pages.scenario_lab.registered import registered_candidate, registered_versions
from workbench.ui.pages.scenario_lab.state import ScenarioSession


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return demonstration_store(tmp_path_factory, 6000)


FINDINGS = {domain: ["已看"] for domain in VISIT_DOMAINS}


@pytest.fixture
def act(store, monkeypatch):
    with acting(store, monkeypatch) as become:
        yield become


def worker(store):
    """A village worker, and a lifted household of the own village and one of another."""
    rows = store.read(ROUND, COUNTY, ["household_id", "kind", "township", "village"]).to_pylist()
    lifted = [row for row in rows if row["kind"] == "lifted"]
    own = lifted[0]
    other = next(row for row in lifted if row["village"] != own["village"])
    query = "SELECT account FROM account WHERE township = ? AND village = ?"
    with open_register(store).engine.connect() as connection:
        account = connection.exec_driver_sql(query, (own["township"], own["village"])).scalar()
    return account, own, other


@pytest.mark.usefixtures("act")
def test_progress_and_the_edge_register_say_which_standard_holds(store, act):
    act(f"officer-{COUNTY}")
    said = "边缘户标准：第1版（现行标准），收入上限 4,827 元/人·年，扶贫标准的 1.5 倍，2019年10月1日 起施行"
    for view in ("progress", "managed", "edge"):
        session = RegisterSession(store, ROUND, COUNTY)
        session.look(view)
        assert said in shown_of(session, view)


def test_progress_leads_to_a_standard_that_waits(store, act):
    standard = {"county": COUNTY, "effective": "2019-10-21", "income": {"ceiling": {"multiple": 1.6}}}
    officer = acting_user(store, f"officer-{COUNTY}")
    number = draft(officer, parse_standard(standard))
    submit(officer, number, "按财力", {"in": 1})
    act(f"second-{COUNTY}")
    shown = progress_html(RegisterSession(store, ROUND, COUNTY), Language("zh"))
    (task,) = [each for each in shown.split("<li") if "件标准待批准" in each]
    assert f'href="voila/render/county_standard.ipynb?county={COUNTY}&amp;round={ROUND}&amp;open=versions"' in task
    withdraw(acting_user(store, f"officer-{COUNTY}"), number, "试")


def acting_user(store, account):
    register = open_register(store)
    return register.acting_user(account, now_of(register, now_in_beijing()))


def shown_of(session, view):
    t = Language("zh")
    if view == "progress":
        return progress_html(session, t)
    return views.managed_html(session, [], t) if view == "managed" else entries_html(session, t)


def test_nobody_signed_in_sees_every_county_of_the_facts_and_no_register(store):
    assert len(Place(store).counties_of(ROUND)) == 8
    with pytest.raises(RefusedError, match="登录"):
        RegisterSession(store)


def test_who_is_bound_to_a_county_sees_that_one_only(store, act):
    act(f"officer-{COUNTY}")
    place = Place(store, ROUND, "341522", city=True)
    assert (place.county, place.counties_of(ROUND)) == (COUNTY, [COUNTY])
    with pytest.raises(InputError, match="没有"):
        place.choose(ROUND, "341522")


def test_a_page_of_a_whole_county_is_not_for_a_village(store, act):
    act(worker(store)[0])
    with pytest.raises(RefusedError, match="全县"):
        EarlyWarningPage.of_address(Language("zh"), {})


def test_an_administrator_keeps_accounts_and_reads_no_facts(store, act):
    act("admin")
    with pytest.raises(RefusedError, match="无权"):
        Place(store)


def test_an_account_that_is_not_there_opens_nothing(store, act):
    act("nobody")
    with pytest.raises(RefusedError, match="没有"):
        RegisterSession(store)


def test_a_village_sees_its_own_households_and_takes_its_own_steps_only(store, act):
    account, own, other = worker(store)
    act(account)
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("risk")
    listed = session.entries("risk")
    assert own["household_id"] in listed["household_id"].to_list()
    assert set(listed["village"].drop_nulls()) == {own["village"]}
    session.household = other["household_id"]
    with pytest.raises(RefusedError, match=r"不在其中|没有"):
        session.visit({"day": ["2019-10-10"], "visitors": ["甲"], **FINDINGS})
    batches = Batches(session)
    for step in ("agree", "return", "file", "withdraw"):
        with pytest.raises(RefusedError, match="无权"):
            batches.plan(step, None, "理由")


def test_what_cannot_be_is_refused_in_words_or_left_as_it_was(store, act):
    account, own, _ = worker(store)
    act(account)
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("nowhere")
    session.at_stage("no stage")
    assert (session.view, session.stage) == ("progress", "")
    with pytest.raises(RefusedError, match="名单"):
        Batches(session).plan("propose", None)  # on no list
    session.look("risk")
    session.household = own["household_id"]
    with pytest.raises(InputError, match="日期"):
        session.visit({"day": ["soon"]})
    with pytest.raises(InputError, match="整数"):
        session.propose({"proposal": ["1"], "version": ["x"]})
    with pytest.raises(InputError, match="勾选"):
        session.send_back({}, "理由")
    with pytest.raises(InputError, match="个案"):
        session.case_step({})


@pytest.mark.parametrize("value", [[], {}, None, "没有", -1])
@pytest.mark.parametrize("key", ["sort", "township", "number", "search", "nothing"])
def test_a_forged_choice_of_a_list_is_no_error(store, act, key, value):
    """Of a view that shows no list there is none to be asked, and no sort is named by what is no text."""
    act(worker(store)[0])
    for view in ("progress", "round", "plans", "risk"):
        session = RegisterSession(store, ROUND, COUNTY)
        session.look(view)
        RegisterActions(session, Language("zh")).take({"do": "list", "key": key, "value": value}, {})
        assert session.view == view


@pytest.mark.parametrize(
    "choice",
    [
        {}, {"do": "no-such-action"}, {"do": "no-such-form", "fields": {}}, {"do": "prove"}, {"do": "overdue", "value": "yes"},
        {"do": ["household"]}, {"do": "visit", "fields": ["day"]},
    ],
)  # fmt: skip
def test_an_action_that_is_not_known_is_refused_and_changes_nothing(store, act, choice):
    account, own, _ = worker(store)
    act(account)
    session = RegisterSession(store, ROUND, COUNTY)
    session.household = own["household_id"]
    before = session.revision
    with pytest.raises(InputError) as refused:
        RegisterActions(session, Language("zh")).take(choice, {})
    assert (refused.value.code, session.revision) == ("ui.unknown-action", before)


def test_one_tick_says_of_what_was_left_blank_that_it_has_not_changed(store, act):
    account, own, _ = worker(store)
    act(account)
    session, said = RegisterSession(store, ROUND, COUNTY), "看过，没有变化"
    session.look("risk")
    session.household = own["household_id"]
    form = {"day": ["2019-10-10"], "visitors": ["甲"], "medical": ["住院两次"]}
    with pytest.raises(InputError, match="缺少走访情况：产业、就业、教育、住房"):
        session.visit(form)
    assert said in household_html(session, Language("zh"))
    session.visit({**form, "unchanged": [said]})
    findings = findings_of(session.user, own["household_id"])[0]["findings"]
    assert findings == {**dict.fromkeys(VISIT_DOMAINS, said), "medical": "住院两次"}
    entry = session.entries("risk").row(by_predicate=pl.col("household_id") == own["household_id"], named=True)
    assert withdraw_own_step(session.user, ROUND, own["household_id"], entry["version"]) == "withdraw_visit"


def of_the_village_with_most_visited(store):
    """The account of a village where most edge households wait for their proposal."""
    query = (
        "SELECT township, village FROM entry WHERE stage = 'visited' AND kind = 'risk' AND village IS NOT NULL "
        "GROUP BY township, village ORDER BY count(*) DESC"
    )
    with open_register(store).engine.connect() as connection:
        place = connection.exec_driver_sql(query).first()
        query = "SELECT account FROM account WHERE township = ? AND village = ?"
        return connection.exec_driver_sql(query, tuple(place)).scalar()


def test_a_batch_offers_those_only_whom_the_rules_can_judge(store, act, monkeypatch):
    act(of_the_village_with_most_visited(store))
    session, t = RegisterSession(store, ROUND, COUNTY), Language("zh")
    session.look("risk")
    waiting = session.entry_page()[1]["to_propose"]
    assert waiting > 0
    session.at_stage("to_propose")  # where the task leads
    assert session.entry_page()[0].count == waiting
    known = session.entries("risk")
    unknown = known.with_columns(rule=pl.lit(None, pl.String))
    monkeypatch.setattr(session, "entries", lambda kind: unknown)
    html = str(entries_html(session, t))
    # No button for no household.
    assert "按规则上报：" not in html
    assert f"{waiting} 户已走访，暂不能判定" in html
    skipped = [SkippedHousehold("1", Words("缺", "missing"))]
    said = str(planned_html(PlannedBatch("propose", {}, {}, skipped=skipped), "risk", t))
    assert "确认办理" not in said
    assert "确认办理" in str(planned_html(PlannedBatch("file", {}, {}, skipped=skipped, also=["1"]), "risk", t))


def test_after_a_step_the_next_household_and_what_else_waits_are_named(store, act):
    act(f"officer-{COUNTY}")
    session, t = RegisterSession(store, ROUND, COUNTY), Language("zh")
    session.look("risk")
    proposed = session.standing_at("risk", "proposed")["household_id"].to_list()
    session.household = proposed[0]
    html = str(following_html(session, "review", t))
    assert f"下一户 {proposed[1]}" in html
    assert "还等您办理：" in html
    assert "户待备案：风险等级" in html
    assert "&#34;stage&#34;: &#34;reviewed&#34;" in html
    # Another step leaves nobody to go on with: only what waits is named.
    assert "下一户" not in str(following_html(session, "case", t))
    # What the list is filtered by holds for the next one, too.
    session.household = ""
    session.ask("search", proposed[0])
    session.household = proposed[0]
    assert "下一户" not in str(following_html(session, "review", t))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_view_shows_a_round_by_its_code(store, act, lang):
    act(f"officer-{COUNTY}")
    t, actions = Language(lang), None
    for view in VIEWS:
        session = RegisterSession(store, ROUND, COUNTY)
        session.look(view)
        actions = RegisterActions(session, t)
        text = re.sub(r"<[^>]*>", "\n", "".join(parts(actions).values()))
        assert [line for line in text.splitlines() if t.with_rounds(line) != line] == []


def test_a_case_that_the_facts_hold_back_names_the_decision_alone(store, act, monkeypatch):
    act(f"officer-{COUNTY}")
    session, t = RegisterSession(store, ROUND, COUNTY), Language("zh")
    rows = [row for row in session.cases().to_dicts() if row["stage"] in ("opened", "verified", "appraised")]
    assert rows
    assert "结案" not in cases_in_words(session.user, rows[:1], t)[0]["waits_for"]
    held = {rows[0]["id"]: Words("按更正后的事实不低于扶贫标准", "above the line by its corrected facts")}
    monkeypatch.setattr(views, "held_back", lambda _user, _cases: held)
    waits = cases_in_words(session.user, rows[:1], t)[0]["waits_for"]
    assert waits.startswith("结案（不符合），乡镇审核人")
    assert "；" not in waits


def test_a_list_says_whose_turn_each_household_is(store, act):
    act(f"officer-{COUNTY}")
    session, t = RegisterSession(store, ROUND, COUNTY), Language("zh")
    said = {"new": "待村级走访", "visited": "待村级", "proposed": "待乡镇审核", "reviewed": "待县区备案"}
    for kind in ("risk", "edge"):
        session.look(kind)
        for stage, words in said.items():
            session.at_stage(stage)
            if session.entry_page()[0].count:
                assert words in str(entries_html(session, t))
    session.look("edge")
    session.at_stage("visited")
    if session.entries_in_sight()["case_first"].any():
        assert "按个案办理，不用上报" in str(entries_html(session, t))


def test_what_is_unfinished_leads_to_its_list(store, act):
    act(f"officer-{COUNTY}")
    session = RegisterSession(store, ROUND, COUNTY)
    html = str(round_html(session, RoundKeeping(session), Language("zh"))).replace("&#34;", '"')
    assert '"view": "risk", "stage": "visited"' in html
    assert '"view": "cases", "stage": ""' in html


def test_stages_add_up_to_all_households_of_the_list(store, act):
    act(f"officer-{COUNTY}")
    session = RegisterSession(store, ROUND, COUNTY)
    for view in ("risk", "edge"):
        session.look(view)
        page, counts = session.entry_page()
        assert counts.pop("to_propose") <= counts["visited"] + counts["returned"]
        assert sum(counts.values()) == page.count == len(session.entries(view))
        for stage, count in counts.items():
            session.at_stage(stage)
            assert session.entry_page()[0].count == count
        session.at_stage("")


def test_who_is_to_be_assisted_is_told_with_what_is_lacking_and_with_the_plan(store, act):
    account, own, _ = worker(store)
    act(account)
    session = RegisterSession(store, ROUND, COUNTY)
    session.household = own["household_id"]
    take_plan_step(session, "plan", {"goal": ["稳定增收"], "responsible": ["李某"]})
    assert set(session.assisted()["village"]) == {own["village"]}
    act(f"officer-{COUNTY}")
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("plans")
    page, counts = session.plan_page()
    planned = session.assisted().filter(pl.col("goal").is_not_null())
    assert counts[""] == page.count
    assert counts["unplanned"] == page.count - len(planned)
    mine = planned.filter(household_id=own["household_id"]).row(0, named=True)
    assert mine["responsible"] == "李某"
    assert mine["running"] >= 1
    session.needing("gap")
    shown, _ = session.plan_page()
    assert shown.count == counts["gap"] > 0
    assert all(any(row[f"gap_{check.name}"] for check in CHECKS) for row in shown.rows)


def reviewer_of(store):
    query = (
        "SELECT township FROM entry WHERE stage = 'proposed' AND kind = 'risk' GROUP BY township ORDER BY count(*) DESC"
    )
    with open_register(store).engine.connect() as connection:
        township = connection.exec_driver_sql(query).scalar()
        query = "SELECT account FROM account WHERE role = 'township_reviewer' AND township = ?"
        return connection.exec_driver_sql(query, (township,)).scalar()


def test_a_batch_says_what_it_does_does_what_it_said_and_is_withdrawn(store, act):
    act(reviewer_of(store))
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("risk")
    batches, before = Batches(session), session.entry_page()[1]
    with pytest.raises(RefusedError, match="理由"):
        batches.plan("return", None)
    planned = batches.plan("agree", None)
    assert sum(planned.by_result.values()) == len(planned.versions) == before["proposed"] > 0
    assert session.entry_page()[1] == before
    done, said = batches.confirm()
    assert (done, sorted(said.done)) == (planned, sorted(planned.versions))
    with pytest.raises(InputError):
        batches.confirm()  # what was planned is done once
    assert batches.withdraw() == len(planned.versions)
    assert session.entry_page()[1] == before


def test_a_batch_is_of_the_list_as_it_is_filtered(store, act):
    act(reviewer_of(store))
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("risk")
    wanted = session.entries_in_sight().filter(stage="proposed")["proposal"].mode()[0]
    session.ask("proposal", wanted)
    planned = Batches(session).plan("agree", None)
    assert set(planned.by_result) == {wanted}
    page, counts = session.entry_page()
    assert counts["proposed"] == len(planned.versions)
    assert page.choices["proposal"][wanted] == page.count


def test_a_button_for_all_is_of_the_list_in_sight_its_stage_too(store, act):
    """Among those returned stood a button that filed 72 households of the whole county (issue 18)."""
    t = Language("zh")
    act(reviewer_of(store))
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("risk")
    number = session.entry_page()[1]["proposed"]
    assert number
    button = "名单中待审核的"
    for stage, count in (("", number), ("proposed", number), ("returned", 0), ("filed", 0)):
        session.at_stage(stage)
        assert re.findall(f"{button} ([\\d,]+) 户", str(entries_html(session, t))) == [f"{count:,}"] * bool(count)
        if count:
            assert len(Batches(session).plan("agree", None).versions) == count
        else:
            with pytest.raises(RefusedError):
                Batches(session).plan("agree", None)


def test_every_list_is_exported_whole_with_what_it_shows(store, act):
    act(f"officer-{COUNTY}")
    session, t = RegisterSession(store, ROUND, COUNTY), Language("zh")
    for view in ("risk", "edge", "managed", "plans", "cases"):
        session.look(view)
        for key in LISTS[view].sorts:
            session.ask("sort", key)
            rows = session.whole_list()
        sheet = (
            CalamineWorkbook.from_filelike(BytesIO(list_export(session, t).content)).get_sheet_by_index(0).to_python()
        )
        assert [row[0] for row in sheet[1:]] == rows["household_id"].to_list()
        assert view == "managed" or len(sheet) > 1  # nobody is in this store's edge register yet


@pytest.mark.parametrize("view", [name for name in LISTS if name != "filed"])  # that one is opened from its filing
def test_every_filter_of_a_list_counts_what_it_leaves(store, act, view):
    act(f"officer-{COUNTY}")
    session = RegisterSession(store, ROUND, COUNTY)
    session.look(view)
    whole = len(session.whole_list())
    for name, choices in session.asked.page(session.whole_list()).choices.items():
        for value, count in choices.items():
            session.ask(name, value)
            assert len(session.whole_list()) == count
            assert count <= whole
        session.ask(name, "")
        assert sum(choices.values()) == whole


def test_a_filing_opens_with_its_households_and_how_many_of_each_result(store, act):
    act(f"officer-{COUNTY}")
    session, t = RegisterSession(store, ROUND, COUNTY), Language("zh")
    session.look("documents")
    number = filings(session.user)[0]["number"]
    session.filing = number
    filing, frame = session.filed()
    assert dict(frame.group_by("result").len().iter_rows()) == filing["counts"]["results"]
    assert number in filed_html(session, t)
    sheet = CalamineWorkbook.from_filelike(BytesIO(list_export(session, t).content)).get_sheet_by_index(0).to_python()
    assert len(sheet) == filing["households"] + 1
    session.filing = "金寨县-2019-10-风险-999"
    with pytest.raises(RefusedError, match="没有"):
        session.filed()


def test_several_cases_take_a_step_and_those_at_another_one_are_named(store, act):
    query = "SELECT township, village FROM poverty_case WHERE village IS NOT NULL AND stage = 'opened' ORDER BY id"
    with open_register(store).engine.connect() as connection:
        place = connection.exec_driver_sql(query).first()
        query = "SELECT account FROM account WHERE role = 'village_worker' AND township = ? AND village = ?"
        account = connection.exec_driver_sql(query, tuple(place)).scalar()
    act(account)
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("cases")
    cases, batches = session.cases(), CaseBatches(session)
    marked = {str(number): version for number, version in cases.select("id", "version").iter_rows()}
    opened = cases.filter(stage="opened")
    with pytest.raises(InputError, match="情况"):
        batches.plan(marked, "verify", session.user.today, "")
    planned = batches.plan(marked, "verify", session.user.today, "均已核实")
    assert sorted(planned.versions) == sorted(opened["id"])
    assert sorted(planned.passed_over) == sorted(cases.filter(pl.col("stage") != "opened")["household_id"])
    assert batches.confirm() == len(opened)
    assert set(session.cases().filter(pl.col("id").is_in(opened["id"].implode()))["stage"]) == {"verified"}


def test_closing_a_round_is_asked_and_asked_again_long_before_its_day(store, act):
    # The demonstration stands 15 days before, which is early enough.
    act(f"officer-{COUNTY}")
    session, t = RegisterSession(store, ROUND, COUNTY), Language("zh")
    keeping = RoundKeeping(session)
    with pytest.raises(InputError, match="未办完"):
        keeping.confirm()
    lacking = keeping.begin()
    assert f"还有 {lacking.households:,} 户没有备案" in round_html(session, keeping, t)
    assert lacking.early
    assert not keeping.confirm()
    assert "再问一次" in round_html(session, keeping, t)
    keeping.forget()
    assert "封存本期…" in round_html(session, keeping, t)
    assert not store.is_closed(ROUND, COUNTY)


def test_the_households_to_be_screened_are_taken_along_with_their_groups(store, act):
    act(f"officer-{COUNTY}")
    session, t = RegisterSession(store, ROUND, COUNTY), Language("zh")
    sheet = (
        CalamineWorkbook.from_filelike(BytesIO(screening_file(session, t).content)).get_sheet_by_index(0).to_python()
    )
    wanted = screening(session.user, ROUND, COUNTY)
    assert [row[0] for row in sheet[1:]] == wanted["household_id"].to_list()
    column = sheet[0].index("低保户")
    assert sum(row[column] == "是" for row in sheet[1:]) == wanted["dibao"].sum()


def test_a_group_of_the_countys_own_is_screened_and_counted_under_its_name(store, act, monkeypatch):
    act(f"officer-{COUNTY}")
    standard = parse_standard({"income": {"ceiling": {"multiple": 1.5}}, "own_groups": {"x_remote": "偏远户"}})
    for module in (edge_register, in_force):
        monkeypatch.setattr(
            module, "approved_standard", lambda *_given: SimpleNamespace(standard=standard), raising=False
        )
    session, t = RegisterSession(store, ROUND, COUNTY), Language("zh")
    book = CalamineWorkbook.from_filelike(BytesIO(screening_file(session, t).content))
    # The last column says that the households are made up (0005).
    assert book.get_sheet_by_index(0).to_python()[0][-2:] == ["偏远户", "说明"]
    html = round_html(session, RoundKeeping(session), t)
    assert "偏远户" in html
    assert "x_remote" not in html


def test_a_proposal_by_the_rules_says_how_many_were_proposed_not_how_many_were_planned():
    planned = PlannedBatch("propose", {"a": 1, "b": 1, "c": 1}, {"3": 3})
    said = BatchResult(["a"], [SkippedHousehold("b", Words("缺事实", "lacks facts"))])
    html = done_html(planned, said, Language("zh"))
    assert "已按规则上报 1 户" in html
    assert "3 户" not in html


def test_the_office_and_the_telephone_of_a_public_list_are_those_of_the_county_in_sight(store, act, monkeypatch):
    act(f"officer-{COUNTY}")
    session = RegisterSession(store, ROUND, COUNTY)

    def shown():
        return documents_html(session, "", {}, Language("zh"))

    first = county_name(COUNTY, Language("zh"))
    assert f'value="{first}扶贫开发领导小组办公室"' in shown()
    # What is typed stays in the browser under the form's own name: another county's form is another one.
    assert f'data-draft="public {COUNTY}"' in shown()
    monkeypatch.setattr(session, "_bound", None)  # as of somebody who sees several counties
    session.choose(ROUND, "341522")
    assert f'value="{county_name("341522", Language("zh"))}扶贫开发领导小组办公室"' in shown()
    # Elsewhere the page says whose households a person sees, which is still the first county.
    assert f'value="{first}' not in shown()
    assert 'data-draft="public 341522"' in shown()


def shown_groups(session):
    with session.user.reading() as connection:
        rules = rules_of(connection, session.round_name, session.county, session.user.today)
    return fact_groups(session, rules, Language("zh"))


def test_every_fact_that_a_visit_corrects_stands_once_in_its_form_missing_ones_first(store, act):
    account, own, _ = worker(store)
    act(account)
    session = RegisterSession(store, ROUND, COUNTY)
    session.household = own["household_id"]
    groups = shown_groups(session)
    names = [field.name for group in groups for field in group.fields]
    assert sorted(names) == sorted(correctable())
    assert [group.key for group in groups] == [
        key for key in ("missing", "confirm", "also_missing", "for_plan", "other") if key in {g.key for g in groups}
    ]
    facts = store.household(ROUND, own["household_id"], COUNTY)
    for group in groups:
        for field in group.fields:
            if group.key != "other":
                assert (facts[field.name] is None) == (group.key in ("missing", "also_missing"))
            assert (field.value == "") == (facts[field.name] is None)
    food = next(field for group in groups for field in group.fields if field.name == "food")
    assert [words for _, words in food.options] == ["未知", "无困难", "潜在困难", "有困难"]


def test_a_form_sent_as_it_was_shown_changes_nothing_and_what_is_typed_changes_any_number(store, act):
    account, own, _ = worker(store)
    act(account)
    session = RegisterSession(store, ROUND, COUNTY)
    session.household = own["household_id"]
    fields = [field for group in shown_groups(session) for field in group.fields]
    sent = {f"{part}:{field.name}": [field.value] for field in fields for part in ("fact", "shown")}
    assert corrections(sent) == {}
    typed = {
        "food": "1",
        "clothing": "2",
        "income_wage": "1.2万",
        "income_business": "9,205元",
        "persons": "４",
        "has_car": "没有",
        "cause": "",
    }
    assert corrections(sent | {f"fact:{name}": [text] for name, text in typed.items()} | {"shown:cause": ["因病"]}) == {
        "food": 1, "clothing": 2, "income_wage": 12000.0, "income_business": 9205.0, "persons": 4, "has_car": False, "cause": None,
    }  # fmt: skip
    with pytest.raises(InputError, match="饮水安全"):
        corrections(sent | {"fact:water": ["有"]})
    assert corrections({"fact:household_id": ["x"], "fact:no_such": ["1"]}) == {}


def test_the_lab_offers_the_versions_of_the_register_to_whoever_may_read_them(store, act):
    session = ScenarioSession(store, Language("zh"), ROUND, COUNTY)
    assert registered_versions(COUNTY, Language("zh")) == []
    act(f"officer-{COUNTY}")
    officer = current_user.require_acting_user()
    number = draft(officer, parse_standard({"county": COUNTY, "income": {"ceiling": {"multiple": 1.9}}}))
    offered = dict(registered_versions(COUNTY, Language("zh")))
    assert offered[number].endswith("版（草案）")
    assert sum("（现行）" in name for name in offered.values()) == 1
    session.add(registered_candidate(number, Language("zh")))
    assert session.scenario.candidates[-1].standard.income.ceiling.multiple == 1.9
    assert session.names[-1] == offered[number]
    assert session.compared().records[session.names[-1]]["in"] > session.compared().records[session.names[0]]["in"]
    withdraw(officer, number, "只是试试")


def test_a_plan_is_edited_on_the_page_and_shows_terms_versions_and_what_else_is_suggested(store, act):
    account, own, _ = worker(store)
    act(account)
    session, t = RegisterSession(store, ROUND, COUNTY), Language("zh")
    session.household = own["household_id"]
    if not plan_view(session.user, session, t, {})["there"]:
        take_plan_step(session, "plan", {"goal": ["稳定增收"], "responsible": ["李某"]})
    before = plan_view(session.user, session, t, {})
    fields = {"version": [str(before["version"])], "amount": ["3,000元"], "due": ["2020-03-31"], "link": ["orders"]}
    take_plan_step(
        session, "add_measure", {**fields, "measure": ["industry_link"], "detail": ["茶叶"], "member": ["1"]}
    )
    added = plan_view(session.user, session, t, {})["running"][-1]
    assert (added["whose"], added["terms"]) == ("全户", "茶叶；订单；3,000 元；2020-03-31 前完成")
    change = {"measure": [str(added["id"])], "reason": ["实际金额"], "amount": ["2600"], "link": ["orders"]}
    assert take_plan_step(session, "change_measure", change)
    assert not take_plan_step(session, "change_measure", change)  # sent twice
    take_plan_step(session, "plan_goal", {"goal": ["长期增收"], "responsible": ["张某"]})
    after = plan_view(session.user, session, t, {account: "某"})
    assert (after["goal"], after["running"][-1]["terms"]) == ("长期增收", "订单；2,600 元")
    newest, changed, *_ = after["versions"]
    assert (newest["goal"], changed["goal"], changed["reason"]) == ("长期增收", before["goal"], "实际金额")
    assert {each["name"] for each in after["suggested"]}.isdisjoint({each["measure"] for each in after["running"]})
    shown = str(household_html(session, t))
    assert "data-version" in shown
    # The facts count members: who reads “成员 1” at every difficulty takes it for one person.
    personal = after["persons"] > 1 and any(each["personal"] for each in after["running"])
    assert ("data-members" in shown) == personal


def test_progress_shows_the_own_level_and_no_other_areas_share(store, act):
    _, own, _ = worker(store)
    t = Language("zh")
    query = "SELECT account FROM account WHERE role = 'township_reviewer' AND township = ?"
    with open_register(store).engine.connect() as connection:
        reviewer = connection.exec_driver_sql(query, (own["township"],)).scalar()
    act(reviewer)
    shown = progress_html(RegisterSession(store, ROUND, COUNTY), t)
    assert "wb-map" not in shown.replace("wb-map-label", "")
    assert f"金寨县 · {own['township']}" in shown
    assert own["village"] in shown
    others = {row["township"] for row in store.read(ROUND, COUNTY, ["township"]).to_pylist()} - {own["township"], None}
    assert not any(f"<strong>{name}</strong>" in shown for name in others)
    act(f"officer-{COUNTY}")
    shown = progress_html(RegisterSession(store, ROUND, COUNTY), t)
    assert all(f"<strong>{name}</strong>" in shown for name in others)
    assert "<svg" not in shown
    act("reader")
    assert "<svg" in progress_html(RegisterSession(store, ROUND, COUNTY), t)


def test_somebody_reads_what_became_of_what_they_handed_on(store, act):
    with open_register(store).engine.connect() as connection:
        account = connection.exec_driver_sql(
            "SELECT DISTINCT account FROM entry_step WHERE step = 'propose' AND entry_id IN "
            "(SELECT entry_id FROM entry_step WHERE step = 'file')"
        ).scalar()
    act(account)
    assert "县级已备案" in progress_html(RegisterSession(store, ROUND, COUNTY), Language("zh"))


def test_an_annex_is_made_of_the_columns_that_are_asked_for(store, act):
    act(f"officer-{COUNTY}")
    session = RegisterSession(store, ROUND, COUNTY)
    t = Language("zh")
    made = made_file(session, {"document": ["edge_annex"], "edge_columns": ["人均纯收入", "帮扶措施"]}, t)
    (sheet,) = CalamineWorkbook.from_filelike(BytesIO(made.content)).sheet_names
    heads = CalamineWorkbook.from_filelike(BytesIO(made.content)).get_sheet_by_name(sheet).to_python()[3]
    assert heads == ["序号", "乡镇", "村", "户编号", "户主姓名", "人均纯收入", "帮扶措施"]
    # What may be chosen is there to be ticked, each ledger's own.
    page = str(documents_html(session, "", {}, t))
    for kind, header in (("risk", "脱贫年度"), ("edge", "包保责任人")):
        assert f'name="{kind}_columns" value="{header}"' in page
    with pytest.raises(InputError, match="户主姓名"):
        made_file(session, {"document": ["edge_annex"], "edge_columns": ["血型"]}, t)
    with pytest.raises(InputError, match="监督电话"):
        made_file(session, {"document": ["public"], "office": ["办公室"]}, t)
    with pytest.raises(InputError, match="没有这种文件"):
        made_file(session, {"document": ["../register.sqlite"]}, t)


def test_a_filing_says_that_it_stays_and_who_is_below_the_line(store, act):
    t = Language("zh")
    act(f"officer-{COUNTY}")
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("cases")
    running = session.cases().filter(pl.col("fits"))["household_id"].to_list()
    assert Batches(session)._below_line(["1", running[0]]) == [running[0]]
    planned = PlannedBatch("file", {"1": 1, running[0]: 1}, {"2": 2}, below_line=[running[0]])
    said = str(planned_html(planned, "risk", t))
    assert "备案后不能撤回" in said
    assert "收入低于扶贫标准、认定程序在办" in said
    assert f">{running[0]}<" in said
    # Open, however many: it is what whoever files should see.
    assert str(planned_html(PlannedBatch("file", {}, {}, below_line=list("123456")), "risk", t)).count("<details") == 1
    assert " open><summary>收入低于" in str(
        planned_html(PlannedBatch("file", {}, {}, below_line=list("123456")), "risk", t)
    )
    done = str(done_html(planned, Filed("金寨县-2019-10-风险-009", ["1", running[0]], [], []), t))
    assert "已备案，清单编号 金寨县-2019-10-风险-009：2 户。" in done
    assert "不能撤回" in done
    assert "没有生成清单" in str(done_html(planned, Filed(None, [], [], []), t))
    # What can be taken back says that, and not the other.
    assert "备案后不能撤回" not in str(planned_html(PlannedBatch("agree", {"1": 1}, {}), "risk", t))


def test_whom_the_standard_would_bring_in_is_not_called_managed(store, act, monkeypatch):
    t = Language("zh")
    act(f"officer-{COUNTY}")
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("plans")
    groups = dict(session.assisted().group_by("group").len().iter_rows())
    assert set(groups) == {"lifted", "edge"}  # nobody is in this store's edge register yet
    html = str(plans_html(session, t))
    assert f"按标准拟纳入，尚未在管（{groups['edge']}）" in html
    assert "在管边缘户（" not in html
    entered = session.assisted().filter(group="edge")["household_id"][0]
    monkeypatch.setattr("workbench.ui.pages.register.frames.edge_households", lambda user: [{"household_id": entered}])
    assert dict(session.assisted().group_by("group").len().iter_rows())["managed"] == 1
    assert "在管边缘户（1）" in str(plans_html(session, t))


def test_who_makes_a_plan_is_said_to_whoever_does_not(store, act):
    t, (village, own, _) = Language("zh"), worker(store)
    for account, makes in ((village, True), (f"officer-{COUNTY}", False)):
        act(account)
        session = RegisterSession(store, ROUND, COUNTY)
        session.look("plans")
        html = str(plans_html(session, t))
        assert ("点户编号制定计划" in html, "计划由村级制定" in html) == (makes, not makes)
        session.household = own["household_id"]
        assert ("计划由村级制定、更改。" in str(household_html(session, t))) == (not makes)


def test_the_round_says_why_its_counts_are_not_those_of_the_lists(store, act):
    t = Language("zh")
    act(f"officer-{COUNTY}")
    session = RegisterSession(store, ROUND, COUNTY)
    keeping = RoundKeeping(session)
    with_case, html = keeping.lacking().with_case, str(round_html(session, keeping, t))
    counted = sum(keeping.lacking().by_kind["edge"].values())
    filed = session.entries("edge").filter(stage="filed").height
    assert counted + with_case + filed == session.entries("edge").height
    assert (f"{with_case} 户不用备案" in html) == (with_case > 0)
    listed, screened = session.entries("edge").height, screening(session.user, ROUND, COUNTY).height
    assert (f"“筛查对象”名单共 {listed:,} 户" in html) == (listed != screened)


def test_a_choice_of_one_value_is_not_offered(store, act):
    account, own, _ = worker(store)
    for name, several in ((account, False), (f"officer-{COUNTY}", True)):
        act(name)
        session = RegisterSession(store, ROUND, COUNTY)
        session.look("risk")
        html = "".join(parts(RegisterActions(session, Language("zh"))).values())
        assert ("&#34;key&#34;: &#34;township&#34;" in html) == several
        # Of one county, whoever it is: nothing is chosen there.
        assert '<select name="county"' not in html
        for options in re.findall(r"<select[^>]*data-send.*?</select>", html, re.DOTALL):
            # The first says "all", but where the list is sorted.
            assert options.count("<option") >= 2 + ("sort" not in options)
    assert own["village"]


def test_whom_the_standard_leaves_out_needs_no_plan_and_facts_that_decide_several_measures_stand_once(store, act):
    account, own, _ = worker(store)
    act(account)
    session, t = RegisterSession(store, ROUND, COUNTY), Language("zh")
    out = session.entries("edge").filter(rule="out")
    session.household = own["household_id"]
    assert plan_view(session.user, session, t, {}, rule="3")["due"]
    if out.height:
        session.household = out["household_id"][0]
        html = str(household_html(session, t))
        assert "data-not-due" in html
        assert "还没有计划。按致贫原因和事实，建议" not in html
        assert 'data-facts="for_plan"' not in html
    facts = {**session.store.household(ROUND, own["household_id"], COUNTY), "cause": None}
    undecided = _undecided(propose_each([facts], tier_parameters(ROUND))[0], t)
    needing = [each.split("，")[0] for each in undecided]
    assert len(needing) == len(set(needing))


def test_a_case_is_announced_from_its_day_on_and_counts_its_days_in_one_way(store, act):
    query = "SELECT account FROM account JOIN poverty_case USING (township) WHERE role = 'township_reviewer' AND stage = 'publicised'"
    with open_register(store).engine.connect() as connection:
        act(connection.exec_driver_sql(query).scalar())
    session, t = RegisterSession(store, ROUND, COUNTY), Language("zh")
    case = session.cases().filter(stage="publicised").row(0, named=True)
    (shown,) = cases_in_words(session.user, [case], t)
    assert "announce" not in [step["name"] for step in shown["next"]]
    begin = dt.date.fromisoformat(case["publicity_from"])
    last, first = begin + dt.timedelta(days=4), begin + dt.timedelta(days=5)
    assert shown["publicity"] == f"公示 5 天：{begin} 至 {last}（首日算第一天）；{first} 起可以公告"
    (ready,) = cases_in_words(session.user, [{**case, "publicity_until": session.user.today.isoformat()}], t)
    assert "announce" in [step["name"] for step in ready["next"]]


def test_the_county_files_and_returns_those_it_has_marked_and_no_others(store, act):
    t = Language("zh")
    act(reviewer_of(store))
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("risk")
    batches = Batches(session)
    assert "勾选的：备案" not in str(entries_html(session, t))
    for step in ("file", "send_back"):  # not the township's, however it is asked for
        with pytest.raises(RefusedError):
            batches.plan(step, None, "理由")
    if session.entry_page()[1]["proposed"]:
        batches.plan("agree", None)
        batches.confirm()
    act(f"officer-{COUNTY}")
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("risk")
    session.at_stage("reviewed")
    html = str(entries_html(session, t))
    reviewed = session.entries("risk").filter(stage="reviewed")
    assert reviewed.height >= 3
    assert html.count('<input type="checkbox" name="household"') == min(
        reviewed.height, len(session.entry_page()[0].rows)
    )
    assert all(words in html for words in ("勾选的：备案", "勾选的：备案前退回"))
    assert "勾选的：乡镇审核通过" not in html
    marks = dict(reviewed.select("household_id", "version").iter_rows())
    back, file = list(marks)[0], list(marks)[1]
    batches = Batches(session)
    with pytest.raises(RefusedError, match="理由"):
        batches.plan("send_back", {back: marks[back]})
    planned = batches.plan("send_back", {back: marks[back]}, "请核实收入")
    assert "退回后不能撤回" in str(planned_html(planned, "risk", t))
    assert "已退回 1 户" in str(done_html(*batches.confirm(), t))
    planned = batches.plan("file", {file: marks[file]})
    assert list(planned.versions) == [file]
    filed = batches.confirm()[1]
    assert isinstance(filed, Filed)
    assert filed.filed == [file]
    stages = dict(
        session.entries("risk")
        .filter(pl.col("household_id").is_in(list(marks)))
        .select("household_id", "stage")
        .iter_rows()
    )
    assert (stages.pop(back), stages.pop(file)) == ("returned", "filed")
    assert set(stages.values()) <= {"reviewed"}


@pytest.mark.usefixtures("store")
def test_data_import_offers_the_rounds_of_the_registers_own_day(act):
    act(f"officer-{COUNTY}")
    rounds = IntakePage.of_address(Language("zh"), {}).session.rounds
    assert rounds[-1] <= "2020-10"  # the demonstration stands in the autumn of 2019


def test_the_edge_register_marks_whom_the_standard_leaves_out(store, act, monkeypatch):
    t = Language("zh")
    act(f"officer-{COUNTY}")
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("managed")
    rows = session.assessment().filter(kind="unregistered").head(2).to_dicts()
    managed = frame_of([dict.fromkeys(MANAGED) | row | {"entered_round": ROUND, "overdue": 0} for row in rows], MANAGED)
    monkeypatch.setattr(state, "listed_edge", lambda *_values, **_named: managed)
    names = managed["household_id"].to_list()
    assessed = session.assessment().with_columns(
        rule=pl.when(pl.col("household_id").is_in(names[:1])).then(pl.lit("out")).otherwise(pl.lit("in"))
    )
    monkeypatch.setattr(RegisterSession, "assessment", lambda _session: assessed)
    html = str(views.managed_html(session, [], t))
    assert html.count("data-out") == 1
    assert "要由村上报“退出”" in html[html.index(names[0]) :]


def test_a_filed_household_whose_result_changed_says_what_is_to_be_done_and_by_whom(store, act, monkeypatch):
    """Home's task led to a page without a step and without a word of what to do (issue 18)."""
    act(f"officer-{COUNTY}")
    session = RegisterSession(store, ROUND, COUNTY)
    session.look("edge")
    filed = session.entries("edge").filter(stage="filed", rule="out").row(0, named=True)
    session.household = filed["household_id"]
    assessed = session.assessment().with_columns(
        rule=pl.when(household_id=session.household).then(pl.lit("in")).otherwise(pl.col("rule"))
    )
    monkeypatch.setattr(RegisterSession, "assessment", lambda _session: assessed)
    html = str(household_html(session, Language("zh")))
    (said,) = re.findall("data-result-changed>(.*?)</p>", html, re.DOTALL)
    assert "由村用“随时调整”重新走访、上报" in said
    assert re.search(f"这一步：.*{filed['village']}", said)
