"""The options that commands share, and how their values are read."""

import os
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.language import both
from workbench.domain.rounds import check_round
from workbench.domain.rules.standard import EdgeStandard, decode_standard, read_standard
from workbench.errors import FileError, InputError, Words
from workbench.safeguards.given_files import read_small
from workbench.settings import store_path
from workbench.store.cluster.counties import ClusterStore
from workbench.store.facts import FactStore

SPARK = "spark"

StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store",
        readable=False,  # asked in `open_store`: with --engine spark this process need not read it
        help=both(
            "数据目录（不写：WORKBENCH_STORE，再则 data/store）", "the store (default: WORKBENCH_STORE, data/store)"
        ),
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help=both("输出一个 JSON 对象", "print one JSON object"))]
RoundOption = Annotated[
    str, typer.Option("--round", help=both("期次 YYYY-MM，如 2019-10", "round YYYY-MM, e.g. 2019-10"))
]
CountyOption = Annotated[
    str | None, typer.Option("--county", help=both("县区代码，如 341524", "county code, e.g. 341524"))
]
LineOption = Annotated[
    float | None, typer.Option("--line", help=both("另一扶贫标准（元）", "another poverty line, yuan"))
]
ReadingOption = Annotated[str, typer.Option("--reading", help=both("对 §2.1.1-c 的认定口径", "reading of §2.1.1-c"))]
StandardOption = Annotated[
    Path, typer.Option("--standard", help=both("边缘户标准（YAML 文件）", "edge-household standard (YAML)"))
]
AgainstOption = Annotated[
    Path | None,
    typer.Option("--against", help=both("与之比较的标准（YAML 文件）", "a standard to compare with (YAML)")),
]

MasterOption = Annotated[
    str | None,
    typer.Option(
        "--master",
        help=both(
            "Spark 集群：spark://主机:7077、yarn、k8s://主机、sc://主机:15002（不写：SPARK_REMOTE，再则本机）",
            "the Spark cluster: spark://host:7077, yarn, k8s://host, sc://host:15002 (default: SPARK_REMOTE, else this computer)",
        ),
    ),
]
SparkOption = Annotated[
    str, typer.Option("--engine", help=both("计算引擎：polars、spark", "the engine: polars, spark"))
]


def cluster_of(engine: str, master: str | None, store: Path | None) -> ClusterStore | None:
    """The store as a cluster's workers see it, with --engine spark; None with an engine of this process."""
    if engine == SPARK:
        return ClusterStore.at(store_path(store), master)
    # An option that would be without effect is refused: the counts would seem to come from a cluster.
    if master is not None:
        message = Words(
            "--master 只与 --engine spark 同用",
            "--master goes with --engine spark only",
            code="cli.master-without-spark",
        )
        raise InputError(message)
    return None


def cluster_or_here(engine: str, master: str | None, store: Path | None) -> ClusterStore | None:
    """Return the cluster that a command works on, None for this computer; refuses any engine but Polars and Spark."""
    if engine not in (SPARK, "polars"):
        message = Words("可选：polars、spark", "choose from: polars, spark", code="cli.engine-polars-or-spark")
        raise InputError(message.after(f"--engine {engine!r}: "))
    return cluster_of(engine, master, store)


def open_store(option: Path | None, *, read_here: bool = True) -> FactStore:
    """The store that a command works on; `read_here` False: a cluster's workers read it, and this process need not."""
    root = store_path(option)
    # A folder that cannot be read would look like one that is empty.
    # A file in its place is refused where it is read or written, in words of its own.
    if read_here and os.path.isdir(root) and not os.access(root, os.R_OK | os.X_OK):  # noqa: PTH112 - never raises
        raise InputError(
            Words(
                f"--store {root}：无权读取；请让本用户能读，或换一个数据目录",
                f"--store {root}: this user may not read it; give leave to read it, or take another store",
                code="cli.store-not-readable",
            )
        )
    return FactStore(root)


def refuse_standard_in_closed_store(root: Path) -> None:
    """Raise InputError where a standard was left to the register and this process may not read the store that it is in.

    A client of a cluster need not read it; what it cannot read would look like a county without a standard, or a round
    without counties, and the answer would be one of nobody.
    """
    if os.access(root, os.R_OK | os.X_OK):
        return
    raise InputError(
        Words(
            f"--store {root}：本用户读不到，不知道各县现行的标准；请写明 --standard",
            f"--store {root}: this user may not read it, so the standards in force are not known here; name one with --standard",
            code="cli.standard-in-closed-store",
        )
    )


def checked_round(name: str) -> str:
    """Return a round as given, if it can be one."""
    return check_round(name)


def checked_suffix(out: Path, suffix: str) -> Path:
    """The path, if it ends as a file of this kind does; raises InputError for another: it would not open."""
    if out.suffix.lower() != suffix:
        raise InputError(
            Words(f"--out {out}：应以 {suffix} 结尾", f"--out {out} must end in {suffix}", code="cli.out-must-end")
        )
    return out


def standard_of(path: Path) -> EdgeStandard:
    """The standard in a file; a message names the file and, for each key, what is wrong."""
    content = read_small(path)
    try:
        return read_standard(decode_standard(content))
    except InputError as error:
        # On lines of their own: a standard may be wrong at several keys.
        raise FileError(path, error.words.after("\n")) from None
