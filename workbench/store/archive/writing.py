"""Writing a backup: a draft beside its place, closed to others, which gets its name only when it was read back whole."""

import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.errors import InputError, StoreError, Words
from workbench.safeguards.plain_data import Json
from workbench.safeguards.system_errors import said_by_system
from workbench.store.archive.layout import BLOCK, DIGEST_LENGTH, FORMAT, MANIFEST, append_digest
from workbench.store.archive.reading import open_archive
from workbench.store.files import draft_of, remove_abandoned_drafts, sync, unwritable

_OWNER_FILE = 0o600


@dataclass
class ArchiveWriter:
    """A backup being written; `members` by name."""

    file: zipfile.ZipFile
    members: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add_file(self, name: str, path: Path) -> None:
        """Add a file as it is: Parquet is compressed already. Raises StoreError for one that cannot be read."""
        self._add(name, _blocks(path), zipfile.ZIP_STORED)

    def add_lines(self, name: str, lines: Iterable[str]) -> int:
        """Add text, a line each; returns how many."""
        count = 0

        def encoded() -> Iterator[bytes]:
            nonlocal count
            for line in lines:
                count += 1
                yield f"{line}\n".encode()

        self._add(name, encoded(), zipfile.ZIP_DEFLATED)
        return count

    def _add(self, name: str, blocks: Iterable[bytes], compression: int) -> None:
        hasher, size = hashlib.sha256(), 0
        entry = zipfile.ZipInfo(name)
        entry.compress_type = compression
        # The size is known with the last block only, and an entry without zip64 could not grow beyond 2 GB.
        with self.file.open(entry, "w", force_zip64=True) as target:
            for block in blocks:
                target.write(block)
                hasher.update(block)
                size += len(block)
        self.members[name] = {"sha256": hasher.hexdigest(), "bytes": size}


@contextmanager
def writing_archive(out: Path, about: Json) -> Iterator[ArchiveWriter]:
    """Write a backup beside `out`, readable by the owner only; put in place, whole and checked, on leaving without an error.

    `about` goes into the manifest as it is when all members are there.
    """
    if out.exists():
        raise InputError(
            Words(
                "已有此文件，不覆盖；请换文件名",
                "is there already and is not overwritten; take another name",
                code="store.already-not-overwritten-take",
            ).after(f"{out}: ")
        )
    draft = draft_of(out)
    with _writing_in_words(out):
        out.parent.mkdir(parents=True, exist_ok=True)
        remove_abandoned_drafts(out.parent)
        raw = _Draft(draft, out)
    try:
        with io.BufferedRandom(raw) as target:
            with zipfile.ZipFile(target, "w") as opened:
                # Room for the digest, which covers the length of the comment as well.
                opened.comment = b"0" * DIGEST_LENGTH
                writer = ArchiveWriter(opened)
                yield writer
                # Last, since only now every member has its hash.
                manifest = {"format": FORMAT, **about, "members": writer.members}
                opened.writestr(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
            with _writing_in_words(out):
                append_digest(target)
        # Read back whole before it gets its name: what looks like a backup has to be one.
        with open_archive(draft):
            pass
        with _writing_in_words(out):
            draft.rename(out)
            sync(out.parent)
    finally:
        draft.unlink(missing_ok=True)


class _Draft(io.FileIO):
    """The file of a backup as it is written: what the system refuses there is said in words, and nothing else is."""

    def __init__(self, path: Path, out: Path) -> None:
        # Closed to others from the first byte on, since names are in it; never over a file that is there.
        super().__init__(path, "x+", opener=lambda name, flags: os.open(name, flags, _OWNER_FILE))
        self._out = out

    def write(self, block: Any, /) -> int:
        with _writing_in_words(self._out):
            return super().write(block)


@contextmanager
def _writing_in_words(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise unwritable(out, error) from None


def _blocks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as opened:
            while block := opened.read(BLOCK):
                yield block
    except OSError as error:
        raise StoreError(_unreadable(path, error)) from None


def _unreadable(path: Path, error: OSError | ValueError) -> Words:
    why = said_by_system(error)
    return Words(
        f"{path}：读不到（{why.zh}）；请检查路径与权限",
        f"{path} cannot be read ({why.en}); check the path and permissions",
        code="store.cannot-read-check-path",
    )
