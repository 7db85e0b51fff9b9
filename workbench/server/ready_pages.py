"""Pages that somebody has looked at, ready for that person's next look: while nothing has changed they are not written anew (0069)."""

import asyncio
import hashlib
import os
import secrets
import threading
import zlib
from array import array
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote
from weakref import WeakValueDictionary

from workbench.clock import BEIJING
from workbench.domain.procedure.roles import ROLES
from workbench.server.catalogue import language, listed
from workbench.server.sign_in.authenticator import SignedIn

MOST_BYTES = 64 * 2**20
"""Of all ready pages together, compressed: some five kilobytes each."""
_FOLDERS = ("facts", "personal", "provenance", "scores", "standards", "models")
"""Of a store, what pages read beside the register."""
_OF_COUNTY = "county_code="
"""How a folder's name begins that holds the files of one county (contract §4)."""
TOKEN = secrets.token_hex(32)
"""Stands in a ready page where the token of a browser's cookie belongs; no text of a file can be this."""
_LEVEL = 1
"""Of compression: a list of Chinese names becomes a sixth, in a fifth of a millisecond."""


class ReadyPages:
    """Texts by what they depend on; who was asked for longest ago gives way above `most` bytes. Safe for threads."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._most, self._lock, self.held = most, threading.Lock(), 0
        self._pages: OrderedDict[bytes, bytes] = OrderedDict()
        self._turns: WeakValueDictionary[bytes, asyncio.Lock] = WeakValueDictionary()

    def get(self, key: bytes) -> str | None:
        """Return the page of a key; None where there is none."""
        with self._lock:
            page = self._pages.get(key)
            if page is None:
                return None
            self._pages.move_to_end(key)
        return zlib.decompress(page).decode()

    @asynccontextmanager
    async def in_turn(self, key: bytes) -> AsyncIterator[str | None]:
        """Wait for whoever is writing the page of a key; the page then, or None for whoever is to write it. Of the server's loop alone."""
        turn = self._turns.setdefault(key, asyncio.Lock())
        async with turn:
            yield self.get(key)

    def put(self, key: bytes, text: str) -> None:
        """Have a page ready."""
        page = zlib.compress(text.encode(), _LEVEL)
        with self._lock:
            self.held += len(page) - len(self._pages.pop(key, b""))
            self._pages[key] = page
            while self.held > self._most:
                _, oldest = self._pages.popitem(last=False)
                self.held -= len(oldest)


def page_key(handler: Any, *more: Any) -> bytes | None:
    """All that a page at the address of a request depends on, and `more`, as a key; None where nobody is signed in.

    The person is part of it: a page is ready for whoever has looked at it, and for nobody else. The day too, on which the
    names in it are an event of that person, so that whoever gets it again has that event already (0052).
    """
    user = handler.current_user
    if not isinstance(user, SignedIn) or not user.role:
        return None
    state = handler.identity_provider.authenticator.state(user.username, user.session)
    if state is None:
        return None
    asked = handler.request.query_arguments
    # Who is bound to a county sees nothing of the files of others.
    county = state.account.area.county if state.account else None
    pages = listed(
        Path(handler.contents_manager.root_dir), language(handler.get_query_argument("lang", None)), ROLES[user.role]
    )
    return key_of(
        handler.request.path, sorted(asked.items()), state.account, state.admission, state.changed,
        state.now.astimezone(BEIJING).date(), handler.settings["store_files"].state(county), pages, *more,
    )  # fmt: skip


def key_of(*depends_on: Any) -> bytes:
    """What a page depends on, as a key: values whose `repr` says all of them."""
    return hashlib.sha256(repr(depends_on).encode()).digest()


class StoreFiles:
    """What of a store's files pages read. A file that is written, replaced or taken away gives another `state`.

    Every change of the workbench's own is an event too; this sees the file that somebody has put there by hand.
    """

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._paths: list[str] = []
        self._seen = b""
        self._of_counties: dict[str | None, list[str]] = {}

    def state(self, county: str | None = None) -> bytes:
        """A digest over inode, size and time of each folder and file, but those of other counties (None: of every one)."""
        # A folder's time changes with what it holds: only then is it listed again.
        if not self._paths or _digest(self._paths) != self._seen:
            self._list()
        return _digest(self._of_counties.get(county) or self._shared_with(county))

    def _list(self) -> None:
        self._of_counties = {}
        folders = [self._root]
        for name in _FOLDERS:
            folders += [folder for folder, _, _ in os.walk(f"{self._root}/{name}")]
        # Before the files are listed: one that comes meanwhile changes a folder's time, and they are listed again.
        self._paths, self._seen = folders, _digest(folders)

    def _shared_with(self, county: str | None) -> list[str]:
        """The folders and files that pages of a county read."""
        own = None if county is None else f"{_OF_COUNTY}{quote(county, safe='')}"
        paths = []
        for folder in self._paths:
            name = os.path.basename(folder)  # noqa: PTH119 - text, as below
            if own is not None and name.startswith(_OF_COUNTY) and name != own:
                continue
            paths.append(folder)
            if folder != self._root:
                # Of one that is gone again there is nothing to list, and its time says so.
                paths += [f"{folder}/{file}" for file in sorted(next(os.walk(folder), ("", [], []))[2])]
        self._of_counties[county] = paths
        return paths


def _digest(paths: Iterable[str]) -> bytes:
    numbers = array("q")
    for path in paths:
        try:
            status = os.stat(path)  # noqa: PTH116 - paths as text: every look asks, and objects of paths take most of the time
        except OSError:
            numbers.append(-1)
            continue
        numbers.extend((status.st_ino, status.st_size, status.st_mtime_ns))
    return hashlib.blake2b(numbers.tobytes(), digest_size=16).digest()
