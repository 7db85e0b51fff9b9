"""What a standard changes, in the words of the sheet that a leader decides upon; and how large its words may be on one page."""

import pytest

from tests.reference import CHECKS, GROUPS
from workbench.domain.rounds import round_words
from workbench.domain.rules.standard import parse_standard
from workbench.reports.documents.form_size import SIZES, fitting_size, height
from workbench.reports.documents.standard_changes import standard_changes

BASE = {"income": {"ceiling": {"multiple": 1.5}}, "groups": GROUPS, "require_group": True, "exclusions": CHECKS}
WIDTHS = (27, 129)


def standard(**keys):
    return parse_standard(BASE | {"help_cost": 3000.0} | keys)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"title": "另一名称"}, "各项相同，只有名称或施行日期不同。"),
        ({}, "各项相同。"),
        (
            {"income": {"ceiling": {"multiple": 1.6}}},
            "收入上限由6,000元（扶贫标准的1.5倍）提高到6,400元（扶贫标准的1.6倍）；其余不变。",
        ),
        ({"income": {"ceiling": {"yuan": 5000.0}}}, "降低到5,000元；其余不变。"),
        ({"income": {"ceiling": {"yuan": 6000.0}}}, "改写为6,000元；其余不变。"),
        (
            {"own_groups": {"x_elderly_alone": "纯老人户"}, "groups": [*GROUPS, "x_elderly_alone"]},
            "重点群体增列纯老人户（本县自定）；其余不变。",
        ),
        ({"groups": GROUPS[1:]}, "不再列入危房户；通知二（二）列明的群体因此不全要求，须说明理由；其余不变。"),
        ({"require_group": False}, "不再要求属于重点群体；通知二（二）列明的群体因此不全要求"),
        (
            {"routes": {"income_drop": {"share": 0.3, "ceiling": {"multiple": 2.0}}}},
            "增加“收入大幅缩减”途径（超过30%，收入低于8,000元（扶贫标准的2倍））；其余不变。",
        ),
        ({"exclusions": ["has_car"]}, "不再排除有商品房、有财政供养人员、有工商登记；其余不变。"),
        (
            {"income": {"ceiling": {"multiple": 1.5}, "group_ceilings": {"disability": 1.8}}},
            "残疾人户的单独上限定为扶贫标准的1.8倍；其余不变。",
        ),
        ({"help_cost": 2500.0, "budget": 80000.0}, "每户每年帮扶费用由3,000元改为2,500元；年度预算由未填改为80,000元"),
    ],
)
def test_every_change_is_said_in_words(keys, said):
    assert said in standard_changes(standard(**keys), standard(), 4000.0)


def test_what_is_taken_away_again_is_said_the_other_way_round():
    wider = standard(
        own_groups={"x_elderly_alone": "纯老人户"},
        groups=[*GROUPS, "x_elderly_alone"],
        routes={"rigid_expenditure": {"share": 0.5, "ceiling": {"multiple": 2.0}}},
    )
    assert (
        standard_changes(standard(), wider, 4000.0)
        == "不再列入纯老人户（本县自定）；取消“刚性支出较大”途径；其余不变。"
    )


@pytest.mark.parametrize(
    ("name", "said"), [("2021-10", "2021年下半年"), ("2020-04", "2020年上半年"), ("2019-05", "2019年5月")]
)
def test_a_round_is_named_as_pages_name_it(name, said):
    assert round_words(name) == said


def test_a_form_takes_the_largest_letters_that_leave_it_on_its_page():
    rows = [("标准", "字" * 330, 0.0), ("签批", "", 15.0)]
    high = height(rows, WIDTHS, SIZES[0])
    assert fitting_size(rows, WIDTHS, high) == SIZES[0]
    assert fitting_size(rows, WIDTHS, high - 1) == SIZES[1]
    # Whoever signs has the room whatever the letters are.
    assert min(height(rows[1:], WIDTHS, size) for size in SIZES) == 15.0
    assert fitting_size(rows, WIDTHS, 0) == SIZES[-1]
