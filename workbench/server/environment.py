"""The surroundings of a server process: nothing of the machine's own Jupyter leaks in; addresses and ports."""

import os
import socket
import sys
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from traitlets import List, Unicode

from workbench.errors import InputError, Words
from workbench.server.doors.page_folders import UPLOADS_VARIABLE

SHARE = Path(__file__).parent / "share"
"""Found through JUPYTER_PATH, so that the template needs no installation into share/jupyter."""


_NOT_INHERITED = (
    UPLOADS_VARIABLE,
    "JUPYTER_CONFIG_PATH",
    "PYTHONSTARTUP",  # a kernel would run it before the page
    "JUPYTER_NO_CONFIG",
    "JUPYTERLAB_SETTINGS_DIR",
    "JUPYTERLAB_WORKSPACES_DIR",
    "HTTP_X_WORKBENCH_PERSON",  # only a sign-in says who a page works for
)


class ProjectKernels(KernelSpecManager):
    """Only the native kernel: `python3` is the interpreter of this process, whatever kernels the machine has."""

    kernel_dirs = List(Unicode(), [])


def isolate(folder: Path, store: Path) -> None:
    """Point this process, and the kernels that inherit from it, at `store` and at Jupyter folders of its own.

    `folder` takes what Jupyter writes (signatures, history, settings); it may be temporary.
    """
    for name in _NOT_INHERITED:
        os.environ.pop(name, None)
    os.environ |= {
        "WORKBENCH_STORE": str(store.resolve()),
        "JUPYTER_PATH": os.pathsep.join([f"{sys.prefix}/share/jupyter", str(SHARE)]),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
    }


def check_port(host: str, port: int) -> None:
    """Raise InputError where `host` cannot listen on a port; another one is not taken in silence, for people keep addresses."""
    if not _is_free(host, port):
        raise InputError(
            Words(
                f"--port {port}：{host} 上的这个端口不能用，多半已有程序在用（例如上次启动的工作台）。请先停掉它，或另选端口，例如 --port "
                f"{port + 1}；并检查 --host 是否为本机地址",
                f"--port {port}: {host} cannot listen on this port; most likely it is taken (a workbench started before?). Stop "
                f"that, or choose another, e.g. --port {port + 1}; and check that --host is an address of this machine",
                code="server.port-taken",
            )
        )


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        # As the server itself does; otherwise a port just given up would seem taken for a minute.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def address(host: str, port: int) -> str:
    """Return the URL to open in a browser on this machine."""
    shown = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - read, not bound
    return f"http://{shown}:{port}/"
