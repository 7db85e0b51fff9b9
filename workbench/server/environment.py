"""The surroundings of a server process: nothing of the machine's own Jupyter leaks in; addresses and ports."""

import os
import socket
import sys
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from traitlets import List, Unicode

from workbench.errors import InputError

SHARE = Path(__file__).parent / "share"
"""Found through JUPYTER_PATH, so that the template needs no installation into share/jupyter."""


_NOT_INHERITED = (
    "JUPYTER_CONFIG_PATH",
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


def free_port(host: str, wanted: int, attempts: int = 50) -> int:
    """The first port at or after `wanted` on which `host` can listen; InputError where there is none."""
    for port in range(wanted, min(wanted + attempts, 65536)):
        if _is_free(host, port):
            return port
    raise InputError(
        f"--port {wanted}: {host} 上从该端口起的 {attempts} 个端口都不可用；请换一个 --port，并检查 --host 是否为本机地址 "
        f"none of {attempts} ports from there on is free; give another --port, and check that --host is of this machine"
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
    """The URL to open in a browser on this machine."""
    shown = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)  # noqa: S104 - read, not bound
    return f"http://{shown}:{port}/"
