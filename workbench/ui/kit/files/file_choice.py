"""A button that takes one small file: a standard, a mapping."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import traitlets

from workbench.errors import InputError, Words
from workbench.ui.kit.frame.scripted import Scripted

LARGEST = 1_000_000
_LONGEST_NAME = 120


class FileChoice(Scripted):
    """`on_file(name, content)`, through `guard`, with a file's name and bytes; `accept`: the endings offered."""

    script = "file_choice.js"

    description = traitlets.Unicode("").tag(sync=True)
    accept = traitlets.Unicode(".yaml,.yml").tag(sync=True)
    largest = traitlets.Int(LARGEST).tag(sync=True)

    def __init__(
        self, description: str, on_file: Callable[[str, bytes], None], guard: Callable[..., Any], **traits: Any
    ) -> None:
        super().__init__(description=description, **traits)
        self._on_file = on_file
        self.on_msg(guard(self._take))

    def _take(self, _widget: object, content: Any, buffers: list[Any]) -> None:
        match content:
            # A file that is too large comes with its size and no bytes: the browser does not send them.
            case {"kind": "file", "name": str(name), "size": int(size)} if buffers:
                given = bytes(buffers[0])
                # The size is the browser's word only; the bytes are what came.
                if max(size, len(given)) > LARGEST:
                    raise InputError(
                        Words(
                            "文件太大，不像是标准文件；请另选",
                            "the file is too large to be a standard or a mapping; choose another",
                            code="ui.file-too-large-yaml",
                        )
                    )
                # The name alone, since a browser may send a path.
                self._on_file(Path(name).name[:_LONGEST_NAME], given)
