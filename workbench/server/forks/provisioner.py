"""Where a page's kernel comes from: forked from the warm process, else started as Jupyter starts one."""

import asyncio
import logging
import os
from contextlib import suppress
from importlib.metadata import entry_points
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.provisioning.factory import KernelProvisionerFactory
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from workbench.server.doors.page_folders import temporary_of
from workbench.server.environment import ProjectKernels
from workbench.server.forks.protocol import ForkRequest
from workbench.server.forks.threads import ALLOCATORS
from workbench.server.forks.warm import WarmProcess

NAME = "workbench-fork"
"""As `pyproject.toml` registers it among `jupyter_client.kernel_provisioners`."""
TITLE_LENGTH = 15
"""Linux keeps so much of a process's name: the beginning of the kernel's number."""
PATIENCE_SECONDS = 5.0
"""So long a page waits for a process that is warming up: three seconds of a quiet core, a minute of a busy one."""
log = logging.getLogger("workbench.server")


async def _is_warm(warm: WarmProcess) -> bool:
    """Whether a kernel can be had from the warm process soon; else the page starts its own meanwhile."""
    if warm.is_ready:
        return True
    with suppress(TimeoutError):
        # Shielded: a page that waits no longer must not call off the warming of all others.
        await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(warm.start())), PATIENCE_SECONDS)
    if not warm.is_ready:
        log.warning("a page starts the ordinary way, not forked: the warm process is not ready")
    return warm.is_ready


class PageKernels(ProjectKernels):
    """The native kernel, forked where it can be."""

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The specification, naming the provisioner below; as it is where the installed package does not register it."""
        spec = super().get_kernel_spec(kernel_name)
        # An editable installation made before the provisioner was: no kernel at all would start under its name.
        if not entry_points(group=KernelProvisionerFactory.GROUP_NAME, name=NAME):
            log.warning(
                "pages start one by one: install the workbench again, its provisioner of kernels is not registered"
            )
            return spec
        spec.metadata = {**spec.metadata, "kernel_provisioner": {"provisioner_name": NAME}}
        return spec


class ForkingProvisioner(LocalProvisioner):
    """Asks the warm process of the server for a kernel; where there is none, or it fails, starts one itself and says so."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork, or else launch `cmd`."""
        warm = self._warm_process()
        # A kernel that starts by itself has the same allocators.
        kwargs["env"] = {**ALLOCATORS, **(kwargs.get("env") or os.environ), **self._temporary_files()}
        if warm is None or not await _is_warm(warm):
            return await super().launch_kernel(cmd, **kwargs)
        request = ForkRequest(
            connection_file=str(getattr(self.parent, "connection_file", "")),
            environment=kwargs["env"],
            folder=str(kwargs.get("cwd") or os.getcwd()),  # noqa: PTH109 - a text is sent
            title=self.kernel_id[:TITLE_LENGTH],
        )
        try:
            forked = await asyncio.wrap_future(warm.fork(request))
        except OSError as error:
            log.warning("a page starts the ordinary way, not forked: %s", error)
            # For the next page; this one does not wait for it.
            warm.start()
            return await super().launch_kernel(cmd, **kwargs)
        self.process = cast("Any", forked)  # has what is asked of a Popen
        self.pid = self.pgid = forked.pid
        self.cwd = request.folder
        return self.connection_info

    def _temporary_files(self) -> dict[str, str]:
        """Where the kernel writes what is to be gone with it: what Python is told to take instead of /tmp, once it is there."""
        folder = temporary_of(self.kernel_id)
        if folder is None:
            return {}
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return {"TMPDIR": str(folder)}

    def _warm_process(self) -> WarmProcess | None:
        """The warm process of the server whose kernels these are; None where it has none."""
        return getattr(getattr(self.parent, "parent", None), "warm_process", None)
