"""Messages from a browser's websocket, checked before anything is done with them (`v1.kernel.websocket.jupyter.org`).

A frame is: how many offsets, the offsets (each of eight bytes, little-endian), then the channel and the parts of a message
(header, parent, metadata, content, buffers), each from its offset to the next. Jupyter's own reading believes all of them.
"""

from itertools import pairwise
from typing import Any

from workbench.errors import InputError
from workbench.safeguards.plain_data import read_json

PROTOCOL = "v1.kernel.websocket.jupyter.org"
CHANNELS = frozenset({"shell", "control"})
_WORD = 8
_PARTS, _BUFFERS = 4, 256
_HEADER_BYTES, _CONTENT_BYTES = 16 * 2**10, 8 * 2**20
"""A header names a message; its content holds what a person typed. Files go as buffers."""


class FrameError(Exception):
    """A frame that no page of ours sends."""


def check_frame(frame: Any) -> None:
    """Raise FrameError unless a frame holds one message as the protocol says it."""
    parts = _parts(frame)
    channel, header, parent, metadata, content = parts[: _PARTS + 1]
    if channel not in {each.encode() for each in CHANNELS}:
        raise FrameError("channel")
    for part, most in (
        (header, _HEADER_BYTES),
        (parent, _HEADER_BYTES),
        (metadata, _CONTENT_BYTES),
        (content, _CONTENT_BYTES),
    ):
        if len(part) > most:
            raise FrameError("size")
    objects = [_object(part) for part in (header, parent, metadata, content)]
    if not isinstance(objects[0].get("msg_type"), str) or not isinstance(objects[0].get("msg_id"), str):
        raise FrameError("header")


def _parts(frame: Any) -> list[bytes]:
    """The channel and the parts of the message."""
    if not isinstance(frame, bytes) or len(frame) < _WORD:
        raise FrameError("frame")
    count = int.from_bytes(frame[:_WORD], "little")
    # Before anything is made of the count: it comes from the browser, and eight bytes can say any number.
    if not _PARTS + 2 <= count <= _PARTS + 2 + _BUFFERS or len(frame) < _WORD * (count + 1):
        raise FrameError("count")
    offsets = [int.from_bytes(frame[_WORD * each : _WORD * (each + 1)], "little") for each in range(1, count + 1)]
    # Offsets out of order would make parts of negative length, or read one part as two.
    rising = all(before <= after for before, after in pairwise(offsets))
    if not rising or offsets[0] != _WORD * (count + 1) or offsets[-1] != len(frame):
        raise FrameError("offsets")
    return [frame[start:end] for start, end in pairwise(offsets)]


def _object(part: bytes) -> dict[str, Any]:
    try:
        content = read_json(part.decode("utf-8"))
    except (UnicodeDecodeError, InputError):
        raise FrameError("json") from None
    if not isinstance(content, dict):
        raise FrameError("json")
    return content
