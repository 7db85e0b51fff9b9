"""A page that is opened: whose it is, whether there is room for it, and who its kernel works for."""

from pathlib import Path

from voila.tornado.handler import TornadoVoilaHandler

from workbench.server.doors.guard import GuardedPage
from workbench.server.kernels.limits import make_room
from workbench.server.kernels.owners import owner_of
from workbench.server.kernels.turns import Turn
from workbench.server.sign_in.authenticator import PERSON_HEADER, SignedIn


class RenderHandler(GuardedPage, TornadoVoilaHandler):
    """A page: its kernel is told who is signed in, whatever the browser says of that."""

    _place = ""
    _turn: Turn | None = None

    async def prepare(self) -> None:
        """Put who is signed in into the headers, from which Voilà makes the kernel's environment."""
        # Whoever sends this header from outside would be believed to be the account that it names.
        self.request.headers.pop(PERSON_HEADER, None)
        await super().prepare()
        if self._finished or self.current_user is None or not self._is_page():
            return
        owner, kernels = owner_of(self), self.kernel_manager
        full = await make_room(kernels, owner, self.settings["session_limit"])
        if full is not None:
            self.refuse(503, full, waits=True)
            return
        self._place = kernels.take_place(owner)
        self._turn = self.settings["turns"].next()
        user = self.current_user
        if isinstance(user, SignedIn) and user.role:
            self.request.headers[PERSON_HEADER] = user.header

    def _is_page(self) -> bool:
        name = self.path_args[0]
        # Also a file that is not there, or lies in a folder, is asked for under this address; it takes no place.
        return "/" not in name and (Path(self.contents_manager.root_dir) / name).is_file()

    def on_finish(self) -> None:
        """Free a place that no kernel took, and let the next page be drawn."""
        if self._place:
            self.kernel_manager.give_back(self._place)
        if self._turn is not None:
            self._turn.give_back()
        super().on_finish()
