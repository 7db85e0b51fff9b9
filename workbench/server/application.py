"""Standalone Voilà with pages of our own around it, and the register's sign-in in front of it."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_server.services.kernels.handlers import KernelHandler
from jupyter_server.utils import url_path_join
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.web import RedirectHandler
from voila.app import Voila
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
from voila.tornado.handler import TornadoVoilaHandler
from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler

from workbench.safeguards.temporary_folders import new_folder
from workbench.server.configuration import SOCKETS, TEMPLATE
from workbench.server.doors.gate import gate
from workbench.server.doors.guard import RegisterWatch
from workbench.server.doors.reach import Reach
from workbench.server.doors.uploads import UploadHandler
from workbench.server.environment import SHARE
from workbench.server.forks.warm import WATCH_MS, WarmProcess, can_fork
from workbench.server.handbook import HandbookHandler, HandbookPictureHandler
from workbench.server.jobs.page import JobFileHandler, JobsHandler
from workbench.server.jobs.service import JobService
from workbench.server.kernels.handlers import KernelSocket, OwnKernelHandler, OwnShutdownHandler
from workbench.server.kernels.rendering import RenderHandler
from workbench.server.kernels.turns import Turns, at_once
from workbench.server.plain_pages import AliveHandler, HomeHandler, NotFoundHandler
from workbench.server.ready_pages import ReadyPages, StoreFiles
from workbench.server.register_page import RegisterHandler, request_threads
from workbench.server.sign_in.accounts_page import AccountsHandler
from workbench.server.sign_in.lapsed_sessions import LOOK_MS, end_lapsed
from workbench.server.sign_in.password_page import PasswordHandler
from workbench.server.sign_in.sign_in_page import SignInHandler, SignOutHandler
from workbench.server.templates_page import TemplatesHandler
from workbench.server.training_sets import TrainingSetHandler, TrainingSetsHandler
from workbench.server.training_sheets import TrainingSheetHandler
from workbench.server.writers.page_writers import PageWriters, writers_at_most
from workbench.settings import store_path
from workbench.ui.kit.frame.scripted import STATIC, version_of

FRAME = SHARE / "voila" / "templates" / TEMPLATE / "static"
_OURS = {
    TornadoVoilaHandler: RenderHandler,
    KernelHandler: OwnKernelHandler,
    VoilaKernelWebsocketHandler: KernelSocket,
    VoilaShutdownKernelHandler: OwnShutdownHandler,
}


def assets(base_url: str) -> dict[str, str]:
    """The address of every static file of ours by its name; the address changes with the content."""
    files = [*FRAME.iterdir(), *(path for path in STATIC.iterdir() if path.is_file())]
    return {
        # tornado lets a browser keep for ten years what is asked for with v=: an upgrade has to change it.
        path.name: url_path_join(base_url, f"voila/static/{path.name}?v={version_of(path)}")
        for path in files
    }


class Pages(Voila):
    """The server of the pages, where `reach` says. `on_ready` is called once it listens."""

    connection_dir: str  # as Voilà has it
    reach = Reach()
    # A plain function that a class holds would be called with the server as its first argument.
    on_ready: Callable[[], None] = staticmethod(lambda: None)

    def setup_template_dirs(self) -> None:
        """Voilà's own, then the static files of the widgets."""
        super().setup_template_dirs()
        self.static_paths.append(str(STATIC))
        self.voila_configuration.config.VoilaConfiguration.resources = {"assets": assets(self.base_url)}

    def init_settings(self) -> dict[str, Any]:
        """Settings that must stand before the application is built, and what the plain pages need."""
        # In the place of Voilà's own, which nobody would know for a killed server's.
        Path(self.connection_dir).rmdir()
        self.connection_dir = str(new_folder(SOCKETS))
        settings: dict[str, Any] = super().init_settings()
        settings["voila_jinja2_env"].globals["assets"] = assets(self.base_url)
        settings["compress_response"] = True
        settings["turns"] = Turns(at_once())
        settings["request_threads"] = request_threads()
        settings["page_writers"] = PageWriters(writers_at_most())
        settings["ready_pages"], settings["store_files"] = ReadyPages(), StoreFiles(store_path())
        settings["register_watch"] = RegisterWatch(
            self.identity_provider.authenticator, beyond_loopback=self.reach.beyond_loopback
        )
        # Jupyter's pings are not tornado's, which takes the interval for its own (in seconds) and warns of the timeout.
        logging.getLogger("tornado.general").addFilter(lambda said: "websocket_ping_timeout" not in said.getMessage())
        return settings

    def init_handlers(self) -> list[Any]:
        """Voilà's handlers without its trees and its listing of files, with ours."""
        conf = {"voila_configuration": self.voila_configuration}
        theirs = [self._ours(*handler) for handler in super().init_handlers() if not self._replaced(handler[0])]
        return [
            (self.server_url, HomeHandler, conf),
            (url_path_join(self.server_url, "/login"), SignInHandler, conf),
            (url_path_join(self.server_url, "/logout"), SignOutHandler, conf),
            (url_path_join(self.server_url, "/password"), PasswordHandler, conf),
            (url_path_join(self.server_url, "/accounts"), AccountsHandler, conf),
            (url_path_join(self.server_url, "/jobs"), JobsHandler, conf),
            (url_path_join(self.server_url, r"/jobs/([\w-]+)/file"), JobFileHandler, conf),
            (url_path_join(self.server_url, "/templates"), TemplatesHandler, conf),
            (url_path_join(self.server_url, "/register"), RegisterHandler, conf),
            (url_path_join(self.server_url, r"/training/sets"), TrainingSetsHandler, conf),
            (url_path_join(self.server_url, r"/training/sets/([0-9a-f]{12})"), TrainingSetHandler, conf),
            (
                url_path_join(self.server_url, r"/training/sheets/(cases|questions|[0-9a-f]{12})/(paper|quiz)"),
                TrainingSheetHandler,
                conf,
            ),
            (url_path_join(self.server_url, r"/handbook/pictures/(\w+)\.png"), HandbookPictureHandler, conf),
            (url_path_join(self.server_url, r"/handbook(?:/(\w+))?"), HandbookHandler, conf),
            (url_path_join(self.server_url, r"/alive/([\w-]+)"), AliveHandler, conf),
            (url_path_join(self.server_url, r"/upload/([\w-]+)/([0-9a-f]{32})"), UploadHandler, conf),
            *theirs,
            (self.server_url.rstrip("/") or "/", RedirectHandler, {"url": self.server_url}),
            # Last: tornado takes the first pattern that matches.
            (r".*", NotFoundHandler, conf),
        ]

    def _ours(self, pattern: str, handler: Any, *options: Any) -> tuple[Any, ...]:
        return (pattern, _OURS.get(handler, handler), *options)

    def _replaced(self, pattern: str) -> bool:
        return pattern == self.server_url or "/voila/tree" in pattern or "/voila/api/contents" in pattern

    def listen(self) -> None:
        """Listen until interrupted, and say so."""
        gate(self.app, self.reach).listen(self.reach.port, address=self.reach.host)
        self.ioloop = IOLoop.current()
        self.ioloop.add_callback(self.on_ready)
        PeriodicCallback(lambda: end_lapsed(self.kernel_manager, self.identity_provider.authenticator), LOOK_MS).start()
        warm, jobs = self._warm_process(), JobService(store_path())
        writers: PageWriters = self.app.settings["page_writers"]
        writers.warm_process = warm
        jobs.start()
        try:
            self.ioloop.start()
        except KeyboardInterrupt:
            self.log.info("stopping")
        finally:
            # In this order: kernels are asked to end, and closing the lifeline then ends those that did not.
            self.stop()
            jobs.close()
            writers.close()
            if warm is not None:
                warm.close()

    def _warm_process(self) -> WarmProcess | None:
        """The process from which the kernels of pages are forked, watched; None where the system cannot."""
        if not can_fork():
            return None
        warm = self.kernel_manager.warm_process = WarmProcess()
        warm.start()
        PeriodicCallback(warm.watch, WATCH_MS).start()
        return warm
