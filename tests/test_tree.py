"""The check that a run of the tests leaves nothing in the project's folder sees what came, and that alone."""

import os
from pathlib import Path

from tests.tree import came, standing


def write(project: Path, *names: str) -> None:
    for name in names:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).touch()


def test_a_register_in_the_store_of_nobody_is_seen(tmp_path):
    write(tmp_path, "README.md", "data/geo/map.json")
    before = standing(tmp_path)
    write(tmp_path, "data/store/register.json", "备案.docx")
    assert came(before, standing(tmp_path)) == ["data/store", "备案.docx"]


def test_what_tools_write_is_nothing_and_a_store_in_use_goes_on(tmp_path):
    write(tmp_path, "data/store/facts/x.parquet")
    before = standing(tmp_path)
    write(tmp_path, ".pytest_cache/x", "workbench/__pycache__/x.pyc", "data/store/register.json", "workbench/new.py")
    assert came(before, standing(tmp_path)) == []


def test_whoever_names_no_store_is_given_one_that_nobody_has():
    assert os.environ["WORKBENCH_STORE"]
    assert not Path(os.environ["WORKBENCH_STORE"]).exists()
