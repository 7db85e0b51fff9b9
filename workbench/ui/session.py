"""The state of the county-standard page and its commands, without widgets.

`draft` is what the controls say; `standard` the last draft that was valid; `problems` what is wrong with the draft,
by key. What a browser sends is never trusted: every draft is parsed again by the rules.
"""

import copy
from collections.abc import Mapping
from typing import Any

import traitlets

from workbench.domain.edge import EdgeLimits
from workbench.domain.parameters import load_yaml, poverty_line
from workbench.domain.standard import decode_standard, parse_standard, read_standard, standard_data, write_standard
from workbench.errors import InputError, StandardError, Words
from workbench.preview.counts import Breakdown, Comparison
from workbench.preview.index import PreviewIndex
from workbench.preview.request import Scene
from workbench.preview.standards import InForce, standard_in_force
from workbench.settings import register_url
from workbench.store.facts import FactStore
from workbench.ui.place import Place


class StandardSession(Place):
    """One person's work on one county's standard. Watch `problems` and `revision` (counts valid changes)."""

    problems = traitlets.Dict()
    revision = traitlets.Int(0)

    def __init__(self, store: FactStore, round_name: str | None = None, county: str | None = None) -> None:
        self.draft: dict[str, Any] = {}
        self.standard = parse_standard(load_yaml("edge_standard"))
        super().__init__(store, round_name, county)

    # -- commands --------------------------------------------------------------------------------------------------

    def choose(self, round_name: str, county: str) -> None:
        """Turn to a round and a county: the draft begins as the standard in force there."""
        self.check(round_name, county)
        # Nothing is changed before all that may fail is done: a page half turned would show one county's figures as another's.
        in_force = standard_in_force(self.store, county, round_name, register_url())
        super().choose(round_name, county)
        self.in_force: InForce = in_force
        self._indexes: dict[bool, PreviewIndex] = {}
        self._comparisons: dict[bool, Comparison] = {}
        self._take(standard_data(self.in_force.standard) | {"county": county})

    def put(self, path: str, value: Any) -> None:
        """Set one key of the draft (dotted path); None takes it away."""
        draft = copy.deepcopy(self.draft)
        *parents, last = path.split(".")
        part = draft
        for name in parents:
            part = part.setdefault(name, {})
        if value is None:
            part.pop(last, None)
        else:
            part[last] = value
        self._take(draft)

    def load(self, content: bytes) -> None:
        """Take over a standard from a YAML file's content; one made for another county is refused."""
        standard = read_standard(decode_standard(content))
        if standard.county not in (None, self.county):
            raise InputError(
                Words(
                    f"文件中的标准属于 {standard.county}，所选县区为 {self.county}；请改选县区，或修改文件中的 county",
                    f"the standard in the file is for {standard.county}, but {self.county} is chosen; "
                    "choose that county, or change county in the file",
                )
            )
        self._scene().limits_of(standard)
        self._take(standard_data(standard) | {"county": self.county})

    def yaml(self) -> str:
        """The last valid standard as YAML text."""
        return write_standard(self.standard)

    # -- what follows from the state -------------------------------------------------------------------------------

    def limits(self) -> EdgeLimits:
        """The last valid standard in yuan."""
        return self._scene().limits_of(self.standard)

    def line_in_force(self) -> float:
        """The poverty line of the round's year."""
        return poverty_line(self.round_name).value

    def breakdown(self) -> Breakdown:
        """The last valid standard over the county, compared with the one in force."""
        limits = self.limits()
        deduct = limits.deduct_out_of_pocket
        return Breakdown(self._index(deduct), limits, self._comparison(deduct))

    def _index(self, deduct: bool) -> PreviewIndex:  # noqa: FBT001 - which of the two incomes
        """Opened once: a slider that moves must not look at the disk again."""
        if deduct not in self._indexes:
            self._indexes[deduct] = self._scene().index_of(deduct_out_of_pocket=deduct)
        return self._indexes[deduct]

    def _comparison(self, deduct: bool) -> Comparison:  # noqa: FBT001 - which of the two incomes
        """The standard in force over the same rows, counted once."""
        if deduct not in self._comparisons:
            limits = self._scene().limits_of(self.in_force.standard)
            theirs = self._index(limits.deduct_out_of_pocket)
            self._comparisons[deduct] = Comparison.of(self._index(deduct), limits, theirs)
        return self._comparisons[deduct]

    def _scene(self) -> Scene:
        return Scene(self.store, self.round_name, self.county)

    def _take(self, draft: Mapping[str, Any]) -> None:
        """Make a draft the present one; if it is valid, the standard too."""
        self.draft = dict(draft)
        try:
            standard = parse_standard(self.draft)
            self._scene().limits_of(standard)
        except StandardError as error:
            self.problems = dict(error.problems)
            return
        self.problems = {}
        self.standard = standard
        self.revision += 1
