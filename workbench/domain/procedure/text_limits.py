"""How long each text may be that a person types: in characters, by the name of the field or of the column that keeps it."""

from collections.abc import Iterable
from typing import Any

from workbench.errors import InputError, Words

LIMITS = {
    "name": 100, "title": 200, "account": 100, "document": 200, "number": 200, "responsible": 100, "officer": 100,
    "visitors": 200, "reason": 1000, "note": 1000, "cause": 500, "evidence": 500, "goal": 500, "detail": 1000,
    "left_because": 1000, "end_reason": 1000, "before": 200, "after": 200, "finding": 1000,
}  # fmt: skip
LONGEST = 2000
"""Of a text that is not named above: whatever a control of a page sends."""
MOST_VALUES = 100_000
"""Values that one message of a page may hold: every household of a county, marked."""


def check_text(name: str, text: str) -> str:
    """The text, if it is no longer than its field may be; raises InputError that says by how much."""
    most = LIMITS.get(name, LONGEST)
    if len(text) > most:
        raise InputError(
            Words(
                f"“{name}”有 {len(text):,} 个字，最多 {most:,}；请改短",
                f"{name!r} has {len(text):,} characters, at most {most:,}; make it shorter",
                code="domain.characters-most-make-shorter",
            ),
            field=name,
        )
    return text


def check_message(content: Any) -> None:
    """Check every text in what a page sent, however it is nested, and how many there are; raises InputError."""
    waiting: list[tuple[str, Any]] = [("value", content)]
    seen = 0
    # With a list of what is still to look at, not by recursion: a deeply nested message would exhaust the stack.
    while waiting:
        name, value = waiting.pop()
        seen += 1
        if seen > MOST_VALUES:
            raise InputError(
                Words(
                    "一次发送的内容过多；请分几次",
                    "too much was sent at once; send it in parts",
                    code="domain.too-much-sent-once",
                )
            )
        if isinstance(value, str):
            check_text(name, value)
        else:
            waiting.extend(_parts(name, value))


def _parts(name: str, value: Any) -> Iterable[tuple[str, Any]]:
    if isinstance(value, dict):
        # Keys come from the browser as values do, and can be as long.
        for key in value:
            yield "value", key
        yield from ((str(key), each) for key, each in value.items())
    elif isinstance(value, (list, tuple)):
        yield from ((name, each) for each in value)
