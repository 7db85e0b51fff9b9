"""Passwords are looked at one after another: a hash takes a sixth of a second of a processor, and there are few.

Strangers wait in one queue, which is short and gives an account and an address a few places each; people at machines
that they use wait in another. So a flood of tries is refused at once, and neither takes the processor from the pages nor
keeps those waiting who sign in every morning.
"""

import asyncio
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from workbench.errors import RefusedError, Words
from workbench.register.access.sign_in_attempts import Credentials, address_block

Answer = TypeVar("Answer")
# The last of thirty strangers waits five seconds or so (0024).
_STRANGERS, _STRANGERS_OF_ADDRESS = 30, 2
_AT_OWN_MACHINES = 300
_ADMINISTRATORS = 20


class BusyError(RefusedError):
    """So many passwords are waiting that one more would wait too long."""

    def __init__(self) -> None:
        super().__init__(
            Words(
                "此刻登录的请求太多，请过一会儿再试。密码没有核对，也不计入次数。",
                "Too many people are signing in at this moment: try again shortly. The password was not looked at, and this "
                "does not count as a try.",
            )
        )


class _Queue:
    """Work done one at a time; a place is refused where a key has its share or all are taken."""

    def __init__(self, places: int, shares: dict[str, int]) -> None:
        self._places, self._shares = places, shares
        self._taken: Counter[tuple[str, str]] = Counter()
        self._waiting = 0
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="password")

    async def run(self, keys: dict[str, str], work: Callable[[], Answer]) -> Answer:
        """Wait for the turn and do it; raises BusyError at once where there is no place. Called in the event loop only."""
        held = list(keys.items())
        if self._waiting >= self._places or any(self._taken[key] >= self._shares[key[0]] for key in held):
            raise BusyError
        self._waiting += 1
        self._taken.update(held)
        # Not given up by a browser that goes away: the work still takes its time.
        running = asyncio.get_running_loop().run_in_executor(self._worker, work)
        running.add_done_callback(lambda _: self._leave(held))
        return await running

    def _leave(self, held: list[tuple[str, str]]) -> None:
        self._waiting -= 1
        self._taken.subtract(held)
        self._taken += Counter()  # forgets those that hold no place


class PasswordQueues:
    """The queues of a server process."""

    def __init__(self) -> None:
        self._strangers = _Queue(_STRANGERS, {"account": 1, "address": _STRANGERS_OF_ADDRESS})
        self._at_own_machines = _Queue(_AT_OWN_MACHINES, {"device": 1})
        self._administrators = _Queue(_ADMINISTRATORS, {"session": 1})

    async def run(self, tried: Credentials, work: Callable[[], Answer], *, own_machine: bool) -> Answer:
        """Do what looks at a password, when it is its turn; raises BusyError where too many wait."""
        if own_machine and tried.token:
            return await self._at_own_machines.run({"device": tried.token}, work)
        keys = {"account": tried.account, "address": address_block(tried.address)}
        return await self._strangers.run(keys, work)

    async def run_signed_in(self, session: str, work: Callable[[], Answer]) -> Answer:
        """Do the work of somebody who changes the own password: one at a time for each sign-in."""
        return await self._at_own_machines.run({"device": session}, work)

    async def run_administration(self, session: str, work: Callable[[], Answer]) -> Answer:
        """Do an administrator's work, who may set many passwords at once: nobody who signs in waits for those."""
        return await self._administrators.run({"session": session}, work)
