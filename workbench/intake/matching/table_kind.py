"""Whether the rows of a table are persons or households, by its columns and by how often a household's number stands there."""

from collections.abc import Sequence

import polars as pl

from workbench.intake.matching.column_match import ColumnMatch
from workbench.intake.tables.household_numbers import household_number
from workbench.intake.tables.layouts import HOUSEHOLD

_OF_A_MEMBER = ("与户主关系", "人编号")
_MORE_OF_A_MEMBER = ("姓名", "证件号码", "健康状况", "劳动技能", "在校生状况", "文化程度", "性别", "出生日期")
# A few households entered twice do not make a list of households one of persons.
_NEARLY_ALL = 0.95


def rows_are_persons(frame: pl.DataFrame, matches: Sequence[ColumnMatch]) -> bool:
    """Whether each row tells of a member of a household; `matches` are those with the columns of a list of persons."""
    header = {match.means: match.header for match in matches if match.means is not None}
    if any(name in header for name in _OF_A_MEMBER):
        return True
    if HOUSEHOLD not in header or not any(name in header for name in _MORE_OF_A_MEMBER):
        return False
    numbers = frame.select(household_number(pl.col(header[HOUSEHOLD]))).to_series().drop_nulls()
    return numbers.n_unique() < _NEARLY_ALL * len(numbers)
