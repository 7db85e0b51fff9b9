"""How many household-rounds have a label: what can be learnt from, and by it the share of households that is.

Rows alone say too little. Registered households have no label, nor has whoever the next round does not hold or cannot judge:
of a store that is half such rows, a draw by rows would teach half of what it may.
"""

from dataclasses import dataclass

from workbench.risk.data.panel import PanelReader
from workbench.store.cluster.county_store import CountyStore
from workbench.store.facts import FactStore


@dataclass(frozen=True)
class LabelsAsked:
    """A county whose labels are counted: of transitions that end by `until` (all, without it), under a `line` given by hand."""

    county: str
    until: str | None = None
    line: float | None = None


def labelled_count(store: FactStore, asked: LabelsAsked, register: str | None = None) -> int:
    """Household-rounds of a county that have a label; `register` as for `PanelReader`."""
    # A county at a time: a whole round of a province, with every fact that tiers read, does not fit into memory.
    reader = PanelReader(CountyStore(store.root, asked.county), asked.line, register=register)
    return sum(reader.labelled_count(step) for step in reader.transitions(asked.until))


def count_labelled(store: FactStore, asked: LabelsAsked) -> bytes:
    """A worker's task: `labelled_count` in digits."""
    return str(labelled_count(store, asked)).encode()
