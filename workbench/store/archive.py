"""The file of a backup: a zip of members as they are, with a manifest, that proves itself whole from its first byte to its last.

`manifest.json` names every member with its size and SHA-256. The zip's comment, its last 64 bytes, is the SHA-256 of all
bytes before it: a byte changed anywhere, and an end cut off, are found before anything is read.
"""

import hashlib
import io
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from workbench.errors import DamagedError, InputError, NewerSchemaError, StoreError, Words
from workbench.safeguards.given_files import open_given
from workbench.safeguards.plain_data import read_json
from workbench.safeguards.zip_limits import ZipLimits, checked_members, unpacked
from workbench.store.files import draft_of, remove_abandoned_drafts, sync, unwritable

FORMAT = 1
"""The newest format that this workbench reads, and the one that it writes."""
_MANIFEST, _BEGINNING, _DIGEST_LENGTH = "manifest.json", b"PK\x03\x04", 64
_MANIFEST_BLOCKS = 64
_LIMITS = ZipLimits(members=200_000, least=1 << 30, times=100, most=1 << 42)
_OWNER_FILE = 0o600
_NO_BACKUP = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, NotImplementedError)
"""What reading a file that somebody else made fails with, whole as it may be."""
_BLOCK = 1 << 20


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
def writing_archive(out: Path, about: dict[str, Any]) -> Iterator[ArchiveWriter]:
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
                opened.comment = b"0" * _DIGEST_LENGTH
                writer = ArchiveWriter(opened)
                yield writer
                # Last, since only now every member has its hash.
                manifest = {"format": FORMAT, **about, "members": writer.members}
                opened.writestr(_MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
            with _writing_in_words(out):
                _append_digest(target)
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
            while block := opened.read(_BLOCK):
                yield block
    except OSError as error:
        raise StoreError(_unreadable(path, error)) from None


def _unreadable(path: Path, error: OSError | ValueError) -> Words:
    why = (error.strerror if isinstance(error, OSError) else None) or error
    return Words(
        f"{path}：读不到（{why}）；请检查路径与权限",
        f"{path} cannot be read ({why}); check the path and permissions",
        code="store.cannot-read-check-path",
    )


def _append_digest(target: IO[bytes]) -> None:
    target.flush()
    size = target.seek(0, os.SEEK_END) - _DIGEST_LENGTH
    digest = _digest(target, size)
    target.seek(size)
    target.write(digest.encode())
    target.flush()
    os.fsync(target.fileno())


def _digest(source: IO[bytes], size: int) -> str:
    hasher = hashlib.sha256()
    source.seek(0)
    while size > 0:
        block = source.read(min(_BLOCK, size))
        hasher.update(block)
        # A file that is shorter than it should be ends the loop too, and its digest is then another.
        size -= len(block) or size
    return hasher.hexdigest()


@dataclass(frozen=True)
class Archive:
    """A backup that was checked whole: its manifest, and its members to read."""

    file: zipfile.ZipFile
    manifest: Mapping[str, Any]

    def names(self, folder: str) -> list[str]:
        """The members of a folder."""
        return [name for name in self.manifest["members"] if name.startswith(f"{folder}/")]

    def copy(self, name: str, target: Path) -> None:
        """Write a member to a file."""
        with self.file.open(name) as source, target.open("wb") as opened:
            shutil.copyfileobj(source, opened, _BLOCK)

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """The lines of a member, each a JSON object."""
        with self.file.open(name) as source:
            for line in source:
                yield read_json(line)


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a backup for reading; every byte is checked first.

    Raises InputError for a file that is no backup, DamagedError for one that is not whole, NewerSchemaError for one of a
    newer workbench.
    """
    with open_given(path) as source:
        _check_whole(path, source)
        with _checked(path, source) as archive:
            yield archive


@contextmanager
def _checked(path: Path, source: IO[bytes]) -> Iterator[Archive]:
    """The archive when all that is in it was checked; what happens to it then is the caller's."""
    manifest = _manifest(path, source)
    opened = zipfile.ZipFile(source)
    try:
        _check_members(path, opened, manifest["members"])
    except _NO_BACKUP as error:
        raise _no_backup(path, error) from None
    with opened:
        yield Archive(opened, manifest)


def _no_backup(path: Path, error: Exception) -> DamagedError:
    return DamagedError(
        Words(
            f"{path}：不是本工作台的备份（{error}）",
            f"{path} is no backup of this workbench ({error})",
            code="store.no-backup-workbench",
        )
    )


def _check_whole(path: Path, source: IO[bytes]) -> None:
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    if size <= _DIGEST_LENGTH or source.read(len(_BEGINNING)) != _BEGINNING:
        message = Words(
            "不是备份文件（备份由 workbench backup 写出）",
            "is no backup (workbench backup writes one)",
            code="store.no-backup-workbench-backup",
        )
        raise InputError(message.after(f"{path}: "))
    digest = _digest(source, size - _DIGEST_LENGTH)
    source.seek(size - _DIGEST_LENGTH)
    if source.read() != digest.encode():
        raise DamagedError(
            Words(
                "备份文件不完整，或被改动，没有恢复任何内容；请用另一份备份，或重新复制",
                "the backup was cut off or changed, nothing was restored; take another one, or copy it again",
                code="store.backup-cut-off-changed",
            ).after(f"{path}: ")
        )


def _manifest(path: Path, source: IO[bytes]) -> Mapping[str, Any]:
    """What the backup says of itself; nothing is unpacked but this, and of this no more than a manifest can have."""
    try:
        members = {member.filename: member for member in checked_members(source, _LIMITS)}
        manifest = read_json(b"".join(islice(unpacked(source, members[_MANIFEST]), _MANIFEST_BLOCKS)))
        newer = manifest["format"] > FORMAT
        declared = {name: int(stated["bytes"]) for name, stated in manifest["members"].items()}
    except (InputError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise _no_backup(path, error) from None
    if newer:
        raise NewerSchemaError(
            Words(
                f"由更新版本的工作台写出（格式 {manifest['format']}，本版本支持到 {FORMAT}）；请升级工作台",
                f"written by a newer workbench (format {manifest['format']}, this one reads up to {FORMAT}); upgrade it",
                code="store.newer-backup",
            ).after(f"{path}: ")
        )
    there = {name: member.file_size for name, member in members.items() if name != _MANIFEST}
    for name in declared:
        if PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
            raise DamagedError(
                Words("不是数据目录内的路径", "is no path inside a store", code="store.no-path-inside-store").after(
                    f"{path}: {name!r}: "
                )
            )
    # Either way: a member that the manifest does not name is one that no hash was compared of.
    if declared != there:
        raise DamagedError(
            Words(
                f"{path}：清单与内容不符",
                f"{path}: the manifest names other members, or other sizes, than there are",
                code="store.manifest-names-other-members",
            )
        )
    return cast("Mapping[str, Any]", manifest)


def _check_members(path: Path, opened: zipfile.ZipFile, members: Mapping[str, Any]) -> None:
    for name, stated in members.items():
        with opened.open(name) as member:
            digest = hashlib.file_digest(member, "sha256").hexdigest()  # type: ignore[arg-type]
        if digest != stated["sha256"]:
            raise DamagedError(
                Words("内容与清单不符", "is not what the manifest says", code="store.not-manifest-says").after(
                    f"{path}: {name}: "
                )
            )
