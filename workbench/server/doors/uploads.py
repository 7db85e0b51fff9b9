"""Files handed in on a page: straight to a private file, after all that may refuse them, and gone with the page's kernel.

They do not pass through a page's connection, whose messages a server must hold whole before anybody can look at them.
"""

import shutil
from pathlib import Path
from typing import IO, Any

from tornado import web

from workbench.domain.procedure.roles import ROLES, Right
from workbench.domain.whole_numbers import whole_number
from workbench.register.access.passwords import Admission
from workbench.server.doors.guard import FAILURES
from workbench.server.doors.page_folders import uploads_of
from workbench.server.kernels.owners import OfOwner
from workbench.server.plain_pages import PageHandler
from workbench.server.sign_in.authenticator import SignedIn

LARGEST = 2 * 2**30
_MOST_FILES = 3
"""Files of one page: what is read, what came after it, what is coming."""


@web.stream_request_body
class UploadHandler(OfOwner, PageHandler):
    """`PUT upload/<kernel>/<name>`: a file for an own page. Refused before a byte of it is read, or taken to its end."""

    _file: IO[bytes] | None = None
    _remaining = 0

    async def prepare(self, *args: Any, **options: Any) -> None:
        """Check right, length and room; register, sign-in, the form's token and the owner are looked at before."""
        await super().prepare(*args, **options)
        if self._finished:
            return
        if self.request.method != "PUT":
            raise web.HTTPError(405)
        if not self._may_hand_in():
            raise web.HTTPError(403)
        self._remaining = self._declared()
        # For this request alone: what is the limit of everything else is right for forms.
        self.request.connection.set_max_body_size(LARGEST)
        # Never over a file that is there: the name is the browser's choice.
        self._file = self._place(*self.path_args).open("xb")

    def _may_hand_in(self) -> bool:
        user = self.current_user
        if self.identity_provider.authenticator.admission is Admission.OPEN:
            return True
        return isinstance(user, SignedIn) and user.role in ROLES and Right.TAKE_IN in ROLES[user.role].rights

    def _declared(self) -> int:
        length = whole_number(self.request.headers.get("Content-Length", ""))
        if length is None:
            # A body in chunks tells no length, and there would be nothing to refuse it by before it is read.
            raise web.HTTPError(411)
        if length > LARGEST:
            raise web.HTTPError(413)
        return length

    def _place(self, kernel_id: str, name: str) -> Path:
        folder = uploads_of(kernel_id)
        if folder is None:
            raise web.HTTPError(404)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(folder).free < 2 * self._remaining:
            raise web.HTTPError(507)
        oldest_first = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime)
        for path in oldest_first[: max(0, len(oldest_first) - _MOST_FILES + 1)]:
            path.unlink(missing_ok=True)
        return folder / f"{name}.part"

    def data_received(self, chunk: bytes) -> None:
        """Write a piece of the file."""
        self._remaining -= len(chunk)
        if self._file is not None and self._remaining >= 0:
            self._file.write(chunk)

    @web.authenticated
    def put(self, _kernel_id: str, _name: str) -> None:
        """Put the file in place: all of it is there, and the page may use it."""
        if self._file is None or self._remaining != 0:
            raise web.HTTPError(400)
        self._file.close()
        part = Path(self._file.name)
        # Under its own name only when it is whole: that is what the page looks for.
        part.rename(part.with_suffix(""))
        self._file = None
        self.set_status(201)
        self.finish()

    def on_finish(self) -> None:
        """Remove what did not come whole."""
        if self._file is not None:
            self._file.close()
            Path(self._file.name).unlink(missing_ok=True)
            self._file = None
        super().on_finish()

    def on_connection_close(self) -> None:
        """Let go of the file: the browser left in the middle of it."""
        # tornado calls `on_finish` after an answer only, and here there is none.
        super().on_connection_close()
        self.on_finish()

    def write_error(self, status_code: int, **details: Any) -> None:
        """Answer without a page: a script asks, and says it in the page's language."""
        error = (details.get("exc_info") or (None, None))[1]
        self.set_status(503 if isinstance(error, FAILURES) else status_code)
        self.finish()
