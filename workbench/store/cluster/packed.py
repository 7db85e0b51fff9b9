"""Results of a worker as bytes: arrays of numbers and plain data; nothing that runs when it is read."""

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

_HEAD = "_head"
_NO_DAY = (1980, 1, 1, 0, 0, 0)


def pack(head: Mapping[str, Any], arrays: Mapping[str, Any]) -> bytes:
    """Plain data and arrays of numbers, by name; an array that is None is left out. The same content is the same bytes."""
    text = np.frombuffer(json.dumps(dict(head), ensure_ascii=False).encode(), np.uint8)
    buffer = io.BytesIO()
    given = {_HEAD: text} | {name: np.asarray(values) for name, values in arrays.items() if values is not None}
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, values in given.items():
            # Not `savez`: it writes the time of day into the archive, and the same counts would never be the same bytes.
            member = zipfile.ZipInfo(f"{name}.npy", _NO_DAY)
            member.compress_type = zipfile.ZIP_DEFLATED
            with archive.open(member, "w", force_zip64=True) as written:
                np.lib.format.write_array(written, values, allow_pickle=False)
    return buffer.getvalue()


def unpack(packed: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """What `pack` put in: the plain data, and the arrays by name."""
    # No pickles: reading one runs whatever it holds.
    with np.load(io.BytesIO(packed), allow_pickle=False) as arrays:
        head: dict[str, Any] = json.loads(arrays[_HEAD].tobytes().decode())
        return head, {name: arrays[name] for name in arrays.files if name != _HEAD}
