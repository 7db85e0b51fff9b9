"""Households drawn, and put into folds, by a hash of their number: alike in every round, on every machine, in every version."""

import numpy as np
import numpy.typing as npt
import polars as pl

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
