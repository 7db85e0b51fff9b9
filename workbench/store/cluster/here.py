"""The work of a cluster's workers done in this process, one county after another: the same tasks, files and answers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workbench.store.cluster.counties import ClusterStore, Task
from workbench.store.facts import FactStore


class StoreHere(ClusterStore):
    """A store of this computer whose counties are gone through here; no Spark is asked for."""

    @classmethod
    def at(cls, location: str | Path, master: str | None = None) -> "StoreHere":
        """The store at a path; there is no `master`."""
        assert master is None
        return cls(None, Path(location))

    def run(self, task: Task, arguments: Sequence[Any]) -> list[bytes]:
        """The results of a task for each argument, in their order; what it refuses is raised as it is."""
        store = FactStore(self.root)
        return [task(store, each) for each in arguments]
