"""What a model's file holds, read without the library that wrote it: dictionaries, lists, texts, numbers and arrays.

skops writes the file. To read one it loads all of scikit-learn, SciPy and pandas, which takes longer than a county takes to
score. Of all that skops can hold a model is made of five kinds; any other is refused by its name, and nothing of it is built.
"""

import io
import zipfile
from collections.abc import Callable
from typing import Any

import numpy as np

from workbench.safeguards.plain_data import read_json

_SCHEMA = "schema.json"


class MoreThanDataError(Exception):
    """The file holds something that is neither text, number nor array; says what it says that it is."""


def read_plain(content: bytes) -> Any:
    """The content of a file that skops wrote of plain data.

    Raises MoreThanDataError for any other kind of content, and what reading a damaged archive raises.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return _Reader(archive).read(read_json(archive.read(_SCHEMA)))


class _Reader:
    """Builds what the schema of an archive describes; what stands there twice is built once, as it was."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._built: dict[int, Any] = {}

    def read(self, node: dict[str, Any]) -> Any:
        """What a node describes."""
        kind = node["__loader__"], node["__module__"], node["__class__"]
        if kind[0] == "CachedNode":
            return self._built[node["__id__"]]
        read = _KINDS.get(kind)
        if read is None and kind[0] != "JsonNode":
            raise MoreThanDataError(".".join(map(str, kind[1:])))
        value = (read or _Reader._json)(self, node)
        if "__id__" in node:
            self._built[node["__id__"]] = value
        return value

    def _json(self, node: dict[str, Any]) -> Any:
        return read_json(node["content"])

    def _dictionary(self, node: dict[str, Any]) -> dict[str, Any]:
        types = node["key_types"]["content"]
        # Keys of another type would have become text on their way; ours are names.
        if any((each["__module__"], each["__class__"]) != ("builtins", "str") for each in types):
            raise MoreThanDataError("key_types")
        return {key: self.read(value) for key, value in node["content"].items()}

    def _list(self, node: dict[str, Any]) -> list[Any]:
        return [self.read(each) for each in node["content"]]

    def _array(self, node: dict[str, Any]) -> Any:
        if node["type"] != "numpy":
            raise MoreThanDataError("numpy.object_")
        # No pickles: reading one runs whatever it holds.
        return np.load(io.BytesIO(self._archive.read(node["file"])), allow_pickle=False)


_KINDS: dict[tuple[str, str, str], Callable[[_Reader, dict[str, Any]], Any]] = {
    ("DictNode", "builtins", "dict"): _Reader._dictionary,  # noqa: SLF001 - of this module
    ("ListNode", "builtins", "list"): _Reader._list,  # noqa: SLF001
    ("NdArrayNode", "numpy", "ndarray"): _Reader._array,  # noqa: SLF001
}
