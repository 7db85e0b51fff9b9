"""A real standalone Spark cluster on loopback: a master, workers and a Spark Connect server, each a process of its own."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

_PATIENCE_SECONDS = 300
_BOUND = (r"Starting Spark master at spark://[^:]+:(\d+)", r"MasterWebUI.*started at http://[^:]+:(\d+)")


def _unavailable():
    if not (find_spec("pyspark") and find_spec("grpc")):
        return "no PySpark here: make spark (or .venv/bin/uv sync --inexact --extra spark)"
    return "" if shutil.which("java") else "no Java here: install Java 17, such as openjdk-17-jre-headless"


UNAVAILABLE = _unavailable()
"""Why no cluster can be started here; said beside every test that is skipped for it. Empty where one can."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment():
    """Where each process listens, and which Python runs on the workers."""
    return os.environ | {
        "SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable, "SPARK_NO_DAEMONIZE": "1", "OMP_NUM_THREADS": "1",
        "SPARK_DAEMON_MEMORY": "512m",
        # They live for seconds: what a compiler and collectors in threads of their own gain over hours is here only spent.
        "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    }  # fmt: skip


@dataclass
class Standalone:
    """A cluster that runs: where its master is, and the processes of its workers."""

    folder: Path
    port: int = field(default_factory=free_port)
    web: int = field(default_factory=free_port)
    workers: list[subprocess.Popen] = field(default_factory=list)
    stack: ExitStack = field(default_factory=ExitStack)

    @property
    def master(self):
        return f"spark://127.0.0.1:{self.port}"

    def start(self, name, *command):
        """A process of Spark's own scripts, ended with all that it started when the tests are over."""
        script = Path(find_spec("pyspark").origin).parent / "bin" / command[0]
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [script, *command[1:]], stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment(),
                cwd=self.folder, start_new_session=True,
            )  # fmt: skip
        self.stack.callback(stop, process)
        return process

    def add_worker(self, memory="1g"):
        name = f"worker-{len(self.workers)}"
        worker = "org.apache.spark.deploy.worker.Worker"
        self.workers.append(
            self.start(
                name, "spark-class", worker, "--host", "127.0.0.1", "--cores", "1", "--memory", memory,
                "--webui-port", str(free_port()), "-d", str(self.folder / name), self.master,
            )
        )  # fmt: skip

    def bound(self):
        """Whether the master listens, by its own log: where somebody took a port meanwhile, Spark takes another."""
        log = (self.folder / "master.log").read_text(encoding="utf-8", errors="replace")
        ports = [re.search(words, log) for words in _BOUND]
        if not all(ports):
            return False
        self.port, self.web = (int(each[1]) for each in ports)
        return True

    def connect(self):
        """The address of a Spark Connect server that runs its jobs on this cluster."""
        port = free_port()
        server = "org.apache.spark.sql.connect.service.SparkConnectServer"
        self.start(
            "connect", "spark-submit", "--master", self.master, "--class", server, "--driver-memory", "512m",
            "--conf", f"spark.connect.grpc.binding.port={port}", "--conf", "spark.ui.enabled=false",
            "--conf", "spark.executor.memory=512m", "--conf", "spark.cores.max=1", "spark-internal",
        )  # fmt: skip
        until(lambda: listens(port))
        return f"sc://127.0.0.1:{port}"

    def alive(self):
        """How many workers the master knows to be alive."""
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{self.web}/json/", timeout=5) as answer:
            return answer.read().decode().count('"ALIVE"') - 1
        return -1


def stop_session():
    """End the session of this process, which holds cores of a cluster."""
    from pyspark.sql import SparkSession  # noqa: PLC0415 - skipped where it is not installed

    session = SparkSession.getActiveSession()
    if session is not None:
        session.stop()


@contextmanager
def standalone(folder, workers=2):
    """A master and workers, stopped on leaving."""
    cluster = Standalone(folder)
    with cluster.stack:
        master = "org.apache.spark.deploy.master.Master"
        cluster.start(
            "master", "spark-class", master, "--host", "127.0.0.1", "--port", str(cluster.port),
            "--webui-port", str(cluster.web),
        )  # fmt: skip
        until(cluster.bound)
        for _ in range(workers):
            cluster.add_worker()
        until(lambda: cluster.alive() >= workers)
        yield cluster


def stop(process):
    """End a process and whatever it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, 15)
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait(20)


def listens(port):
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def until(holds):
    """Ask until it holds; fails after a bound."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < end, "the cluster did not come up in time"
        time.sleep(0.2)
