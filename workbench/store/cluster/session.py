"""The Spark session that commands work on: one started elsewhere is used as it is, never configured over."""

import os
import shutil
import sys
import warnings
from collections.abc import Mapping
from typing import Any

from workbench.errors import InputError, MissingPartError, Words

_CONNECT = "sc://"
_ALONE = "local[*]"
_OWN_SETTINGS = {"spark.ui.enabled": "false", "spark.log.level": "ERROR", "spark.ui.showConsoleProgress": "false"}
"""Of a session that this program starts; one that is given keeps its own."""
_CAUSES = (": org.apache.spark.", ": java.")
"""How the line begins on which the bridge to Java names the exception; before it stands only where that came from."""
_MOST_OF_A_CAUSE = 300
_ADDRESS = "spark.workbench.address"
"""Where a session was asked for: asked for again, it is the one that there is."""


def spark_session(master: str | None = None, environment: Mapping[str, str] = os.environ) -> Any:
    """The session to work on.

    In this order: one that is active in this process, or was started by spark-submit; Spark Connect at `master`
    (sc://…) or SPARK_REMOTE; a session of its own on the cluster at `master`; without any of these all cores of this
    computer. Raises InputError for a `master` beside a session that was started elsewhere or beside SPARK_REMOTE, and
    where Spark does not start at `master`; MissingPartError where PySpark or Java is missing.
    """
    builder = _builder()
    if _started_elsewhere(environment):
        session = builder.getOrCreate()
        if master is not None and session.conf.get(_ADDRESS, None) != master:
            raise InputError(_already_started(master))
        return session
    named = environment.get("SPARK_REMOTE")
    remote = master if master and master.startswith(_CONNECT) else named
    if remote and master in (None, remote):
        return _connected(builder, remote)
    # PySpark takes the variable whatever it is told, and then refuses both: which of the two was meant it cannot know either.
    if named:
        raise InputError(_two_clusters(str(master), named))
    _refuse_without_java()
    # Drivers and workers of one computer run one Python; where workers have another, PYSPARK_PYTHON says so.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    for key, value in (_OWN_SETTINGS | {_ADDRESS: master or _ALONE}).items():
        builder = builder.config(key, value)
    return _started(builder.master(master or _ALONE).appName("workbench"), master or _ALONE)


def _started(builder: Any, master: str) -> Any:
    """A session of this program's own; raises InputError with the words of Spark where it does not start."""
    try:
        return builder.getOrCreate()
    except Exception as error:  # noqa: BLE001 - what Spark's own bridge to Java raises is no PySparkException
        raise InputError(
            Words(
                f"--master {master}：Spark 没有启动（{_why(error)}）；请核对地址，以及集群是否已启动",
                f"--master {master}: Spark did not start ({_why(error)}); check the address, and that the cluster runs",
                code="store.spark-not-started",
            )
        ) from None


def _why(error: Exception) -> str:
    """The cause that Java names, else the first line of what Python says."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [type(error).__name__]
    return next((line.removeprefix(": ") for line in lines if line.startswith(_CAUSES)), lines[0])[:_MOST_OF_A_CAUSE]


def _started_elsewhere(environment: Mapping[str, str]) -> bool:
    from pyspark.sql import SparkSession  # noqa: PLC0415 - an optional part

    # spark-submit sets this for the program that it starts.
    return "PYSPARK_GATEWAY_PORT" in environment or SparkSession.getActiveSession() is not None


def _builder() -> Any:
    try:
        # Spark warns of every pandas that is newer than itself, which no frame here passes through.
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas", category=FutureWarning)
        from pyspark.sql import SparkSession  # noqa: PLC0415 - an optional part
    except ImportError:
        raise MissingPartError(
            Words(
                "--engine spark：未安装 PySpark；请运行 `.venv/bin/uv sync --inexact --extra spark`",
                "--engine spark: PySpark is not installed; run `.venv/bin/uv sync --inexact --extra spark`",
                code="store.engine-spark-pyspark-not",
            )
        ) from None
    return SparkSession.builder


def _connected(builder: Any, address: str) -> Any:
    from pyspark.errors import PySparkException  # noqa: PLC0415 - an optional part

    try:
        session = builder.remote(address).getOrCreate()
        session.conf.set(_ADDRESS, address)  # of this client's session alone; it also asks whether anybody answers
    except (PySparkException, ImportError, ValueError, OSError) as error:
        raise InputError(
            Words(
                f"{address}：连不上 Spark Connect（{_why(error)}）；请核对地址，以及服务是否已启动",
                f"{address}: no Spark Connect server answers ({_why(error)}); check the address, and that the server runs",
                code="store.spark-connect-unreachable",
            )
        ) from None
    return session


def _refuse_without_java() -> None:
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        raise MissingPartError(
            Words(
                "--engine spark：没有 Java；请安装 Java 17（如 apt-get install openjdk-17-jre-headless），或用 Spark Connect（--master sc://主机:15002）",
                "--engine spark: there is no Java; install Java 17 (such as apt-get install openjdk-17-jre-headless), or use Spark "
                "Connect (--master sc://host:15002)",
                code="store.engine-spark-no-java",
            )
        )


def _already_started(master: str) -> Words:
    return Words(
        f"--master {master}：Spark 已由别处启动（spark-submit 或现有会话），其配置不再更改；请不写 --master",
        f"--master {master}: Spark was started elsewhere (by spark-submit, or a session that is there) and keeps its settings; "
        "leave out --master",
        code="store.spark-started-elsewhere",
    )


def _two_clusters(master: str, remote: str) -> Words:
    return Words(
        f"--master {master}：环境变量 SPARK_REMOTE 已指向 {remote}；请只留其一",
        f"--master {master}: the variable SPARK_REMOTE names {remote}; give one of the two",
        code="store.spark-remote-and-master",
    )
