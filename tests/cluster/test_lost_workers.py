"""Workers that are killed in mid-run: the result is the right one, or there is none and it is said."""

import os
import shutil
import signal
import threading
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.cli.command import refused, run
from tests.cluster.made_up import COUNTIES, ROUNDS, made_up_store
from tests.cluster.questions import answer, questions
from tests.cluster.standalone import UNAVAILABLE, until
from workbench.risk.cluster.scores import county_scores
from workbench.store.arrow.score_tables import read_scores
from workbench.store.cluster.counties import ClusterStore

pytestmark = [pytest.mark.deep, pytest.mark.skipif(bool(UNAVAILABLE), reason=UNAVAILABLE)]
ROUND = "2020-04"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    return made_up_store(tmp_path_factory.mktemp("stores") / "store")


def test_a_worker_killed_in_mid_run_changes_no_number(cluster, store):
    there = ClusterStore.at(store.root, cluster.master)
    expected = there.run(slow_count, list(COUNTIES))
    killer = threading.Thread(target=_kill_one, args=[cluster, killed := []])
    killer.start()
    assert there.run(slow_count, list(COUNTIES) * 4) == expected * 4
    killer.join(60)
    assert killed


def slow_count(store, county):
    """A task that takes long enough to be killed in the middle of it."""
    return b"".join(str(len(store.frame(ROUNDS[-1], county))).encode() for _ in range(200))


def test_every_worker_killed_once_while_it_scores_changes_no_score(cluster, trained, tmp_path, monkeypatch):
    """As soon as the scores of a first county are written, so that those of others are being made."""
    here, there = (Path(shutil.copytree(trained[0], tmp_path / name)) for name in ("here", "there"))
    asked = ["score", "--round", ROUND]
    expected = answer(asked, here)
    monkeypatch.setattr("workbench.risk.cluster.scores.county_scores", fatal_once)
    marks = there / "killed"
    marks.mkdir()
    theirs = answer(asked, there, "--engine", "spark", "--master", cluster.master)
    assert len(list(marks.iterdir())) == MOST_KILLED
    assert theirs | {"file": ""} == expected | {"file": ""}
    assert read_scores(there, ROUND).equals(read_scores(here, ROUND))


MOST_KILLED = 2


def fatal_once(store, asked):
    """The scores of a county, written; then the first workers to have done so are killed, with all that they were at."""
    scored = county_scores(store, asked)
    for number in range(MOST_KILLED):
        with suppress(FileExistsError):
            (store.root / "killed" / str(number)).touch(exist_ok=False)
            _kill_own_executor()
    return scored


@pytest.mark.parametrize("command", ["preview", "score"])
def test_a_county_that_kills_every_worker_is_refused_and_nothing_changes(
    command, cluster, store, trained, tmp_path, capsys, monkeypatch
):
    """Spark tries it four times and gives up; no number is printed, and what was stored before is there still."""
    root = store.root
    arguments = questions(tmp_path)["preview of what is left"]
    if command == "score":
        root = Path(shutil.copytree(trained[0], tmp_path / "store"))
        arguments = ["score", "--round", ROUND]
        answer(arguments, root)
    before = files_of(root)
    task = (
        "risk.cluster.scores.county_scores" if command == "score" else "preview.cluster.assessed_index.reduced_county"
    )
    monkeypatch.setattr(f"workbench.{task}", fatal)
    words = [*arguments, "--store", root, "--engine", "spark", "--master", cluster.master, "--json"]
    done = run(capsys, *words)
    assert refused(done, '"store.spark-did-not-finish"')
    assert files_of(root) == before
    monkeypatch.undo()
    # The cluster and the store serve on.
    assert answer(arguments, root, "--engine", "spark", "--master", cluster.master) == answer(arguments, root)


def fatal(_store, asked):
    """A task that kills its process, as the system does where memory is short; of one county only."""
    if asked.county == COUNTIES[-1]:
        os.kill(os.getpid(), signal.SIGKILL)
    return b"{}"


def files_of(root):
    return {path.relative_to(root): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _kill_one(cluster, killed):
    """The first executor there is, in the middle of its work: another does it again."""
    until(lambda: _executors(cluster))
    executor = _executors(cluster)[0]
    executor.kill()
    killed.append(executor.pid)


def _executors(cluster):
    """The processes that run tasks, of this cluster's workers only."""
    started = [each for worker in cluster.workers for each in psutil.Process(worker.pid).children(recursive=True)]
    return [each for each in started if _is_executor(each)]


def _kill_own_executor():
    """The executor that this task runs in: Java, of which the Python that does the work is a child's child."""
    next(each for each in psutil.Process().parents() if _is_executor(each)).kill()
    # Whatever is still to be done here is done for nobody.
    os.kill(os.getpid(), signal.SIGKILL)


def _is_executor(process):
    with suppress(psutil.NoSuchProcess):  # it ended between being listed and being asked
        return "CoarseGrainedExecutorBackend" in " ".join(process.cmdline())
    return False
