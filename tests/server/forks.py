"""Kernels forked from a warm process, without the server around them."""

import asyncio
import os
from pathlib import Path

import pytest
from jupyter_client.connect import write_connection_file

from tests.browser import wait_until
from workbench.server.forks.protocol import ForkRequest
from workbench.server.forks.provisioner import PageKernels
from workbench.server.kernels.sessions import Sessions

SECONDS = 40
NEED_LINUX = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="forked kernels need Linux")


def is_running(pid):
    """Whether a process runs; one that ended and was not yet asked for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def has_ended(pid):
    wait_until(lambda: not is_running(pid), SECONDS, f"process {pid} still runs")


def parent_of(pid):
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def started_by_code(folder, code, count):
    """Requests whose kernels run `code` as they start, each with sockets of its own as pages have them."""
    startup = folder / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True, exist_ok=True)
    (startup / "first.py").write_text(code, encoding="utf-8")
    environment = {**os.environ, "IPYTHONDIR": str(folder / "ipython"), "JUPYTER_RUNTIME_DIR": str(folder)}
    files = [str(folder / f"{number}.json") for number in range(count)]
    for name in files:
        write_connection_file(name, transport="ipc", ip=f"{name}-ipc", key=b"key")
    return [ForkRequest(name, environment, str(folder), "startup") for name in files]


def in_kernel(warm, folder, use):
    """What `use(client, manager)` returns for a kernel of a page."""

    async def run():
        kernels = Sessions(kernel_spec_manager=PageKernels(), connection_dir=str(folder))
        kernels.warm_process = warm
        kernel_id = await kernels.start_kernel(kernel_name="python3")
        manager = kernels.get_kernel(kernel_id)
        client = manager.client()
        client.start_channels()
        try:
            await client.wait_for_ready(timeout=SECONDS)
            return await use(client, manager)
        finally:
            client.stop_channels()
            await kernels.shutdown_all(now=True)

    return asyncio.run(run())


def answers(warm, folder, code):
    """The value that an expression has in a kernel of a page, its process, and the process that this came from."""

    async def ask(client, manager):
        reply = await client.execute("", user_expressions={"value": code}, reply=True, timeout=SECONDS)
        value = reply["content"]["user_expressions"]["value"]["data"]["text/plain"]
        return value, manager.provisioner.pid, parent_of(manager.provisioner.pid)

    return in_kernel(warm, folder, ask)


def published(warm, folder, code):
    """The kinds of messages that arrive of a cell, where nobody reads any before it has run."""

    async def ask(client, _manager):
        client.execute(code)
        await client.get_shell_msg(timeout=SECONDS)
        kinds = []
        while True:
            message = await client.get_iopub_msg(timeout=SECONDS)
            if message["content"].get("execution_state") == "idle":
                return kinds
            kinds.append(message["msg_type"])

    return in_kernel(warm, folder, ask)
