"""The procedure of a round in the register: visited, proposed, reviewed, filed, each by its own people."""

import datetime as dt
from itertools import combinations

import polars as pl
import pytest
from sqlalchemy import func, select, update

from tests.register.changes import take_through
from tests.register.conftest import COUNTY, NOW, ROUND, SEEN, STANDARD
from workbench.domain.parameters import tier_parameters
from workbench.domain.rules.legal_readings import reading
from workbench.domain.rules.standard import parse_standard
from workbench.errors import InputError, RefusedError
from workbench.preview.request import preview
from workbench.preview.scope import PreviewScope
from workbench.register.assessment import EDGE, RISK
from workbench.register.audit.log import AuditEvent, verify
from workbench.register.db.procedure_tables import EntryStep, FiledRow
from workbench.register.procedure.entries import listed
from workbench.register.procedure.entries import one as entry_of
from workbench.register.procedure.filing_proof import filed_rows, prove
from workbench.register.procedure.filings import file_list, filings
from workbench.register.procedure.proposals import propose, propose_all
from workbench.register.procedure.reviews import agree, send_all_back, send_back
from workbench.register.procedure.visits import VisitReport, adjust, findings_of, visit, visits_of
from workbench.statistics.tiers import count_tiers, lifted_facts
from workbench.store.round_scope import RoundScope


def stage_of(office, household):
    user = office.officer
    with user.reading() as connection:
        return entry_of(user, connection, ROUND, household["household_id"])["stage"]


def test_a_household_goes_through_every_step_and_the_list_proves_itself(office):
    several = office.households()[:5]
    for household in several:
        take_through(office, household)
    done = file_list(office.officer, ROUND, COUNTY, RISK)
    assert done.number == "金寨县-2019-10-风险-001"
    assert sorted(done.filed) == sorted(each["household_id"] for each in several)
    assert (done.sent_back, done.held) == ([], [])
    assert stage_of(office, several[0]) == "filed"
    proof = prove(office.officer, done.number)
    assert (proof.households, proof.broken) == (5, [])
    rows = filed_rows(office.officer, done.number)
    assert {row["household_id"]: row["result"] for row in rows} == {h["household_id"]: h["rule"] for h in several}
    with office.register.engine.connect() as connection:
        assert verify(connection).broken is None
        steps = connection.execute(select(EntryStep.step, func.count()).group_by(EntryStep.step)).all()
    assert dict(map(tuple, steps)) == {"visit": 5, "propose": 5, "agree": 5, "file": 5}


def test_no_proposal_without_a_visit_in_the_round(office):
    household = office.households()[0]
    with pytest.raises(RefusedError, match="先走访"):
        propose(office.worker(household), ROUND, household["household_id"], household["rule"])


def test_another_tier_than_the_rule_s_needs_a_reason_which_is_kept(office):
    household = office.households(rule="3")[0]
    office.visit(household)
    worker = office.worker(household)
    with pytest.raises(RefusedError, match="理由"):
        propose(worker, ROUND, household["household_id"], "2")
    propose(worker, ROUND, household["household_id"], "2", "户主刚做手术")
    agree(office.reviewer(household), ROUND, RISK)
    done = file_list(office.officer, ROUND, COUNTY, RISK)
    (row,) = filed_rows(office.officer, done.number)
    assert (row["result"], row["rule"], row["reason"]) == ("2", "3", "户主刚做手术")
    assert prove(office.officer, done.number).broken == []


def test_a_returned_proposal_bears_its_reason_and_can_be_proposed_again(office):
    household = office.households()[0]
    office.visit(household)
    propose(office.worker(household), ROUND, household["household_id"], household["rule"])
    with pytest.raises(RefusedError, match="理由"):
        send_back(office.reviewer(household), ROUND, household["household_id"], " ")
    send_back(office.reviewer(household), ROUND, household["household_id"], "收入存疑")
    assert stage_of(office, household) == "returned"
    propose(office.worker(household), ROUND, household["household_id"], household["rule"])
    assert stage_of(office, household) == "proposed"


def test_each_is_refused_what_is_not_theirs(office):
    one, two = (
        office.households()[0],
        next(each for each in office.households() if each["township"] != office.households()[0]["township"]),
    )
    office.visit(one)
    report = VisitReport(two["household_id"], NOW.date(), "王某", SEEN)
    with pytest.raises(RefusedError, match="不在其中"):
        visit(office.worker(one), ROUND, [report])
    with pytest.raises(RefusedError, match="无权"):
        propose(office.officer, ROUND, one["household_id"], one["rule"])
    propose(office.worker(one), ROUND, one["household_id"], one["rule"])
    with pytest.raises(RefusedError, match="无权"):
        agree(office.worker(one), ROUND, RISK, [one["household_id"]])
    # Another township does not even see it: it is as one that nobody has visited there, and stays as it was.
    with pytest.raises(RefusedError) as refused:
        agree(office.reviewer(two), ROUND, RISK, [one["household_id"]])
    assert (refused.value.code, stage_of(office, one)) == ("register.not-visited-yet", "proposed")
    with pytest.raises(RefusedError, match="无权"):
        file_list(office.reviewer(one), ROUND, COUNTY, RISK)
    with pytest.raises(RefusedError, match="无权"):
        findings_of(office.acting_user("reader"), one["household_id"])
    with pytest.raises(RefusedError, match="无权"):
        visits_of(office.acting_user("analyst"), one["household_id"])


def test_facts_changed_since_the_proposal_send_the_household_back_by_name_and_file_the_others(office):
    stored, changed = office.households(rule="3")[:2]
    for household in (stored, changed):
        take_through(office, household)
    _set_fact(office, changed["household_id"], "medical", 2)
    done = file_list(office.officer, ROUND, COUNTY, RISK)
    assert done.filed == [stored["household_id"]]
    assert [(skipped.household_id, skipped.why.zh) for skipped in done.sent_back] == [
        (changed["household_id"], "上报之后事实有变化")
    ]
    assert stage_of(office, changed) == "returned"


def test_an_undetermined_household_is_held_with_the_facts_to_collect(office):
    household = office.undetermined()[0]
    office.visit(household)
    propose(office.worker(household), ROUND, household["household_id"], "2", "村里掌握的情况")
    agree(office.reviewer(household), ROUND, RISK)
    done = file_list(office.officer, ROUND, COUNTY, RISK)
    assert done.number is None
    assert [skipped.household_id for skipped in done.held] == [household["household_id"]]
    assert done.held[0].missing
    assert stage_of(office, household) == "reviewed"


def test_a_batch_proposes_what_the_rules_say_and_leaves_the_undetermined_to_people(office):
    known, unknown = office.households()[0], office.undetermined()[0]
    office.visit(known)
    office.visit(unknown)
    batch = propose_all(office.worker(known), ROUND, RISK)
    assert batch.done == [known["household_id"]]
    batch = propose_all(office.worker(unknown), ROUND, RISK)
    assert [skipped.household_id for skipped in batch.skipped] == [unknown["household_id"]]
    assert batch.skipped[0].missing
    assert agree(office.reviewer(known), ROUND, RISK).done == [known["household_id"]]


def test_a_fact_corrected_on_the_spot_is_typed_once_and_every_rule_sees_it(office):
    household = office.households(rule="3")[0]
    office.visit(household, medical=2, work_months=0.0)
    facts = office.register.facts.household(ROUND, household["household_id"], COUNTY)
    assert (facts["medical"], facts["work_months"]) == (2, 0.0)
    (now,) = [each for each in office.households() if each["household_id"] == household["household_id"]]
    assert now["rule"] in {"1", "2"}
    propose(office.worker(household), ROUND, household["household_id"], now["rule"])


def test_a_visit_corrects_nothing_to_what_the_household_cannot_have(office):
    household = office.households(rule="3")[0]
    before = office.register.facts.household(ROUND, household["household_id"], COUNTY)
    months = 12.0 * before["persons"]
    for correction in (
        {"work_months": months + 1},
        {"exit_year": int(ROUND[:4]) + 1},
        {"labour": before["persons"] + 1},
    ):
        with pytest.raises(InputError, match=household["household_id"]):
            office.visit(household, **correction)
    assert office.register.facts.household(ROUND, household["household_id"], COUNTY) == before
    office.visit(household, work_months=months)
    assert office.register.facts.household(ROUND, household["household_id"], COUNTY)["work_months"] == months


def test_income_corrected_changes_income_per_person_too(office):
    household = office.households()[0]
    before = office.register.facts.household(ROUND, household["household_id"], COUNTY)
    office.visit(household, net_income=1000.0 * before["persons"])
    after = office.register.facts.household(ROUND, household["household_id"], COUNTY)
    assert after["income_pc"] == 1000.0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"findings": {"industry": "好"}}, "缺少走访情况"),
        ({"visitors": " "}, "走访人"),
        ({"day": dt.date(2019, 10, 9)}, "今天 2019-10-08"),
        ({"day": dt.date(2019, 5, 31)}, "以前的期次"),
    ],
)
def test_a_visit_that_is_not_whole_is_refused_in_words(office, changes, said):
    household = office.households()[0]
    details = {"household_id": household["household_id"], "day": NOW.date(), "visitors": "王某", "findings": SEEN}
    with pytest.raises(InputError, match=said):
        visit(office.worker(household), ROUND, [VisitReport(**details | changes)])
    assert visits_of(office.officer, household["household_id"]) == []


def test_a_filed_household_is_adjusted_out_of_round_through_the_same_steps(office):
    household = office.households(rule="3")[0]
    take_through(office, household)
    first = file_list(office.officer, ROUND, COUNTY, RISK)
    with pytest.raises(RefusedError, match="随时调整"):
        office.visit(household, medical=2)
    report = VisitReport(household["household_id"], NOW.date(), "王某", SEEN, {"medical": 2})
    with pytest.raises(RefusedError, match="依据"):
        adjust(office.worker(household), ROUND, report, "重病住院", "")
    adjust(office.worker(household), ROUND, report, "重病住院", "住院证明")
    rule = next(each["rule"] for each in office.households() if each["household_id"] == household["household_id"])
    propose(office.worker(household), ROUND, household["household_id"], rule)
    agree(office.reviewer(household), ROUND, RISK)
    second = file_list(office.officer, ROUND, COUNTY, RISK)
    (row,) = filed_rows(office.officer, second.number)
    assert (row["adjustment"], row["result"]) == (1, rule)
    assert prove(office.officer, first.number).broken == []  # the earlier list stays what it was
    assert prove(office.officer, second.number).broken == []


def test_who_saw_an_older_version_is_told_and_overwrites_nothing(office):
    household = office.households(rule="3")[0]
    office.visit(household)
    worker = office.worker(household)
    propose(worker, ROUND, household["household_id"], "3", version=1)
    with pytest.raises(RefusedError, match="没有覆盖"):
        propose(worker, ROUND, household["household_id"], "2", "另一人的看法", version=1)


def test_reading_what_a_visit_found_is_an_event(office):
    household = office.households()[0]
    office.visit(household)
    (seen,) = findings_of(office.officer, household["household_id"])
    assert seen["findings"] == SEEN
    with office.register.engine.connect() as connection:
        last = connection.execute(select(AuditEvent).order_by(AuditEvent.number.desc()).limit(1)).one()
    assert (last.action, last.account, last.subject) == ("personal_read", "officer", household["household_id"])


def test_a_proof_names_a_row_changed_by_hand(office):
    household = office.households(rule="3")[0]
    take_through(office, household)
    done = file_list(office.officer, ROUND, COUNTY, RISK)
    with office.register.engine.begin() as connection:
        connection.execute(update(FiledRow).values(result="1"))
    assert any("清单" in words.zh for words in prove(office.officer, done.number).broken)


def test_a_proof_names_facts_that_are_no_longer_what_they_were(office):
    household = office.households(rule="3")[0]
    take_through(office, household)
    done = file_list(office.officer, ROUND, COUNTY, RISK)
    (stored,) = (office.register.facts.root / "filed").glob("*.parquet")
    stored.unlink()
    assert any("备份" in words.zh for words in prove(office.officer, done.number).broken)


def test_edge_households_enter_by_the_same_steps_under_the_standard_in_force(office):
    office.set_standard()
    entering = office.households("unregistered", "in")
    for household in entering:
        take_through(office, household, "enter", EDGE)
    done = file_list(office.officer, ROUND, COUNTY, EDGE)
    assert sorted(done.filed) == [each["household_id"] for each in entering]
    assert entering
    (filing,) = filings(office.officer)
    assert filing["standard_hash"]
    assert prove(office.officer, done.number).broken == []


def test_a_standard_changed_since_the_proposal_sends_nobody_back_of_whom_it_says_the_same(office):
    office.set_standard()
    household = office.households("unregistered", "in")[0]
    take_through(office, household, "enter", EDGE)
    office.set_standard(effective="2019-10-02", title="第二版")
    done = file_list(office.officer, ROUND, COUNTY, EDGE)
    assert (done.filed, done.sent_back) == ([household["household_id"]], [])


def _set_fact(office, household_id, name, value):
    facts = office.register.facts
    table = pl.DataFrame(facts.read(ROUND, COUNTY))
    changed = table.with_columns(
        pl.when(pl.col("household_id") == household_id)
        .then(pl.lit(value, table.schema[name]))
        .otherwise(pl.col(name))
        .alias(name)
    )
    facts.write(ROUND, {COUNTY: changed.to_arrow(compat_level=pl.CompatLevel.oldest())}, facts.origin(ROUND, COUNTY))


def test_a_filing_is_equal_to_the_preview_and_the_tiers_of_its_moment_whatever_happens_later(office):
    office.set_standard()
    lifted, edge = office.households(rule="3")[0], office.households("unregistered", "in")[0]
    take_through(office, lifted)
    take_through(office, edge, "enter", EDGE)
    numbers = {kind: file_list(office.officer, ROUND, COUNTY, kind).number for kind in (RISK, EDGE)}
    facts = office.register.facts
    scope = preview(PreviewScope(facts, ROUND, COUNTY), parse_standard(STANDARD))
    tiers = count_tiers(lifted_facts(RoundScope(facts, ROUND, COUNTY)), tier_parameters(ROUND), reading("default")).city
    _set_fact(office, lifted["household_id"], "medical", 2)
    _set_fact(office, edge["household_id"], "income_pc", 50_000.0)
    office.set_standard(effective="2019-10-02", income={"ceiling": {"multiple": 2.0}})
    proofs = {kind: prove(office.officer, number) for kind, number in numbers.items()}
    assert [proof.broken for proof in proofs.values()] == [[], []]
    said = proofs[EDGE].counts["rules"]
    assert (said.get("in", 0), said.get("below_line", 0)) == (scope["in"], scope["below_line"])
    assert proofs[RISK].counts["rules"] == {key: count.rows for key, count in tiers.items() if count.rows}


def test_a_reviewer_agrees_to_and_returns_what_was_seen_only_and_all_or_none(office):
    stable = office.households(rule="3")
    one, other = next(
        (each, after)
        for each, after in combinations(stable, 2)
        if each["township"] == after["township"] and each["village"]
    )
    names = [one["household_id"], other["household_id"]]
    for each in (one, other):
        office.visit(each)
        propose(office.worker(each), ROUND, each["household_id"], "3")
    seen = {row["household_id"]: row["version"] for row in listed(office.officer, ROUND, RISK)}
    send_back(office.reviewer(one), ROUND, names[0], "请再核实")
    propose(office.worker(one), ROUND, names[0], "1", "重病")  # another proposal than the one that was looked at
    with pytest.raises(RefusedError, match="没有覆盖"):
        agree(office.reviewer(one), ROUND, RISK, [names[0]], versions={names[0]: seen[names[0]]})
    with pytest.raises(RefusedError, match="没有覆盖"):
        send_all_back(
            office.reviewer(other), ROUND, {names[1]: seen[names[1]], names[0]: seen[names[0]]}, "收入请再核实"
        )
    assert {row["stage"] for row in listed(office.officer, ROUND, RISK)} == {"proposed"}
