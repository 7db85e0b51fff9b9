"""Households drawn, and put into folds, by a hash of their number: alike in every round, on every machine, in every version.

Of a large round a draw tells well enough what moved. Drift, linkage, units of incomes and codes are looked for in a few
columns each, all of the same households of the same rounds; each round is read once for all of them.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from workbench.store.facts import FactStore
from workbench.store.schema import row_count

DRIFT_ROWS = 200_000
"""Households that tell well enough whether a fact moved between rounds."""
# One key for every draw, so that facts, histories and labels are of the same households.
DRAW = "households drawn"

# pandas takes a key of exactly sixteen bytes.
_KEY_BYTES = 16


def number_hash(numbers: pl.Series, key: str) -> npt.NDArray[np.uint64]:
    """A hash of each household's number, uniform over 64 bits; another `key` hashes otherwise. Null has a hash of its own."""
    from pandas.util import hash_array  # noqa: PLC0415 - heavy, and needed only where households are drawn

    # Polars' own hash changes with its versions, and with it would change who is drawn and what a seed gives again.
    hashed: npt.NDArray[np.uint64] = hash_array(
        np.asarray(numbers.to_list(), object), hash_key=key[:_KEY_BYTES].ljust(_KEY_BYTES), categorize=False
    )
    return hashed


def drawn(frame: pl.DataFrame, share: float, key: str) -> pl.DataFrame:
    """The rows of a share of the households, with their whole histories: whoever is drawn in one round is in all."""
    # The bound of a whole share, 2**64, does not fit into 64 bits.
    if share >= 1:
        return frame
    return frame.filter(pl.Series(number_hash(frame["household_id"], key) < np.uint64(share * 2**64)))


class DrawnFacts:
    """The facts of a store's rounds, of about `most` households at most: the same ones in every round that holds them.

    `share`, `rows` as of `PanelReader`. `ahead`: columns that are read along with whatever is asked for first, since they
    will be asked for as well. What was read of a round is held as long as this is.
    """

    def __init__(
        self, store: FactStore, share: float = 1.0, rows: Mapping[str, int] | None = None, most: int = DRIFT_ROWS,
        ahead: Sequence[str] = (),
    ) -> None:  # fmt: skip
        self.store = store
        self._share, self._rows, self._most, self._ahead = share, rows or {}, most, ahead
        self._held: dict[str, pl.DataFrame] = {}

    def facts(self, round_name: str, columns: Sequence[str] | None = None) -> pl.DataFrame:
        """Columns of a round, None for every fact and the extra ones of any file (these are not held)."""
        if columns is None:
            return self._read(round_name, None)
        held = self._held.get(round_name)
        if held is None or not set(columns) <= set(held.columns):
            there = self._ahead if held is None else held.columns
            # All of them anew: of a file that changed meanwhile, columns would be of other households.
            held = self._held[round_name] = self._read(round_name, list(dict.fromkeys([*there, *columns])))
        return held.select(columns)

    def is_whole(self, round_name: str) -> bool:
        """Whether all households of a round are looked at."""
        return self._share_of(round_name) >= 1

    def _share_of(self, round_name: str) -> float:
        rows = self._rows.get(round_name) or sum(row_count(path) for path in self.store.files(round_name))
        return min(self._share, self._most / max(rows, 1))

    def _read(self, round_name: str, columns: list[str] | None) -> pl.DataFrame:
        share = self._share_of(round_name)
        if share >= 1 and columns is not None:
            return self.store.frame(round_name, columns=columns)
        # A county at a time: of a large round no more than the draw is held together. The number says who is drawn.
        keyed = columns if columns is None else list(dict.fromkeys([*columns, "household_id"]))
        counties = self.store.counties(round_name)
        frames = (drawn(self.store.frame(round_name, code, keyed), share, DRAW) for code in counties)
        facts = pl.concat(frames, how="diagonal_relaxed")
        return facts if columns is None else facts.select(columns)
