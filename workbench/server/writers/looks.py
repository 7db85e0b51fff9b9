"""A request that only looks, and what it is answered with: plain data, which processes can send each other."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import asdict, dataclass

from workbench.register.access.acting_user import ActingUser
from workbench.safeguards.plain_data import read_json

ReadActingUser = Callable[[str], ActingUser | None]
"""Reads an account from the register as the acting user of this moment."""


@dataclass(frozen=True)
class Written:
    """What a look is answered with.

    `text`: HTML, or JSON for the script of a page; `query`: of the address of what is shown; `trouble`: what hinders the page,
    in words; `refused`: the page says that something was, and is not to be kept.
    """

    text: str
    title: str = ""
    query: str = ""
    trouble: str = ""
    refused: bool = False

    def to_bytes(self) -> bytes:
        """Return the answer as one message."""
        return json.dumps(asdict(self)).encode()

    @classmethod
    def from_bytes(cls, message: bytes) -> "Written":
        """Read the answer that a message holds."""
        return cls(**read_json(message.decode()))


@dataclass(frozen=True)
class Look(ABC):
    """A look of somebody (`account`: empty where nobody is signed in) at an address (`asked`: the query) in a `language`."""

    account: str
    asked: dict[str, str]
    language: str

    @abstractmethod
    def written(self, acting_user: ReadActingUser) -> Written:
        """Write what is looked at."""

    def to_bytes(self) -> bytes:
        """Return the look as one message, which bears the name of its class."""
        return json.dumps([type(self).__name__, asdict(self)]).encode()
