"""What a visit corrects is bounded as the intake bounds it: no year of exit before 1986 or after the round, no 13th month."""

import pytest

from workbench.domain.parameters import load_yaml
from workbench.domain.procedure.corrections import check_corrections, read_correction
from workbench.errors import InputError

KNOWN = {"round": "2019-10", "persons": 3, "work_months": None, "exit_year": 2016}


@pytest.mark.parametrize("text", ["3", "0", "1985", "2100", "20199", "201", "-2016"])
def test_a_year_of_exit_is_a_year_of_the_register(text):
    with pytest.raises(InputError, match="1986 至 2099 年之间"):
        read_correction("exit_year", text)


@pytest.mark.parametrize(("text", "year"), [("1986", 1986), ("2016", 2016), ("２０１６", 2016), ("", None)])
def test_a_year_that_may_be_is_read(text, year):
    assert read_correction("exit_year", text) == year


def test_the_first_year_is_that_of_the_intake_s_rule():
    checks = [rule["check"] for rule in load_yaml("intake_plausibility")["rules"] if rule["id"] == "year of exit"]
    first = load_yaml("intake_plausibility")["bounds"]["first_year_of_exit"]
    assert checks == [f"exit_year < {first} or exit_year > round_year"]


@pytest.mark.parametrize(
    ("changes", "accepted"),
    [
        ({"exit_year": 2020}, "：不能晚于 2019 年"), ({"work_months": 36.5}, "：不能多于 36（全户 3 人"), ({"work_months": 100.0}, "不能多于 36"),
        ({"work_months": 25.0, "persons": 2}, "不能多于 24"), ({"labour": 4}, "：不能多于全户人数（3 人）"), ({"students": 4}, "（3 人）"),
        ({"severely_disabled": 3, "persons": 2}, "（2 人）"),
    ],
)  # fmt: skip
def test_more_than_the_household_can_have_is_refused(changes, accepted):
    with pytest.raises(InputError) as refusal:
        check_corrections(KNOWN, changes)
    assert accepted in refusal.value.words.zh
    # A page marks the field: which of the facts it is.
    assert refusal.value.field == next(iter(changes))


@pytest.mark.parametrize(
    ("fact", "text", "said"), [("labour", "-5", "劳动力“-5”：不能小于 0"), ("persons", "9e9", "应为整数")]
)
def test_what_cannot_be_is_said_in_a_sentence(fact, text, said):
    with pytest.raises(InputError) as refusal:
        read_correction(fact, text)
    assert said in refusal.value.words.zh
    assert refusal.value.field == fact


@pytest.mark.parametrize(
    ("facts", "changes"),
    [
        (KNOWN, {"exit_year": 2019, "work_months": 36.0, "labour": 3}),
        (KNOWN, {"exit_year": None, "work_months": None, "labour": None, "dibao": True, "housing_grade": "D"}),
        (KNOWN, {"persons": 9, "work_months": 100.0, "labour": 9}), (KNOWN, {"persons": 1}), (KNOWN, {"net_income": -5.0}),
        ({"round": "2019-10"}, {"work_months": 100.0, "labour": 4}), ({**KNOWN, "persons": 0}, {"work_months": 100.0}),
        ({"persons": 3}, {"exit_year": 2020}),
    ],
)  # fmt: skip
def test_what_it_can_have_or_nobody_can_tell_passes(facts, changes):
    check_corrections(facts, changes)
