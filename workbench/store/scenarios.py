"""What people save under a name: scenarios of the lab, training sets. `STORE/<folder>/<id>.json`, one file each, whole or not at all."""

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from workbench.errors import InputError, RefusedError, StoreError, Words
from workbench.safeguards.plain_data import read_json
from workbench.safeguards.system_errors import said_by_system
from workbench.store.transaction import transaction

_IDENTITY = re.compile(r"[0-9a-f]{12}")
_MOST_CHARACTERS = 4_000_000
_MOST_EARLIER = 20


@dataclass(frozen=True)
class Collection:
    """What is saved together: its folder of the store, and what one of it is called in Chinese and English."""

    folder: str
    zh: str
    en: str


SCENARIOS = Collection("scenarios", "方案", "scenario")
TRAINING_SETS = Collection("training/sets", "案例", "training set")
TRAINING_RESULTS = Collection("training/results", "成绩", "record of results")


@dataclass(frozen=True)
class Earlier:
    """An earlier version of a saved scenario."""

    revision: int
    saved_at: str
    saved_by: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Saved:
    """A saved scenario: its `identity` (in its address), how often it was saved, when (ISO 8601), and its data.

    `owner`: the account that saved it first, `saved_by` last; empty where nobody signs in. `earlier`: what was saved before,
    the newest first.
    """

    identity: str
    revision: int
    saved_at: str
    data: dict[str, Any]
    owner: str = ""
    saved_by: str = ""
    earlier: tuple[Earlier, ...] = ()

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.data.get("name", self.identity))

    def version(self, revision: int) -> Earlier:
        """An earlier version; raises StoreError where it is none."""
        for each in self.earlier:
            if each.revision == revision:
                return each
        raise StoreError(
            Words(
                f"“{self.name}”没有第 {revision} 次保存的内容",
                f"{self.name!r} has no version {revision}",
                code="store.no-such-scenario-version",
            )
        )

    def as_earlier(self) -> Earlier:
        """What the next version has of it."""
        return Earlier(self.revision, self.saved_at, self.saved_by, self.data)


def save_scenario(
    root: Path,
    data: dict[str, Any],
    saved_at: str,
    over: Saved | None = None,
    account: str = "",
    collection: Collection = SCENARIOS,
    identity: str = "",
) -> Saved:
    """Save a scenario: anew, or over the one that it was opened from, which becomes an earlier version of it.

    `identity`: what a new one is to be called by, instead of a number drawn.

    Raises RefusedError where that one is somebody else's, was saved by somebody else since, or is gone; nothing is written
    then.
    """
    identity = over.identity if over else identity or uuid4().hex[:12]
    if over is not None:
        _check_owner(over, account)
    with transaction(root) as pending:
        # Compared under the lock: of two who save at once only one is the next version.
        if over is not None and _revision(root, identity, collection) != over.revision:
            raise RefusedError(
                Words(
                    f"“{over.name}”打开之后已被别人保存或删除；请另存为新的",
                    f"{over.name!r} was saved or deleted by somebody else since you opened it; save yours as a new one",
                    code="store.saved-deleted-somebody-else",
                )
            )
        made = _next_of(over, identity, data, saved_at, account)
        staged = pending.stage(_path(root, identity, collection))
        staged.write_text(json.dumps(_content(made), ensure_ascii=False, indent=1), encoding="utf-8")
    return made


def _next_of(over: Saved | None, identity: str, data: dict[str, Any], saved_at: str, account: str) -> Saved:
    if over is None:
        return Saved(identity, 1, saved_at, data, account, account)
    earlier = (over.as_earlier(), *over.earlier)[:_MOST_EARLIER]
    return Saved(identity, over.revision + 1, saved_at, data, over.owner, account, earlier)


def _content(saved: Saved) -> dict[str, Any]:
    """What the file holds."""
    return {
        "id": saved.identity,
        "revision": saved.revision,
        "saved_at": saved.saved_at,
        "owner": saved.owner,
        "saved_by": saved.saved_by,
        "scenario": saved.data,
        "earlier": [asdict(each) for each in saved.earlier],
    }


def _check_owner(saved: Saved, account: str) -> None:
    # One without an owner was saved where nobody signs in, or by an older version: it is everybody's.
    if saved.owner and saved.owner != account:
        raise RefusedError(
            Words(
                f"“{saved.name}”是 {saved.owner} 存的，只有本人能改、能删；请另存为自己的",
                f"{saved.name!r} is {saved.owner}'s, who alone may change or delete it; save yours as a new one",
                code="store.scenario-of-somebody-else",
            )
        )


def read_scenario(root: Path, identity: str, collection: Collection = SCENARIOS) -> Saved:
    """A saved scenario; raises StoreError where there is none, or what is there cannot be read."""
    path = _path(root, identity, collection)
    try:
        with path.open(encoding="utf-8") as opened:
            content = read_json(opened.read(_MOST_CHARACTERS))  # what is cut off is no JSON
        return _saved(identity, dict(content))
    except FileNotFoundError:
        raise StoreError(
            Words(
                f"没有这个{collection.zh}：{identity}；它可能已被删除",
                f"no such {collection.en}: {identity}; it may be deleted",
                code="store.no-such-scenario-may",
            )
        ) from None
    except OSError as error:
        why = said_by_system(error)
        raise StoreError(
            Words(
                f"{path}：读不到（{why.zh}）；请检查权限",
                f"{path} cannot be read ({why.en}); check its permissions",
                code="store.cannot-read-check-permissions",
            )
        ) from None
    except (InputError, KeyError, TypeError, ValueError):
        raise StoreError(
            Words(
                f"{path}：不是{collection.zh}文件，或已损坏",
                f"{path}: no {collection.en}, or a damaged one",
                code="store.no-scenario-damaged",
            )
        ) from None


def _saved(identity: str, content: dict[str, Any]) -> Saved:
    """What a file holds; one of an older version of the workbench has no owner and no earlier versions."""
    earlier = tuple(
        Earlier(int(each["revision"]), str(each["saved_at"]), str(each["saved_by"]), dict(each["data"]))
        for each in content.get("earlier", [])
    )
    owner, saved_by = str(content.get("owner", "")), str(content.get("saved_by", ""))
    revision, saved_at = int(content["revision"]), str(content["saved_at"])
    return Saved(identity, revision, saved_at, dict(content["scenario"]), owner, saved_by, earlier)


def list_scenarios(root: Path, collection: Collection = SCENARIOS) -> list[Saved]:
    """All saved scenarios that can be read, the last saved first."""
    listed = []
    for path in (root / collection.folder).glob("*.json"):
        if _IDENTITY.fullmatch(path.stem):
            try:
                listed.append(read_scenario(root, path.stem, collection))
            except StoreError:
                continue
    return sorted(listed, key=lambda saved: saved.saved_at, reverse=True)


def delete_scenario(root: Path, saved: Saved, account: str, collection: Collection = SCENARIOS) -> None:
    """Remove a saved scenario with its earlier versions; raises RefusedError where it is somebody else's."""
    _check_owner(saved, account)
    with transaction(root) as pending:
        pending.remove(_path(root, saved.identity, collection))


def _path(root: Path, identity: str, collection: Collection) -> Path:
    """Where a scenario is kept; an identity comes from an address, so it is checked."""
    if not _IDENTITY.fullmatch(identity):
        raise StoreError(
            Words(
                f"没有这个{collection.zh}：{identity[:40]}",
                f"no such {collection.en}: {identity[:40]}",
                code="store.no-such-scenario",
            )
        )
    return root / collection.folder / f"{identity}.json"


def _revision(root: Path, identity: str, collection: Collection) -> int | None:
    try:
        # Gone or damaged is no revision: saving over it is then refused.
        return read_scenario(root, identity, collection).revision
    except StoreError:
        return None
