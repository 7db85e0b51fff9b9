"""The standard in force in a county: `STORE/standards/<county>.yaml`, else the starting point that every county is shown."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from workbench.domain.parameters import load_yaml
from workbench.domain.standard import EdgeStandard, decode_standard, parse_standard, read_standard
from workbench.errors import InputError


@dataclass(frozen=True)
class InForce:
    """A standard to compare with; `set_by_county` False: the county has none yet, and this is the starting point."""

    standard: EdgeStandard
    set_by_county: bool


def standard_in_force(root: Path, county: str) -> InForce:
    """The standard in force in a county of a store. Raises InputError, naming the file, where it breaks the contract."""
    path = root / "standards" / f"{quote(county, safe='')}.yaml"
    if not path.exists():
        return InForce(parse_standard(load_yaml("edge_standard")), set_by_county=False)
    try:
        standard = read_standard(decode_standard(path.read_bytes()))
    except (InputError, OSError) as error:
        raise InputError(f"{path}: {error}") from None
    if standard.county not in (None, county):
        raise InputError(f"{path}: county {standard.county}，应为 must be {county}")
    return InForce(standard, set_by_county=True)
