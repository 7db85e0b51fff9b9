"""`workbench frontier`: every point is a standard that a preview counts alike; what it says where nothing is known."""

import itertools
import shutil
from pathlib import Path

import pytest
import yaml
from docx import Document

from tests.cli.command import refused
from tests.preview.scored import score_store
from workbench.store.facts import FactStore

ROUND = ("--round", "2019-10")
GOOD = Path(__file__).parent / "standards" / "good.yaml"


@pytest.fixture
def scored_city(city_copy):
    score_store(FactStore(city_copy), "2019-10")
    return city_copy


def test_points_are_what_a_preview_says_of_them(workbench, scored_city, tmp_path):
    record = workbench("frontier", "--county", "341524", "--store", scored_city, "--json").record
    points = record["points"]
    assert (record["round"], record["county"], record["hindsight"]) == ("2019-10", "341524", False)
    assert all(low["in"] < high["in"] and low["caught"] < high["caught"] for low, high in itertools.pairwise(points))
    for point in points[:: len(points) // 4]:
        file = tmp_path / "point.yaml"
        file.write_text(yaml.safe_dump(point["standard"]), encoding="utf-8")
        options = (*ROUND, "--county", "341524", "--standard", file, "--store", scored_city, "--json")
        preview = workbench("preview", *options).record
        assert (preview["in"], preview["expected_slips"]) == (point["in"], point["caught"])
        assert preview["cost"] == point["cost"]
        assert point["caught"] <= point["ideal"] + 1e-9


def test_the_standard_at_hand_is_a_file_or_the_one_in_use(workbench, scored_city):
    options = (*ROUND, "--store", scored_city)
    given = workbench("frontier", *options, "--standard", GOOD, "--json").record
    assert given["at_hand"]["standard"]["budget"] == 20000
    used = workbench("frontier", *options, "--json").record
    assert "参照标准" in used["at_hand"]["name"]
    output = workbench("frontier", *options)
    assert (output.status, output.err) == (0, "")
    for words in ("模拟数据", "同样户数最多能抓住多少风险变差的户", "手头标准（参照标准", "§2.2-b", "逐一试"):
        assert words in output.out
    english = workbench("frontier", *options, "--lang", "en")
    assert "the standard at hand (the reference" in english.out


def test_without_hindsight_it_says_what_became_of_whom_only_one_brings_in(workbench, scored_city, tmp_path):
    """The page answered with the past too, and the command did not (issue 15)."""
    county = ("--county", "341522", "--store", scored_city)
    record = workbench("frontier", *ROUND, *county, "--json").record
    fewest = record["fewest"]
    past, sides = fewest["past"], []
    for name, data in (
        ("own", record["at_hand"]["standard"]),
        ("point", record["points"][fewest["point"]]["standard"]),
    ):
        file = tmp_path / f"{name}.yaml"
        file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
        sides.append(file)
    behind = workbench("hindsight", *county, "--standard", sides[0], "--against", sides[1], "--json").record
    assert past["difference"] == behind["difference"]
    assert past["only_at_hand"]["slips"] - past["only_point"]["slips"] == behind["caught"] - behind["against"]["caught"]
    assert past["rounds"] == len(behind["rounds"])
    assert "真实发生的" in workbench("frontier", *ROUND, *county).out
    assert "past" not in (workbench("frontier", "--hindsight", *county, "--json").record["fewest"] or {})


def test_without_scores_it_says_what_to_do(workbench, city):
    for options in ((), ROUND):
        done = workbench("frontier", *options, "--store", city, "--json")
        assert refused(done, "workbench score")
    assert refused(workbench("frontier", "--round", "2019-13", "--store", city, "--json"), "2019-13")


def test_by_hindsight_points_are_what_hindsight_says_of_them(workbench, city, tmp_path):
    record = workbench("frontier", "--hindsight", "--store", city, "--json").record
    points = record["points"]
    assert (record["hindsight"], record["round"], record["rounds"]) == (
        True,
        None,
        ["2019-05", "2019-10", "2020-04"][: len(record["rounds"])],
    )
    assert all(low["in"] < high["in"] and low["caught"] < high["caught"] for low, high in itertools.pairwise(points))
    plain = {"income": {"ceiling": {"multiple": 1.2}}, "require_group": False}
    for number, data in enumerate([points[-1]["standard"], points[len(points) // 2]["standard"], plain]):
        file = tmp_path / "point.yaml"
        file.write_text(yaml.safe_dump(data), encoding="utf-8")
        past = workbench("hindsight", "--standard", file, "--store", city, "--json").record
        inside, caught = sum(each["in"] for each in past["rounds"]), past["caught"]
        if number < 2:
            assert (inside, caught) in [(point["in"], point["caught"]) for point in points]
        assert not [
            point
            for point in points
            if (inside, -caught) < (point["in"], -point["caught"]) and caught >= point["caught"]
        ]
        assert sum(each["slips"] for each in past["rounds"]) == record["all_slips"]
    one = workbench("frontier", "--hindsight", "--round", record["rounds"][0], "--store", city, "--json").record
    assert one["rounds"] == record["rounds"][:1]
    assert "挑出来的" in workbench("frontier", "--hindsight", "--store", city).out


def test_by_hindsight_a_county_that_is_not_in_the_newest_round_has_its_past(workbench, city_copy):
    facts = FactStore(city_copy)
    shutil.rmtree(city_copy / "facts" / f"round={facts.rounds()[-1]}" / "county_code=341524")
    county = ("--county", "341524", "--store", city_copy)
    past = workbench("hindsight", *county, "--standard", "data/examples/standard.yaml", "--json").record
    done = workbench("frontier", "--hindsight", *county, "--json")
    assert (done.status, done.record["rounds"]) == (0, [each["round"] for each in past["rounds"]]), done.err


def test_by_hindsight_a_last_round_has_no_past(workbench, city):
    last = FactStore(city).rounds()[-1]
    assert refused(workbench("frontier", "--hindsight", "--round", last, "--store", city, "--json"), last)


def test_readings_and_the_letter(workbench, city, tmp_path):
    letter = tmp_path / "letter.docx"
    options = (*ROUND, "--county", "341524", "--store", city)
    record = workbench("readings", *options, "--letter", letter, "--json").record
    assert len(record["points"]) == 5
    assert letter.read_bytes()[:2] == b"PK"
    assert record["simulated"] is True
    for lang, words in (("zh", "须请示"), ("en", "to ask about")):
        assert words in workbench("readings", *options, "--lang", lang).out


def test_a_preview_writes_the_sheet_that_a_leader_decides_upon(workbench, city, tmp_path):
    sheet = tmp_path / "sheet.docx"
    options = (*ROUND, "--standard", GOOD, "--store", city, "--sheet", sheet)
    assert refused(workbench("preview", *options, "--json"), "--county")
    assert not sheet.exists()
    assert "呈批表已存为" in workbench("preview", *options, "--county", "341524").out
    (form,) = Document(sheet).tables
    said = {row.cells[0].text: row.cells[1].text for row in form.rows}
    record = workbench("preview", *options, "--county", "341524", "--json").record
    assert f"纳入{record['in']}户" in said["涉及户数"]
    assert "年度预算20,000元" in said["费用和预算"]
