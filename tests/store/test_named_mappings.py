"""Mappings kept under a name: read back as they were, offered for files of the same headers and no others."""

from pathlib import Path

import pytest

from tests.intake.person_lists import write_csv
from workbench.errors import InputError, StoreError
from workbench.intake.export import read_export
from workbench.intake.findings.result import household_ids
from workbench.intake.matching.as_mapping import mapping_of_households, mapping_of_persons
from workbench.intake.tables.mapping import Mapping, load_mapping
from workbench.store.taking_in.named_mappings import (
    keep_mapping,
    kept_mapping,
    mapping_names,
    mappings_offered,
    remove_mapping,
)

HEADERS = ["号", "钱（万元）", "人口"]
MAPPING = Mapping.model_validate(
    {"key": "号", "facts": {"income_pc": {"column": "钱（万元）", "unit": "万元"}, "kind": {"constant": "lifted"}}}
)


def test_a_mapping_is_kept_and_read_back(tmp_path):
    path = keep_mapping(tmp_path, "梅山镇花名册", MAPPING, HEADERS)
    assert path == tmp_path / "mappings" / "梅山镇花名册.yaml"
    assert (
        kept_mapping(tmp_path, "梅山镇花名册") == load_mapping(path) == MAPPING.model_copy(update={"headers": HEADERS})
    )
    assert mapping_names(tmp_path) == ["梅山镇花名册"]
    remove_mapping(tmp_path, "梅山镇花名册")
    assert mapping_names(tmp_path) == []
    with pytest.raises(StoreError, match="梅山镇花名册"):
        kept_mapping(tmp_path, "梅山镇花名册")


def test_it_is_offered_for_files_of_the_same_headers_alone(tmp_path):
    keep_mapping(tmp_path, "a", MAPPING, HEADERS)
    keep_mapping(tmp_path, "b", MAPPING, [*HEADERS, "备注"])
    (tmp_path / "mappings" / "broken.yaml").write_text("key: [", encoding="utf-8")
    assert [each.name for each in mappings_offered(tmp_path, ["人口", " 号", "钱(万元)"])] == ["a"]
    assert [each.name for each in mappings_offered(tmp_path, ["号", "钱（万元）"])] == []
    assert mappings_offered(tmp_path / "none", HEADERS) == []


@pytest.mark.parametrize("name", ["", "../x", "a/b", "a\\b", ".hidden", "x" * 61, "a\0b", "a.", "c:d"])
def test_a_name_that_is_no_files_is_refused(tmp_path, name):
    with pytest.raises(InputError):
        keep_mapping(tmp_path, name, MAPPING, HEADERS)
    assert not (tmp_path / "mappings").exists()


OWN = {
    mapping_of_households: [["户编号", "家庭人口", "人均纯收入（万元）", "是否危房"], ["34159999100001", "3", "0.5", "是"], ["34159999100002", "2", "0.61", "否"]],
    mapping_of_persons: [
        ["户编号", "姓名", "与户主关系", "人均纯收入（千元）", "健康状况"], ["34159999100001", "甲", "户主", "5", "健康"], ["34159999100001", "乙", "配偶", "5", "残疾"],
    ],
}  # fmt: skip


@pytest.mark.parametrize("to_mapping", OWN, ids=lambda each: each.__name__)
def test_what_was_matched_reads_the_same_as_a_mapping(tmp_path: Path, to_mapping):
    path = write_csv(tmp_path / "own.csv", OWN[to_mapping])
    matched = read_export(path, round_name="2023-10", county="341524", kind="lifted")
    mapping = to_mapping(matched.columns, said={})
    keep_mapping(tmp_path, "own", mapping, mapping.headers or [])
    (offered,) = mappings_offered(tmp_path, OWN[to_mapping][0])
    again = read_export(path, round_name="2023-10", county="341524", kind="lifted", mapping=offered.mapping)
    assert household_ids(again) == household_ids(matched)
    for row, other in zip(matched.facts["341524"].to_pylist(), again.facts["341524"].to_pylist(), strict=True):
        assert {fact: other[fact] for fact in row} == row
