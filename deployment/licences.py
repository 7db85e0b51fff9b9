"""The licences of what the archive holds, from the metadata of each wheel: `make licences` writes docs/licences.md."""

import re
import zipfile
from email.message import Message
from email.parser import Parser
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import cast

from deployment.bundle import CACHE
from deployment.locked import EVERY_TARGET, PROJECT, Wheel, every_wheel

DOCUMENT = PROJECT / "docs" / "licences.md"
_LONGEST = 45
"""A licence longer than this is its whole text: the classifier then names it."""
_PREFIX = "License :: OSI Approved :: "
_BY_ITS_FILE = {"interpret-core": "MIT", "jupyter-builder": "BSD-3-Clause", "skops": "MIT"}
"""Projects whose metadata name none: as their licence file says (that of interpret-core is in its repository, not in the wheel)."""
_HEAD = """# 安装包内各项的许可 Licences of what is bundled

安装包（`make bundle`）中每个 wheel 的许可，取自其元数据；许可全文在各 wheel 内（`*.dist-info`）。由 `make licences` 写出，测试核对，不要手改。
字体不在其中：页面由打开它的电脑以自己的中文字体显示。
The licence of every wheel in the archive, from its metadata; the texts are in the wheels. Written by `make licences` and held by a
test. No fonts go along: pages are drawn by the computer that opens them, with its own Chinese fonts.

| 项目 project | 版本 version | 许可 licence |
|---|---|---|
| `luan-workbench` | – | Apache-2.0（[LICENSE](../LICENSE)） |
| `echarts`（`workbench/ui/static/vendor`） | 6.1.0 | Apache-2.0（[全文 text](../workbench/ui/static/vendor/echarts.LICENSE.txt)） |
"""


def metadata_of(wheel: Wheel, cache: Path = CACHE) -> Message | None:
    """The metadata of a wheel's version: of any file of it that was fetched, else as installed; None where it is neither."""
    path = next(cache.glob("-".join([*wheel.file.split("-")[:2], "*.whl"])), None)
    if path is not None:
        with zipfile.ZipFile(path) as archive:
            # One level deep: some wheels carry those of others.
            (name,) = (each for each in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", each))
            return Parser().parsestr(archive.read(name).decode())
    try:
        installed = distribution(wheel.project)
    except PackageNotFoundError:
        return None
    return cast("Message", installed.metadata) if installed.version == wheel.version else None


def licence_of(project: str, metadata: Message) -> str:
    """The licence that a project's metadata name. Raises LookupError where they name none."""
    if metadata.get("License-Expression"):
        return str(metadata["License-Expression"])
    named = str(metadata.get("License") or "UNKNOWN").strip()
    if named != "UNKNOWN" and len(named) <= _LONGEST and "\n" not in named:
        return named
    classified = [str(each) for each in metadata.get_all("Classifier") or () if str(each).startswith(_PREFIX)]
    if classified:
        return ", ".join(each.removeprefix(_PREFIX) for each in classified)
    if project in _BY_ITS_FILE:
        return _BY_ITS_FILE[project]
    raise LookupError(f"{project}: its metadata name no licence; read its licence file and say so in {__name__}")


def projects() -> list[Wheel]:
    """One wheel for each version of a project that the archive holds."""
    return list({(wheel.project, wheel.version): wheel for wheel in every_wheel(EVERY_TARGET)}.values())


def row(wheel: Wheel, metadata: Message) -> str:
    """The line of a project."""
    return f"| `{wheel.project}` | {wheel.version} | {licence_of(wheel.project, metadata)} |"


def main() -> None:
    """Write the document. Raises LookupError for a wheel that is neither fetched nor installed: `make bundle` first."""
    rows = []
    for wheel in projects():
        metadata = metadata_of(wheel)
        if metadata is None:
            raise LookupError(f"{wheel.file}: run `make bundle` first")
        rows.append(row(wheel, metadata))
    DOCUMENT.write_text(_HEAD + "\n".join(sorted(rows, key=str.casefold)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
