"""What a page was asked for and for whom: from the environment of its kernel, or from the server for one request.

Voilà tells a kernel by variables of its process. A server that writes a page itself answers many people from one process:
each request brings variables of its own, which hold in its context and nowhere else.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import parse_qs

PERSON, QUERY = "HTTP_X_WORKBENCH_PERSON", "QUERY_STRING"
"""The variables: who is signed in (`current_user.person`), and the query of the page's address."""
_OF_REQUEST: ContextVar[Mapping[str, str] | None] = ContextVar("_OF_REQUEST", default=None)


def variable(name: str) -> str:
    """A variable of the request that is being answered, else of this process; empty where there is none."""
    of_request = _OF_REQUEST.get()
    # Of a request alone: what the process was started with says nothing of who asks it.
    return os.environ.get(name, "") if of_request is None else of_request.get(name, "")


def query() -> dict[str, str]:
    """What the address of this page asks for (`?county=341524&round=2019-10`): the first value of each key."""
    # An empty value is left out by `parse_qs`: `county=` asks for nothing, as no county does.
    return {key: values[0] for key, values in parse_qs(variable(QUERY)).items()}


@contextmanager
def for_request(variables: Mapping[str, str]) -> Iterator[None]:
    """Answer a request with these variables; threads that are given a copy of this context have them too."""
    token = _OF_REQUEST.set(variables)
    try:
        yield
    finally:
        _OF_REQUEST.reset(token)
