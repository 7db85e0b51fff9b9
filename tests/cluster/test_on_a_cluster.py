"""A real standalone cluster gives the numbers of one computer, to a driver and to a Spark Connect client."""

import json
import os
import re
import shutil
import subprocess
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.command import refused, run
from tests.cli.conftest import EXPORTS
from tests.cluster.in_process import InProcess
from tests.cluster.made_up import STORES, made_up_store, random_store, with_model_of
from tests.cluster.questions import NAMES, answer, questions, without_times
from tests.cluster.standalone import UNAVAILABLE, environment, stop_session
from workbench.cli.submit import program
from workbench.risk.cluster.drawn_store import draw_into
from workbench.risk.model import training
from workbench.store.arrow.score_tables import read_scores
from workbench.store.cluster.counties import ClusterStore
from workbench.store.facts import FactStore

pytestmark = [pytest.mark.deep, pytest.mark.skipif(bool(UNAVAILABLE), reason=UNAVAILABLE)]
_NOBODY = 65534
_COUNTS = re.compile(r"\.(?:counts|past)-")
_PROJECT = Path(__file__).parents[2]
PROGRAM = program.__file__
_PROGRAM = "from workbench.cli.app import main; main()"


@pytest.fixture(scope="module")
def stores(tmp_path_factory):
    return {name: make(tmp_path_factory.mktemp("stores") / "store") for name, make in STORES.items()}


@pytest.fixture
def store(stores):
    return stores["random facts"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("which", STORES)
def test_the_cluster_gives_what_one_computer_gives(which, name, cluster, stores, tmp_path):
    arguments, root = questions(tmp_path)[name], stores[which].root
    here = answer(arguments, root)
    assert answer(arguments, root, "--engine", "spark", "--master", cluster.master) == here


def test_what_is_refused_here_is_refused_there_in_the_same_words(cluster, store, capsys):
    asked = ["tier", "--round", "2030-01", "--store", store.root, "--lang", "en"]
    ours, theirs = run(capsys, *asked), run(capsys, *asked, "--engine", "spark", "--master", cluster.master)
    assert refused(theirs, "2030-01 is not stored")
    assert ours.err == theirs.err


def test_a_round_is_scored_there_as_here(cluster, trained, tmp_path):
    here, there = (
        Path(shutil.copytree(trained[0], tmp_path / name, ignore=shutil.ignore_patterns("scores")))
        for name in ("here", "there")
    )
    for round_name in ("2020-04", "2020-10"):
        asked = ["score", "--round", round_name]
        theirs = answer(asked, there, "--engine", "spark", "--master", cluster.master)
        assert theirs | {"file": ""} == answer(asked, here) | {"file": ""}
        assert read_scores(here, round_name).equals(read_scores(there, round_name))
    expected = ["frontier", "--standard", str(_standard(tmp_path))]
    assert answer(expected, there, "--engine", "spark", "--master", cluster.master) == answer(expected, here)


def test_random_facts_are_scored_there_as_here(cluster, trained, tmp_path):
    here, there = (with_model_of(trained[0], made_up_store(tmp_path / name).root) for name in ("here", "there"))
    for round_name in ("2019-10", "2020-04"):
        asked = ["score", "--round", round_name]
        theirs = answer(asked, there, "--engine", "spark", "--master", cluster.master)
        assert theirs | {"file": ""} == answer(asked, here) | {"file": ""}
        assert read_scores(here, round_name).equals(read_scores(there, round_name))


def test_counts_are_the_same_files_whoever_makes_them(cluster, tmp_path, monkeypatch):
    """Of a preview and of the past, by workers of the cluster and by this process: byte by byte."""
    here, there = (random_store(tmp_path / name).root for name in ("here", "there"))
    asked = [questions(tmp_path)[name] for name in ("preview of what is left", "hindsight of a county")]
    for arguments in asked:
        answer(arguments, there, "--engine", "spark", "--master", cluster.master)
    monkeypatch.setattr("workbench.cli.options.ClusterStore.at", lambda location, _: InProcess(None, location))
    for arguments in asked:
        answer(arguments, here, "--engine", "spark")
    ours, theirs = (
        {path.relative_to(root): path.read_bytes() for path in root.glob("index/**/*") if _COUNTS.search(path.name)}
        for root in (here, there)
    )
    assert {_COUNTS.search(path.name)[0] for path in ours} == {".counts-", ".past-"}
    assert theirs == ours


def test_workers_draw_for_training_what_is_drawn_here(cluster, stores, tmp_path, monkeypatch):
    """Some of the households, their weights and their whole past: the draw and the files that a model learns from."""
    monkeypatch.setattr(training, "MOST_ROWS", 300)
    root = stores["demonstration"].root
    ours, expected = draw_into(InProcess(None, root), tmp_path / "here", None)
    theirs, draw = draw_into(ClusterStore.at(root, cluster.master), tmp_path / "there", None)
    assert draw == expected
    assert 0 < draw.share < 1
    assert theirs.rounds() == ours.rounds()
    assert all(theirs.county_digests(name) == ours.county_digests(name) for name in ours.rounds())


def test_cities_are_made_there_as_here(cluster, tmp_path):
    asked = ["simulate", "--households", "900", "--rounds", "2", "--cities", "3"]
    here, there = FactStore(tmp_path / "here"), FactStore(tmp_path / "there")
    answer(asked, here.root)
    answer(asked, there.root, "--engine", "spark", "--master", cluster.master)
    assert all(here.county_digests(name) == there.county_digests(name) for name in here.rounds())


def test_a_folder_is_taken_in_there_as_here(cluster, tmp_path, capsys):
    folder = tmp_path / "exports"
    folder.mkdir()
    for path in EXPORTS.glob("*.csv"):
        shutil.copy(path, folder)
    (folder / "broken.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    asked = ["intake", folder, "--round", "2019-10", "--json"]
    ours = run(capsys, *asked, "--store", tmp_path / "here")
    theirs = run(capsys, *asked, "--store", tmp_path / "there", "--engine", "spark", "--master", cluster.master)
    assert (ours.status, ours.record["taken_in"], ours.record["refused"]) == (1, 1, 1)
    # Under which number each file was taken in is a matter of which worker came first.
    assert [each | {"batch": 0} for each in theirs.record["files"]] == [
        each | {"batch": 0} for each in ours.record["files"]
    ]


def _standard(folder):
    questions(folder)
    return folder / "standard.yaml"


def submitted(cluster, folder, *words):
    """The program as spark-submit starts it, with settings of the one who submits; the session's own log of what was set."""
    log = folder / "events"
    log.mkdir(exist_ok=True)
    settings = {
        "spark.executor.memory": "512m", "spark.cores.max": "1", "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": log.as_uri(), "spark.eventLog.rolling.enabled": "false", "spark.eventLog.compress": "false",
        "spark.ui.enabled": "true", "spark.ui.port": "0", "spark.pyspark.python": sys.executable,
    }  # fmt: skip
    given = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    script = Path(find_spec("pyspark").origin).parent / "bin" / "spark-submit"
    command = [script, "--master", cluster.master, "--name", "submitted", *given, PROGRAM, *words]
    done = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, timeout=600, cwd=folder, env=environment()
    )
    logs = [path.read_text(encoding="utf-8") for path in log.rglob("*") if path.is_file()]
    return done, [json.loads(line) for line in "".join(logs).splitlines()], settings


def test_what_spark_submit_started_is_taken_and_not_configured_over(cluster, store, tmp_path):
    stop_session()  # that of the tests before holds every core of the cluster
    arguments = questions(tmp_path)["preview"]
    done, events, settings = submitted(
        cluster, tmp_path, *arguments, "--store", store.root, "--json", "--engine", "spark"
    )
    assert done.returncode == 0, done.stderr
    assert without_times(json.loads(done.stdout)) == answer(arguments, store.root)
    (environs,) = [each for each in events if each["Event"] == "SparkListenerEnvironmentUpdate"]
    properties = dict(environs["Spark Properties"])
    assert settings.items() <= properties.items()
    assert (properties["spark.app.name"], properties["spark.master"]) == ("submitted", cluster.master)
    assert not [name for name in properties if name.startswith("spark.workbench")]
    assert len([each for each in events if each["Event"] == "SparkListenerApplicationStart"]) == 1
    again, *_ = submitted(
        cluster,
        tmp_path,
        *arguments,
        "--store",
        store.root,
        "--json",
        "--engine",
        "spark",
        "--master",
        "spark://other:7077",
    )
    assert again.returncode == 2
    # spark-submit puts both outputs of a Python program into its own standard output.
    assert '"store.spark-started-elsewhere"' in again.stdout


_ASK_ALL = """
import json, sys
from tests.cluster.questions import answer
for arguments, root in json.load(sys.stdin):
    print(json.dumps(answer(arguments, root, "--engine", "spark")), flush=True)
"""


def test_a_client_that_may_not_read_the_store_gets_the_same(cluster, stores, trained, tmp_path):
    """Every command, of every store, from one process of another user; scores of the model of a trained city among them."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("only root may give files to another user, and run a client that may not read them")
    stop_session()  # that of the tests before holds every core of the cluster, and the server would wait for one
    score = ["score", "--round", "2020-04"]
    scored = [
        [Path(shutil.copytree(root, tmp_path / place / name)) for place in ("here", "there")]
        for name, root in (
            ("demonstration", trained[0]),
            ("random facts", with_model_of(trained[0], made_up_store(tmp_path / "random").root)),
        )
    ]
    commands = questions(tmp_path)
    in_force = commands.pop("coverage in force")
    asked = [(arguments, store.root) for store in stores.values() for arguments in commands.values()]
    expected = [answer(arguments, root) for arguments, root in asked]
    expected += [answer(score, here) | {"file": ""} for here, _ in scored]
    theirs_scored = [there for _, there in scored]
    roots = [*(store.root for store in stores.values()), *theirs_scored]
    for path in (each for root in roots for each in (root, *root.rglob("*"))):
        os.chown(path, _NOBODY, _NOBODY)
        path.chmod(0o700 if path.is_dir() else 0o600)
    dropped = "-dac_override,-dac_read_search"
    program = ["setpriv", f"--bounding-set={dropped}", f"--inh-caps={dropped}", sys.executable, "-c"]
    environs = {**os.environ, "SPARK_REMOTE": cluster.connect()}
    run = partial(subprocess.run, capture_output=True, text=True, check=False, env=environs, timeout=800, cwd=_PROJECT)
    for root in roots:
        closed = run([*program, _PROGRAM, "tier", "--round", "2019-10", "--store", str(root)])
        assert closed.returncode == 2, "the store is closed to this client"
    # Which standards are in force it cannot know: refused, not answered as if there were none.
    unknown = run([*program, _PROGRAM, *in_force, "--store", str(roots[0]), "--engine", "spark", "--json"])
    assert unknown.returncode == 2
    assert '"cli.standard-in-closed-store"' in unknown.stderr
    words = json.dumps(
        [(arguments, str(root)) for arguments, root in [*asked, *((score, there) for there in theirs_scored)]]
    )
    done = run([*program, _ASK_ALL], input=words)
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    answers[-2:] = [each | {"file": ""} for each in answers[-2:]]
    for number, (ours, theirs) in enumerate(zip(expected, answers, strict=True)):
        assert theirs == ours, number
    for here, there in scored:
        assert read_scores(there, "2020-04").equals(read_scores(here, "2020-04"))
