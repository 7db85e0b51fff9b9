"""A store holds all that it shows: copied, renamed, read-only, or backed up and restored, it shows the same model and scores."""

import json
import shutil
import sys

import pytest

from tests.cli.command import AS_OWNER, refused, run, run_here, run_program
from tests.trained_city import UNTIL
from workbench.settings import PROJECT
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.model.page import ModelPage

SHOWN = (
    ("models",),
    ("models", "--card", None),
    ("evaluate", "--round", UNTIL),
    ("visits", "--round", UNTIL, "--visits", 3),
)
"""What a store shows of its model; None: the name of the model."""


@pytest.fixture(scope="module")
def scored(trained, tmp_path_factory):
    """A store with its model, and a round scored, in a place of its own. Not to be changed."""
    store = shutil.copytree(trained[0], tmp_path_factory.mktemp("scored") / "store")
    done = run_here("score", "--round", UNTIL, "--store", store)
    assert done.status == 0, done.err
    return store


def asked(model):
    """The commands of SHOWN about a model."""
    return [[model if word is None else word for word in words] for words in SHOWN]


def model_page(store, monkeypatch):
    """What the model's page says, in the text of its parts."""
    monkeypatch.setenv("WORKBENCH_STORE", str(store))
    page = ModelPage.of_address(Language("zh"), {"round": UNTIL})
    return [part.value for part in (page.answer, page.counties, page.drift)] + [page._history()]


def shown(store, capsys, model):
    """All that a store shows of its model, without its own path."""
    results = []
    for words in asked(model):
        done = run(capsys, *words, "--store", store, "--json")
        assert done.status == 0, done.err
        results.append(done.out.replace(str(store), "STORE"))
    return results


def copied(store, tmp_path):
    return shutil.copytree(store, tmp_path / "a copy")


def moved(store, tmp_path):
    return shutil.copytree(store, tmp_path / "first").rename(tmp_path / "另一处")


def restored(store, tmp_path):
    assert run_here("backup", "--out", tmp_path / "b", "--store", store).status == 0
    assert run_here("restore", tmp_path / "b", "--store", tmp_path / "restored").status == 0
    return tmp_path / "restored"


@pytest.mark.parametrize("move", [pytest.param(moved, marks=pytest.mark.deep), restored])
def test_a_store_that_moved_shows_the_same(trained, scored, capsys, tmp_path, monkeypatch, move):
    before, page = shown(scored, capsys, trained[1]["model"]), model_page(scored, monkeypatch)
    gone = shutil.copytree(scored, tmp_path / "gone")
    there = move(gone, tmp_path)
    if gone.exists():
        shutil.rmtree(gone)
    assert shown(there, capsys, trained[1]["model"]) == before
    assert model_page(there, monkeypatch) == page
    assert run(capsys, "score", "--round", UNTIL, "--store", there).status == 0


@pytest.mark.deep
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="permissions of folders as Linux has them")
def test_a_store_that_cannot_be_written_shows_the_same(trained, scored, capsys, tmp_path, monkeypatch):
    before, page = shown(scored, capsys, trained[1]["model"]), model_page(scored, monkeypatch)
    there = copied(scored, tmp_path)
    folders = [there, *(path for path in there.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o500)
    try:
        for words, expected in zip(asked(trained[1]["model"]), before, strict=True):
            done = run_program(*words, "--store", there, "--json", before=AS_OWNER)
            assert done.out.replace(str(there), "STORE") == expected, done.err
        assert model_page(there, monkeypatch) == page
        refused(run_program("score", "--round", UNTIL, "--store", there, before=AS_OWNER), "无法写入")
    finally:
        for folder in folders:
            folder.chmod(0o700)


def test_nothing_in_a_store_names_a_place(scored):
    for path in scored.rglob("*.json"):
        assert str(scored.parent) not in path.read_text(encoding="utf-8"), path
    assert set(json.loads((scored / "model.json").read_text(encoding="utf-8"))) == {"model"}


def test_training_writes_to_the_store_alone(trained):
    store, record = trained
    assert record["file"] == str(store / "models" / f"{record['model']}.skops")
    assert [path.name for path in (PROJECT / "models").iterdir()] == ["README.md"]


def test_a_model_from_elsewhere_is_copied_into_the_store_that_uses_it(trained, city_copy, capsys, tmp_path):
    shared, name = shutil.copytree(trained[0] / "models", tmp_path / "shared"), trained[1]["model"]
    assert refused(run(capsys, "models", "--use", name, "--store", city_copy), "没有这个模型")
    done = run(capsys, "models", "--models", shared, "--use", name, "--store", city_copy, "--json")
    assert done.record["in_use"] == name
    shutil.rmtree(shared)
    assert run(capsys, "models", "--store", city_copy, "--json").record["in_use"] == name


@pytest.fixture
def older(trained, tmp_path):
    """A store whose model an older version left in a folder of its own, named by its whole path."""
    store = shutil.copytree(trained[0], tmp_path / "older")
    elsewhere, name = (store / "models").rename(tmp_path / "elsewhere"), trained[1]["model"]
    (store / "model.json").write_text(json.dumps({"model": name, "models": str(elsewhere)}), encoding="utf-8")
    return store, elsewhere, name


def test_a_store_of_an_older_version_still_opens_and_says_how_to_bring_its_model_in(older, capsys):
    store, elsewhere, name = older
    listed = run(capsys, "models", "--store", store)
    assert listed.status == 0
    assert f"workbench models --use {name}" in listed.err
    assert run(capsys, "evaluate", "--round", UNTIL, "--store", store).status == 0
    assert run(capsys, "models", "--use", name, "--store", store).err == ""
    shutil.rmtree(elsewhere)
    assert run(capsys, "models", "--store", store, "--json").record["in_use"] == name


def test_scoring_brings_the_model_of_an_older_version_in_and_says_so(older, capsys):
    store, elsewhere, name = older
    done = run(capsys, "score", "--round", UNTIL, "--store", store, "--json")
    assert done.record["model"] == name
    assert "已复制进来" in done.err
    shutil.rmtree(elsewhere)
    assert run(capsys, "evaluate", "--round", UNTIL, "--store", store).status == 0


def test_a_model_in_use_that_cannot_be_used_is_no_model_not_chosen(city_copy, capsys):
    assert run(capsys, "models", "--store", city_copy).err == ""
    for text, said in (("[]", "does not say which model is in use"), ('{"model": "slip-9"}', "there is no such model")):
        (city_copy / "model.json").write_text(text, encoding="utf-8")
        done = run(capsys, "models", "--store", city_copy, "--json", "--lang", "en")
        assert done.record["in_use"] is None
        assert said in done.err
