"""The standard in force in a county, from the register; where nobody has set one, the starting point that every county is shown.

A county without a register may keep its standard as a file, `STORE/standards/<county>.yaml`.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from workbench.domain.parameters import load_yaml
from workbench.domain.rounds import deadline
from workbench.domain.standard import EdgeStandard, decode_standard, parse_standard, read_standard
from workbench.errors import FileError, InputError, Words
from workbench.store.facts import FactStore


@dataclass(frozen=True)
class InForce:
    """A standard to compare with; `set_by_county` False: the county has none yet, and this is the starting point."""

    standard: EdgeStandard
    set_by_county: bool


def standard_in_force(store: FactStore, county: str, round_name: str, register: str | None = None) -> InForce:
    """The standard in force in a county at a round's deadline; `register` is the URL of one that is not in the store.

    Raises InputError, naming the file, where a file breaks the contract.
    """
    approved = _approved(store, county, round_name, register)
    return InForce(approved, set_by_county=True) if approved else _from_file(store.root, county)


def _approved(store: FactStore, county: str, round_name: str, url: str | None) -> EdgeStandard | None:
    # Late: where there is no register, a page need not load the database's library.
    from workbench.store.register.paths import register_exists  # noqa: PLC0415

    if not register_exists(store.root, url):
        return None
    from workbench.store.register.desk import existing_register  # noqa: PLC0415
    from workbench.store.register.standards import in_force  # noqa: PLC0415

    register = existing_register(store, url)
    if register is None:
        return None
    with register.engine.connect() as connection:
        found = in_force(connection, county, deadline(round_name))
    return found.standard if found else None


def _from_file(root: Path, county: str) -> InForce:
    path = root / "standards" / f"{quote(county, safe='')}.yaml"
    if not path.exists():
        return InForce(parse_standard(load_yaml("edge_standard")), set_by_county=False)
    try:
        standard = read_standard(decode_standard(path.read_bytes()))
    except InputError as error:
        raise FileError(path, error.words) from None
    except OSError as error:
        why = error.strerror
        raise FileError(path, Words(f"读不到文件（{why}）", f"cannot be read ({why})")) from None
    if standard.county not in (None, county):
        found = Words(f"county 为 {standard.county}，应为 {county}", f"county is {standard.county}, must be {county}")
        raise FileError(path, found)
    return InForce(standard, set_by_county=True)
