"""The procedure cannot be cut short: whatever is tried, in whatever order, what is filed went through every step."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain.procedure.roles import ROLES, Area, Person, Right, check_right
from workbench.domain.procedure.workflow import (
    STEPS,
    WITHDRAWALS,
    Stage,
    advance,
    check_proposal,
    gives_reason,
    unanswered_return,
    withdrawn_proposal,
)
from workbench.errors import RefusedError

COUNTY, TOWNSHIP = Area("341524"), Area("341524", "梅山镇")
VILLAGE = Area("341524", "梅山镇", "红石村")


@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=30))
def test_whatever_is_tried_a_filed_household_was_visited_proposed_and_reviewed_in_this_order(tried):
    stage, taken = Stage.NEW, []
    for name in tried:
        try:
            stage = advance(stage, name, reason="情况有变")
        except RefusedError:
            continue
        taken.append(name)
    if stage is Stage.FILED:
        assert taken[-2:] == ["agree", "file"]
        assert taken[-3] in {"propose", *WITHDRAWALS.values()}
        assert "propose" in taken
        assert "visit" in taken


@pytest.mark.parametrize("stage", list(Stage))
def test_no_stage_is_a_dead_end(stage):
    assert any(stage in step.sources for step in STEPS.values())


@pytest.mark.parametrize(
    ("stage", "step"), [(Stage.PROPOSED, "return"), (Stage.REVIEWED, "send_back"), (Stage.FILED, "reopen")]
)
def test_going_back_needs_words(stage, step):
    with pytest.raises(RefusedError, match="理由"):
        advance(stage, step, "  ")


def test_a_refused_step_names_what_is_possible():
    with pytest.raises(RefusedError, match=r"未走访.*不能村级初评上报.*现在可以：走访"):
        advance(Stage.NEW, "propose")


def test_no_role_takes_two_successive_steps():
    steps = [Right.PROPOSE, Right.REVIEW, Right.FILE]
    for role in ROLES.values():
        assert len(role.rights & set(steps)) <= 1


@pytest.mark.parametrize(("rule", "proposed"), [(3, 2), (1, 3), (None, 3)])
def test_another_tier_than_the_rule_s_needs_a_reason(rule, proposed):
    with pytest.raises(RefusedError, match="理由"):
        check_proposal(rule, proposed, None)
    check_proposal(rule, proposed, "入户核实，已就业")


def test_a_refusal_names_tiers_as_offices_do_and_the_field_that_lacks_its_words():
    with pytest.raises(RefusedError) as refusal:
        check_proposal(3, 1, None)
    assert refusal.value.words.zh == "规则为三级（蓝），上报一级（红）：不同于规则要写明理由"
    assert refusal.value.field == "reason"


@pytest.mark.parametrize(
    ("steps", "returned", "withdrawn"),
    [
        ([], None, None), (["visit", "propose"], None, None), (["visit", "propose", "return"], 2, None),
        (["visit", "propose", "return", "visit"], 2, None), (["visit", "propose", "return", "visit", "propose"], None, None),
        (["visit", "propose", "return", "propose", "withdraw_proposal"], 2, 3), (["visit", "propose", "return", "withdraw_return"], None, None),
        (["visit", "propose", "withdraw_proposal"], None, 1), (["visit", "propose", "withdraw_proposal", "visit"], None, None),
    ],
)  # fmt: skip
def test_a_return_waits_for_a_proposal_and_a_withdrawn_proposal_for_the_next(steps, returned, withdrawn):
    assert (unanswered_return(steps), withdrawn_proposal(steps)) == (returned, withdrawn)


def test_the_rule_s_own_tier_needs_none():
    check_proposal(2, 2, None)


@pytest.mark.parametrize("proposed", [0, 4])
def test_a_tier_that_is_none_is_refused_whatever_the_reason(proposed):
    with pytest.raises(RefusedError):
        check_proposal(None, proposed, "理由")


def test_a_person_acts_inside_the_own_area_only():
    worker = Person("wang", ROLES["village_worker"], VILLAGE)
    check_right(worker, Right.VISIT, VILLAGE, simulated=False)
    with pytest.raises(RefusedError, match="不在其中"):
        check_right(worker, Right.VISIT, Area("341524", "梅山镇", "青山村"), simulated=False)
    with pytest.raises(RefusedError, match="不在其中"):
        check_right(worker, Right.READ_REGISTER, TOWNSHIP, simulated=False)


def test_a_step_of_another_role_is_refused_and_says_whose_it_is():
    reviewer = Person("li", ROLES["township_reviewer"], TOWNSHIP)
    with pytest.raises(RefusedError, match="县级经办人"):
        check_right(reviewer, Right.FILE, TOWNSHIP, simulated=False)


def test_analysts_read_no_personal_data_and_trainers_no_real_data():
    with pytest.raises(RefusedError):
        check_right(Person("a", ROLES["analyst"], Area()), Right.READ_PERSONAL, COUNTY, simulated=True)
    trainer = Person("t", ROLES["trainer"], Area())
    check_right(trainer, Right.READ_FACTS, COUNTY, simulated=True)
    with pytest.raises(RefusedError, match="模拟"):
        check_right(trainer, Right.READ_FACTS, COUNTY, simulated=False)


@pytest.mark.parametrize("area", [Area(), COUNTY, TOWNSHIP])
def test_an_area_of_another_level_than_the_role_s_is_refused(area):
    with pytest.raises(RefusedError):
        Person("wang", ROLES["village_worker"], area)


def test_an_area_with_a_gap_is_refused():
    with pytest.raises(RefusedError, match="不完整"):
        Area("341524", None, "红石村")


@pytest.mark.parametrize("reason", ["1", " 2021 ", "…", "。", ""])
def test_a_figure_or_a_mark_is_no_reason(reason):
    """It stands in the record and on the sheet for a leader, and tells nobody why (issue 18)."""
    assert not gives_reason(reason)
    with pytest.raises(RefusedError):
        advance(Stage.PROPOSED, "return", reason)
    with pytest.raises(RefusedError):
        check_proposal(1, 2, reason)
    assert all(gives_reason(each) for each in ("试", "按 2021 年财力", "x"))
