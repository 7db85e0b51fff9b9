"""What an event tells, before it is in the trail; knows no database, so that whoever only may have to tell loads none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from workbench.register.audit.covered_files import FileHashes

Record = tuple[str, Any]
"""A kind and what names the record: `("entry", 12)`."""


@dataclass(frozen=True)
class Event:
    """What an event tells: an action, upon what, its details, the records (`checksums_of`) and files that were written with it."""

    action: str
    subject: str
    details: Mapping[str, Any]
    wrote: tuple[Record, ...] = ()
    files: FileHashes = field(default_factory=dict)
