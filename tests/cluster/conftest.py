"""What all tests of this folder share: a trained store, and one real cluster of a master and two workers."""

import pytest

from tests.cli.conftest import trained
from tests.cluster.standalone import environment, standalone, stop_session

__all__ = ["trained"]


@pytest.fixture(scope="package")
def cluster(tmp_path_factory):
    """For the deep tests: nothing is started where none of them runs."""
    with pytest.MonkeyPatch.context() as patch, standalone(tmp_path_factory.mktemp("cluster")) as running:
        for name in ("SPARK_LOCAL_IP", "PYSPARK_PYTHON"):
            patch.setenv(name, environment()[name])
        yield running
        stop_session()
