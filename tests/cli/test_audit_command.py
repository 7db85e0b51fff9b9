"""What commands write into a store is in the trail of its register: models, scores, facts, closed rounds."""

import json
import shutil

import pytest

LAST = "2019-10"


@pytest.fixture
def store(trained, tmp_path, workbench):
    """A trained store with a register, in which every command that writes files was given."""
    root = shutil.copytree(trained[0], tmp_path / "copy")
    name = json.loads((root / "model.json").read_text(encoding="utf-8"))["model"]
    assert (
        workbench(
            "register", "accounts", "add", "admin", "--name", "管理员", "--role", "administrator", "--store", root
        ).status
        == 0
    )
    assert workbench("score", "--round", LAST, "--store", root).status == 0
    assert workbench("models", "--use", name, "--store", root).status == 0
    assert workbench("close", "--round", "2019-05", "--store", root).status == 0
    return root


def test_all_that_commands_write_is_as_told_until_somebody_changes_it_outside(store, workbench):
    result = workbench("audit", "verify", "--store", store, "--json").record
    assert (result["broken"], result["files"], result["times"]) == (None, [], [])
    assert {each["what"] for each in result["not_covered"]} <= {"truth", "other"}
    model = next((store / "models").glob("*.skops"))
    for path in (
        model,
        store / "model.json",
        next(store.glob("scores/*/*.parquet")),
        next(store.glob("facts/*/*/_closed.json")),
    ):
        content = path.read_bytes()
        path.write_bytes(content + b" ")
        done = workbench("audit", "verify", "--store", store, "--json")
        assert done.status == 1
        assert [each["path"] for each in done.record["files"]] == [path.relative_to(store).as_posix()]
        path.write_bytes(content)
    assert workbench("audit", "verify", "--store", store).status == 0
