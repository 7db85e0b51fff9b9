"""What a list may call the kind of a household: the notice's words, the ledgers' and the workbench's own, meaning one thing everywhere."""

import polars as pl
import pytest

from tests.intake.person_lists import B2022, person, write_csv
from workbench.domain.facts import KINDS
from workbench.domain.parameters import load_yaml
from workbench.intake.export import read_export
from workbench.intake.tables.layouts import columns

WORDS = {
    "未建档立卡户": "unregistered", "未建档立卡": "unregistered", "未建档户": "unregistered", "未建档": "unregistered",
    "非建档立卡户": "unregistered", "非建档立卡": "unregistered", "非建档户": "unregistered", "一般农户": "unregistered",
    "普通农户": "unregistered", "建档立卡未脱贫户": "registered",
    **{zh: kind for kind, (zh, _) in KINDS.items()},
}  # fmt: skip


@pytest.mark.parametrize(("word", "kind"), WORDS.items())
def test_a_list_of_households_and_one_of_members_read_it(tmp_path, word, kind):
    of_households = [["户编号", "户类型", "人均纯收入"], ["34159999100001", word, "5000"]]
    of_members = [B2022, person(B2022, 1, household="34159999100001", 户类型=word)]
    for name, rows in (("households.csv", of_households), ("members.csv", of_members)):
        result = read_export(write_csv(tmp_path / name, rows), round_name="2019-10", county="341524")
        assert pl.DataFrame(result.facts["341524"])["kind"].to_list() == [kind]
        assert "unknown value" not in {one.reason for one in result.problems}


def test_ledgers_and_lists_know_the_same_words():
    of_lists = {text: kind for text, kind in (columns()["户类型"].values or {}).items() if kind}
    assert load_yaml("intake_ledgers")["facts"]["kind"]["values"] == of_lists
