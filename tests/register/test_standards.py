"""A county's standard: drafted, submitted with figures, approved by another, in force from its day; one per county and day."""

import datetime as dt

import pytest

from tests.register.conftest import COUNTY, ROUND, STANDARD
from workbench.domain.rules.standard import parse_standard
from workbench.errors import RefusedError, StandardError
from workbench.register.standards.in_force import standard_in_use, standard_on
from workbench.register.standards.lists import standard_versions, version
from workbench.register.standards.versions import approve, draft, send_back, submit, withdraw
from workbench.register.worklists.progress import waiting
from workbench.store.round_scope import RoundScope


def effective(office, day):
    with office.register.engine.connect() as connection:
        result = standard_on(connection, COUNTY, day)
    return result and result.version


def test_the_latest_day_of_effect_is_in_force(office):
    office.set_standard()
    office.set_standard(effective="2020-04-01", title="第二版")
    assert effective(office, dt.date(2019, 9, 30)) is None
    assert effective(office, dt.date(2019, 10, 31)) == 1
    assert effective(office, dt.date(2020, 4, 1)) == 2
    current = {row["version"]: row["in_force"] for row in standard_versions(office.officer)}
    assert current == {1: True, 2: False}


def test_submitting_needs_a_reason_and_keeps_the_figures(office):
    number = draft(office.officer, parse_standard(STANDARD))
    with pytest.raises(RefusedError, match="理由"):
        submit(office.officer, number, " ", {})
    submit(office.officer, number, "按财力", {"in": 12})
    (row,) = standard_versions(office.officer)
    assert (row["state"], row["reason"], row["preview"]) == ("submitted", "按财力", {"in": 12})


def test_without_a_day_of_effect_it_cannot_be_submitted(office):
    number = draft(
        office.officer, parse_standard({key: value for key, value in STANDARD.items() if key != "effective"})
    )
    with pytest.raises(RefusedError, match="施行日期"):
        submit(office.officer, number, "按财力", {})


def test_who_submits_does_not_approve(office):
    number = draft(office.officer, parse_standard(STANDARD))
    submit(office.officer, number, "按财力", {})
    with pytest.raises(RefusedError, match="提交人"):
        approve(office.officer, number, "文号")
    with pytest.raises(RefusedError, match="文号"):
        approve(office.second, number, "")


def test_one_standard_per_county_and_day_is_said_when_it_is_drafted(office):
    office.set_standard()
    office.set_standard(effective="2019-10-08")
    office.set_standard(effective="2019-11-01")
    with pytest.raises(RefusedError, match="金寨县自 2019-10-01 起已有第 1 版标准") as refused:
        draft(office.officer, parse_standard(STANDARD | {"title": "另一版"}))
    # It is 8 October: that day is taken too, and what counts for the round is what comes by its deadline.
    assert (
        "请改填施行日期：2019-10-09 起的日期都可以（2019-11-01 除外），2019-10-31 及以前的可用于本期（2019-10）"
        in str(refused.value)
    )
    assert "choose another day: any from 2019-10-09 on (but 2019-11-01), for round 2019-10 by 2019-10-31" in str(
        refused.value
    )


def test_a_day_that_was_taken_meanwhile_is_said_at_every_later_step(office):
    drafted = draft(office.officer, parse_standard(STANDARD | {"title": "草案"}))
    asked = draft(office.officer, parse_standard(STANDARD | {"title": "另一版"}))
    submit(office.officer, asked, "按财力", {})
    office.set_standard()
    with pytest.raises(RefusedError, match="请改填施行日期：2019-10-08 起"):
        submit(office.officer, drafted, "按财力", {})
    with pytest.raises(RefusedError, match="请退回，由提交人改填施行日期：2019-10-08 起"):
        approve(office.second, asked, "文号")


def test_steps_are_taken_in_order(office):
    number = draft(office.officer, parse_standard(STANDARD))
    with pytest.raises(RefusedError, match="草案"):
        approve(office.second, number, "文号")
    withdraw(office.officer, number, "重拟")
    with pytest.raises(RefusedError, match="已撤回"):
        submit(office.officer, number, "按财力", {})


def test_a_submitted_standard_is_sent_back_with_a_reason_by_somebody_else(office):
    number = draft(office.officer, parse_standard(STANDARD))
    submit(office.officer, number, "按财力", {"in": 1})
    with pytest.raises(RefusedError, match="理由"):
        send_back(office.second, number, " ")
    with pytest.raises(RefusedError, match="可以撤回"):
        send_back(office.officer, number, "预算未核")
    send_back(office.second, number, "预算未核")
    send_back(office.second, number, "预算未核")  # sent twice, it counts once
    (row,) = standard_versions(office.officer)
    assert (row["state"], row["sent_back"]["by"], row["sent_back"]["reason"]) == ("returned", "second", "预算未核")
    assert row["preview"] == {"in": 1}
    with pytest.raises(RefusedError, match="已退回"):
        approve(office.second, number, "文号")
    assert standard_in_use(RoundScope(office.register.facts, ROUND, COUNTY), register=office.register).version is None
    assert waiting(office.officer, ROUND).by_task["redraft_standard"] == 1
    assert waiting(office.second, ROUND).by_task["redraft_standard"] == 0
    draft(office.officer, parse_standard(STANDARD | {"budget": 100_000}))
    assert waiting(office.officer, ROUND).by_task["redraft_standard"] == 0


def test_a_standard_is_set_by_its_county_only(office):
    with pytest.raises(RefusedError, match="不在其中"):
        draft(office.officer, parse_standard(STANDARD | {"county": "341522"}))
    with pytest.raises(RefusedError, match="无权"):
        draft(office.acting_user("analyst"), parse_standard(STANDARD))


def test_a_ceiling_below_the_line_of_its_year_is_refused(office):
    number = draft(office.officer, parse_standard(STANDARD | {"income": {"ceiling": {"yuan": 3000}}}))
    with pytest.raises(StandardError, match="低于扶贫标准"):
        submit(office.officer, number, "按财力", {})


def test_a_line_of_its_own_below_that_of_its_year_is_refused_so_that_nobody_is_left_out(office):
    number = draft(office.officer, parse_standard(STANDARD | {"line": 2500}))
    with pytest.raises(StandardError, match="一户不漏"):
        submit(office.officer, number, "按财力", {})
    higher = draft(office.officer, parse_standard(STANDARD | {"line": 3500}))
    submit(office.officer, higher, "按财力", {})
    approve(office.second, higher, "文号")


def test_a_draft_that_cannot_be_submitted_can_be_taken_back(office):
    number = draft(office.officer, parse_standard(STANDARD | {"income": {"ceiling": {"yuan": 3000}}}))
    withdraw(office.officer, number, "上限写错")
    assert [row["state"] for row in standard_versions(office.officer)] == ["withdrawn"]


def test_what_is_kept_is_what_was_drafted(office):
    number = draft(office.officer, parse_standard(STANDARD))
    assert version(office.officer, number).standard == parse_standard(STANDARD)


def test_pages_compare_with_the_standard_in_force_in_their_round(office, url):
    facts = office.register.facts
    office.set_standard()
    here = standard_in_use(RoundScope(facts, "2019-10", COUNTY), register=url)
    assert here.in_force
    assert here.standard == parse_standard(STANDARD)
    assert not standard_in_use(RoundScope(facts, "2019-05", COUNTY), dt.date(2019, 5, 20), url).in_force
