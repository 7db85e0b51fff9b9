"""Voilà's defaults, closed: what the browser may ask for, see and keep, and for how long."""

import os
import socket
import uuid
from pathlib import Path
from typing import Any

import zmq
from tornado.web import HTTPError
from traitlets.config import Config

from workbench.safeguards.temporary_folders import longest_folder
from workbench.server.catalogue import address, kept_query, language, listed, page_texts
from workbench.server.doors.reach import Reach
from workbench.server.forks.provisioner import PageKernels
from workbench.server.kernels.blank_pages import mark_drawing_cell, refuse_blank
from workbench.server.kernels.memory import MEMORY
from workbench.server.kernels.turns import wait_for_turn
from workbench.server.sign_in.authenticator import PERSON_HEADER, RegisterIdentity, navbar_user, role_of

TEMPLATE = "workbench"
CELL_SECONDS = 300
"""A page takes two or three seconds of one core; where a dozen open at once on a busy machine, minutes."""
SOCKETS = "k"
"""What the folder of the sockets between the server and its kernels is for: short, since their paths must be."""
IDLE_SECONDS = 2 * 3600
MESSAGE_BYTES = 2 * 2**20
"""Of one message of a page: what its controls send, and a standard or a mapping. Files have a way of their own (`uploads`)."""
PING_MS = 20_000
"""How often a page's connection is tried; it is given up after three without an answer. A proxy must not close it sooner."""
SESSION_LIMIT = 40
"""A session takes 150-400 MB at 40,000 households in the county (benchmarks/opening.py): forty fit into 16 GB."""

# Inline scripts and eval are Voilà's own (its page, its module loader); blob: is how anywidget loads a widget's module.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; connect-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Frame-Options": "SAMEORIGIN",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


def configuration(
    notebooks: Path, reach: Reach, session_limit: int = SESSION_LIMIT, session_memory: int = MEMORY
) -> Config:
    """The whole configuration of the pages' server; nothing else is read from any file."""
    return Config(
        {
            "Voila": _served(notebooks, reach, session_limit),
            "VoilaConfiguration": _shown(),
            "VoilaExporter": {"language_code": "zh-CN"},
            "VoilaExecutor": {
                "timeout": CELL_SECONDS,
                # The output comes on another channel than the reply: under load long after it, and not to be left out.
                "iopub_timeout": CELL_SECONDS,
                "raise_on_iopub_timeout": True,
                "startup_timeout": CELL_SECONDS,
                "on_cell_start": wait_for_turn,
                "on_cell_executed": refuse_blank,
            },
            "MappingKernelManager": {
                "allow_tracebacks": False,
                "cull_idle_timeout": IDLE_SECONDS,
                "cull_interval": 60,
                # A tab forgotten overnight is connected all the same, and its kernel would stay for ever.
                "cull_connected": True,
            },
            "Sessions": {"memory_limit": session_memory},
            # A kernel restarted in silence comes back empty behind a page that looks alive.
            "KernelManager": {"autorestart": False, **between_server_and_kernel()},
        }
    )


def between_server_and_kernel() -> dict[str, Any]:
    """Sockets in a private folder where the system has them: no port that others on this machine can knock at.

    Ports all the same where the folder of temporary files lies so deep that no socket can be named there.
    """
    longest = f"{longest_folder(SOCKETS)}/kernel-{uuid.UUID(int=0)}-ipc-5"
    fits = len(os.fsencode(longest)) <= zmq.IPC_PATH_MAX_LEN
    return {"transport": "ipc"} if hasattr(socket, "AF_UNIX") and fits else {}


def _served(notebooks: Path, reach: Reach, session_limit: int) -> dict[str, Any]:
    """Where the pages are, under which address, and for how many."""
    return {
        "root_dir": str(notebooks.resolve()),
        "ip": reach.host,
        "port": reach.port,
        "base_url": reach.base_url,
        "port_retries": 0,  # on another port than the one told, nobody would find it
        "config_file_paths": [],  # a file in the home of whoever starts it would open what is closed here
        "open_browser": False,
        "log_level": "WARN",
        "identity_provider_class": RegisterIdentity,
        "tornado_settings": {
            "headers": HEADERS,
            "websocket_max_message_size": MESSAGE_BYTES,
            "session_limit": session_limit,
            "ws_ping_interval": PING_MS,
            "ws_ping_timeout": 3 * PING_MS,
        },
    }


def _shown() -> dict[str, Any]:
    """What a page shows, and what a browser may ask for or override."""
    return {
        "template": TEMPLATE,
        "theme": "light",
        # An address that names a theme or a template puts its words into the page unescaped: a script among them runs.
        "allow_template_override": "NO",
        "allow_theme_override": "NO",
        "show_tracebacks": False,  # they name paths and values of households
        "file_allowlist": [r"public/[^/.][^/]*"],
        "file_denylist": [r".*\.(ipynb|py|csv|xlsx?|parquet|ya?ml|db|sqlite|env|json)"],
        # The first registers the widgets' classes, the second is Voilà's manager of them; neither works alone.
        "extension_allowlist": [
            "@jupyter-widgets/jupyterlab-manager",
            "@voila-dashboards/widgets-manager8",
            "anywidget",
        ],
        "preheat_kernel": False,  # excludes the hook below
        "http_header_envs": [PERSON_HEADER],
        "prelaunch_hook": before_launch,
        "kernel_spec_manager_class": PageKernels,
        "multi_kernel_manager_class": "workbench.server.kernels.sessions.Sessions",
    }


def before_launch(req: Any, notebook: Any, cwd: str) -> None:
    """Refuse what is no page; tell the template the language; let a closing tab end its kernel."""
    if cwd:
        raise HTTPError(404)
    # Reading it sets the cookie, without which the message of a closing tab is refused and its kernel stays.
    req.xsrf_token  # noqa: B018
    lang = language(req.get_query_argument("lang", None))
    mark_drawing_cell(notebook, lang)
    page = page_texts(notebook.metadata, req.request.path.rpartition("/")[2])
    notebook.metadata["wb"] = {
        "lang": lang,
        "title": page.title[lang],
        "page": page.name,
        "pages": listed(Path(req.contents_manager.root_dir), lang, role_of(req)),
        "query": address("", kept_query(lambda key: req.get_query_argument(key, None))),
        "person": navbar_user(req, lang),
    }
