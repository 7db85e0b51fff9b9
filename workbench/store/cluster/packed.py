"""Results of a worker as bytes: arrays of numbers and plain data; nothing that runs when it is read."""

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np

_HEAD = "_head"


def pack(head: Mapping[str, Any], arrays: Mapping[str, Any]) -> bytes:
    """Plain data and arrays of numbers, by name; an array that is None is left out."""
    text = np.frombuffer(json.dumps(dict(head), ensure_ascii=False).encode(), np.uint8)
    buffer = io.BytesIO()
    given = {name: np.asarray(values) for name, values in arrays.items() if values is not None}
    np.savez_compressed(buffer, allow_pickle=False, **{_HEAD: text}, **given)
    return buffer.getvalue()


def unpack(packed: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `pack` put in: the plain data, and the arrays by name."""
    # No pickles: reading one runs whatever it holds.
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        head: dict[str, Any] = json.loads(arrays[_HEAD].tobytes().decode())
        return head, {name: arrays[name] for name in arrays.files if name != _HEAD}
