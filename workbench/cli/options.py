"""The options that commands share, and how their values are read."""

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.language import both
from workbench.domain.rounds import check_round
from workbench.domain.rules.standard import EdgeStandard, decode_standard, read_standard
from workbench.errors import FileError, InputError
from workbench.safeguards.given_files import read_small
from workbench.settings import store_path
from workbench.store.facts import FactStore

StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store",
        help=both(
            "数据目录（不写：WORKBENCH_STORE，再则 data/store）", "the store (default: WORKBENCH_STORE, data/store)"
        ),
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help=both("输出一个 JSON 对象", "print one JSON object"))]
RoundOption = Annotated[
    str, typer.Option("--round", help=both("轮次 YYYY-MM，如 2019-10", "round YYYY-MM, e.g. 2019-10"))
]
CountyOption = Annotated[
    str | None, typer.Option("--county", help=both("县区代码，如 341524", "county code, e.g. 341524"))
]
LineOption = Annotated[
    float | None, typer.Option("--line", help=both("另一扶贫标准（元）", "another poverty line, yuan"))
]
ReadingOption = Annotated[str, typer.Option("--reading", help=both("对 §2.1.1-c 的读法", "reading of §2.1.1-c"))]
StandardOption = Annotated[
    Path, typer.Option("--standard", help=both("边缘户标准（YAML 文件）", "edge-household standard (YAML)"))
]
AgainstOption = Annotated[
    Path | None,
    typer.Option("--against", help=both("与之比较的标准（YAML 文件）", "a standard to compare with (YAML)")),
]


def open_store(option: Path | None) -> FactStore:
    """The store that a command works on."""
    return FactStore(store_path(option))


def checked_round(name: str) -> str:
    """A round as given, if it can be one."""
    return check_round(name)


def standard_of(path: Path) -> EdgeStandard:
    """The standard in a file; a message names the file and, for each key, what is wrong."""
    content = read_small(path)
    try:
        return read_standard(decode_standard(content))
    except InputError as error:
        raise FileError(path, error.words.after("\n")) from None
