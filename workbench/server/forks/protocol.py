"""What the server and its warm process say to each other over a socket that keeps messages apart."""

import json
import socket
from dataclasses import asdict, dataclass

from workbench.safeguards.plain_data import read_json

READY = b"ready"
"""The first message of the warm process: everything is imported, and it may fork."""
LARGEST = 2**20
"""Bytes of a message; the environment of a page is a few thousand."""
WAITING_MESSAGES = 100_000
"""Messages of a kernel that wait for the server to read them: what comes above that ZeroMQ drops without a word."""


@dataclass(frozen=True)
class ForkRequest:
    """A process that is wanted: a kernel with its connection file, or a writer of pages, which is asked by a socket that comes along.

    With its environment and working folder, and the name it has among processes.
    """

    connection_file: str
    environment: dict[str, str]
    folder: str
    title: str
    writes_pages: bool = False

    def to_bytes(self) -> bytes:
        """Return the request as one message."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_bytes(cls, message: bytes) -> "ForkRequest":
        """Read the request that a message holds."""
        return cls(**read_json(message.decode()))


def send_request(requests: socket.socket, request: ForkRequest, handle: int | None) -> None:
    """Ask for a process, which gets its own copy of a handle."""
    socket.send_fds(requests, [request.to_bytes()], [] if handle is None else [handle])


def receive_request(requests: socket.socket) -> tuple[ForkRequest, list[int]] | None:
    """What is asked for, and the handles that came along; None where the server is gone."""
    message, handles, _flags, _address = socket.recv_fds(requests, LARGEST, 1)
    return (ForkRequest.from_bytes(message), handles) if message else None


def send_child(requests: socket.socket, pid: int, handle: int) -> None:
    """Answer with a child's number and the kernel's handle of it, which stays true when the number is used again."""
    socket.send_fds(requests, [str(pid).encode()], [handle])


def receive_child(requests: socket.socket) -> tuple[int, int]:
    """The number and the handle of the child that was asked for.

    Raises OSError where the warm process is gone or answers with something else.
    """
    message, handles, _flags, _address = socket.recv_fds(requests, LARGEST, 1)
    # An answer without a handle is a refusal in words, or the end of the socket.
    if len(handles) != 1:
        raise ConnectionError(message.decode(errors="replace") or "the warm process is gone")
    return int(message), handles[0]
