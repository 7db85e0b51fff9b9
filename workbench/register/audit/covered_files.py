"""The files of a store that decisions and views rest on: what each is, and its SHA-256, carried by the event that wrote it.

An event tells of files under `hashes`: `"folder/": {name: hash}` is all that the folder then held, so that a file added to it
or taken out of it is found; `"path": hash` is one file. Facts, closing marks, persons and scores are told by folder.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from workbench.store.files import hash_of

FileHashes = Mapping[str, str | Mapping[str, str]]
"""What an event tells of files: the hashes of a folder's files by name, or of one file."""

KINDS: dict[str, tuple[str, tuple[str, str]]] = {
    "closing": (r"facts/[^/]+/[^/]+/_closed\.json", ("封存标记", "closing mark")),
    "facts": (r"facts/.+", ("事实", "facts")),
    "persons": (r"personal/.+", ("个人信息", "persons")),
    "sources": (r"provenance/.+", ("事实的来源", "sources of facts")),
    "filed_facts": (r"filed/.+", ("备案所依据的事实", "facts of filings")),
    "scores": (r"scores/.+", ("评分", "scores")),
    "model": (r"model\.json|models/.+", ("模型", "model")),
    "standards": (r"standards/.+", ("标准文件", "standards in files")),
    "templates": (r"templates/.+", ("公文模板", "templates of papers")),
    "scenarios": (r"scenarios/.+", ("方案草稿", "scenarios")),
    "training": (r"training/.+", ("培训案例和成绩", "training sets and results")),
    "batches": (r"batches/.+", ("数据导入批次", "intake batches")),
    "truth": (r"truth/.+", ("模拟真值", "simulated truth")),
    "other": (r".+", ("其他文件", "other files")),
}
"""What a file is: the pattern of its path in the store, and its Chinese and English label; the first that fits."""
BY_FOLDER = frozenset({"closing", "facts", "persons", "scores", "sources"})
"""The kinds that are read folder by folder: any file put there would be read too."""
_NO_PART = re.compile(r"(^|/)\.|^(index|backups|pending|keys)/|^register\.(sqlite|json)|\.(draft|log)$")
"""Files that nothing rests on: hidden ones, backups, what is computed again, drafts, keys (0062), the register itself."""


def kind_of(path: str) -> str:
    """What a file is, by its path in the store."""
    return next(kind for kind, (pattern, _) in KINDS.items() if re.fullmatch(pattern, path))


def files_there(root: Path, folder: str = "") -> list[str]:
    """The paths in a store, or a folder of it, of all files that anything may rest on."""
    paths = (path.relative_to(root).as_posix() for path in sorted((root / folder).rglob("*")) if path.is_file())
    return [path for path in paths if not _NO_PART.search(path)]


def folder_of(path: str) -> str:
    """The folder of a file as an event names it."""
    return path.rpartition("/")[0] + "/"


def folders(root: Path, names: Iterable[str]) -> dict[str, dict[str, str]]:
    """What an event tells of whole folders (`"scores/round=2019-10/"`): empty where one is not there."""
    return {
        name: {
            # Its own files only: a folder inside of it is told by itself.
            path.removeprefix(name): hash_of(root / path)
            for path in files_there(root, name)
            if folder_of(path) == name
        }
        for name in names
    }


def county_files(root: Path, round_name: str, counties: Iterable[str]) -> dict[str, dict[str, str]]:
    """What an event tells of a round of some counties: the facts with their closing mark, the persons, the sources of the facts."""
    # Quoted as the store names its folders: a county of data from elsewhere may have any name.
    parts = [f"round={round_name}/county_code={quote(county, safe='')}/" for county in counties]
    return folders(root, [f"{kind}/{part}" for part in parts for kind in ("facts", "personal", "provenance")])


def single(root: Path, paths: Iterable[Path]) -> dict[str, str]:
    """What an event tells of single files of a store; those that are not there are left out."""
    return {path.relative_to(root).as_posix(): hash_of(path) for path in paths if path.is_file()}


def covered_folders(root: Path) -> list[str]:
    """Every folder of facts, persons, scores and intake batches that there is."""
    return sorted({folder_of(path) for path in files_there(root) if kind_of(path) in BY_FOLDER | {"batches"}})
