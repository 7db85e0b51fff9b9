"""A file that a person asked for, written whole or not at all."""

import tempfile
from pathlib import Path

from workbench.errors import InputError


def write_file(path: Path, content: bytes) -> None:
    """Put content at a path in one move; raises InputError, in words, where the system refuses.

    The file is readable by its owner only: it may hold names.
    """
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as draft:
            draft.write(content)
        Path(draft.name).replace(path)
    except OSError as error:
        raise InputError(
            f"{path}: 无法写入 cannot be written ({error.strerror or error}); 请换一个位置，或关闭已打开的同名文件 "
            "choose another place, or close the file if it is open"
        ) from None
