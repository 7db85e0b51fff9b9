"""A trainer's own cases: the rules answer what is typed, a file from elsewhere is read as a form is, sheets show both."""

import json

import pytest

from workbench.domain.rules.clauses import clauses
from workbench.errors import InputError
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.training.own_sets import MOST_CASES, TrainingSet, case_typed, document, set_of
from workbench.ui.pages.training.sheets import built_in_cases, built_in_questions, marked, own_cases
from workbench.ui.pages.training.teaching import cases, plain_household, questions, result_in

ZH = Language("zh")
WRITTEN = {
    "title": "看病花了很多钱",
    "ask": "一人大病，自付很多。",
    "explain": "自付超过纯收入三成。",
    "clause": "§2.1.1-c",
}


def typed(kind="lifted", **facts):
    return {**WRITTEN, "kind": kind, **{f"fact:{name}": text for name, text in facts.items()}}


def test_the_rules_answer_what_a_trainer_types_in_words():
    case = case_typed(typed(out_of_pocket="1.5万", medical="有困难", labour="未知"), {}, "2019-10")
    assert (case.facts["out_of_pocket"], case.facts["medical"], case.facts["labour"]) == (15_000.0, 2, None)
    assert case.result == result_in(case.facts, "lifted", "2019-10") == "1"


def test_what_follows_follows_unless_it_was_typed():
    assert case_typed(typed(net_income="12000", income_pc="10000"), {}, "2019-10").facts["income_pc"] == 3_000.0
    assert case_typed(typed(net_income="12000", income_pc="2500"), {}, "2019-10").facts["income_pc"] == 2_500.0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": " "}, "名称"),
        ({"explain": "长" * 2_001}, "2000"),
        ({"kind": "nobody"}, "户类型"),
        ({"clause": "§9"}, "条款"),
        ({"fact:labour": "两个"}, "两个"),
        ({"fact:labour": "9"}, "不能多于全户人数"),
    ],
)
def test_what_cannot_be_is_refused_in_words(changes, said):
    with pytest.raises(InputError, match=said):
        case_typed({**typed(), **changes}, {}, "2019-10")


def test_a_set_goes_to_another_office_and_back_whole():
    made = TrainingSet("新人第一课")
    for kind, facts in (
        ("lifted", {"medical": "有困难"}),
        ("unregistered", {"illness": "", "previous_income_pc": "9,000"}),
    ):
        made = made.with_case(case_typed(typed(kind, **facts), {}, "2020-04"))
    assert set_of(json.loads(json.dumps(document(made), ensure_ascii=False))) == made
    assert [each.title for each in made.moved_up(1).without(0).cases] == [WRITTEN["title"]]


def test_every_case_of_the_workbench_could_be_one_of_a_trainers():
    for each in (*cases(), *questions()):
        written = {**WRITTEN, "kind": each.kind, "round_name": "2019-10", "facts": each.facts}
        read = set_of({"format": "luan-training-set-1", "name": "甲", "cases": [written]}).cases[0]
        assert (read.facts, read.result) == (each.facts, each.result), each.name


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ([], "第 1 个案例：内容不完整"),
        ({"facts": {"labour": 99}}, "第 1 个案例：.*不能多于全户人数"),
        ({"facts": {"household_id": "34159"}}, "没有此项"),
        ({"facts": {"medical": {"a": 1}}}, "第 1 个案例"),
        ({"round_name": "2035-04"}, "期次"),
        ({"result": "3", "facts": {"medical": 2}, "title": ""}, "名称"),
    ],
)
def test_a_file_of_which_one_case_is_wrong_is_refused_whole(entry, said):
    whole = {**WRITTEN, "kind": "lifted", "round_name": "2019-10", "facts": {}}
    content = {
        "format": "luan-training-set-1",
        "name": "甲",
        "cases": [{**whole, **entry} if isinstance(entry, dict) else entry],
    }
    with pytest.raises(InputError, match=said):
        set_of(content)


@pytest.mark.parametrize("content", [None, [], {}, {"format": "luan-training-set-1"}, {"format": "x", "cases": []}])
def test_another_file_is_no_set(content):
    with pytest.raises(InputError, match="不是培训案例文件"):
        set_of(content)


def test_the_answer_of_a_file_is_the_rules_and_not_the_files():
    entry = {**WRITTEN, "kind": "lifted", "round_name": "2019-10", "facts": {"medical": 2, "labour": 0}, "result": "3"}
    assert set_of({"format": "luan-training-set-1", "name": "甲", "cases": [entry]}).cases[0].result == "1"


def test_a_set_has_an_end():
    full = TrainingSet("满", tuple(case_typed(typed(), {}, "2019-10") for _ in range(2)) * (MOST_CASES // 2))
    with pytest.raises(InputError, match=str(MOST_CASES)):
        full.with_case(full.cases[0])
    assert full.with_case(full.cases[0], 3).cases == full.cases


def test_a_sheet_says_what_holds_what_is_the_notices_and_what_is_ours():
    sheet = built_in_cases("2019-10", ZH)
    assert [item["result"] for item in sheet] == [case.result for case in cases()]
    assert all(item["notice"] and item["ours"] for item in sheet)
    assert any(item["holds"] for item in sheet)
    assert [item["result"] for item in built_in_questions("2019-10", ZH)] == [each.result for each in questions()]
    assert (
        "10" in built_in_cases("2019-10", Language("en"))[9]["title"]
        or built_in_cases("2019-10", Language("en"))[9]["title"]
    )


def test_the_round_chosen_marks_an_own_quiz_too():
    facts = {"income_pc": "3500", "illness": "是"}
    case = case_typed(typed("unregistered", **facts), {}, "2019-10")
    then, later = (own_cases([case], name, ZH)[0] for name in ("2019-10", "2020-04"))
    assert (then["result"], later["result"]) == ("in", "below_line")
    assert not then["round_note"]
    assert "4,000" in later["round_note"]
    assert [each["right"] for each in marked([later], {"0": "below_line"})] == [True]
    assert clauses()[case.clause].place["zh"] in then["clause"]


def test_a_form_begins_with_what_a_plain_household_has():
    assert case_typed(typed(), {}, "2019-10").facts == plain_household("lifted")
