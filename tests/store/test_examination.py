"""A file held against its store: the county's round before, and the county's own rules, none of which is left out in silence."""

import polars as pl
import pytest

from tests.cli.command import refused, run
from tests.intake.person_lists import write_csv
from workbench.errors import FileError
from workbench.intake.export import read_export
from workbench.intake.findings.result import to_arrow
from workbench.intake.tables.mapping import Mapping
from workbench.store.facts import FactStore
from workbench.store.schema import Origin
from workbench.store.taking_in.examination import added_rules, examined

COUNTY = "341524"
MANY = "rules:\n  - {id: many, what: 人数多于五, where: persons, check: persons > 5, cure: 请核实}\n"


@pytest.fixture
def store(tmp_path):
    """Three households whose incomes have the median 4,800."""
    store = FactStore(tmp_path / "store")
    frame = pl.DataFrame({"household_id": ["1", "2", "3"], "income_pc": [4700.0, 4800.0, 9000.0]})
    store.write("2019-05", {COUNTY: to_arrow(frame)}, Origin())
    return store


def read(tmp_path, incomes, households=("1", "2", "3"), county=COUNTY):
    rows = [[number, str(income), "6"] for number, income in zip(households, incomes, strict=True)]
    path = write_csv(tmp_path / "t.csv", [["户号", "income", "persons"], *rows])
    mapping = Mapping.model_validate(
        {"key": "户号", "facts": {"income_pc": {"column": "income"}, "persons": {"column": "persons"}}}
    )
    return read_export(path, round_name="2019-10", county=county, mapping=mapping)


def findings_of(store, result):
    done = examined(store, "2019-10", result, added_rules(store.root))
    return [each.reason for each in (*done.problems, *done.warnings) if each.reason in ("median jumped", "many")]


@pytest.mark.parametrize(
    ("times", "is_found"),
    [
        (1, False),
        (1.6, False),
        (0.6, False),
        (10, True),
        (0.1, True),
        (12, True),
        (0.085, True),
        (10_000, True),
        (0.0001, True),
    ],
)
def test_a_median_ten_or_ten_thousand_times_that_of_the_round_before(store, tmp_path, times, is_found):
    result = read(tmp_path, [each * times for each in (4700, 4800, 9000)])
    assert ("median jumped" in findings_of(store, result)) is is_found


def test_a_part_of_the_county_is_compared_with_the_same_households(store, tmp_path):
    assert findings_of(store, read(tmp_path, [9000], ["3"])) == []
    assert findings_of(store, read(tmp_path, [900], ["3"])) == ["median jumped"]
    assert findings_of(store, read(tmp_path, [480], ["9"])) == ["median jumped"]


def test_a_county_without_a_round_before_has_nothing_to_jump_from(store, tmp_path):
    assert findings_of(store, read(tmp_path, [0.5, 0.6, 0.7], county="341522")) == []


@pytest.mark.parametrize(("name", "counts"), [("341524.yaml", 3), ("city.yaml", 3), ("341522.yaml", 0)])
def test_a_county_adds_rules_of_its_own(store, tmp_path, name, counts):
    (store.root / "plausibility").mkdir()
    (store.root / "plausibility" / name).write_text(MANY, encoding="utf-8")
    assert findings_of(store, read(tmp_path, [4700, 4800, 9000])) == ["many"] * counts


@pytest.mark.parametrize(
    ("name", "text"),
    [("341524.yaml", MANY.replace("persons > 5", "persn > 5")), ("341522.yaml", "rules: 3"), ("金寨县.yaml", MANY), ("341524.yml", MANY),
     ("city.yaml", "\x00"), ("341524.yaml.bak", MANY)],
)  # fmt: skip
def test_a_broken_file_of_any_county_is_refused_before_anything_is_read(store, tmp_path, capsys, name, text):
    (store.root / "plausibility").mkdir()
    (store.root / "plausibility" / name).write_text(text, encoding="utf-8")
    with pytest.raises(FileError):
        added_rules(store.root)
    missing = tmp_path / "there is no such file.csv"
    assert refused(run(capsys, "intake", missing, "--round", "2019-10", "--store", store.root), name)
