"""What people decided of the columns of a list, kept under a name: `STORE/mappings/<name>.yaml`, offered for the next such list.

The file is the one that `workbench intake --mapping` reads, so that an analyst can carry it along.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import InputError, StoreError, Words
from workbench.intake.reading.text import fold_header
from workbench.intake.tables.mapping import Mapping, load_mapping
from workbench.store.transaction import transaction

MAPPINGS = "mappings"
_SUFFIX = ".yaml"
_NAME = re.compile(r"[^\W_][\w（）()·.\- ]{0,59}")


@dataclass(frozen=True)
class NamedMapping:
    """A kept mapping under its name."""

    name: str
    mapping: Mapping


def keep_mapping(root: Path, name: str, mapping: Mapping, headers: Iterable[str]) -> Path:
    """Keep a mapping with the headers of the file that it was made for; another of the same name is replaced.

    Raises InputError where the name cannot be one of a file.
    """
    path = _path(root, name)
    with_headers = mapping.model_copy(update={"headers": list(headers)})
    with transaction(root) as pending:
        pending.stage(path).write_text(with_headers.to_yaml(), encoding="utf-8")
    return path


def kept_mapping(root: Path, name: str) -> Mapping:
    """The mapping under a name; raises StoreError where there is none, FileError where what is there is none."""
    path = _path(root, name)
    if not path.is_file():
        raise StoreError(
            Words(f"没有这份列的对应：{name}", f"no mapping of this name: {name}", code="store.no-mapping-name")
        )
    return load_mapping(path)


def mapping_given(root: Path, text: str) -> Mapping:
    """The mapping that a text names: a file, or one that was kept; raises StoreError that lists those where it is neither."""
    path = Path(text)
    # A text with a folder in it is a path, and never a name.
    if path.exists() or path.suffix.lower() in (_SUFFIX, ".yml") or path.name != text:
        return load_mapping(path)
    names = mapping_names(root)
    if text in names:
        return kept_mapping(root, text)
    zh, en = "、".join(names) or "无", ", ".join(names) or "none"
    raise StoreError(
        Words(
            f"{text}：没有这个文件，也没有保存过这个名称；保存过的：{zh}",
            f"{text}: no such file, and nothing was kept under this name; kept: {en}",
            code="store.no-mapping-of-this-name-or-path",
        )
    )


def remove_mapping(root: Path, name: str) -> None:
    """Take a mapping away; raises StoreError where there is none."""
    kept_mapping(root, name)
    with transaction(root) as pending:
        pending.remove(_path(root, name))


def mapping_names(root: Path) -> list[str]:
    """The names of all kept mappings."""
    return sorted(path.stem for path in (root / MAPPINGS).glob(f"*{_SUFFIX}"))


def mappings_offered(root: Path, headers: Iterable[str]) -> list[NamedMapping]:
    """The mappings that were made for a file of the same headers, in any order. One that cannot be read is not offered."""
    wanted = _shape(headers)
    offered = []
    for name in mapping_names(root):
        try:
            mapping = kept_mapping(root, name)
        except (
            InputError
        ):  # somebody changed it by hand: it is read, and refused in words, when it is asked for by name
            continue
        if mapping.headers is not None and _shape(mapping.headers) == wanted:
            offered.append(NamedMapping(name, mapping))
    return offered


def _shape(headers: Iterable[str]) -> frozenset[str]:
    """What makes two files of one shape: the same headers, as headers are compared."""
    return frozenset(fold_header(header) for header in headers)


def _path(root: Path, name: str) -> Path:
    # Windows drops a dot or a blank at the end of a file's name: two names would be one file.
    if not _NAME.fullmatch(name) or name.endswith((".", " ")):
        raise InputError(
            Words(
                f"名称 {name[:60]!r} 不能用；请用 1 到 60 个汉字、字母、数字、空格或 - . ( )，以字或数字开头",
                f"the name {name[:60]!r} cannot be used; use 1 to 60 letters, digits, blanks or - . ( ), a letter or digit first",
                code="store.name-cannot-used-use",
            )
        )
    return root / MAPPINGS / f"{name}{_SUFFIX}"
