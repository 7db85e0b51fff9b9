"""A process that writes pages for the server, from the inside: forked from the warm process, asked one look at a time."""

import logging
import threading
from multiprocessing.connection import Connection
from os import _exit

from workbench.safeguards.free_memory import give_back
from workbench.safeguards.plain_data import read_json
from workbench.server.forks.child import become, end_with_server
from workbench.server.forks.protocol import ForkRequest
from workbench.server.sign_in.opened_register import OpenedRegister
from workbench.server.writers.home_look import HomeLook
from workbench.server.writers.looks import Look
from workbench.server.writers.register_look import RegisterLook

IDLE_SECONDS = 600.0
"""After so long without a look it ends: a county of 40,000 households takes it some hundred megabytes."""
_AT_REST_SECONDS = 2.0
FAILED = b""
"""The answer where a look could not be written: the server writes that page itself, and says what is wrong."""
_KINDS: dict[str, type[Look]] = {kind.__name__: kind for kind in (HomeLook, RegisterLook)}
LARGEST = 2**26
"""Bytes of a message: a page of the largest list is some hundred kilobytes."""


def run_writer(request: ForkRequest, looks: int, lifeline: int) -> None:
    """Become a writer; `looks`: the number of the socket by which the server asks."""
    become(request)
    threading.Thread(target=end_with_server, args=(lifeline,), name="server-watch", daemon=True).start()
    write_pages(Connection(looks))
    # No exit handlers of the warm process, as in a kernel.
    _exit(0)


def write_pages(looks: Connection, idle: float = IDLE_SECONDS) -> None:
    """Write what the server asks for until it hangs up, or asks for nothing for so many seconds."""
    register = OpenedRegister()
    while _is_asked(looks, idle):
        try:
            message = looks.recv_bytes(LARGEST)
        except (EOFError, OSError):
            return
        try:
            answer = look_from(message).written(register.acting_user).to_bytes()
        except Exception:  # whatever it is, the server tries the same itself, and answers for it
            logging.getLogger("workbench.server").exception("a page was not written")
            answer = FAILED
        looks.send_bytes(answer)


def look_from(message: bytes) -> Look:
    """Read the look that a message of the server holds."""
    kind, fields = read_json(message.decode())
    return _KINDS[kind](**fields)


def _is_asked(looks: Connection, idle: float) -> bool:
    """Wait for a look; memory that is free goes back to the system meanwhile."""
    if looks.poll(_AT_REST_SECONDS):
        return True
    give_back()
    return looks.poll(idle)
