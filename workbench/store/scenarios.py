"""Saved scenarios of the lab: `STORE/scenarios/<id>.json`, one file each, written whole or not at all."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from workbench.errors import InputError, RefusedError, StoreError, Words
from workbench.safeguards.plain_data import read_json
from workbench.store.transaction import transaction

_IDENTITY = re.compile(r"[0-9a-f]{12}")
_MOST_CHARACTERS = 200_000


@dataclass(frozen=True)
class Saved:
    """A saved scenario: its `identity` (in its address), how often it was saved, when (ISO 8601), and its data."""

    identity: str
    revision: int
    saved_at: str
    data: dict[str, Any]

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.data.get("name", self.identity))


def save_scenario(root: Path, data: dict[str, Any], saved_at: str, over: Saved | None = None) -> Saved:
    """Save a scenario: anew, or over the one that it was opened from.

    Raises RefusedError where that one was saved by somebody else since, or is gone; nothing is written then.
    """
    identity = over.identity if over else uuid4().hex[:12]
    with transaction(root) as pending:
        if over is not None and _revision(root, identity) != over.revision:
            raise RefusedError(
                Words(
                    f"“{over.name}”打开之后已被别人保存或删除；请另存为新方案",
                    f"{over.name!r} was saved or deleted by somebody else since you opened it; save yours as a new one",
                    code="store.saved-deleted-somebody-else",
                )
            )
        made = Saved(identity, (over.revision if over else 0) + 1, saved_at, data)
        content = {"id": identity, "revision": made.revision, "saved_at": saved_at, "scenario": data}
        staged = pending.stage(_path(root, identity))
        staged.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return made


def read_scenario(root: Path, identity: str) -> Saved:
    """A saved scenario; raises StoreError where there is none, or what is there cannot be read."""
    path = _path(root, identity)
    try:
        with path.open(encoding="utf-8") as opened:
            content = read_json(opened.read(_MOST_CHARACTERS))  # what is cut off is no JSON
        return Saved(identity, int(content["revision"]), str(content["saved_at"]), dict(content["scenario"]))
    except FileNotFoundError:
        raise StoreError(
            Words(
                f"没有这个方案：{identity}；它可能已被删除",
                f"no such scenario: {identity}; it may be deleted",
                code="store.no-such-scenario-may",
            )
        ) from None
    except OSError as error:
        why = error.strerror or error
        raise StoreError(
            Words(
                f"{path}：读不到（{why}）；请检查权限",
                f"{path} cannot be read ({why}); check its permissions",
                code="store.cannot-read-check-permissions",
            )
        ) from None
    except (InputError, KeyError, TypeError, ValueError):
        raise StoreError(
            Words(
                f"{path}：不是方案文件，或已损坏",
                f"{path}: no scenario, or a damaged one",
                code="store.no-scenario-damaged",
            )
        ) from None


def list_scenarios(root: Path) -> list[Saved]:
    """All saved scenarios that can be read, the last saved first."""
    listed = []
    for path in (root / "scenarios").glob("*.json"):
        if _IDENTITY.fullmatch(path.stem):
            try:
                listed.append(read_scenario(root, path.stem))
            except StoreError:
                continue
    return sorted(listed, key=lambda saved: saved.saved_at, reverse=True)


def delete_scenario(root: Path, saved: Saved) -> None:
    """Remove a saved scenario."""
    with transaction(root) as pending:
        pending.remove(_path(root, saved.identity))


def _path(root: Path, identity: str) -> Path:
    """Where a scenario is kept; an identity comes from an address, so it is checked."""
    if not _IDENTITY.fullmatch(identity):
        raise StoreError(
            Words(f"没有这个方案：{identity[:40]}", f"no such scenario: {identity[:40]}", code="store.no-such-scenario")
        )
    return root / "scenarios" / f"{identity}.json"


def _revision(root: Path, identity: str) -> int | None:
    try:
        return read_scenario(root, identity).revision
    except StoreError:
        return None
