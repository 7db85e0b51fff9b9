"""What a list does not say is asked in one step; what was kept on the page is used by its name."""

import pytest

from tests.cli.command import refused, run
from tests.intake.odd_files import ODD
from tests.intake.person_lists import A2017, person, sheet, write_csv
from workbench.errors import InputError
from workbench.intake.tables.mapping import Mapping
from workbench.store.taking_in.named_mappings import keep_mapping, mapping_given

ROUND, COUNTY = "2019-10", "341525"


@pytest.fixture
def intake(tmp_path, capsys):
    def taken(*options, path=ODD / "own_list.csv"):
        return run(capsys, "intake", path, "--round", ROUND, "--store", tmp_path / "store", "--json", *options)

    return taken


def test_county_and_kind_are_asked_in_one_step(intake):
    done = intake()
    assert done.status == 2
    assert [each["question"] for each in done.record["questions"]] == ["county", "kind"]
    assert (done.record["question"], done.record["questions"][1]["likely"]) == ("county", "lifted")
    assert "--county" in done.err
    assert "--kind" in done.err
    assert intake("--county", COUNTY, "--kind", "lifted").record["accepted_households"] == 40


def test_what_was_said_is_not_asked_again(intake):
    assert [each["question"] for each in intake("--county", COUNTY).record["questions"]] == ["kind"]
    assert [each["question"] for each in intake("--kind", "lifted").record["questions"]] == ["county"]


def test_a_list_of_persons_asks_both_too(intake, tmp_path):
    headers, *rows = sheet(A2017, person(A2017, 1, "34159999100001"))[-2:]
    wanted = [n for n, header in enumerate(headers) if header in ("户编号", "姓名", "与户主关系", "健康状况")]
    path = write_csv(tmp_path / "人.csv", [[row[n] for n in wanted] for row in (headers, *rows)])
    assert [each["question"] for each in intake(path=path).record["questions"]] == ["county", "kind"]


def test_a_mapping_is_a_file_or_a_kept_name(intake, tmp_path, capsys):
    root = tmp_path / "store"
    intake("--county", COUNTY, "--kind", "lifted")
    columns = {"key": "户号", "facts": {"persons": {"column": "人口"}, "kind": {"constant": "lifted"}}}
    path = write_csv(tmp_path / "a.csv", [["户号", "人口"], ["34159999100001", "3"]])
    keep_mapping(root, "镇里的表", Mapping.model_validate(columns), ["户号", "人口"])
    assert intake("--county", COUNTY, "--mapping", "镇里的表", path=path).record["accepted_households"] == 1
    done = run(capsys, "intake", path, "--round", ROUND, "--store", root, "--mapping", "没有的")
    assert refused(done, "镇里的表")
    given = mapping_given(root, str(root / "mappings" / "镇里的表.yaml"))
    assert given == mapping_given(root, "镇里的表")
    with pytest.raises(InputError):
        mapping_given(root, "没有.yaml")
