"""Intake batches: what each brought, and what stood before it, byte for byte, so that it can be undone (decision 0025).

`STORE/batches/<number>/batch.json` tells of it; `before/` beside it holds the files of facts and persons of the counties that
it changed, by their path in the store. Where there were none the county held nothing.
"""

import datetime as dt
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

import polars as pl

from workbench.clock import BEIJING
from workbench.domain.whole_numbers import whole_number
from workbench.errors import DamagedError, InputError, RefusedError, Words
from workbench.intake.findings.result import IntakeResult
from workbench.safeguards.plain_data import read_json
from workbench.store.arrow.tables import read_columns
from workbench.store.batches.comparison import Comparison
from workbench.store.batches.findings import (
    FINDINGS,
    Finding,
    FindingsOverTime,
    open_findings,
    over_time,
    read_findings,
)
from workbench.store.facts import FactStore
from workbench.store.files import hash_of
from workbench.store.transaction import Transaction

BATCHES = "batches"
"""The folder of a store that holds them."""
_RECORD, _BEFORE = "batch.json", "before"
_KINDS = ("facts", "personal", "provenance")
"""The folders of a round's counties that an intake changes."""
_OWNER_FOLDER, _OWNER_FILE = 0o700, 0o600


@dataclass(frozen=True)
class GivenFile:
    """A file as it was handed in: its name, the SHA-256 of its bytes, and which list it is."""

    name: str
    sha256: str
    list: str = ""

    @classmethod
    def at(cls, path: Path, name: str | None = None, what: str = "") -> "GivenFile":
        """The file at a path, under its own name or another; `what`: which list it is."""
        return cls(name or path.name, hash_of(path), what)


@dataclass(frozen=True)
class Source:
    """Who takes in which files, and when; `register`: the last record of each kind that the register then held."""

    account: str = ""
    at: dt.datetime | None = None
    files: Sequence[GivenFile] = ()
    register: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Undoing:
    """Who undid a batch, when and why."""

    account: str
    at: str
    reason: str = ""


@dataclass(frozen=True)
class Batch:
    """An intake as it is kept. `counties`: those that it changed; `before`: SHA-256 of each file that stood there, by path.

    `number` is None where there was nothing to take in: then nothing is kept.
    """

    number: int | None
    round: str
    account: str
    at: str
    files: tuple[GivenFile, ...]
    counties: tuple[str, ...]
    added: int
    changed: int
    unchanged: int
    forgotten: Mapping[str, int]
    register: Mapping[str, int]
    before: Mapping[str, str] = field(default_factory=dict)
    undone: Undoing | None = None
    forgotten_households: int = 0
    changed_facts: Mapping[str, int] = field(default_factory=dict)
    findings: Mapping[str, int] = field(default_factory=dict)
    """How many findings are new, stay, or were mended by it (`batches.findings`)."""


def batches(root: Path) -> list[Batch]:
    """Every batch of a store, oldest first."""
    return [_read(root, number) for number in _numbers(root)]


def batch_of(root: Path, number: int) -> Batch:
    """One batch; raises InputError where there is none of that number."""
    known = _numbers(root)
    if number not in known:
        there = f"1–{known[-1]}" if known else "–"
        raise InputError(
            Words(
                f"没有第 {number} 批；已有 {there}（workbench intake history 列出）",
                f"there is no batch {number}; there are: {there} (workbench intake history lists them)",
                code="store.no-batch-workbench-intake",
            )
        )
    return _read(root, number)


def next_number(root: Path) -> int:
    """The number of the batch that is taken in next."""
    # Never one that was used: a batch that was undone stays listed under its number.
    return max(_numbers(root), default=0) + 1


def findings_of(root: Path, number: int) -> FindingsOverTime:
    """What a batch found, as it was kept."""
    return read_findings(_folder(root, number))


def open_before(root: Path, round_name: str) -> set[Finding]:
    """The findings of a round that no batch has mended yet; a batch that was undone counts for nothing."""
    those = [each for each in batches(root) if each.round == round_name and each.undone is None]
    return open_findings([_folder(root, each.number or 0) for each in those])


def batch_files(root: Path, number: int | None) -> list[Path]:
    """The files that a batch is kept in; none where nothing was kept."""
    return [] if number is None else sorted(path for path in _folder(root, number).rglob("*") if path.is_file())


def households_before(root: Path, batch: Batch, county: str) -> set[str]:
    """The households of a county that stood there before a batch."""
    folder = _folder(root, batch.number or 0) / _BEFORE
    part = f"facts/round={batch.round}/county_code={quote(county, safe='')}/"
    paths = [folder / name for name in batch.before if name.startswith(part)]
    return {number for path in paths for number in pl.DataFrame(read_columns(path, ["household_id"]))["household_id"]}


def stage_batch(
    pending: Transaction,
    round_name: str,
    counties: Sequence[str],
    comparison: Comparison,
    source: Source,
    results: Sequence[IntakeResult],
) -> Batch:
    """Keep an intake together with what stood before it, in the transaction that changes the files; returns the batch."""
    root = pending.root
    number = next_number(root)
    # Snapshots hold persons too.
    (root / BATCHES).mkdir(exist_ok=True, mode=_OWNER_FOLDER)
    before = {path.relative_to(root).as_posix(): path for path in _files(root, round_name, counties)}
    # Copied, not linked: not every disk of an office has links, and whoever changed one would change both.
    for name, path in before.items():
        _copy(path, pending.stage(_folder(root, number) / _BEFORE / name))
    findings = over_time(open_before(root, round_name), results)
    _write_private(pending.stage(_folder(root, number) / FINDINGS), findings.to_json())
    batch = Batch(
        number, round_name, source.account, _stamp(source.at), tuple(source.files), tuple(counties),
        comparison.added, comparison.changed, comparison.unchanged, dict(sorted(comparison.forgotten.items())), dict(source.register),
        {name: hash_of(path) for name, path in before.items()},
        None, comparison.forgotten_households, dict(sorted(comparison.changed_facts.items())),
        findings.counts,
    )  # fmt: skip
    _stage_record(pending, batch)
    return batch


def stage_undoing(
    pending: Transaction, facts: FactStore, number: int, account: str, at: dt.datetime, reason: str
) -> Batch:
    """Put back exactly what stood before a batch; it stays listed as undone. What is refused: see `refuse_undoing`."""
    root, batch = pending.root, batch_of(pending.root, number)
    refuse_undoing(facts, batch)
    # Also files that were not there before the batch; of those put back below only the new content counts.
    for path in _files(root, batch.round, batch.counties):
        pending.remove(path)
    for name, known in batch.before.items():
        saved = _folder(root, number) / _BEFORE / name
        # Held against its hash once more: what somebody changed on the disk since must not become facts.
        if not saved.is_file() or hash_of(saved) != known:
            raise _not_whole(saved)
        _copy(saved, pending.stage(root / name))
    undone = replace(batch, undone=Undoing(account, _stamp(at), reason))
    _stage_record(pending, undone)
    return undone


def refuse_undoing(facts: FactStore, batch: Batch) -> None:
    """Raise RefusedError for a batch undone already, or with a later one upon it; ClosedRoundError where its round is closed."""
    if batch.undone is not None:
        who, when = batch.undone.account, batch.undone.at
        raise RefusedError(
            Words(
                f"第 {batch.number} 批已由 {who} 于 {when} 撤销，没有更改",
                f"batch {batch.number} was undone by {who} at {when} already; nothing was changed",
                code="store.batch-undone-already-nothing",
            )
        )
    facts.refuse_closed(batch.round, batch.counties)
    upon = [each for each in batches(facts.root) if _stands_upon(each, batch)]
    if upon:
        last = upon[-1].number
        raise RefusedError(
            Words(
                f"第 {batch.number} 批之后，同一期次、同一县区又导入了第 {last} 批；请先撤销第 {last} 批（workbench intake undo {last}）",
                f"batch {last} of the same round and county was taken in upon batch {batch.number}; "
                f"undo that first (workbench intake undo {last})",
                code="store.batch-same-round-county",
            )
        )


def _stands_upon(later: Batch, batch: Batch) -> bool:
    return (
        (later.number or 0) > (batch.number or 0)
        and later.undone is None
        and later.round == batch.round
        and bool(set(later.counties) & set(batch.counties))
    )


def _files(root: Path, round_name: str, counties: Iterable[str]) -> list[Path]:
    """The files of facts, persons and sources of some counties in a round."""
    parts = [f"round={round_name}/county_code={quote(county, safe='')}" for county in counties]
    return sorted(path for part in parts for kind in _KINDS for path in (root / kind / part).glob("*.parquet"))


def _numbers(root: Path) -> list[int]:
    numbers = (whole_number(path.parent.name) for path in (root / BATCHES).glob(f"*/{_RECORD}"))
    return sorted(number for number in numbers if number is not None)


def _folder(root: Path, number: int) -> Path:
    return root / BATCHES / str(number)


def _read(root: Path, number: int) -> Batch:
    path = _folder(root, number) / _RECORD
    try:
        content = read_json(path.read_bytes())
        files = tuple(GivenFile(**each) for each in content.pop("files"))
        undone = content.pop("undone")
        counties = tuple(content.pop("counties"))
        return Batch(**content, files=files, counties=counties, undone=Undoing(**undone) if undone else None)
    # Whatever is wrong with it: it was written whole, so it was changed or lost since.
    except (OSError, InputError, ValueError, TypeError, KeyError, AttributeError):
        raise _not_whole(path) from None


def _not_whole(path: Path) -> DamagedError:
    message = Words(
        "批次的文件不完整，或被改动；请从备份恢复",
        "a file of this batch is missing or was changed; restore it from a backup",
        code="store.file-batch-missing-changed",
    )
    return DamagedError(message.after(f"{path}: "))


def _stage_record(pending: Transaction, batch: Batch) -> None:
    staged = pending.stage(_folder(pending.root, batch.number or 0) / _RECORD)
    _write_private(staged, json.dumps(asdict(batch), ensure_ascii=False, indent=1))


def _write_private(path: Path, text: str) -> None:
    # By itself: whoever calls this need not have closed what it writes to others (`safeguards.private_files`).
    path.write_text(text, encoding="utf-8")
    path.chmod(_OWNER_FILE)


def _copy(path: Path, target: Path) -> None:
    # This copies no rights: who may read the copy would otherwise hang on the umask.
    shutil.copyfile(path, target)
    target.chmod(_OWNER_FILE)


def _stamp(at: dt.datetime | None) -> str:
    return "" if at is None else at.astimezone(BEIJING).isoformat(timespec="seconds")
