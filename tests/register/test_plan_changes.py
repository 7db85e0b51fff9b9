"""Plans that people edit: measures added, changed, given to another member, on terms; every version stays as it was."""

from dataclasses import replace

import polars as pl
import pytest

from tests.register.conftest import COUNTY, NOW, ROUND
from workbench.domain.assistance.terms import Terms
from workbench.domain.assistance.typed_terms import typed_terms
from workbench.errors import InputError, RefusedError
from workbench.register.assistance.changes import add_measure, change_measure
from workbench.register.assistance.checks import Planned, has_gone
from workbench.register.assistance.plan_lists import plan_of, running_measures
from workbench.register.assistance.plans import end_measure, make_plan, suggested
from workbench.register.assistance.versions import versions_of
from workbench.register.audit.log import AuditEvent
from workbench.register.audit.verification import verify_register
from workbench.register.db.follow_up_tables import PlanVersion
from workbench.store.facts import FactStore

TERMS = Terms(amount=3000, starts="2019-10-10", due="2020-03-31", link="orders", responsible="王某", detail="茶叶订单")


@pytest.fixture
def planned(office):
    """A household of at least two with a plan as suggested."""
    household = next(
        each for each in office.households()
        if office.register.facts.household(ROUND, each["household_id"], COUNTY)["persons"] > 1
    )  # fmt: skip
    make_plan(office.worker(household), ROUND, household["household_id"], "稳定增收", "李某")
    return household


def running(office, household):
    plan = plan_of(office.officer, household["household_id"])
    return [each for each in plan["measures"] if each["until"] is None]


def add(office, household, new, version=None):
    return add_measure(office.worker(household), ROUND, household["household_id"], new, version)


def change(office, household, measure, member, terms, version=None, reason="实际金额"):
    return change_measure(office.worker(household), ROUND, measure, member, terms, reason, version)


def test_a_measure_has_amount_days_link_and_a_person_and_one_kind_may_stand_twice(office, planned):
    before = running(office, planned)
    assert add(office, planned, Planned("industry_link", terms=TERMS))
    assert add(office, planned, Planned("industry_link", terms=replace(TERMS, link="shares", detail="合作社入股")))
    assert not add(office, planned, Planned("industry_link", terms=TERMS))  # sent twice
    links = running(office, planned)[len(before) :]
    assert [(each["amount"], each["due"], each["link"]) for each in links] == [
        (3000, "2020-03-31", "orders"), (3000, "2020-03-31", "shares"),
    ]  # fmt: skip
    assert links[0]["responsible"] == "王某"


def test_a_member_has_several_measures(office, planned):
    for name in ("disability_support", "chronic_illness_care"):
        assert add(office, planned, Planned(name, 2))
    mine = {each["measure"] for each in running(office, planned) if each["member"] == 2}
    assert {"disability_support", "chronic_illness_care"} < mine


def test_a_change_keeps_the_version_before_it_and_lists_and_ledgers_read_the_newest(office, planned):
    name = planned["household_id"]
    add(office, planned, Planned("public_post", 1, terms=TERMS_OF_A_POST))
    post = running(office, planned)[-1]["id"]
    assert change(office, planned, post, 2, replace(TERMS_OF_A_POST, amount=800))
    assert not change(office, planned, post, 2, replace(TERMS_OF_A_POST, amount=800))
    (now,) = (each for each in running(office, planned) if each["id"] == post)
    assert (now["member"], now["amount"]) == (2, 800)
    versions = versions_of(office.officer, name)
    assert [each["version"] for each in versions] == [3, 2, 1]
    amounts = [
        [each["amount"] for each in version["content"]["measures"] if each["id"] == post] for version in versions
    ]
    assert amounts == [[800], [500], []]
    assert (versions[0]["reason"], versions[0]["account"]) == ("实际金额", office.worker(planned).person.account)
    assert "public_post" in running_measures(office.officer, COUNTY)[name]
    with office.register.engine.connect() as connection:
        actions = list(connection.execute(AuditEvent.__table__.select()).mappings())
    assert [each["action"] for each in actions][-2:] == ["measure_added", "measure_changed"]


TERMS_OF_A_POST = Terms(amount=500)


def test_a_version_changed_by_hand_is_noticed(office, planned):
    add(office, planned, Planned("motivation"))
    assert verify_register(office.register.engine).broken is None
    with office.register.engine.begin() as connection:
        connection.execute(PlanVersion.__table__.update().values(content="{}"))
    assert [each.kind for each in verify_register(office.register.engine).changed] == ["plan_version"]


def test_a_plan_of_before_versions_were_written_keeps_what_it_was(office, planned):
    name = planned["household_id"]
    with office.register.engine.begin() as connection:
        connection.execute(PlanVersion.__table__.delete())
    before = running(office, planned)
    add(office, planned, Planned("motivation"))
    first = versions_of(office.officer, name)[-1]
    assert (first["version"], first["account"]) == (1, None)
    assert [each["id"] for each in first["content"]["measures"]] == [each["id"] for each in before]


def test_what_moved_on_or_leaves_a_member_without_any_is_refused(office, planned):
    add(office, planned, Planned("motivation"))
    with pytest.raises(RefusedError, match="补充了一项措施"):
        add(office, planned, Planned("veterans"), version=1)
    of_member = next(each for each in running(office, planned) if each["member"] == 2)
    with pytest.raises(RefusedError, match="唯一"):
        change(office, planned, of_member["id"], 1, Terms())
    with pytest.raises(RefusedError, match="理由"):
        change(office, planned, of_member["id"], 2, TERMS_OF_A_POST, reason=" ")
    with pytest.raises(RefusedError, match="不在本范围内"):
        change(office, planned, 99_999, 2, Terms())
    other = next(each for each in office.households() if each["village"] != planned["village"])
    with pytest.raises(RefusedError):
        change_measure(office.worker(other), ROUND, of_member["id"], 2, TERMS_OF_A_POST, "x")
    with pytest.raises(RefusedError, match="无权"):
        change_measure(office.officer, ROUND, of_member["id"], 2, TERMS_OF_A_POST, "x")
    with pytest.raises(RefusedError, match="还没有帮扶计划"):
        add(office, other, Planned("motivation"))


@pytest.mark.parametrize(
    ("measure", "terms", "said"),
    [
        ("industry_link", Terms(amount=-1), "金额"),
        ("industry_link", Terms(amount=10**9), "金额"),
        ("industry_link", Terms(link="loan"), "联结方式"),
        ("motivation", Terms(link="orders"), "没有联结方式"),
        ("funding", Terms(starts="2019-11-01", due="2019-10-31"), "早于"),
        ("funding", Terms(due="2099-01-01"), "核对年份"),
        ("funding", Terms(detail="x" * 1001), "请改短"),
    ],
)
def test_terms_that_cannot_be_are_refused_in_words(office, planned, measure, terms, said):
    with pytest.raises(InputError, match=said):
        add(office, planned, Planned(measure, terms=terms))


@pytest.mark.parametrize(
    ("typed", "yuan"), [("", None), ("9,205", 9205), ("9205元", 9205), ("1.2万", 12_000), ("０", 0)]
)
def test_amounts_are_read_as_people_write_them(typed, yuan):
    assert typed_terms(typed, "", "", "", "", "").amount == yuan


@pytest.mark.parametrize(("amount", "day"), [("多", ""), ("1.5", ""), ("未知", ""), ("", "10月8日")])
def test_what_is_no_amount_or_no_day_is_refused_in_words(amount, day):
    with pytest.raises(InputError, match="应"):
        typed_terms(amount, day, "", "", "", "")


def test_a_plan_as_suggested_loses_no_suggestion(office):
    household = office.households(rule="2")[0]
    _, proposed = suggested(office.worker(household), ROUND, [household["household_id"]])[household["household_id"]]
    make_plan(office.worker(household), ROUND, household["household_id"], "增收", "李某")
    planned = {each["measure"] for each in running(office, household)}
    assert {each.measure.name for each in (*proposed.household, *proposed.persons) if each.people != 0} <= planned


def test_a_measure_that_is_none_is_refused_in_words_whatever_its_terms(office, planned):
    with pytest.raises(InputError, match="没有措施"):
        add(office, planned, Planned("no_such_measure", terms=Terms(link="shares")))


def without_persons(office, household):
    """The facts taken in anew, without how many members a household has."""
    facts = office.register.facts
    here = pl.col("household_id") == household["household_id"]
    rows = pl.DataFrame(facts.read(ROUND, COUNTY))
    unknown = rows.with_columns(persons=pl.when(~here).then(pl.col("persons")))
    facts.write(ROUND, {COUNTY: unknown.to_arrow(compat_level=pl.CompatLevel.oldest())}, facts.origin(ROUND, COUNTY))


def test_where_nobody_knows_how_many_members_there_are_a_member_has_measures_all_the_same(office, planned):
    without_persons(office, planned)
    new = Planned("chronic_illness_care", 2)
    assert add(office, planned, new)
    added = running(office, planned)[-1]
    assert (added["measure"], added["member"]) == (new.measure, new.member)
    assert change(office, planned, added["id"], 3, Terms())
    with pytest.raises(InputError, match="从 1 起"):
        add(office, planned, Planned(new.measure, 0))


def test_a_county_without_any_round_knows_of_nobody_who_has_gone(office, planned, monkeypatch):
    measure = next(each for each in running(office, planned) if each["member"])
    monkeypatch.setattr(FactStore, "rounds_of", lambda _facts, _county: [])
    assert has_gone(office.officer, {**measure, "county": COUNTY}) is False
    only = [each for each in running(office, planned) if each["member"] == measure["member"]]
    for each in only[:-1]:
        end_measure(office.worker(planned), each["id"], NOW.date(), "已完成")
    with pytest.raises(RefusedError, match="唯一的措施"):
        end_measure(office.worker(planned), only[-1]["id"], NOW.date(), "已完成")
