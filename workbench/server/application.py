"""Standalone Voilà with pages of our own around it: home, not found, and a way to ask whether a session still lives."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_async
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.ioloop import IOLoop
from voila.app import Voila
from voila.handler import BaseVoilaHandler

from workbench.server.catalogue import language, pages_in
from workbench.server.configuration import TEMPLATE
from workbench.server.environment import SHARE
from workbench.ui.echarts import STATIC

FRAME = SHARE / "voila" / "templates" / TEMPLATE / "static"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class PageHandler(BaseVoilaHandler):
    """Renders the plain pages; every template may ask for `lang` and `query`."""

    def render_template(self, name: str, **values: Any) -> str:
        """The template, in the language asked for."""
        lang = language(self.get_query_argument("lang", None))
        return str(super().render_template(name, lang=lang, **values))


class HomeHandler(PageHandler):
    """The home page: the pages that exist, as cards."""

    @web.authenticated
    def get(self) -> None:
        """Write the page; reading the token sets its cookie."""
        _ = self.xsrf_token
        self.write(self.render_template("home.html", pages=pages_in(Path(self.contents_manager.root_dir))))


class AliveHandler(PageHandler):
    """Whether a session's kernel still runs: 204, or 404 where it is gone."""

    @web.authenticated
    async def get(self, kernel_id: str) -> None:
        """Answer, and forget a kernel that died, so that it does not count as a session."""
        kernels = self.kernel_manager
        if kernel_id not in kernels:
            raise web.HTTPError(404)
        if not await ensure_async(kernels.get_kernel(kernel_id).is_alive()):
            await ensure_async(kernels.shutdown_kernel(kernel_id, now=True))
            raise web.HTTPError(404)
        self.set_status(204)
        self.finish()

    def write_error(self, status_code: int, **_details: Any) -> None:
        """No page: only a script asks."""
        self.set_status(status_code)
        self.finish()


class NotFoundHandler(PageHandler):
    """Whatever no other handler takes."""

    def get(self) -> None:
        """Refuse."""
        raise web.HTTPError(404)


def assets(base_url: str) -> dict[str, str]:
    """The address of every static file of ours by its name; the address changes with the content."""
    files = [*FRAME.iterdir(), *(path for path in STATIC.iterdir() if path.is_file())]
    return {
        path.name: url_path_join(
            base_url, f"voila/static/{path.name}?v={hashlib.sha256(path.read_bytes()).hexdigest()[:12]}"
        )
        for path in files
    }


class Pages(Voila):
    """The server of the pages. `on_ready` is called once it listens."""

    on_ready: Callable[[], None] = staticmethod(lambda: None)

    def setup_template_dirs(self) -> None:
        """Voilà's own, then the static files of the widgets."""
        super().setup_template_dirs()
        self.static_paths.append(str(STATIC))
        self.voila_configuration.config.VoilaConfiguration.resources = {"assets": assets(self.base_url)}

    def init_settings(self) -> dict[str, Any]:
        """Settings that must stand before the application is built, and what the plain pages need."""
        settings: dict[str, Any] = super().init_settings()
        settings["voila_jinja2_env"].globals["assets"] = assets(self.base_url)
        # On this machine only: no other name may lead here (a page of elsewhere that resolves to 127.0.0.1).
        settings["allow_remote_access"] = self.ip not in _LOOPBACK
        settings["compress_response"] = True
        return settings

    def init_handlers(self) -> list[Any]:
        """Voilà's handlers without its trees and its listing of files, with ours."""
        conf = {"voila_configuration": self.voila_configuration}
        theirs = [handler for handler in super().init_handlers() if not self._replaced(handler[0])]
        return [
            (self.server_url, HomeHandler, conf),
            (url_path_join(self.server_url, r"/alive/([\w-]+)"), AliveHandler, conf),
            *theirs,
            (r".*", NotFoundHandler, conf),
        ]

    def _replaced(self, pattern: str) -> bool:
        return pattern == self.server_url or "/voila/tree" in pattern or "/voila/api/contents" in pattern

    def listen(self) -> None:
        """Listen, and say so."""
        IOLoop.current().add_callback(self.on_ready)
        super().listen()
