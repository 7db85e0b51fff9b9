"""Where the households of the demonstration city live: the real townships and villages, read from division lists."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbench.domain.parameters import counties
from workbench.errors import InputError, Words
from workbench.safeguards.system_errors import said_by_system
from workbench.simulation.population import BoolArray, FloatArray, figures

_STREETS, _STREETS_2019, _VILLAGES = "luan_streets.csv", "luan_streets_2019-10-31.csv", "luan_villages.csv"
_TOWN_ENDINGS = ("居委会", "居民委员会", "社区")


@dataclass(frozen=True)
class Settlements:
    """Every village of the city. Arrays and tuples have one entry a village; `counties` are the reporting units."""

    counties: tuple[str, ...]
    county: FloatArray
    township: tuple[str, ...]
    township_2019: tuple[str, ...]
    village: tuple[str, ...]
    town: BoolArray

    def townships(self, round_name: str) -> tuple[str, ...]:
        """The township of each village, as it was called at the time of a round."""
        renamed = round_name >= figures()["divisions"]["names_change_from"]
        return self.township if renamed else self.township_2019


def read_settlements(divisions: Path) -> Settlements:
    """Read the division lists of a folder; raises InputError where one is missing or lacks a column."""
    rules = figures()["divisions"]
    recent, older = _names(divisions / _STREETS), _names(divisions / _STREETS_2019)
    rows = [
        row for row in _rows(divisions / _VILLAGES, {"name", "streetCode", "areaCode"}) if _inhabited(row["streetCode"])
    ]
    units = tuple(counties())
    # The development zone lies in a county by its code, and reports by itself.
    codes = [rules["own_unit"].get(row["streetCode"], row["areaCode"]) for row in rows]
    return Settlements(
        counties=units,
        county=np.array([units.index(code) for code in codes], dtype=np.float64),
        township=tuple(recent[row["streetCode"]] for row in rows),
        # One recoded since is in the older list under the code that it had then.
        township_2019=tuple(older[rules["recoded"].get(row["streetCode"], row["streetCode"])] for row in rows),
        village=tuple(row["name"] for row in rows),
        town=np.array([row["name"].endswith(_TOWN_ENDINGS) for row in rows]),
    )


def _inhabited(street: str) -> bool:
    """Whether a street code is a township, not a park; the zone that reports by itself is one."""
    rules = figures()["divisions"]
    return street in rules["own_unit"] or int(street[6:]) < rules["park_codes_from"]


def _names(path: Path) -> dict[str, str]:
    return {row["code"]: row["name"] for row in _rows(path, {"code", "name"})}


def _rows(path: Path, columns: set[str]) -> list[dict[str, str]]:
    try:
        # With or without the mark that spreadsheets put at the beginning.
        with path.open(encoding="utf-8-sig", newline="") as opened:
            rows = list(csv.DictReader(opened))
    except OSError as error:
        why = said_by_system(error)
        message = Words(
            f"读不到区划名录（{why.zh}）；请检查文件和权限",
            f"the division list cannot be read ({why.en}); check the file and its permissions",
            code="simulation.divisions-not-readable",
        )
        raise InputError(message.after(f"{path}: ")) from None
    lacking = columns - set(rows[0] if rows else ())
    if lacking:
        missing = ", ".join(sorted(lacking))
        message = Words(
            f"缺少列 {missing}；请换回原名录",
            f"lacks the columns {missing}; put the original list back",
            code="simulation.lacks-columns-put-original",
        )
        raise InputError(message.after(f"{path}: "))
    return rows
