"""The keys that the program names are keys of the standard: a value put under any of them reaches the rules."""

import pytest

from workbench.domain.facts import KEY_GROUPS
from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.edge import ROUTES
from workbench.domain.rules.standard import EdgeStandard

NAMED = {name: value for name, value in vars(keys).items() if name.isupper()}
MADE = {
    "group_ceiling": [keys.group_ceiling(group) for group in KEY_GROUPS],
    "route": [
        each(name) for name in ROUTES if name != "income" for each in (keys.route, keys.route_share, keys.route_ceiling)
    ],
    "spelling": [
        keys.route_ceiling(name, each) for name in ROUTES if name != "income" for each in ("multiple", "yuan")
    ],
}


def fields_at(path):
    """The fields that the standard has at a path, whose last part must be one of them."""
    schema = EdgeStandard.model_json_schema()
    part = schema
    for name in path.split("."):
        part = next(
            each for each in (part, *part.get("anyOf", ()), *part.get("allOf", ())) if "$ref" in each or "type" in each
        )
        if "$ref" in part:
            part = schema["$defs"][part["$ref"].rpartition("/")[2]]
        if "properties" in part:
            part = part["properties"][name]
        else:
            assert name in KEY_GROUPS
            part = part["additionalProperties"]
    return part


@pytest.mark.parametrize("key", [*NAMED.values(), *(key for made in MADE.values() for key in made)])
def test_a_key_is_one_of_the_standard(key):
    assert fields_at(key)


def test_what_is_no_key_is_seen():
    with pytest.raises((KeyError, AssertionError)):
        fields_at("income.roof")
