"""Several files changed as one: staged, then put in place together, or not at all, even if the process is killed."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

from workbench.errors import StoreError, Words

_STAGING = ".staging"
_JOURNAL = "journal.json"
_LOCK_SECONDS = 60
_OWNER_ONLY = 0o700


@dataclass
class Transaction:
    """Files to put in place and to remove under `root`, by path relative to it."""

    root: Path
    folder: Path
    moves: dict[str, str] = field(default_factory=dict)
    removals: list[str] = field(default_factory=list)

    def stage(self, target: Path) -> Path:
        """A path to write the new content of `target` to."""
        staged = self.folder / f"{len(self.moves)}{target.suffix}"
        self.moves[staged.name] = target.relative_to(self.root).as_posix()
        return staged

    def remove(self, target: Path) -> None:
        """Remove a file when the transaction is committed."""
        self.removals.append(target.relative_to(self.root).as_posix())


@contextmanager
def transaction(root: Path) -> Iterator[Transaction]:
    """Open a transaction on a store; on leaving without an exception everything staged is put in place.

    The journal makes it atomic: it is written, in one rename, only when all files are staged. A process killed before
    leaves nothing but a staging folder; killed after, the next one to open the store finishes the moves.
    """
    with _in_words(root), _locked(root):
        _finish_interrupted(root)
        folder = root / _STAGING / uuid4().hex
        folder.mkdir(parents=True, mode=_OWNER_ONLY)  # personal data passes through
        pending = Transaction(root, folder)
        try:
            yield pending
            _write_journal(pending)
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        _apply(root, folder)


@contextmanager
def holding(root: Path) -> Iterator[None]:
    """Keep every file of a store as it is, while it is read as a whole: writers wait."""
    with _in_words(root), _locked(root):
        _finish_interrupted(root)
        yield


def recover(root: Path) -> None:
    """Finish what a killed process had committed but not yet put in place, and clear what it had only staged.

    While another process writes, its staging is its own: nothing is touched.
    """
    if not (root / _STAGING).exists():
        return
    lock = FileLock(root / ".lock")
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        return
    try:
        _finish_interrupted(root)
    finally:
        lock.release()


@contextmanager
def _locked(root: Path) -> Iterator[None]:
    root.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(root / ".lock", timeout=_LOCK_SECONDS):
            yield
    except Timeout:
        found = Words(
            f"另一程序正在写入，已等 {_LOCK_SECONDS} 秒；请稍后再试",
            f"another process has been writing for {_LOCK_SECONDS} s; try again later",
        )
        raise StoreError(found.after(f"{root}: ")) from None


@contextmanager
def _in_words(root: Path) -> Iterator[None]:
    """What the operating system refuses (no permission, a full disk) is said in words."""
    try:
        yield
    except OSError as error:
        why = error.strerror or error
        found = Words(
            f"无法写入（{why}）；请检查权限与磁盘空间，或换一个数据目录（--store）",
            f"cannot be written ({why}); check permissions and free space, or take another store (--store)",
        )
        raise StoreError(found.after(f"{root}: ")) from None


def _write_journal(pending: Transaction) -> None:
    """The commit point: a journal that is there is complete, and so are the files that it names."""
    for staged in pending.moves:
        _sync(pending.folder / staged)
    draft = pending.folder / f"{_JOURNAL}.draft"
    draft.write_text(json.dumps({"moves": pending.moves, "removals": pending.removals}), encoding="utf-8")
    _sync(draft)
    draft.replace(pending.folder / _JOURNAL)


def _sync(path: Path) -> None:
    with path.open("rb") as opened:
        os.fsync(opened.fileno())


def _finish_interrupted(root: Path) -> None:
    for folder in sorted((root / _STAGING).glob("*")):
        if (folder / _JOURNAL).exists():
            _apply(root, folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _apply(root: Path, folder: Path) -> None:
    """Put a committed transaction in place; safe to repeat."""
    journal = json.loads((folder / _JOURNAL).read_text(encoding="utf-8"))
    targets = set(journal["moves"].values())
    for relative in journal["removals"]:
        if relative not in targets:
            (root / relative).unlink(missing_ok=True)
            _without_empty_folders(root, (root / relative).parent)
    for staged, relative in journal["moves"].items():
        if (folder / staged).exists():
            (root / relative).parent.mkdir(parents=True, exist_ok=True)
            (folder / staged).replace(root / relative)
    shutil.rmtree(folder, ignore_errors=True)


def _without_empty_folders(root: Path, folder: Path) -> None:
    """Partitions that hold nothing any more go too: another program would take them for rounds."""
    while folder not in (root, *root.parents) and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
