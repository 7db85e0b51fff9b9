"""Facts as the rules can compare them exactly: money held to the fen, and nothing larger than their whole numbers carry."""

import polars as pl

from workbench.domain.facts import Fact
from workbench.domain.rules.exact import to_the_fen
from workbench.errors import StoreError, Words

_NEAR_A_HALF = 0.01
"""Of a fen: only so near to a half does it matter how a number is written, and not merely how large it is."""


def bounded(column: pl.Series, fact: Fact, where: str) -> pl.Series:
    """A conformed column; raises StoreError for what no household can have, since a rule could not be exact on it."""
    if fact.name == "weight":
        _refuse(column, ~(column > 0), where, Words("权重应大于 0", "a weight is more than 0"))
        return column
    if fact.most is not None:
        most = Words(f"应在 ±{fact.most:,.0f} 之间", f"the largest possible is ±{fact.most:,.0f}")
        _refuse(column, ~column.is_between(-fact.most, fact.most), where, most)
    return held_to_the_fen(column) if fact.money else column


def held_to_the_fen(yuan: pl.Series) -> pl.Series:
    """Amounts rounded half up to the fen, as they are written: 2.675 gives 2.68."""
    in_fen = yuan * 100
    nearest = yuan.round(2)  # not in_fen.round() / 100: Polars multiplies by 0.01 there, and gives other floats
    # As a rule everything is held to the fen already, and one comparison is all it costs.
    if (nearest == yuan).all():
        return yuan
    halves = ((in_fen - in_fen.floor() - 0.5).abs() < _NEAR_A_HALF).fill_null(value=False).arg_true()
    # Decimals are made one by one in Python, so only of the few whose written form decides.
    return nearest.scatter(halves, [to_the_fen(amount) for amount in yuan.gather(halves)])


def _refuse(column: pl.Series, wrong: pl.Series, where: str, accepted: Words) -> None:
    if not wrong.any():
        return
    strange = column.filter(wrong)
    message = Words(
        f"列 {column.name}：{len(strange)} 户的值如 {strange[0]:g}；{accepted.zh}；请改正文件",
        f"column {column.name}: {len(strange)} households with values such as {strange[0]:g}; {accepted.en}; correct the file",
        code="store.column-households-values-such",
    )
    raise StoreError(message.after(f"{where}: "))
