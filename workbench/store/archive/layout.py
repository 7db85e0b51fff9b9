"""The file of a backup: a zip of members as they are, with a manifest, that proves itself whole from its first byte to its last.

`manifest.json` names every member with its size and SHA-256. The zip's comment, its last 64 bytes, is the SHA-256 of all
bytes before it: a byte changed anywhere, and an end cut off, are found before anything is read.
"""

import hashlib
import os
from typing import IO

FORMAT = 1
"""The newest format that this workbench reads, and the one that it writes."""
MANIFEST = "manifest.json"
DIGEST_LENGTH = 64
BLOCK = 1 << 20


def append_digest(target: IO[bytes]) -> None:
    """Write the digest of all before it over the last bytes of a file, and see it on the disk."""
    target.flush()
    size = target.seek(0, os.SEEK_END) - DIGEST_LENGTH
    digest = digest_of(target, size)
    target.seek(size)
    target.write(digest.encode())
    target.flush()
    os.fsync(target.fileno())


def digest_of(source: IO[bytes], size: int) -> str:
    """The SHA-256 of the first `size` bytes of a file, in hexadecimal."""
    hasher = hashlib.sha256()
    source.seek(0)
    while size > 0:
        block = source.read(min(BLOCK, size))
        hasher.update(block)
        # A file that is shorter than it should be ends the loop too, and its digest is then another.
        size -= len(block) or size
    return hasher.hexdigest()
