"""Several files changed as one: staged, then put in place together, or not at all, even if the process is killed.

What the register is to do after that is recorded there before (`unit_of_work.pending_work`), under the transaction's `id`; the
file `STORE/pending/<id>.json`, put in place with all the others, says that they were committed.
"""

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO
from uuid import uuid4

from filelock import BaseFileLock, FileLock, Timeout

from workbench.errors import StoreError, Words
from workbench.safeguards.system_errors import said_by_system
from workbench.store.files import remove_abandoned_drafts, sync

_STAGING = ".staging"
_JOURNAL = "journal.json"
_PENDING = "pending"
_LOCK_SECONDS = 60
_OWNER_ONLY = 0o700
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Errors of the system that only writing can raise: no room, no quota, a file too large."""


@dataclass
class Transaction:
    """Files to put in place and to remove under `root`, by path relative to it."""

    root: Path
    folder: Path
    moves: dict[str, str] = field(default_factory=dict)
    removals: list[str] = field(default_factory=list)

    @property
    def id(self) -> str:
        """What names this transaction, of all that there ever are."""
        return self.folder.name

    def stage(self, target: Path) -> Path:
        """A path to write the new content of `target` to."""
        # Numbered: two targets may have the same name in different folders.
        staged = self.folder / f"{len(self.moves)}{target.suffix}"
        self.moves[staged.name] = target.relative_to(self.root).as_posix()
        return staged

    def remove(self, target: Path) -> None:
        """Remove a file when the transaction is committed."""
        self.removals.append(target.relative_to(self.root).as_posix())

    def mark(self) -> None:
        """Leave a file that says that this transaction was committed, until `unmark` takes it away."""
        self.stage(_mark_path(self.root, self.id)).write_text("{}", encoding="utf-8")


def committed(root: Path, transaction_id: str) -> bool:
    """Whether a transaction that left a mark was committed; asked while the store is held (`holding`)."""
    return _mark_path(root, transaction_id).exists()


def unmark(root: Path, transaction_id: str) -> None:
    """Take away the mark of a transaction when all that follows it is done."""
    path = _mark_path(root, transaction_id)
    path.unlink(missing_ok=True)
    _without_empty_folders(root, path.parent)


def _mark_path(root: Path, transaction_id: str) -> Path:
    return root / _PENDING / f"{transaction_id}.json"


@contextmanager
def transaction(root: Path) -> Iterator[Transaction]:
    """Open a transaction on a store; on leaving without an exception everything staged is put in place.

    Within `holding` there may be several, one after another or one within another; each is committed by itself.

    The journal makes it atomic: it is written, in one rename, only when all files are staged. A process killed before
    leaves nothing but a staging folder; killed after, the next one to open the store finishes the moves.
    """
    with holding(root):
        folder = root / _STAGING / uuid4().hex
        with _in_words(root):
            folder.mkdir(parents=True, mode=_OWNER_ONLY)  # personal data passes through
        pending = Transaction(root, folder)
        try:
            with _staging_in_words(root, folder):
                yield pending
            with _in_words(root):
                _write_journal(pending)
        # Also for an interrupt or an exit in the middle: what is staged holds personal data and must not lie about.
        except BaseException:
            _forget(folder)
            raise
        with _in_words(root):
            _apply(root, folder)


@contextmanager
def unstaged_file(root: Path) -> Iterator[BinaryIO]:
    """A file for what takes long to compute, to be staged when it is whole: until then others may write to the store.

    Nobody sees it, and it ends with this process however that ends.
    """
    with _in_words(root):
        root.mkdir(parents=True, exist_ok=True, mode=_OWNER_ONLY)
        opened = TemporaryFile(dir=root)  # noqa: SIM115 - closed below; of its owner alone, and without a name
    with opened, _staging_in_words(root, root / _STAGING):
        yield opened


@contextmanager
def holding(root: Path) -> Iterator[None]:
    """Have a store to oneself: no other thread or process changes a file meanwhile, writers wait.

    The order of locks everywhere: the store's files first (this), then the register's writer lock (`engine.writing`).
    """
    with _in_words(root):
        root.mkdir(parents=True, exist_ok=True, mode=_OWNER_ONLY)
        lock = _lock(root)
        _acquire(lock, root)
    try:
        # The outermost holder alone: further in, the staging folder there may be the caller's own.
        if lock.lock_counter == 1:
            with _in_words(root):
                _finish_interrupted(root)
        yield
    finally:
        lock.release()


@contextmanager
def holding_if_free(root: Path) -> Iterator[bool]:
    """Have a store to oneself if nobody else holds it.

    Yields False, and holds nothing, where somebody does or the store cannot be written.
    """
    lock = _lock(root)
    try:
        lock.acquire(timeout=0)
    except (Timeout, OSError):
        yield False
        return
    try:
        if lock.lock_counter == 1:
            _finish_interrupted(root)
        yield True
    finally:
        lock.release()


def recover(root: Path) -> None:
    """Finish what a killed process had committed but not yet put in place, and clear what it had only staged.

    While another process writes, its staging is its own: nothing is touched.
    """
    try:
        # The folder stays when its transaction has ended: only what lies in it is to be finished, and worth the lock.
        if not any((root / _STAGING).iterdir()):
            return
    # A store that is a file is refused where something is to be written; one that this process may not read is its
    # workers' matter, or refused when it is read.
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    with holding_if_free(root):
        pass


def _lock(root: Path) -> BaseFileLock:
    """The lock of a store; whoever holds it in a thread may take it there again."""
    # One lock object a path and thread: taken again within itself, as transactions within `holding` do, it must not wait
    # for itself. Resolved, since a store reached by a link is the same store.
    return FileLock(root.resolve() / ".lock", is_singleton=True)


def _acquire(lock: BaseFileLock, root: Path) -> None:
    try:
        lock.acquire(timeout=_LOCK_SECONDS)
    except Timeout:
        message = Words(
            f"另一程序正在写入，已等 {_LOCK_SECONDS} 秒；请稍后再试",
            f"another process has been writing for {_LOCK_SECONDS} s; try again later",
            code="store.another-process-writing-try",
        )
        raise StoreError(message.after(f"{root}: ")) from None


@contextmanager
def _in_words(root: Path) -> Iterator[None]:
    """What the operating system refuses (no permission, a full disk) is said in words; never around what a caller does."""
    try:
        yield
    except OSError as error:
        raise _unwritable(root, error) from None


@contextmanager
def _staging_in_words(root: Path, folder: Path) -> Iterator[None]:
    """What the system refuses of what a caller stages is said in words.

    Of that alone: a file that it reads and does not find is no matter of the store.
    """
    try:
        yield
    except OSError as error:
        # A caller reads other files while it stages; that one of those is missing is its own error, in its own words.
        staged = error.filename is not None and folder in Path(os.fsdecode(error.filename)).parents
        if not staged and error.errno not in _FULL:
            raise
        raise _unwritable(root, error) from None


def _unwritable(root: Path, error: OSError) -> StoreError:
    why = said_by_system(error)
    message = Words(
        f"无法写入（{why.zh}）；请检查权限与磁盘空间，或换一个数据目录（--store）",
        f"cannot be written ({why.en}); check permissions and free space, or take another store (--store)",
        code="store.cannot-be-written",
    )
    return StoreError(message.after(f"{root}: "))


def _write_journal(pending: Transaction) -> None:
    """The commit point: a journal that is there is complete, and so are the files that it names."""
    # Content before the journal that names it: a disk may write in another order than it was told to, and a journal that
    # survives a power cut must not name empty files.
    for staged in pending.moves:
        sync(pending.folder / staged)
    draft = pending.folder / f"{_JOURNAL}.draft"
    draft.write_text(json.dumps({"moves": pending.moves, "removals": pending.removals}), encoding="utf-8")
    sync(draft)
    sync(pending.folder.parent)
    # A rename within one folder is atomic: there is a whole journal, or none.
    draft.replace(pending.folder / _JOURNAL)
    sync(pending.folder)


def _finish_interrupted(root: Path) -> None:
    for folder in (root, *(each for each in root.iterdir() if each.is_dir())):
        remove_abandoned_drafts(folder)
    for folder in sorted((root / _STAGING).glob("*")):
        if (folder / _JOURNAL).exists():
            _apply(root, folder)
        else:
            shutil.rmtree(folder, ignore_errors=True)


def _apply(root: Path, folder: Path) -> None:
    """Put a committed transaction in place; safe to repeat."""
    journal = json.loads((folder / _JOURNAL).read_text(encoding="utf-8"))
    # A file may be removed and written anew in one transaction; then only its new content counts.
    targets = set(journal["moves"].values())
    for relative in journal["removals"]:
        if relative not in targets:
            (root / relative).unlink(missing_ok=True)
            _without_empty_folders(root, (root / relative).parent)
    for staged, relative in journal["moves"].items():
        # Moved already, where a process was killed between two moves and this is the second attempt.
        if (folder / staged).exists():
            (root / relative).parent.mkdir(parents=True, exist_ok=True)
            (folder / staged).replace(root / relative)
    _sync_folders(root, {*targets, *journal["removals"]})
    _forget(folder)


def _forget(folder: Path) -> None:
    """The journal goes first: without it nothing of a transaction is done, or done again."""
    (folder / _JOURNAL).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)


def _sync_folders(root: Path, changed: set[str]) -> None:
    """The journal goes only when every name that it changed is on the disk, with the folders on the way to it."""
    folders = {folder for relative in changed for folder in Path(relative).parents}
    for folder in sorted(folders, key=lambda each: len(each.parts), reverse=True):
        if (root / folder).is_dir():
            sync(root / folder)


def _without_empty_folders(root: Path, folder: Path) -> None:
    """Partitions that hold nothing any more go too: another program would take them for rounds."""
    while folder not in (root, *root.parents) and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
