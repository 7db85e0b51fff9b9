"""A county's own key groups (LA2019-15 §2.2-b “等”, contract §3): declared in its standard, one like the eight from then on."""

import polars as pl
import pytest

from tests.strategies import LINE
from workbench.domain.facts import KEY_GROUPS
from workbench.domain.rules.edge import edge_frame, edge_limits
from workbench.domain.rules.explanation import explain_edge
from workbench.domain.rules.standard import parse_standard, read_standard, standard_data, write_standard
from workbench.errors import StandardError

OWN = {"x_single_parent": "单亲家庭户"}
PLAIN = {"income": {"ceiling": {"multiple": 1.5}}}
FACTS = {
    "persons": 3, "net_income": 12_000.0, "income_pc": 4_000.0, "out_of_pocket": 0.0, "previous_income_pc": None,
    "seen_before": False, **dict.fromkeys(KEY_GROUPS, False), "x_single_parent": True,
}  # fmt: skip


def edge_of(data, **facts):
    frame = pl.DataFrame([{**FACTS, **facts}], schema_overrides={"previous_income_pc": pl.Float64})
    return edge_frame(frame, edge_limits(parse_standard(data), LINE))["edge"][0]


@pytest.mark.parametrize(
    ("data", "facts", "expected"),
    [
        ({**PLAIN, "own_groups": OWN, "groups": ["x_single_parent"]}, {}, True),
        ({**PLAIN, "own_groups": OWN, "groups": ["x_single_parent"]}, {"x_single_parent": False}, False),
        ({**PLAIN, "own_groups": OWN, "groups": ["x_single_parent"]}, {"x_single_parent": None}, None),
        ({**PLAIN, "own_groups": OWN}, {}, True),  # no list of groups: all of them, its own among them
        ({**PLAIN, "own_groups": OWN, "groups": ["dibao"]}, {}, False),  # declared and not listed
        (PLAIN, {}, False),
        ({"income": {"ceiling": {"multiple": 1.0}, "group_ceilings": {"x_single_parent": 1.5}}, "own_groups": OWN}, {}, True),
        # A mapping that wrote a number: 1 and 0 are yes and no, and whatever else it holds is not known to be either.
        ({**PLAIN, "own_groups": OWN}, {"x_single_parent": 1.0}, True),
        ({**PLAIN, "own_groups": OWN}, {"x_single_parent": 0.0}, False),
        ({**PLAIN, "own_groups": OWN}, {"x_single_parent": 7.5}, None),
    ],
)  # fmt: skip
def test_a_declared_group_is_one_like_the_eight(data, facts, expected):
    assert edge_of(data, **facts) is expected


def test_a_group_that_no_file_holds_is_not_known_of_anybody():
    frame = pl.DataFrame([FACTS], schema_overrides={"previous_income_pc": pl.Float64}).drop("x_single_parent")
    limits = edge_limits(parse_standard({**PLAIN, "own_groups": OWN}), LINE)
    assert edge_frame(frame, limits)["edge"].to_list() == [None]
    explained = explain_edge({name: value for name, value in FACTS.items() if name != "x_single_parent"}, limits)
    assert (explained.result, explained.missing) == (None, ["x_single_parent"])


def test_it_is_explained_by_the_name_that_the_county_gave_it():
    explained = explain_edge(FACTS, edge_limits(parse_standard({**PLAIN, "own_groups": OWN}), LINE))
    trace = next(each for each in explained.criteria if each.name == "x_single_parent")
    assert (trace.zh, trace.value, trace.clause) == ("单亲家庭户", True, "§2.2-b")
    assert any(change.fact == "x_single_parent" and change.result == "out" for change in explained.changes)


@pytest.mark.parametrize(
    ("changes", "key", "said"),
    [
        ({"own_groups": {"single_parent": "单亲家庭户"}}, "own_groups.single_parent", "x_"),
        ({"own_groups": {"x_Single": "单亲家庭户"}}, "own_groups.x_Single", "x_single_parent"),
        ({"own_groups": {"x_a": ""}}, "own_groups.x_a", "不应为空"),
        ({"own_groups": {"x_a": 5}}, "own_groups.x_a", "应为文本"),
        ({"own_groups": {f"x_{n}": "某群体" for n in range(9)}}, "own_groups", "最多 8 个"),
        ({"own_groups": ["x_a"]}, "own_groups", "键值表"),
        ({"groups": ["x_a"]}, "groups.0", "没有这一项"),
        ({"own_groups": {"x_a": "某群体"}, "groups": ["dibao", "x_b"]}, "groups.1", "x_a"),
        ({"income": {"ceiling": {"multiple": 1.5}, "group_ceilings": {"x_a": 1.8}}}, "income.group_ceilings.x_a", "没有这一项"),
    ],
)  # fmt: skip
def test_what_breaks_the_contract_is_refused_by_its_key(changes, key, said):
    with pytest.raises(StandardError) as refused:
        parse_standard({**PLAIN, **changes})
    assert list(refused.value.problems) == [key]
    assert said in refused.value.problems[key].zh


def test_it_is_written_and_read_again_and_left_out_where_there_is_none():
    standard = parse_standard({**PLAIN, "own_groups": OWN})
    assert read_standard(write_standard(standard)) == standard
    assert standard.groups == (*KEY_GROUPS, "x_single_parent")
    # Standards approved before counties had groups of their own keep their text, and so their hash.
    assert "own_groups" not in standard_data(parse_standard(PLAIN))
