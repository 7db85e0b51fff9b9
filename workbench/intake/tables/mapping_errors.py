"""What is wrong with a mapping that somebody wrote, in words."""

from collections.abc import Sequence
from typing import Any

from workbench.errors import Words
from workbench.intake.tables.nearest import suggestion

_MUST_NOT_BE_EMPTY = Words("不能为空", "must not be empty")
_ONE_CHARACTER = Words("应为一个字符", "one character expected")
_WORDS = {
    "missing": Words("缺少", "is missing"),
    "extra_forbidden": Words("没有这一项", "no such key"),
    "too_short": _MUST_NOT_BE_EMPTY,
    "string_too_short": _ONE_CHARACTER,
    "string_too_long": _ONE_CHARACTER,
}


def words_of(error: Any, accepted: Sequence[str]) -> Words:
    """The message of one error; `accepted`: the keys that may stand where it was found."""
    # Pydantic names the member of a union as if it were a key.
    where = ".".join(str(part) for part in error["loc"] if part not in ("str", "bool", "int", "float")) or "mapping"
    if error["type"] == "value_error":
        (stated,) = error["ctx"]["error"].args
        return Words(f"{where}: {stated.zh}", f"{where}: {stated.en}")
    if error["type"] == "extra_forbidden":
        listed = Words(f"；可用：{'、'.join(accepted)}", f"; accepted: {', '.join(accepted)}")
        message = _WORDS["extra_forbidden"] + suggestion(str(error["loc"][-1]), list(accepted)) + listed
        return message.after(f"{where}: ")
    seen = "" if error["type"] == "missing" else f" {error['input']!r}"
    otherwise = Words("不是这里可用的值", error["msg"])
    return _WORDS.get(error["type"], otherwise).after(f"{where}{seen}: ")
