"""A round has one standard in a county, asked in one place; approved in its midst, another sends back only what it changes."""

import ast
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

import workbench
from tests.cli.command import run
from tests.register.conftest import COUNTY, NOW, ROUND, STANDARD
from workbench.domain.rules.standard import parse_standard, write_standard
from workbench.errors import RefusedError
from workbench.register.assessment import EDGE, assess, facts_read, rules_of
from workbench.register.household_history import history
from workbench.register.procedure.entries import listed
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose
from workbench.register.procedure.reviews import agree
from workbench.register.procedure.withdrawals import withdraw_last_step
from workbench.register.standards.effect import effect, reason_in_words
from workbench.register.standards.first_proposals import first_proposal_day
from workbench.register.standards.in_force import Source, last_round_begun, standard_in_use
from workbench.register.standards.lists import in_force_everywhere, standard_versions, version
from workbench.register.standards.standing import Standing, standing_of
from workbench.register.standards.versions import approve, draft, submit
from workbench.register.worklists.worklist import assess_county
from workbench.reports.gathering.county import CountyRound
from workbench.reports.gathering.edge import standard_applied
from workbench.reports.gathering.filing import gather_filing
from workbench.store.round_scope import RoundScope
from workbench.ui.kit.frame.place import Place
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.panels.changes_panel import ChangesPanel
from workbench.ui.pages.county_standard.reference_standard import compared_with
from workbench.ui.pages.county_standard.state import StandardSession
from workbench.ui.pages.county_standard.views import StandardResults
from workbench.ui.pages.home.overview import overview

PACKAGE = Path(workbench.__file__).parent
WIDE = {"income": {"ceiling": {"multiple": 3.0}}, "require_group": False}
LATER = NOW + dt.timedelta(days=6)


def submitted(office, **changes):
    number = draft(office.officer, parse_standard(STANDARD | WIDE | {"effective": "2019-10-10"} | changes))
    submit(office.officer, number, "按本县财力测算", {"in": 1})
    return number


@pytest.fixture
def reviewed(office):
    """Six edge households proposed and reviewed under the first version; it is six days later now."""
    office.set_standard(**WIDE)
    chosen = [each for each in office.households("unregistered", "in") if each["village"]][:6]
    for each in chosen:
        office.visit(each)
        propose(office.worker(each), ROUND, each["household_id"], "enter")
        agree(office.reviewer(each), ROUND, EDGE, [each["household_id"]])
    office.now = LATER
    return chosen


def between(office, chosen):
    """A ceiling in yuan under which some of the households are no longer in, and some still are."""
    facts = office.register.facts.frame(
        ROUND, COUNTY, ["household_id", "income_pc"], [h["household_id"] for h in chosen]
    )
    incomes = sorted(facts["income_pc"])
    return {"income": {"ceiling": {"yuan": round(incomes[3], 2)}}}


def every_place(office, url, day):
    """What each place says of the standard of the round: its version, None where none is in force."""
    facts, user = office.register.facts, office.officer
    with user.reading() as connection:
        register = rules_of(connection, ROUND, COUNTY, day).version
    in_use = standard_in_use(RoundScope(facts, ROUND, COUNTY), day, url)
    county_round = CountyRound(facts, ROUND, COUNTY, user, day)
    open_to_all = CountyRound(facts, ROUND, COUNTY, None, day, url)
    said = {
        "register": register and register.version,
        "previews": in_use.version.version if in_use.in_force else None,
        "neighbours": (in_force := in_force_everywhere(office.acting_user("reader"), ROUND).get(COUNTY))
        and in_force.version,
    }
    for name, each in {"ledger": county_round, "ledger without an account": open_to_all}.items():
        applied = standard_applied(each)
        said[name] = applied.version.version if applied.in_force else None
    document = gather_filing(county_round).standard
    said["document"] = document and int(document.version.strip("第版"))
    return said


def test_approved_in_mid_round_a_version_waits_for_the_next_and_sends_nobody_back(office, url, reviewed):
    approve(office.second, submitted(office, **between(office, reviewed)), "金扶组〔2019〕2号")
    assert set(every_place(office, url, LATER.date()).values()) == {1}
    assert [row["version"] for row in standard_versions(office.officer) if row["in_force"]] == [
        2
    ]  # on the day, not in the round
    done = file_list(office.officer, ROUND, COUNTY, EDGE)
    assert sorted(done.filed) == sorted(each["household_id"] for each in reviewed)
    assert done.sent_back == []
    following = standard_in_use(RoundScope(office.register.facts, "2020-04", COUNTY), LATER.date(), url)
    assert following.version.version == 2


@pytest.mark.usefixtures("reviewed")
def test_approved_at_the_same_moment_as_the_proposals_it_comes_after_them(office, url):
    office.now = NOW
    approve(office.second, submitted(office, effective="2019-10-02"), "文号")
    assert set(every_place(office, url, NOW.date()).values()) == {1}


def test_a_proposal_that_is_withdrawn_settles_no_standard(office, url):
    """Once, on the first day, a village proposed and took it back: the version in force when the round is begun in earnest holds."""
    office.set_standard(**WIDE)
    one, other = [each for each in office.households("unregistered", "in") if each["village"]][:2]
    office.visit(one)
    propose(office.worker(one), ROUND, one["household_id"], "enter")
    withdraw_last_step(office.worker(one), ROUND, one["household_id"])
    office.now = LATER
    with office.officer.reading() as connection:
        assert first_proposal_day(connection, COUNTY, ROUND) is None
        assert last_round_begun(connection, COUNTY, LATER.date()) is None
    approve(office.second, submitted(office), "金扶组〔2019〕2号")
    assert set(every_place(office, url, LATER.date()).values()) == {2}
    # Of a household proposed anew the first proposal stays withdrawn, and what another one was proposed under is a beginning.
    propose(office.worker(one), ROUND, one["household_id"], "enter")
    office.visit(other)
    propose(office.worker(other), ROUND, other["household_id"], "enter")
    with office.officer.reading() as connection:
        assert first_proposal_day(connection, COUNTY, ROUND) == LATER.date().isoformat()


def test_approved_for_this_round_it_sends_back_whom_it_changes_and_nobody_else(office, url, reviewed):
    number = submitted(office, **between(office, reviewed))
    foreseen = effect(office.second, version(office.second, number), ROUND)
    assert 0 < len(foreseen.changed) < len(reviewed)
    assert sum(count for *_, count in foreseen.by_village()) == len(foreseen.changed)
    done = approve(office.second, number, "金扶组〔2019〕2号", ROUND)
    assert [each.household_id for each in done.changed] == [each.household_id for each in foreseen.changed]
    back = {each.household_id for each in done.changed}
    stages = {row["household_id"]: row["stage"] for row in listed(office.officer, ROUND, EDGE)}
    stored = history(office.officer, min(back))["steps"][-1]["reason"]
    said = reason_in_words(stored)
    assert said.zh.startswith("县定标准第2版适用于本期，规则的结果由“纳入”变为“不纳入”")
    assert said.en.startswith("version 2 of the county's standard applies to this round")
    assert {name for name, stage in stages.items() if stage == "returned"} == back
    assert set(every_place(office, url, LATER.date()).values()) == {2}
    filed = file_list(office.officer, ROUND, COUNTY, EDGE)
    assert set(filed.filed) == set(stages) - back
    assert filed.sent_back == []


@pytest.mark.usefixtures("reviewed")
def test_the_same_result_under_another_version_is_filed_as_it_is(office):
    done = approve(office.second, submitted(office, help_cost=3500), "金扶组〔2019〕2号", ROUND)
    assert (done.standing, list(done.changed)) == (6, [])
    filed = file_list(office.officer, ROUND, COUNTY, EDGE)
    assert (len(filed.filed), filed.sent_back) == (6, [])


def test_until_the_first_proposal_it_is_the_one_in_force_today(office, url):
    office.set_standard()
    approve(office.second, submitted(office), "文号")
    assert set(every_place(office, url, NOW.date()).values()) == {1}
    office.now = LATER
    assert set(every_place(office, url, LATER.date()).values()) == {2}


@pytest.mark.usefixtures("reviewed")
def test_a_version_of_a_later_day_is_not_for_this_round(office):
    with pytest.raises(RefusedError, match="晚于本期"):
        approve(office.second, submitted(office, effective="2019-11-01"), "文号", ROUND)


def test_a_round_begun_without_a_standard_takes_the_first_one_that_comes(office, url):
    household = office.households(rule="3")[0]
    office.visit(household)
    propose(office.worker(household), ROUND, household["household_id"], "3")
    assert set(every_place(office, url, NOW.date()).values()) == {None}
    office.set_standard(effective="2019-10-09")
    office.now = LATER
    assert set(every_place(office, url, LATER.date()).values()) == {1}


@pytest.mark.parametrize("stored", ["a file", "a draft", "nothing"])
def test_what_nobody_approved_is_named_as_what_it_is_and_the_register_cannot_tell(office, url, stored):
    facts = office.register.facts
    if stored == "a file":
        (facts.root / "standards").mkdir()
        text = write_standard(parse_standard(STANDARD))
        (facts.root / "standards" / f"{COUNTY}.yaml").write_text(text, encoding="utf-8")
    elif stored == "a draft":
        submitted(office)
    source = {"a file": Source.FILE, "a draft": Source.DRAFT, "nothing": Source.REFERENCE}[stored]
    assert set(every_place(office, url, NOW.date()).values()) == {None}
    assert standard_in_use(RoundScope(facts, ROUND, COUNTY), NOW.date(), url).source is source
    assert set(assess_county(office.officer, ROUND, COUNTY).filter(kind="unregistered")["rule"].unique()) <= {
        None,
        "below_line",
    }


def test_pages_ask_the_register_too(office, url, reviewed, monkeypatch):
    monkeypatch.setenv("WORKBENCH_REGISTER", url)
    approve(office.second, submitted(office, **between(office, reviewed)), "金扶组〔2019〕2号")
    facts = office.register.facts
    assert overview(Place(facts, ROUND, COUNTY)).standards[COUNTY].version.version == 1
    assert StandardSession(facts, ROUND, COUNTY).in_force.version.version == 1


def test_a_version_approved_for_later_is_no_draft_and_goes_before_one(office, url):
    approve(office.second, submitted(office, effective="2019-11-01"), "金扶组〔2019〕2号")
    draft(office.officer, parse_standard(STANDARD | {"help_cost": 1.0}))
    in_use = standard_in_use(RoundScope(office.register.facts, ROUND, COUNTY), NOW.date(), url)
    assert (in_use.in_force, in_use.source, in_use.version.version) == (False, Source.APPROVED_LATER, 1)
    assert str(in_use.name) == "第1版（已批准，本期尚未施行） / version 1 (approved, not in force in this round)"
    assert set(every_place(office, url, NOW.date()).values()) == {None}
    later = standard_in_use(RoundScope(office.register.facts, ROUND, COUNTY), dt.date(2019, 11, 1), url)
    assert (later.in_force, later.version.version) == (True, 1)


def test_no_round_before_its_day_calls_a_version_the_one_in_force(office, url, monkeypatch):
    """A round of before said 第1版（现行标准）, in force from a day after it (issue 15)."""
    monkeypatch.setenv("WORKBENCH_REGISTER", url)
    office.set_standard()
    used = {
        name: standard_in_use(RoundScope(office.register.facts, name, COUNTY), NOW.date(), url)
        for name in ("2019-05", ROUND)
    }
    assert {name: each.version.version for name, each in used.items()} == {"2019-05": 1, ROUND: 1}
    assert used[ROUND].name.zh == "第1版（现行标准）"
    assert used["2019-05"].name.zh == "第1版（本期之后才施行，只作参照）"
    assert [each.of_its_time for each in used.values()] == [False, True]
    session = StandardSession(office.register.facts, "2019-05", COUNTY)
    assert "现行" not in compared_with(session.against, session.in_force, Language("zh"))


@pytest.mark.usefixtures("reviewed")
def test_of_two_versions_one_is_called_the_one_in_force(office, url):
    number = submitted(office)
    approve(office.second, number, "金扶组〔2019〕2号")
    today = LATER.date()
    now = standard_in_use(RoundScope(office.register.facts, ROUND, COUNTY), today, url)
    # The round goes on under the version that its first proposal was made under, though another is in force by now.
    assert (now.in_force, now.of_its_time, now.name.zh) == (True, True, "第1版（本期所用的标准）")
    assert (
        standard_in_use(RoundScope(office.register.facts, "2020-04", COUNTY), today, url).name.zh == "第2版（现行标准）"
    )


@pytest.mark.parametrize(("effective", "began", "present", "standing"), [
    ("2021-10-01", None, True, Standing.REFERENCE),
    ("2021-10-01", "2021-05-02", True, Standing.AFTERWARDS),
    # The round itself was begun late, under it.
    ("2021-10-01", "2021-10-05", True, Standing.PRESENT),
    ("2021-09-30", None, True, Standing.PRESENT),
    ("2021-04-01", "2021-04-10", False, Standing.OF_ROUND),
])  # fmt: skip
def test_how_a_version_stands_to_the_first_round_of_2021(effective, began, present, standing):
    assert standing_of(effective, "2021-04", began, present=present) is standing


def test_a_household_is_explained_by_the_standard_in_force(office, url, monkeypatch, capsys):
    monkeypatch.setenv("WORKBENCH_REGISTER", url)
    facts = office.register.facts

    def edges():
        words = ("--round", ROUND, "--store", facts.root, "--json")
        assessed = office.assessed("unregistered")
        chosen = [each for rule in ("in", "out") for each in assessed.filter(rule=rule).head(2).to_dicts()]
        records = [run(capsys, "explain", each["household_id"], *words).record for each in chosen]
        assert [each["edge"] for each in records] == [each["rule"] for each in chosen]
        return {each["standard"]["name"]["zh"] for each in records}, [each["edge"] for each in records]

    office.set_standard(income={"ceiling": {"multiple": 1.01}})
    assert edges()[0] == {"第1版（现行标准）"}
    office.now = LATER
    approve(office.second, submitted(office), "金扶组〔2019〕2号")
    named, said = edges()
    assert named == {"第2版（现行标准）"}
    assert "in" in said
    household = office.households("unregistered", "in")[0]["household_id"]
    asked = run(capsys, "questions", household, "--round", ROUND, "--store", facts.root, "--json").record
    assert asked["standard"]["name"]["en"] == "version 2 (the standard in force)"


def test_every_part_of_the_page_compares_with_one_standard_and_names_it(office, url, reviewed, monkeypatch):
    monkeypatch.setenv("WORKBENCH_REGISTER", url)
    number = submitted(office, **between(office, reviewed))
    session = StandardSession(office.register.facts, ROUND, COUNTY)
    results = StandardResults(
        session,
        Language("zh"),
        lambda function: function,
        session.load_standard,
        session.load_standard,
        lambda _multiple: None,
    )
    changes = ChangesPanel(session, Language("zh"), lambda function: function)

    def named():
        results.refresh([1.0, 1.5, 2.0, 3.0], lambda value: value)
        changes.fill()
        return [results.figures.facts["against"], results.townships.value, results.comparison.html, changes.pane.html]

    assert all("第1版（现行标准）" in each for each in named())
    before = results.figures.exact["leaving"]
    session.compare_with_version(version(office.officer, number))
    assert all("登记的第2版" in each and "现行标准）" not in each for each in named())
    # The draft is the wide one still: against the narrow version more is new, and nothing leaves.
    assert (before, results.figures.exact["leaving"]) == (0, 0)
    assert results.figures.exact["newly_in"] > 0


def test_what_a_version_changes_is_counted_from_the_facts_as_they_are(office, reviewed):
    number = submitted(office, **between(office, reviewed))
    effect_found = effect(office.second, version(office.second, number), ROUND)
    with office.officer.reading() as connection:
        rules = replace(rules_of(connection, ROUND, COUNTY, LATER.date()), version=version(office.officer, number))
    said = dict(
        assess(facts_read(office.register.facts, ROUND, COUNTY), rules).select("household_id", "rule").iter_rows()
    )
    changed = {each["household_id"] for each in reviewed if said[each["household_id"]] != "in"}
    assert {each.household_id for each in effect_found.changed} == changed


MAY_READ = {
    "register/standards/in_force.py", "register/standards/lists.py", "register/standards/versions.py", "register/db/procedure_tables.py",
}  # fmt: skip


def test_nothing_else_reads_the_table_of_standards_or_their_folder():
    modules = {path.relative_to(PACKAGE).as_posix(): path for path in PACKAGE.rglob("*.py")}
    assert set(modules) > MAY_READ
    assert {name for name, path in modules.items() if reads_standards(path) and "migrations" not in name} <= MAY_READ


def reads_standards(path):
    """Whether a module imports the table of standards, or looks into their folder."""
    source = path.read_text(encoding="utf-8")
    if "CountyStandard" not in source and "standards" not in source:
        return False
    tree = ast.parse(source)
    names = {each.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for each in node.names}
    divided = [node.right for node in ast.walk(tree) if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)]
    folders = [each.value for each in divided if isinstance(each, ast.Constant)]
    return "CountyStandard" in names or "standards" in folders
