"""Signed summaries of cities: a province answers from them what one store of all counties answers, and refuses what it must."""

import base64
import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
import yaml
from typer.testing import CliRunner

from tests.cli.command import refused, run
from tests.cluster.in_process import InProcess
from tests.cluster.made_up import COUNTIES, ROUNDS, made_up_store
from tests.cluster.questions import _OTHER, _STANDARD, without_times
from tests.preview.scored import score_store
from workbench.backup.backup import _REMADE
from workbench.cli.app import app
from workbench.store.arrow.score_tables import read_scores, write_scores
from workbench.store.facts import FactStore
from workbench.store.schema import Origin
from workbench.store.scores import read_head
from workbench.store.summaries.summary_file import read_summary

CITIES = {"甲市": COUNTIES[:1], "乙市": COUNTIES[1:]}
_PLACES = ("by_township",)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    made = made_up_store(tmp_path_factory.mktemp("whole") / "store", households=300)
    score_store(made, "2019-10")
    return made


@pytest.fixture(scope="module")
def cities(whole, tmp_path_factory):
    """By name a store with some of the counties of the whole, facts and scores."""
    stores = {}
    for name, counties in CITIES.items():
        store = stores[name] = FactStore(tmp_path_factory.mktemp("cities") / "store")
        for round_name in ROUNDS:
            there = [code for code in counties if code in whole.counties(round_name)]
            if there:
                store.write(round_name, {code: whole.read(round_name, code) for code in there}, Origin(simulated=True))
        scores, head = pl.DataFrame(read_scores(whole.root, "2019-10")), read_head(whole.root, "2019-10")
        of_city = scores.filter(pl.col("county_code").is_in(counties)).to_arrow(compat_level=pl.CompatLevel.oldest())
        own = replace(head, facts=store.digest("2019-10"), county_facts=store.county_digests("2019-10"))
        write_scores(store.root, of_city, own, Origin(simulated=True))
    return stores


@pytest.fixture(scope="module")
def sent(cities, tmp_path_factory):
    """A folder with the summaries that the cities wrote, and a file of their keys."""
    folder = tmp_path_factory.mktemp("province")
    keys = {}
    for name, store in cities.items():
        done = json_of("summary", "write", "--city", name, "--out", folder / f"{name}.summary", "--store", store.root)
        keys[name] = done["key"]
    (folder / "keys.yaml").write_text(yaml.safe_dump(keys, allow_unicode=True), "utf-8")
    for name, text in (("standard", _STANDARD), ("other", _OTHER), ("near", _STANDARD.replace("1.5", "1.3"))):
        (folder / f"{name}.yaml").write_text(text)
    return folder


def json_of(*words, status=0):
    result = CliRunner().invoke(app, [*map(str, words), "--json"])
    assert result.exit_code == status, result.output
    return json.loads(result.stdout)


def asked(command, folder, *more):
    return ["summary", command, folder, "--keys", folder / "keys.yaml", *more]


def same(theirs, ours):
    """Alike but for places smaller than a county, which no summary has, and whatever says which cities it is of."""
    ours, theirs = (
        without_times({key: value for key, value in each.items() if key not in _PLACES}) for each in (ours, theirs)
    )
    assert {key: theirs[key] for key in ours} == ours
    return True


@pytest.mark.parametrize("standard", ["standard", "other"])
def test_previews_sweeps_and_hindsight_are_those_of_one_store(sent, whole, standard):
    of_round, ours = ["--round", "2019-10"], ["--standard", sent / f"{standard}.yaml"]
    at = ["--store", whole.root]
    assert same(
        json_of(*asked("preview", sent, *of_round, *ours)),
        json_of("preview", *of_round, *ours, *at),
    )
    vary = ["--vary", "income.ceiling.multiple=1.0:2.0:0.25"]
    swept, here = (
        json_of(*asked("sweep", sent, *of_round, *ours, *vary)),
        json_of("sweep", *of_round, *ours, *vary, *at),
    )
    assert without_times(swept["grid"]) == without_times(here["grid"])
    assert same(json_of(*asked("hindsight", sent, *ours)), json_of("hindsight", *ours, *at))
    until = ["--until", "2019-10"]
    assert same(json_of(*asked("hindsight", sent, *ours, *until)), json_of("hindsight", *ours, *until, *at))


def test_a_comparison_is_that_of_one_store(sent, whole):
    words = ["--round", "2019-10", "--standard", sent / "standard.yaml", "--against", sent / "near.yaml"]
    ours = json_of("preview", *words, "--store", whole.root)
    assert ours["newly_in"]
    totals = json_of(*asked("preview", sent, *words))
    assert same(totals, ours)
    assert "by_township" not in totals
    counties = [each["county_code"] for each in totals["by_county"]]
    assert counties == sorted(set(counties)) == whole.counties("2019-10")


def test_places_are_counties_where_they_are_shown(sent, capsys):
    words = asked("preview", sent, "--round", "2019-10", "--standard", sent / "standard.yaml")
    shown = run(capsys, *words).out
    assert "按县区" in shown
    assert "霍邱县" in shown or "金寨县" in shown
    assert "未填" not in shown
    assert "按县区" in run(capsys, *asked("hindsight", sent, "--standard", sent / "standard.yaml")).out


def test_totals_are_those_of_the_tiers_by_city(sent, whole):
    totals = json_of(*asked("totals", sent, "--round", "2020-04"))
    tiers = json_of("tier", "--round", "2020-04", "--store", whole.root)
    assert [each["city"] for each in totals["by_city"]] == sorted(CITIES)
    assert [totals["all"][name] for name in ("red", "yellow", "blue")] == [
        tiers["counts"][key] for key in ("1", "2", "3")
    ]
    assert totals["all"]["red"] == pytest.approx(sum(each["red"] for each in totals["by_county"]))
    assert totals["simulated"]


def test_a_summary_names_nobody(sent, cities):
    for name, store in cities.items():
        content = (sent / f"{name}.summary").read_bytes()
        facts = store.frame("2019-10")
        texts = {value for column in ("household_id", "township", "village") for value in facts[column].drop_nulls()}
        head, counts = read_summary(sent / f"{name}.summary", yaml.safe_load((sent / "keys.yaml").read_text("utf-8")))
        assert head.counties == set(CITIES[name])
        assert not any(text.encode() in content or text.encode() in counts for text in texts)
        assert (sent / f"{name}.summary").stat().st_mode & 0o077 == 0


def test_spark_writes_the_same_counts(sent, cities, tmp_path, monkeypatch):
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))
    words = ["summary", "write", "--city", "甲市", "--store", cities["甲市"].root, "--engine", "spark"]
    json_of(*words, "--out", tmp_path / "again.summary")
    heads = [read_summary(path, keys_of(sent))[0] for path in (sent / "甲市.summary", tmp_path / "again.summary")]
    assert heads[0].content == heads[1].content


def keys_of(folder):
    return yaml.safe_load((folder / "keys.yaml").read_text("utf-8"))


@pytest.fixture
def folder(sent, tmp_path):
    return Path(shutil.copytree(sent, tmp_path / "province"))


def reasons(folder, status=1):
    totals = json_of(*asked("totals", folder, "--round", "2020-04"), status=status)
    return {each["file"]: each["reason_code"] for each in totals["refused"]}, [
        each["city"] for each in totals["cities"]
    ]


def test_what_was_changed_or_is_of_nobody_known_is_named_and_not_counted(folder):
    path = folder / "乙市.summary"
    content = path.read_bytes()
    start = content.index(b"\n", content.index(b"\n", content.index(b"\n") + 1) + 1) + 1
    changes = {
        "content": content[: start + 40] + bytes([content[start + 40] ^ 1]) + content[start + 41 :],
        "head": content.replace("乙市".encode(), "甲市".encode(), 1) if b"\\u" not in content[:200] else content[:-1],
        "round": content.replace(b'"2019-10"', b'"2019-11"', 1),
        "cut": content[:-10],
        "more": content + b"x",
        "signature": content[: start - 20] + b"AAAA" + content[start - 16 :],
    }
    for name, changed in changes.items():
        path.write_bytes(changed)
        refused_files, counted = reasons(folder)
        expected = "store.summary-other-key" if name == "head" else "store.summary-changed"
        assert refused_files == {path.name: expected.replace("summary-other-key", "summary-of-other-key")}, name
        assert counted == ["甲市"]
    path.write_bytes(b"anything")
    assert reasons(folder)[0] == {path.name: "store.not-a-summary"}
    path.write_bytes(content)
    keys = keys_of(folder)
    (folder / "keys.yaml").write_text(yaml.safe_dump({"甲市": keys["甲市"]}), "utf-8")
    assert reasons(folder)[0] == {path.name: "store.summary-of-unknown-city"}
    other = base64.b64encode(bytes(32)).decode()
    (folder / "keys.yaml").write_text(yaml.safe_dump({**keys, "乙市": other}), "utf-8")
    assert reasons(folder)[0] == {path.name: "store.summary-of-other-key"}


def test_one_summary_a_city_and_no_county_twice(folder, cities):
    write = ["summary", "write", "--store", cities["甲市"].root]
    json_of(*write, "--city", "甲市", "--out", folder / "a newer one.summary")
    refused_files, counted = reasons(folder)
    assert refused_files == {"甲市.summary": "store.summary-older"}
    assert sorted(counted) == sorted(CITIES)
    (folder / "甲市.summary").unlink()
    key = json_of("summary", "key", "--store", cities["甲市"].root)["key"]
    (folder / "keys.yaml").write_text(yaml.safe_dump({**keys_of(folder), "丙市": key}), "utf-8")
    json_of(*write, "--city", "丙市", "--out", folder / "丙市.summary")
    assert set(reasons(folder)[0].values()) == {"store.summary-county-twice"}


def test_a_city_without_the_round_is_named(folder, cities):
    words = ["summary", "write", "--store", cities["甲市"].root, "--city", "甲市", "--until", "2019-05"]
    json_of(*words, "--out", folder / "甲市.summary")
    totals = json_of(*asked("totals", folder, "--round", "2020-04"), status=1)
    assert (totals["without_round"], [each["city"] for each in totals["cities"]]) == (["甲市"], ["乙市"])


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("1.5", "1.505"), "statistics.summary-finer-ceiling"),
        (("share: 0.5", "share: 0.52"), "statistics.summary-finer-share"),
        (("income:", "line: 4000\nincome:"), "statistics.summary-of-other-line"),
    ],
)
def test_what_the_counts_do_not_tell_is_refused(folder, capsys, change, code):
    (folder / "standard.yaml").write_text(_STANDARD.replace(*change))
    words = asked("preview", folder, "--round", "2019-10", "--standard", folder / "standard.yaml", "--json")
    done = run(capsys, *words)
    assert done.status == 2
    assert f'"code": "{code}"' in done.err


def test_a_folder_without_summaries_is_refused(tmp_path, sent, capsys):
    words = ["summary", "totals", tmp_path, "--keys", sent / "keys.yaml", "--round", "2020-04", "--lang", "en"]
    assert refused(run(capsys, *words), "no summaries here")
    (tmp_path / "keys.yaml").write_text("甲市: not a key\n", "utf-8")
    assert refused(run(capsys, *words[:4], tmp_path / "keys.yaml", *words[5:]), "its name and public key")


def test_the_key_is_its_owners_and_in_no_backup(cities):
    key = cities["甲市"].root / "keys" / "summary.key"
    assert key.stat().st_mode & 0o077 == 0
    assert "keys" in _REMADE


def frontier_here(store, *words):
    here = without_times(json_of("frontier", *words, "--store", store.root))
    # How two standards pair in the past takes households, and summaries have none.
    if here["fewest"]:
        here["fewest"].pop("past", None)
    return here


@pytest.mark.parametrize("standard", ["standard", "other"])
def test_the_frontier_is_that_of_one_store(sent, whole, standard):
    ours = ["--standard", sent / f"{standard}.yaml"]
    for words in (ours, [*ours, "--hindsight"], [*ours, "--county", "341522", "--hindsight", "--round", "2019-05"]):
        here = frontier_here(whole, *words)
        # None is a point where a model says nothing of the income that is tested.
        assert here["points"] or standard == "other"
        assert same(json_of(*asked("frontier", sent, *words)), here)


def test_the_frontier_of_a_province_is_shown_with_its_cities(sent, capsys):
    shown = run(capsys, *asked("frontier", sent, "--standard", sent / "standard.yaml", "--hindsight")).out
    for words in ("2 个市：乙市、甲市", "模拟数据", "同样户数最多能抓住多少风险变差的户", "手头标准（文件中的草案"):
        assert words in shown


def test_a_frontier_says_which_standard_and_which_round_it_cannot_answer(sent, folder, capsys):
    (folder / "standard.yaml").write_text(_STANDARD.replace("1.5", "1.505"))
    words = asked("frontier", folder, "--standard", folder / "standard.yaml", "--lang", "en")
    assert refused(run(capsys, *words), "hundredths of the line")
    words = asked("frontier", sent, "--standard", sent / "standard.yaml", "--round", "2020-04", "--lang", "en")
    assert refused(run(capsys, *words), "no scores")


def test_where_one_city_has_no_scores_none_are_added_up_and_it_is_named(folder, cities, tmp_path, capsys):
    unscored = FactStore(Path(shutil.copytree(cities["乙市"].root, tmp_path / "unscored")))
    shutil.rmtree(unscored.root / "scores")
    json_of("summary", "write", "--city", "乙市", "--out", folder / "乙市.summary", "--store", unscored.root)
    words = ["--round", "2019-10", "--standard", folder / "standard.yaml"]
    preview = json_of(*asked("preview", folder, *words))
    assert preview["in"]
    assert preview["expected_slips"] is None
    assert preview["without_scores"] == ["乙市"]
    assert "乙市" in run(capsys, *asked("preview", folder, *words)).err
    swept = json_of(*asked("sweep", folder, *words, "--vary", "income.ceiling.multiple=1.0:2.0:0.5"))
    assert (swept["scored"], swept["without_scores"]) == (False, ["乙市"])
    done = run(capsys, *asked("frontier", folder, *words, "--lang", "en"))
    assert refused(done, "have not scored the round")


def test_writing_a_summary_is_an_event_of_the_register(cities, tmp_path, capsys):
    root = shutil.copytree(cities["甲市"].root, tmp_path / "store")
    write = ["summary", "write", "--city", "甲市", "--store", root]
    json_of(*write, "--out", tmp_path / "before.summary")  # nobody has begun a register
    assert not (root / "register.sqlite").exists()
    assert (
        run(
            capsys, "register", "accounts", "add", "admin", "--name", "管", "--role", "administrator", "--store", root
        ).status
        == 0
    )
    json_of(*write, "--out", tmp_path / "六月.summary")
    head, _ = read_summary(tmp_path / "六月.summary", {"甲市": json_of("summary", "key", "--store", root)["key"]})
    with sqlite3.connect(root / "register.sqlite") as register:
        (event,) = register.execute(
            "SELECT account, subject, details FROM audit_event WHERE action = 'summary_written'"
        ).fetchall()
    details = json.loads(event[2])
    assert event[0].startswith("shell:")
    assert event[1] == "六月.summary"
    assert (details["city"], details["rounds"], details["content"]) == ("甲市", sorted(head.facts), head.content)
    assert json_of("audit", "verify", "--store", root)["broken"] is None
