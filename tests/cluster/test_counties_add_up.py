"""Each county judged by itself and reduced to what is asked adds up to what one computer says, to the last digit."""

import polars as pl
import pytest
import yaml

from tests.cli.command import run
from tests.cluster.in_process import InProcess
from tests.cluster.made_up import COUNTIES, ROUNDS, STORES, made_up_store
from tests.cluster.questions import _STANDARD, NAMES, answer, questions
from tests.preview.scored import score_store
from workbench.domain.rules.edge import edge_limits
from workbench.domain.rules.standard import parse_standard
from workbench.errors import InputError
from workbench.preview.cluster.past import PastRequest, past_pair_on
from workbench.preview.hindsight.difference import Paired
from workbench.preview.index.build import build_index
from workbench.preview.index.reduced import Distinctions, reduce_index
from workbench.store.cluster.counties import ClusterStore
from workbench.store.cluster.session import spark_session
from workbench.store.schema import Origin


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    return {name: make(tmp_path_factory.mktemp("stores") / "store") for name, make in STORES.items()}


@pytest.fixture
def store(stores):
    return stores["random facts"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("which", ["random facts", pytest.param("demonstration", marks=pytest.mark.deep)])
def test_counties_add_up(which, name, stores, tmp_path, monkeypatch):
    arguments, root = questions(tmp_path)[name], stores[which].root
    here = answer(arguments, root)
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))
    assert answer(arguments, root, "--engine", "spark") == here


@pytest.mark.parametrize(
    "words", [["coverage", "--round", "2019-10"], ["frontier", "--county", "341524"]], ids=lambda words: words[0]
)
def test_a_client_that_may_not_read_the_store_names_the_standard(words, store, tmp_path, monkeypatch, capsys):
    """It knows no register: the standards in force would be none, and coverage that of nobody."""
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))
    monkeypatch.setattr("workbench.cli.options.os.access", lambda path, *_: path != store.root)
    there = [*words, "--store", store.root, "--engine", "spark", "--json"]
    done = run(capsys, *there)
    assert done.status == 2
    assert '"cli.standard-in-closed-store"' in done.err
    questions(tmp_path)
    assert run(capsys, *there, "--standard", tmp_path / "standard.yaml").status == 0


@pytest.mark.parametrize("name", ["preview", "hindsight", "frontier of the past"])
def test_a_county_that_has_no_unregistered_household_in_a_round_stops_no_other(name, tmp_path, monkeypatch):
    """Its index of that round is one of nobody: the frontier of the past failed there, hindsight forgot its next round."""
    store = made_up_store(tmp_path / "store", households=60)
    score_store(store, ROUNDS[1])
    # The second has a next round of its own, two rounds on.
    for round_name, county in ((ROUNDS[1], COUNTIES[2]), (ROUNDS[0], COUNTIES[1])):
        lifted = pl.DataFrame(store.read(round_name, county)).with_columns(kind=pl.lit("lifted"))
        table = lifted.to_arrow(compat_level=pl.CompatLevel.oldest())
        store.write(round_name, {county: table}, Origin(simulated=True))
    arguments = questions(tmp_path)[name]
    here = answer(arguments, store.root)
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))
    assert answer(arguments, store.root, "--engine", "spark") == here


def test_slips_that_pair_alike_in_several_counties_are_one_kind():
    """Three counties with one such household each say what one with all three says: their interval's last digit differed."""
    of_one = Paired.of_kinds(
        pl.DataFrame({"ours": [0.0, 1.0], "our_slips": [1.0, 1.0], "theirs": [1.0, 1.0], "their_slips": [1.0, 1.0]}),
        pl.len().cast(pl.Float64),
    )
    together = Paired.together([of_one, None, of_one, of_one])
    assert {name: values.tolist() for name, values in together.arrays().items()} == {
        name: (values * 3 if name == "households" else values).tolist() for name, values in of_one.arrays().items()
    }


def test_no_household_leaves_its_county(store, tmp_path, monkeypatch):
    """What comes back of a county bears no number of a household, and fewer entries than households where many are alike."""
    answers = []

    class Listening(InProcess):
        def run(self, task, arguments):
            given = super().run(task, arguments)
            answers.extend(given)
            return given

    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: Listening(None, location))
    for name in ("preview", "hindsight", "tier"):
        answer(questions(tmp_path)[name], store.root, "--engine", "spark")
    numbers = store.frame("2019-10")["household_id"].unique().to_list()
    assert answers
    assert not any(number.encode() in given for given in answers for number in numbers[:50])


def test_what_a_worker_refuses_is_said_in_its_words(tmp_path):
    empty = InProcess(None, tmp_path / "nothing")
    with pytest.raises(InputError) as refused:
        empty.counties("2019-10")
    assert refused.value.code == "store.no-facts"


@pytest.mark.parametrize("location", ["s3a://bucket/store", "hdfs://name/store", "s3a:/bucket"])
def test_a_location_without_a_local_rename_is_refused(location):
    with pytest.raises(InputError) as refused:
        ClusterStore.at(location)
    assert refused.value.code == "store.location-is-url"


def test_a_master_beside_a_session_started_elsewhere_is_refused(monkeypatch):
    pytest.importorskip("pyspark")
    session = type("Session", (), {"conf": {}, "builder": None})()
    monkeypatch.setattr(
        "workbench.store.cluster.session._builder", type("Builder", (), {"getOrCreate": lambda _: session})
    )
    elsewhere = {"PYSPARK_GATEWAY_PORT": "1"}
    assert spark_session(None, elsewhere) is session
    with pytest.raises(InputError) as refused:
        spark_session("spark://other:7077", elsewhere)
    assert refused.value.code == "store.spark-started-elsewhere"


def test_a_master_beside_the_variable_that_names_another_is_refused():
    pytest.importorskip("pyspark")
    with pytest.raises(InputError) as refused:
        spark_session("spark://127.0.0.1:1", {"SPARK_REMOTE": "sc://127.0.0.1:1"})
    assert refused.value.code == "store.spark-remote-and-master"


def test_a_cluster_that_does_not_answer_is_said_in_words(monkeypatch):
    pytest.importorskip("pyspark")

    class Builder:
        def config(self, *_):
            return self

        master = appName = config  # noqa: N815 - Spark's own name

        def getOrCreate(self):  # noqa: N802 - likewise
            raise RuntimeError(
                "An error occurred while calling X.\n: java.lang.IllegalStateException: stopped\n\tat X.java"
            )

    monkeypatch.setattr("workbench.store.cluster.session._builder", Builder)
    monkeypatch.setattr("workbench.store.cluster.session._refuse_without_java", lambda: None)
    monkeypatch.setattr("workbench.store.cluster.session._started_elsewhere", lambda _: False)
    with pytest.raises(InputError) as refused:
        spark_session("spark://127.0.0.1:1", {})
    assert refused.value.code == "store.spark-not-started"
    assert "(java.lang.IllegalStateException: stopped)" in refused.value.words.en


def test_households_alike_are_one_entry(store):
    facts = store.frame_with_previous("2019-05", COUNTIES[0])
    index = build_index(pl.concat([facts] * 3), deduct_out_of_pocket=False)
    limits = edge_limits(parse_standard({"income": {"ceiling": {"multiple": 1.5}}}), 3218)
    reduced = reduce_index(index, Distinctions.of([limits]), {}, {}).index
    assert len(reduced) <= len(index) // 3
    assert reduced.rows.sum() == len(index)


def stored_counts(store):
    return {path.relative_to(store.root): path.read_bytes() for path in store.root.glob("index/**/*.counts-*")}


def test_counts_that_are_kept_answer_every_ceiling_of_the_grid(tmp_path, monkeypatch):
    store = made_up_store(tmp_path / "store")
    score_store(store, "2019-10")
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))
    arguments = questions(tmp_path)["sweep"]
    arguments = [*arguments[: arguments.index("--against")], *arguments[arguments.index("--against") + 2 :]]
    here = answer(arguments, store.root)
    assert answer(arguments, store.root, "--engine", "spark") == here
    stored = stored_counts(store)
    assert len(stored) == 2  # a county each that the round has
    # From what is kept alone: no index is read.
    monkeypatch.setattr("workbench.preview.scope.load_index", None)
    assert answer(arguments, store.root, "--engine", "spark") == here
    monkeypatch.undo()
    # Whoever makes them, they are the same files.
    other = made_up_store(tmp_path / "other")
    score_store(other, "2019-10")
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))
    answer(arguments, other.root, "--engine", "spark")
    assert stored_counts(other) == stored


def fewer(store, round_name, county):
    facts = store.read(round_name, county).slice(0, 150)
    store.write(round_name, {county: facts}, Origin(simulated=True))


CHANGES = {
    "its facts": (lambda store: fewer(store, "2019-10", "341502"), {"341502"}),
    "the facts of its round before": (lambda store: fewer(store, "2019-05", "341524"), {"341524"}),
    "facts of a round that it is not counted from": (lambda store: fewer(store, "2020-04", "341502"), set()),
    "the scores": (lambda store: score_store(store, "2019-10", level=0.8), {"341502", "341524"}),
    # Scores of an earlier version know only the facts of all counties together.
    "facts that scores of an earlier version are of": (
        lambda store: fewer(store, "2019-10", "341502"),
        {"341502", "341524"},
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_counts_are_stale_where_what_they_are_made_from_changed_and_nowhere_else(change, tmp_path, monkeypatch):
    store = made_up_store(tmp_path / "store", households=200)
    county_facts = {} if "earlier version" in change else store.county_digests("2019-10")
    score_store(store, "2019-10", county_facts=county_facts)
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))
    arguments = questions(tmp_path)["preview of what is left"]
    answer(arguments, store.root, "--engine", "spark")
    before = stored_counts(store)
    makes, stale = CHANGES[change]
    makes(store)
    assert answer(arguments, store.root, "--engine", "spark") == answer(arguments, store.root)
    after = stored_counts(store)
    assert set(after) == set(before)
    anew = {path for path in after if after[path] != before[path]}
    assert {part.removeprefix("county_code=") for path in anew for part in path.parts if "county_code" in part} == stale


def test_stored_counts_that_are_damaged_are_made_anew(tmp_path, monkeypatch):
    store = made_up_store(tmp_path / "store")
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))
    arguments = questions(tmp_path)["preview of what is left"]
    before = answer(arguments, store.root, "--engine", "spark")
    made = stored_counts(store)
    assert made
    for path, content in made.items():
        (store.root / path).write_bytes(content[:-100])
    assert answer(arguments, store.root, "--engine", "spark") == before
    assert stored_counts(store) == made


def test_the_past_is_answered_from_counts_alone(tmp_path, monkeypatch):
    store = made_up_store(tmp_path / "store")
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))
    asked = [questions(tmp_path)[name] for name in ("hindsight of a county", "frontier of the past", "hindsight")]
    asked[-1] = asked[-1][: asked[-1].index("--against")]
    here = [answer(arguments, store.root) for arguments in asked]
    assert [answer(arguments, store.root, "--engine", "spark") for arguments in asked] == here
    assert any(".past-" in path.name for path in store.root.glob("index/**/*"))
    # From what is stored alone: no index is read.
    monkeypatch.setattr("workbench.preview.scope.load_index", None)
    assert [answer(arguments, store.root, "--engine", "spark") for arguments in asked] == here
    monkeypatch.undo()
    # A fact of the next round that changed makes what became of the round before anew.
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))
    facts = store.read(ROUNDS[-1], COUNTIES[1]).slice(0, 150)
    store.write(ROUNDS[-1], {COUNTIES[1]: facts}, Origin(simulated=True))
    after = answer(asked[0], store.root, "--engine", "spark")
    assert after != here[0]
    assert after == answer(asked[0], store.root)


def test_a_comparison_and_a_frontier_are_answered_from_counts_alone(tmp_path, monkeypatch):
    store = made_up_store(tmp_path / "store")
    score_store(store, "2019-10")
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))
    asked = questions(tmp_path)
    other = tmp_path / "same-income.yaml"
    other.write_text(_STANDARD.replace("1.5", "1.3"))
    compared = [*asked["preview of what is left"][:-1], str(tmp_path / "standard.yaml"), "--against", str(other)]
    both = [compared, asked["frontier"]]
    here = [answer(arguments, store.root) for arguments in both]
    assert here[0]["newly_in"]
    assert [answer(arguments, store.root, "--engine", "spark") for arguments in both] == here
    monkeypatch.setattr("workbench.preview.scope.load_index", None)
    # But for how two standards pair in the past: that takes the households (decision 0042).
    monkeypatch.setattr("workbench.cli.standards.frontier.past_of_fewest", lambda *_: None)
    assert here[1]["fewest"].pop("past")
    assert [answer(arguments, store.root, "--engine", "spark") for arguments in both] == here


def test_two_standards_over_the_past_ask_a_worker_once_what_is_stored(store, monkeypatch):
    """It was asked twice for one answer, and its scope of the past made twice."""
    listed = []
    monkeypatch.setattr(InProcess, "listing", lambda self: listed.append(self) or ClusterStore.listing(self))
    ours = parse_standard(yaml.safe_load(_STANDARD))
    theirs = ours.model_copy(update={"require_group": False})
    assert past_pair_on(InProcess(None, store.root), PastRequest(), ours, theirs).rounds == len(ROUNDS) - 1
    assert len(listed) == 1
