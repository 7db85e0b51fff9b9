"""A store as if it held one county alone, or a few: what reads a whole round reads their part of it."""

from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from workbench.store.facts import FactStore


class CountyStore(FactStore):
    """The facts of one county, or of several, in every round that has them."""

    def __init__(self, root: Path, *counties: str) -> None:
        super().__init__(root)
        self._counties = counties

    def _files(self, round_name: str = "*", county: str | None = None) -> Iterable[Path]:
        chosen = self._counties if county is None else {county} & {*self._counties}
        files = super()._files
        return chain.from_iterable(files(round_name, code) for code in chosen)
