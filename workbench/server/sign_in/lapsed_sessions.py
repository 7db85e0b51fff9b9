"""Pages of a sign-in that no longer holds end: signed out elsewhere, account closed, password, role or area changed."""

from typing import Any

from tornado.ioloop import IOLoop

from workbench.server.doors.guard import FAILURES
from workbench.server.kernels.owners import Owner
from workbench.server.sign_in.authenticator import Authenticator

LOOK_MS = 3000
"""How often it is looked at; messages of a page are refused within a second."""


async def end_lapsed(kernels: Any, authenticator: Authenticator) -> None:
    """End every kernel whose owner's sign-in does not hold any more."""
    # Owners, not pages: somebody with four pages is looked up once.
    there = {owner for page, owner in kernels.owners().items() if page in kernels}
    lapsed = await IOLoop.current().run_in_executor(None, _lapsed, there, authenticator)
    # Looked at anew: pages open and close while the thread asks the register.
    for kernel_id, owner in kernels.owners().items():
        if owner in lapsed and kernel_id in kernels:
            # Before it ends, which takes a moment: a message that comes meanwhile is refused.
            kernels.disown(kernel_id)
            await kernels.shutdown_kernel(kernel_id, now=True)


def _lapsed(owners: set[Owner], authenticator: Authenticator) -> set[Owner]:
    """The owners whose sign-in no longer holds; none while the register does not answer, for then nothing is served anyway."""
    try:
        return {owner for owner in owners if not owner.holds(authenticator)}
    except FAILURES:
        return set()
