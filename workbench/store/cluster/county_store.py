"""A store as if it held one county alone: what reads a whole round reads that county's part of it."""

from collections.abc import Iterable
from pathlib import Path

from workbench.store.facts import FactStore


class CountyStore(FactStore):
    """The facts of one county in every round that has it."""

    def __init__(self, root: Path, county: str) -> None:
        super().__init__(root)
        self.county = county

    def _files(self, round_name: str = "*", county: str | None = None) -> Iterable[Path]:
        return super()._files(round_name, self.county) if county in (None, self.county) else ()
