"""Counties and townships as a file names them."""

import re
from functools import cache
from typing import Any

from workbench.domain.parameters import counties, load_yaml

_CODE = re.compile(r"(\d{6})(?:\d{6})?")
_KIND_OF_PLACE = ("县", "区")


@cache
def county_code(written: str) -> str | None:
    """The code of a county by its name (with or without 县/区), its six- or twelve-digit code, or its English name."""
    text = written.strip()
    by_name = {county.zh: code for code, county in counties().items()}
    by_name |= {name.removesuffix(kind): code for name, code in by_name.items() for kind in _KIND_OF_PLACE}
    by_name |= {county.en.casefold(): code for code, county in counties().items()}
    # A code may have letters: the zone that reports by itself is LA-KFQ.
    by_name |= {code.casefold(): code for code in counties()}
    bare = text.removeprefix("安徽省").removeprefix("六安市")
    code = _CODE.fullmatch(text)
    return by_name.get(bare.casefold()) or (by_name.get(code.group(1)) if code else None)


def known_counties() -> str:
    """The reporting units, for messages."""
    return "、".join(f"{county.zh} {code}" for code, county in counties().items())


@cache
def township(county: str, written: str, round_name: str) -> tuple[str, bool]:
    """A township's name for the time of a round, and whether it is a known one of its county.

    A name that is known for that time is kept; a name of another time goes through the renames; what GBK made of 䃥 is
    mended. Names of counties that are not Lu'an's are kept as they are, and count as known.
    """
    table: dict[str, Any] = load_yaml("intake_townships")
    name = next((str(one["name"]) for one in table["spellings"] if re.match(one["pattern"], written)), written)
    if county not in table["new"]:
        return name, True
    renames: dict[str, str] = table["renames"].get(county, {})
    names = {one for time in _times(round_name) for one in table[time][county]}
    if name in names:
        return name, True
    # Both ways: a new list may use old names, and an old round may be read from a new list.
    other = (renames | {new: old for old, new in renames.items()}).get(name, name)
    return (other, True) if other in names else (name, False)


def _times(round_name: str) -> list[str]:
    """The lists of names that hold at a round; when between the two a township was renamed is not known: both."""
    cut_offs = load_yaml("intake_townships")["cut_offs"]
    holds = {"old": round_name <= cut_offs["new"], "new": round_name > cut_offs["old"]}
    return [time for time, held in holds.items() if held]
