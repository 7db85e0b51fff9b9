"""A session that fills too much memory of its own is ended, and its page can tell why."""

import asyncio

import pytest

from workbench.server.environment import ProjectKernels
from workbench.server.kernels.memory import BoundedKernels

MB = 2**20
LIMIT = 250 * MB
FILL = "kept = bytearray(b'x') * (400 * 2**20)"
SHARE = """
import mmap, tempfile
file = tempfile.TemporaryFile()
file.truncate(400 * 2**20)
kept = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
total = sum(kept[place] for place in range(0, len(kept), 4096))
reserved = mmap.mmap(-1, 4 * 2**30)
"""


async def _met(condition, seconds=60):
    for _ in range(seconds * 10):
        if condition():
            return True
        await asyncio.sleep(0.1)
    return False


async def _run(code, after, folder):
    # Else the connection's file stands in the working folder, where another test just looks for what was left there.
    kernels = BoundedKernels(memory_limit=LIMIT, kernel_spec_manager=ProjectKernels(), connection_dir=str(folder))
    kernel_id = await kernels.start_kernel(kernel_name="python3")
    client = kernels.get_kernel(kernel_id).client()
    client.start_channels()
    try:
        await client.wait_for_ready(timeout=60)
        client.execute(code)
        return await after(kernels, kernel_id, client)
    finally:
        client.stop_channels()
        await kernels.shutdown_all(now=True)


@pytest.mark.slow
def test_what_it_fills_ends_it(tmp_path):
    async def ended(kernels, kernel_id, _client):
        return await _met(lambda: kernel_id not in kernels) and kernels.was_too_large(kernel_id)

    assert asyncio.run(_run(FILL, ended, tmp_path))


@pytest.mark.slow
def test_what_it_shares_or_only_reserves_does_not(tmp_path):
    async def lives(kernels, kernel_id, client):
        while (await client.get_shell_msg(timeout=60))["msg_type"] != "execute_reply":
            pass
        await kernels._look()
        return kernel_id in kernels and not kernels.was_too_large(kernel_id)

    assert asyncio.run(_run(SHARE, lives, tmp_path))
