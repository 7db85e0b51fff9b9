"""Models on disk: the same after reading; files that hold more than data, or are damaged or of another format, are refused."""

import json
import subprocess
import sys
import zipfile
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from workbench.errors import InputError, StoreError
from workbench.risk.data.panel import PanelReader
from workbench.risk.registry import artefact, records
from workbench.risk.registry.card_page import card_page
from workbench.risk.registry.plain_archive import MoreThanDataError, read_plain
from workbench.store import models
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.model.views import (
    answer_html,
    compared_html,
    counties_html,
    drift_html,
    history_html,
    limits_html,
)


def dumped(content):
    # Late, here and below: skops loads all of scikit-learn, and every process of a run imports this file.
    import skops.io  # noqa: PLC0415

    return skops.io.dumps(content)


def loaded(content):
    import skops.io  # noqa: PLC0415

    return skops.io.loads(content, trusted=[])


@pytest.fixture
def saved(model, tmp_path):
    return artefact.save(model, tmp_path, card_page(model.about))


def test_a_model_read_back_gives_the_same_probabilities(city, model, saved):
    reader = PanelReader(city)
    step = reader.transitions()[0]
    frame = reader.frame(step).filter(pl.col("state") > 0).with_columns(start=pl.lit(step.start))
    back = artefact.load(saved)
    assert np.array_equal(back.probability(frame), model.probability(frame))
    assert back.about == json.loads(json.dumps(model.about))
    assert artefact.fingerprint(back) == model.about["hash"]
    assert saved.with_suffix(".md").read_text(encoding="utf-8").startswith(f"# 模型卡片：{model.name}")


def test_a_file_that_holds_an_object_is_refused(tmp_path):
    path = tmp_path / "bad.skops"
    path.write_bytes(dumped({"format": artefact.FORMAT, "box": np.random.default_rng(1), "f": print}))
    with pytest.raises(StoreError, match="holds more than data"):
        artefact.load(path)


def test_an_estimator_is_no_model_of_ours(tmp_path):
    path = tmp_path / "other.skops"
    path.write_bytes(dumped(LogisticRegression()))
    with pytest.raises(StoreError, match=r"holds more than data.*sklearn"):
        artefact.load(path)
    path.write_bytes(dumped({"name": "other"}))
    with pytest.raises(StoreError, match="format None"):
        artefact.load(path)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ({"a": (1, 2)}, "builtins.tuple"),
        ({1: "a"}, "key_types"),
        ([np.array([{}], dtype=object)], "numpy.object_"),
        ({"a": [np.float32]}, "numpy.float32"),
        (np.float64(3.0), "numpy.float64"),
    ],
)
def test_what_a_model_is_not_made_of_is_refused_by_its_name(content, what):
    with pytest.raises(MoreThanDataError, match=what):
        read_plain(dumped(content))


def test_a_file_is_read_as_the_library_that_wrote_it_reads_it(saved):
    shared = np.arange(3.0)
    contents = [saved.read_bytes(), dumped({"a": [shared, shared, None, True, 1.5, "甲"], "b": {}, "c": [[]]})]
    for content in contents:
        assert dumped_again(read_plain(content)) == dumped_again(loaded(content))


def dumped_again(plain):
    """Plain data as text, with every array's type, shape and bytes."""
    if isinstance(plain, dict):
        return {key: dumped_again(value) for key, value in plain.items()}
    if isinstance(plain, list):
        return [dumped_again(each) for each in plain]
    return (str(plain.dtype), plain.shape, plain.tobytes()) if isinstance(plain, np.ndarray) else plain


def test_whoever_reads_a_model_loads_no_library_that_trains(saved):
    """In a process of its own: scoring begins in a fraction of the time that scikit-learn takes to load."""
    asked = "import sys; from workbench.risk.registry.artefact import load; from pathlib import Path; load(Path(sys.argv[1])); "
    asked += "print(*sorted({'sklearn', 'scipy', 'skops', 'interpret'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", asked, saved], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("cut", [0, 100, -200])
def test_a_damaged_file_is_refused_in_words(saved, cut):
    whole = saved.read_bytes()
    saved.write_bytes(whole[:cut])
    with pytest.raises(StoreError, match="cannot be read as a model"):
        artefact.load(saved)


def test_a_model_of_another_format_is_refused(saved):
    plain = loaded(saved.read_bytes())
    saved.write_bytes(dumped({**plain, "format": 99}))
    with pytest.raises(StoreError, match=r"format 99.*train again"):
        artefact.load(saved)


def test_a_feature_that_this_workbench_does_not_have_is_refused(saved):
    plain = loaded(saved.read_bytes())
    saved.write_bytes(dumped({**plain, "features": [*plain["features"][:-1], "phase_of_the_moon"]}))
    with pytest.raises(StoreError, match="phase_of_the_moon"):
        artefact.load(saved)


def test_the_file_holds_no_pickle(saved):
    names = zipfile.ZipFile(saved).namelist()
    assert {name.rpartition(".")[2] for name in names} <= {"json", "npy"}


@pytest.mark.parametrize("change", [
    {"about": "{}"}, {"about": "no json"}, {"calibration": None}, {"box": None}, {"ranks": "[1"}, {"dispersion": "{}"},
])  # fmt: skip
def test_an_archive_that_holds_something_else_is_refused_in_words(saved, change):
    plain = loaded(saved.read_bytes())
    saved.write_bytes(dumped(plain | change))
    with pytest.raises(StoreError, match="cannot be read as a model"):
        artefact.load(saved)


def test_a_feature_that_means_something_else_now_is_refused(saved):
    plain = loaded(saved.read_bytes())
    definitions = [*plain["definitions"][:-1], 'col("something_else")']
    saved.write_bytes(dumped({**plain, "definitions": definitions}))
    with pytest.raises(StoreError, match=f"computes otherwise: {plain['features'][-1]}"):
        artefact.load(saved)


@pytest.mark.parametrize("name", ["../models/x", "a/b", "", "x.skops", "/etc/passwd"])
def test_a_name_is_no_path(tmp_path, name):
    with pytest.raises(InputError, match="is no name of a model"):
        models.path_of(name, tmp_path)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"model": 3, "models": 4}'])
def test_a_pointer_that_says_nothing_is_refused_in_words(tmp_path, text):
    (tmp_path / "model.json").write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match="does not say which model is in use"):
        artefact.in_use(None, tmp_path)


def test_the_store_holds_its_model(model, saved, tmp_path):
    store = tmp_path / "store"
    artefact.use(saved, store)
    for path in tmp_path.glob(f"{model.name}.*"):
        path.unlink()
    assert artefact.in_use(None, store.rename(tmp_path / "moved")).name == model.name
    assert str(tmp_path) not in (tmp_path / "moved" / "model.json").read_text(encoding="utf-8")


def test_a_model_of_before_there_were_accounts_gets_one(model, saved, tmp_path):
    saved.with_suffix(".json").unlink()
    artefact.use(saved, tmp_path / "store")
    inside = models.path_in_use(None, tmp_path / "store")
    assert records.read_record(inside) == json.loads(json.dumps(model.about))
    assert not saved.with_suffix(".json").exists()


def test_which_model_is_in_use_is_explicit_and_of_the_store(model, saved, tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    with pytest.raises(InputError, match="no model is in use"):
        artefact.in_use(None, one, tmp_path)
    artefact.use(saved, one)
    assert artefact.in_use(None, one, tmp_path).name == model.name
    with pytest.raises(InputError, match="no model is in use"):
        artefact.in_use(None, other, tmp_path)
    with pytest.raises(InputError, match=f"there is no such model; there are: {model.name}"):
        artefact.use(models.named("slip-9", one, tmp_path), one)
    (tmp_path / "in_use.json").write_text(json.dumps({"model": model.name}), encoding="utf-8")
    assert artefact.in_use(None, other, tmp_path).name == model.name


def test_the_account_beside_a_model_is_what_its_page_shows(saved, model):
    assert records.read_record(saved) == json.loads(json.dumps(model.about))
    for code in ("zh", "en"):
        t, about = Language(code), records.read_record(saved)
        for view in (answer_html, drift_html):
            assert view(about, None, t)
        assert counties_html(about, "341522", t)
        assert compared_html(about, t)
        assert limits_html(about, t)
        assert model.name in history_html([about], model.name, t)
    saved.with_suffix(".json").write_text("[]", encoding="utf-8")
    with pytest.raises(StoreError, match="models --use"):
        records.read_record(saved)


def test_other_library_versions_are_told(model):
    assert artefact.version_warnings(model) == []
    older = {**model.about, "libraries": {**model.about["libraries"], "numpy": "1.26.0"}}
    (said,) = artefact.version_warnings(replace(model, about=older))
    assert "numpy 1.26.0" in said.en
