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
_ADDRESS = "spark.workbench.address"
"""Where a session was asked for: asked for again, it is the one that there is."""


def spark_session(master: str | None = None, environment: Mapping[str, str] = os.environ) -> Any:
    """The session to work on.

    In this order: one that is active in this process, or was started by spark-submit; Spark Connect at `master`
    (sc://…) or SPARK_REMOTE; a session of its own on the cluster at `master`; without any of these all cores of this
    computer. Raises InputError for a `master` beside a session that was started elsewhere, MissingPartError where
    PySpark or Java is missing.
    """
    builder = _builder()
    if _started_elsewhere(environment):
        session = builder.getOrCreate()
        if master is not None and session.conf.get(_ADDRESS, None) != master:
            raise InputError(_already_started(master))
        return session
    remote = master if master and master.startswith(_CONNECT) else None if master else environment.get("SPARK_REMOTE")
    if remote:
        return _connected(builder, remote)
    _refuse_without_java()
    # Drivers and workers of one computer run one Python; where workers have another, PYSPARK_PYTHON says so.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    for key, value in (_OWN_SETTINGS | {_ADDRESS: master or _ALONE}).items():
        builder = builder.config(key, value)
    return builder.master(master or _ALONE).appName("workbench").getOrCreate()


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
        why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise InputError(
            Words(
                f"{address}：连不上 Spark Connect（{why}）；请核对地址，以及服务是否已启动",
                f"{address}: no Spark Connect server answers ({why}); check the address, and that the server runs",
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
