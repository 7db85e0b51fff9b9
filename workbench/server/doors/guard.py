"""Nothing is served without the register that belongs to the store: whatever is asked for, a page in words instead."""

import logging
import threading
import time
from typing import Any

from jupyter_core.utils import ensure_async
from tornado.ioloop import IOLoop

from workbench.errors import DamagedError, NewerSchemaError, Words, WorkbenchError
from workbench.register.access.passwords import Admission
from workbench.register.db.engine import DBAPIError, readable
from workbench.register.location import MissingRegisterError
from workbench.register.marker import check_identity
from workbench.server.catalogue import language
from workbench.server.sign_in.authenticator import READING, Authenticator, Reading
from workbench.settings import store_path
from workbench.store.facts import FactStore

_AGAIN_SECONDS = 1.0
_OUT_OF_REACH = Words(
    "登记库现在打不开，因此暂不提供任何内容。请过几分钟刷新；仍不行请找管理员（检查数据库是否在运行、地址和权限；刚换过版本的，先运行 workbench upgrade）。",
    "The register cannot be opened at present, so nothing is shown. Reload in a few minutes; if that does not help, tell the "
    "administrator, who checks that the database runs, its address and its permissions, and runs workbench upgrade after a "
    "change of version.",
)
_DAMAGED = Words(
    "登记库的文件已损坏，因此不提供任何内容。请管理员停止使用，并从备份恢复：workbench restore。",
    "The register's file is damaged, so nothing is shown. The administrator stops using it and restores a backup: workbench restore.",
)
_OTHER_VERSION = Words(
    "登记库由更新版本的工作台写入，本版本不能打开。请管理员升级工作台。",
    "The register was written by a newer workbench than this one. The administrator upgrades the workbench.",
)
REAL_DATA_FOR_ALL = Words(
    "除模拟数据外，还没有账号时不向其他电脑提供服务（--host、--name、--behind-proxy）。请管理员先建账号：workbench register accounts add。",
    "Except with simulated data, nothing is shown to other computers (--host, --name, --behind-proxy) before there are accounts. "
    "The administrator makes them first: workbench register accounts add.",
)


class RegisterWatch:
    """Whether the register answers, looked at again after a second; asked from threads, for the database may take its time."""

    def __init__(self, authenticator: Authenticator, *, beyond_loopback: bool = False) -> None:
        self._authenticator, self._beyond_loopback = authenticator, beyond_loopback
        self._lock = threading.Lock()
        self._looked = float("-inf")
        self._trouble: Words | None = None

    @property
    def last(self) -> Words | None:
        """What was seen at the last look."""
        return self._trouble

    @property
    def is_fresh(self) -> bool:
        """Whether it was looked a moment ago, so that `trouble` asks nobody."""
        return time.monotonic() - self._looked <= _AGAIN_SECONDS

    def trouble(self) -> Words | None:
        """What keeps the pages from being served, in words for everybody; None where nothing does."""
        with self._lock:
            # Every request asks; the database is asked once a second, and one trouble is logged once.
            if not self.is_fresh:
                before, self._trouble = self._trouble, self._look()
                if self._trouble not in (None, before):
                    logging.getLogger(__name__).error("nothing is served: %s", self._trouble)
                self._looked = time.monotonic()
            return self._trouble

    def _look(self) -> Words | None:
        try:
            with readable():
                register = self._authenticator.register
                if register is not None:
                    # An empty register in its place would have no accounts, and let everybody in (0023).
                    check_identity(register.engine, register.facts.root)
                open_to_all = self._authenticator.admission is Admission.OPEN
        except WorkbenchError as error:
            return in_words(error)
        return (
            REAL_DATA_FOR_ALL
            if open_to_all and self._beyond_loopback and not FactStore(store_path()).simulated()
            else None
        )


def in_words(error: Exception) -> Words:
    """What a page says of a register that does not open; what the database itself says is for the administrator."""
    logging.getLogger(__name__).warning("the register does not open: %s", error)
    match error:
        case MissingRegisterError():
            return error.words
        case DamagedError():
            return _DAMAGED
        case NewerSchemaError():
            return _OTHER_VERSION
    return _OUT_OF_REACH


FAILURES = (WorkbenchError, DBAPIError)
"""What a register raises that fails while a request is answered: 503, not an error of the server."""


class Guarded:
    """A handler of Jupyter's that answers only while the register does."""

    async def prepare(self: Any, *args: Any, **options: Any) -> None:
        """Look first; no cookie, and no form, is read without the register."""
        watch: RegisterWatch = self.settings["register_watch"]
        # In a thread: a database that does not answer must not hold up the loop, on which all pages wait.
        trouble = watch.last if watch.is_fresh else await IOLoop.current().run_in_executor(None, watch.trouble)
        if trouble is not None:
            self.refuse(503, trouble)
            return
        await ensure_async(super().prepare(*args, **options))  # type: ignore[misc]

    def set_cookie(self: Any, name: str, value: Any, *place: Any, **options: Any) -> None:
        """Set a cookie; one of a page that came encrypted goes back encrypted only."""
        if self.request.protocol == "https":
            options["secure"] = True
        super().set_cookie(name, value, *place, **options)  # type: ignore[misc]

    def refuse(self: Any, status: int, words: Words, *, waits: bool = False) -> None:
        """Answer with a status alone: only a script asks."""
        del words, waits
        self.set_status(status)
        self.finish()

    def write_error(self: Any, status_code: int, **details: Any) -> None:
        """Answer in the same way where the register fails in the middle of a request."""
        error = (details.get("exc_info") or (None, None))[1]
        if isinstance(error, FAILURES):
            self.refuse(503, in_words(error))
        else:
            super().write_error(status_code, **details)  # type: ignore[misc]


class GuardedPage(Guarded):
    """The handler of a page, which says what is wrong where the register does not answer."""

    _reading: Reading | None = None

    async def prepare(self: Any, *args: Any, **options: Any) -> None:
        """Prepare as every handler does; what only looks reads each account once."""
        if self.request.method in ("GET", "HEAD"):
            self._reading = Reading()
            # Of this request alone: each is a task, with variables of its own.
            READING.set(self._reading)
        await super().prepare(*args, **options)

    def on_finish(self: Any) -> None:
        """Forget what was read for the answer: what goes on after it reads anew."""
        if self._reading:
            self._reading.end()
        super().on_finish()  # type: ignore[misc]

    @property
    def template_namespace(self) -> dict[str, Any]:
        """What every template may ask for: the language of the address too, so that an error speaks that one."""
        asked = language(self.get_query_argument("lang", None))  # type: ignore[attr-defined]
        return {**super().template_namespace, "lang": asked}  # type: ignore[misc]

    def refuse(self: Any, status: int, words: Words, *, waits: bool = False) -> None:
        """Write a page in words. Who is signed in cannot be told on it. `waits`: it asks again by itself."""
        lang = language(self.get_query_argument("lang", None))
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        template = self.settings["voila_jinja2_env"].get_template("refused.html")
        self.finish(
            template.render(
                lang=lang, base_url=self.base_url, words=words.en if lang == "en" else words.zh, waits=waits
            )
        )
