"""Reading a backup: every byte is checked before anything of it is used."""

import hashlib
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from workbench.errors import DamagedError, InputError, NewerSchemaError, Words
from workbench.safeguards.given_files import open_given
from workbench.safeguards.plain_data import read_json
from workbench.safeguards.zip_limits import ZipLimits, checked_members, unpacked
from workbench.store.archive.layout import BLOCK, DIGEST_LENGTH, FORMAT, MANIFEST, digest_of

_BEGINNING = b"PK\x03\x04"
_MANIFEST_BLOCKS = 64
_LIMITS = ZipLimits(members=200_000, least=1 << 30, times=100, most=1 << 42)
_NO_BACKUP = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, NotImplementedError)
"""What reading a file that somebody else made fails with, whole as it may be."""


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
            shutil.copyfileobj(source, opened, BLOCK)

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
    # The digest of all bytes stands behind them: a copy that was cut off fails before anything is unpacked.
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    if size <= DIGEST_LENGTH or source.read(len(_BEGINNING)) != _BEGINNING:
        message = Words(
            "不是备份文件（备份由 workbench backup 写出）",
            "is no backup (workbench backup writes one)",
            code="store.no-backup-workbench-backup",
        )
        raise InputError(message.after(f"{path}: "))
    digest = digest_of(source, size - DIGEST_LENGTH)
    source.seek(size - DIGEST_LENGTH)
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
        manifest = read_json(b"".join(islice(unpacked(source, members[MANIFEST]), _MANIFEST_BLOCKS)))
        # Inside the attempt: a manifest that somebody else made may have any type here.
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
    # The manifest names itself nowhere: it cannot hold its own hash.
    there = {name: member.file_size for name, member in members.items() if name != MANIFEST}
    for name in declared:
        # What is restored must stay inside the new store, whatever names a file brings.
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
            # Streamed: a member may be larger than the memory.
            digest = hashlib.file_digest(member, "sha256").hexdigest()  # type: ignore[arg-type]
        if digest != stated["sha256"]:
            raise DamagedError(
                Words("内容与清单不符", "is not what the manifest says", code="store.not-manifest-says").after(
                    f"{path}: {name}: "
                )
            )
