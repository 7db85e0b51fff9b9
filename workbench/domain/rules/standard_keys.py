"""The keys of a county's standard by name: written once, so that the type checker follows one from control to rule.

A key is the path of a value in the standard's YAML (contract §3), its parts joined by dots.
"""

from typing import Final, NewType

Key = NewType("Key", str)

LINE: Final = Key("line")
INCOME: Final = Key("income")
CEILING: Final = Key("income.ceiling")
CEILING_MULTIPLE: Final = Key("income.ceiling.multiple")
CEILING_YUAN: Final = Key("income.ceiling.yuan")
GROUP_CEILINGS: Final = Key("income.group_ceilings")
DEDUCT_OUT_OF_POCKET: Final = Key("income.deduct_out_of_pocket")
OWN_GROUPS: Final = Key("own_groups")
GROUPS: Final = Key("groups")
REQUIRE_GROUP: Final = Key("require_group")
ROUTES: Final = Key("routes")
EXCLUSIONS: Final = Key("exclusions")
HELP_COST: Final = Key("help_cost")
BUDGET: Final = Key("budget")
COUNTY: Final = Key("county")
TITLE: Final = Key("title")
EFFECTIVE: Final = Key("effective")


def typed_key(text: str) -> Key:
    """What somebody typed, or a page sent, as a key: the one place where a text becomes one.

    Whether a standard has it is said by whoever reads the standard that comes of it (`domain.rules.standard.parse_standard`).
    """
    return Key(text)


def parts(key: Key) -> list[str]:
    """The names on the way to a value, its own the last."""
    return key.split(".")


def group_ceiling(group: str) -> Key:
    """The ceiling of one key group, a multiple of the line."""
    return Key(f"{GROUP_CEILINGS}.{group}")


def route(name: str) -> Key:
    """A route besides income, with all that belongs to it."""
    return Key(f"{ROUTES}.{name}")


def route_share(name: str) -> Key:
    """The share from which on a route counts."""
    return Key(f"{route(name)}.share")


def route_ceiling(name: str, spelling: str | None = None) -> Key:
    """The income ceiling of a route, or one of its two spellings (`multiple`, `yuan`)."""
    return Key(f"{route(name)}.ceiling" + (f".{spelling}" if spelling else ""))


def group_of(key: Key) -> str | None:
    """The group whose ceiling a key is; None for other keys."""
    listed, _, group = key.rpartition(".")
    return group if listed == GROUP_CEILINGS else None


def member(listed: Key, name: str) -> Key:
    """Whether GROUPS or EXCLUSIONS name a group or a finding."""
    return Key(f"{listed}.{name}")


def route_of(key: str) -> str | None:
    """The route that a key is of; None for the keys of none."""
    # ROUTES alone is the key of all of them, and of none.
    first, _, rest = key.partition(".")
    return rest.split(".")[0] if first == ROUTES and rest else None


def is_ceiling(key: str) -> bool:
    """Whether a key is the general ceiling, or one of its two spellings."""
    # With the dot: another key may begin with the same letters.
    return key == CEILING or key.startswith(f"{CEILING}.")
