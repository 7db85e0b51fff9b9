"""The smallest real cluster, where Spark can be had: a master, one worker, the answers of one computer."""

import pytest

from tests.cluster.made_up import made_up_store
from tests.cluster.questions import answer, questions
from tests.cluster.standalone import UNAVAILABLE, environment, standalone, stop_session

# `make test-deep` sees to it that there is Spark; what a run holds shall not hang on what another one fetched.
pytestmark = [pytest.mark.deep, pytest.mark.skipif(bool(UNAVAILABLE), reason=UNAVAILABLE)]


def test_a_cluster_of_one_worker_gives_what_one_computer_gives(tmp_path, monkeypatch):
    store = made_up_store(tmp_path / "store", households=100)
    asked = [questions(tmp_path)[name] for name in ("tier of a county", "preview of what is left")]
    for name in ("SPARK_LOCAL_IP", "PYSPARK_PYTHON", "JAVA_TOOL_OPTIONS"):
        monkeypatch.setenv(name, environment()[name])
    with standalone(tmp_path, workers=1) as cluster:
        try:
            there = [answer(each, store.root, "--engine", "spark", "--master", cluster.master) for each in asked]
        finally:
            stop_session()
    assert there == [answer(each, store.root) for each in asked]
