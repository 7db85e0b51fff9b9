"""The state of the county-standard page and its commands, without widgets.

`draft` is what the controls say; `standard` the last draft that was valid; `problems` what is wrong with the draft,
by key. What a browser sends is never trusted: every draft is parsed again by the rules.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl
import traitlets

from workbench.domain.parameters import load_yaml, poverty_line
from workbench.domain.rules import standard_keys as keys
from workbench.domain.rules.edge import EdgeLimits
from workbench.domain.rules.standard import EdgeStandard, parse_standard, standard_data, write_standard
from workbench.errors import StandardError
from workbench.preview.counts.counts import Breakdown, Comparison
from workbench.preview.counts.household_changes import households_under_both
from workbench.preview.hindsight.expected import expected_round
from workbench.preview.hindsight.hindsight import Hindsight
from workbench.preview.hindsight.past_rounds import PastRound, PastScope
from workbench.preview.index.build import PreviewIndex
from workbench.preview.scope import PreviewScope
from workbench.preview.slips.expected import Expectation, Gain
from workbench.preview.slips.scored_index import SlipScores
from workbench.register.standards.free_days import on_free_day
from workbench.register.standards.in_force import Source, StandardInUse, Version, standard_in_use
from workbench.settings import register_url
from workbench.store.facts import FactStore
from workbench.store.round_scope import RoundScope
from workbench.store.scores import ScoreHead
from workbench.ui.kit.frame.place import Place
from workbench.ui.pages.county_standard.draft_changes import (
    names_and_days_of,
    read_for,
    with_group,
    with_key,
    with_name_and_day,
    without_group,
)
from workbench.ui.pages.county_standard.examination import OwnChoice
from workbench.ui.pages.county_standard.reference_standard import ReferenceStandard

_Rows = tuple[bool, tuple[str, ...]]
"""What an index is made for: whether the income tested is less expenditure, and the county's own groups."""


def _rows_of(limits: EdgeLimits) -> _Rows:
    return limits.deduct_out_of_pocket, tuple(limits.own_groups)


class StandardSession(Place):
    """One person's work on one county's standard. Watch `problems`, `revision` (counts valid changes), `begun` and `examined`."""

    problems = traitlets.Dict()
    revision = traitlets.Int(0)
    begun = traitlets.Any()
    examined = traitlets.Any(default_value=None)
    """The version (`in_force.Version`) that is shown in place of the person's own choice; None for the own choice."""

    def __init__(self, store: FactStore, round_name: str | None = None, county: str | None = None) -> None:
        self.draft: dict[str, Any] = {}
        self.put_by: OwnChoice | None = None
        self.standard = parse_standard(load_yaml("edge_standard"))
        super().__init__(store, round_name, county)

    # -- commands --------------------------------------------------------------------------------------------------

    def choose(self, round_name: str, county: str) -> None:
        """Turn to a round and a county: the draft begins as the standard in force there."""
        self.check(round_name, county)
        # Nothing is changed before all that may fail is done: a page half turned would show one county's figures as another's.
        scope, url = RoundScope(self.store, round_name, county), register_url()
        in_force = standard_in_use(scope, register=url)
        # The day of the standard in force is that standard's own: another one takes effect on another day.
        begun = standard_data(on_free_day(scope, in_force.standard, url)) | {"county": county}
        super().choose(round_name, county)
        self.in_force: StandardInUse = in_force
        self.against = ReferenceStandard.of_round(in_force)
        self._indexes: dict[_Rows, PreviewIndex] = {}
        self._comparisons: dict[_Rows, Comparison] = {}
        self._expectations: dict[tuple[_Rows, float], Expectation | None] = {}
        self._scores: dict[_Rows, SlipScores | None] = {}
        self._past: dict[tuple[_Rows, float | None], list[PastRound]] = {}
        self._expected_rounds: dict[tuple[_Rows, float], PastRound] = {}
        self.put_by, self.examined = None, None
        if in_force.source is Source.REFERENCE:  # a draft of the county's own does not bear the reference's name
            begun.pop("title", None)
        self._take(begun)
        self.begin_here()

    def put(self, path: keys.Key, value: Any) -> None:
        """Set one key of the draft; None takes it away."""
        self._take(with_key(self.draft, path, value))

    def load(self, content: bytes) -> list[keys.Key]:
        """Take over a standard from a YAML file's content; one made for another county is refused.

        Name and day stay where the file has none; returns the keys of those that do.
        """
        read = self._read(content)
        loaded = with_name_and_day(read, self.standard)
        self._take(standard_data(loaded) | {"county": self.county})
        return names_and_days_of(loaded, but=read)

    def resume(self, text: str) -> None:
        """Go on with a choice that this page wrote as YAML: exactly as it was, an emptied name too."""
        self._take(standard_data(self._read(text.encode())) | {"county": self.county})

    def load_standard(self, standard: EdgeStandard) -> None:
        """Take over a version or a point of a search as the person's own choice, whose name and day stay where it has none."""
        own = self.put_by.standard if self.put_by else self.standard
        standard = on_free_day(self.round_scope, with_name_and_day(standard, own), register_url())
        self.put_by, self.examined = None, None
        self._take(standard_data(standard) | {"county": self.county})

    def examine(self, version: Version) -> None:
        """Show a version of the county as it is registered, with its own day; the person's own choice is put by meanwhile."""
        self.scope.limits_of(version.standard)
        if self.examined is None:
            self.put_by = OwnChoice(self.draft, self.standard, self.begun)
        self.examined = version
        self._take(standard_data(version.standard) | {"county": self.county})
        self.begin_here()

    def end_examination(self) -> None:
        """Go back to the person's own choice, as it was typed."""
        if self.put_by is not None:
            own, self.examined = self.put_by, None
            self.put_by = None
            # The last valid one first: a draft that is not valid yet shows its figures, and no longer those of the version.
            self.standard, self.begun = own.standard, own.begun
            self._take(own.draft)

    def begin_here(self) -> None:
        """Take the present choice for what was begun with: it stands in the register, and is no work to be lost."""
        self.begun = self.standard

    def compare_with(self, content: bytes | None) -> None:
        """Compare with the standard of a YAML file; None: with the one in force again."""
        if content is None:
            self._compare(ReferenceStandard.of_round(self.in_force))
            return
        self._compare(ReferenceStandard.of_file(self._read(content)))

    def compare_with_version(self, version: Version) -> None:
        """Compare with a version of the county's standard."""
        self.scope.limits_of(version.standard)
        self._compare(ReferenceStandard.of_version(version))

    def follow_register(self) -> None:
        """Look again at which standard is in force, as after an approval; what was compared with it before is so now."""
        before, self.in_force = self.in_force, standard_in_use(self.round_scope, register=register_url())
        if before != self.in_force and self.against == ReferenceStandard.of_round(before):
            self.compare_with(None)

    def _compare(self, against: ReferenceStandard) -> None:
        self.against = against
        self._comparisons = {}
        # No key of the draft has changed, and yet every difference that is shown.
        self.revision += 1

    def declare_group(self, fact: str, name: str) -> None:
        """Make one of the county's own facts a key group with a name; it is listed from then on as the eight are."""
        self._take(with_group(self.draft, self.standard.group_names, fact, name))

    def withdraw_group(self, fact: str) -> None:
        """Take a group of the county's own away, with its place among the groups and its ceiling."""
        self._take(without_group(self.draft, self.standard.group_names, fact))

    def yaml(self) -> str:
        """Return the last valid standard as YAML text."""
        return write_standard(self.standard)

    # -- what follows from the state -------------------------------------------------------------------------------

    @property
    def shown_version(self) -> Version | None:
        """The version that every figure of the page is of; None where they are of a choice of the person's own."""
        version: Version | None = self.examined
        return version if version and self.standard == self.begun and not self.problems else None

    def limits(self) -> EdgeLimits:
        """Return the last valid standard in yuan."""
        return self.scope.limits_of(self.standard)

    def line_in_force(self) -> float:
        """Return the poverty line of the round's year."""
        return poverty_line(self.round_name).value

    def breakdown(self) -> Breakdown:
        """The last valid standard over the county, compared with the one in force."""
        limits = self.limits()
        rows = _rows_of(limits)
        expected = self.expectation()
        index = self._index(rows).with_slips(expected.slips.expected if expected else None)
        return Breakdown(index, limits, self._comparison(rows))

    def head(self) -> ScoreHead | None:
        """What holds for the model's scores; None where it has not scored the round."""
        scores = self._scored(_rows_of(self.limits()))
        return scores.head if scores else None

    def expectation(self) -> Expectation | None:
        """The slips expected over the county under the line that applies; None without a model, or where it cannot say."""
        limits = self.limits()
        # Under another line a slip is another thing, and so is its probability (0011).
        key = (_rows_of(limits), limits.line)
        if key not in self._expectations:
            index, scores = self._index(key[0]), self._scored(key[0])
            slips = scores.under(index, limits.line) if scores else None
            self._expectations[key] = Expectation(index, slips).prepare() if slips else None
        return self._expectations[key]

    def gain(self, broken: Breakdown) -> Gain | None:
        """The expected slips that the choice catches beyond the standard compared with; None without a model."""
        expected = self.expectation()
        return Gain.over(expected, broken.pieces, broken.comparison.mask) if expected and broken.comparison else None

    def under_both(self) -> pl.DataFrame:
        """Every unregistered household under this choice and under the one compared with."""
        return households_under_both(self.scope, self.standard, self.against.standard)

    def past_rounds(self, standard: EdgeStandard | None = None) -> list[PastRound]:
        """The county's rounds whose next one is stored, for a standard (None: the last valid one); each read once."""
        chosen = standard or self.standard
        key = (_rows_of(self.scope.limits_of(chosen)), chosen.line)
        if key not in self._past:
            self._past[key] = list(PastScope(self.store, self.county).rounds(chosen))
        return [each.under(chosen) for each in self._past[key]]

    def expected_round(self) -> PastRound | None:
        """The slips that the model expects, as if they had happened; None without a model, or where it cannot say."""
        limits, expected = self.limits(), self.expectation()
        if expected is None:
            return None
        key = (_rows_of(limits), limits.line)
        if key not in self._expected_rounds:
            self._expected_rounds[key] = expected_round(self.round_name, expected.index, expected.slips, limits)
        return self._expected_rounds[key].under(self.standard)

    def past_against(self) -> Hindsight | None:
        """What the standard compared with would have done in them; None where it cannot be used in one of them."""
        chosen = self.against.standard
        try:
            return Hindsight.over(self.past_rounds(chosen), chosen)
        except StandardError:
            return None

    def own_facts(self) -> list[str]:
        """The yes-or-no facts that the county added by a mapping of its own: each may be a key group (§2.2-b “等”)."""
        return self.store.own_flags(self.round_name, self.county)

    def _scored(self, rows: _Rows) -> SlipScores | None:
        if rows not in self._scores:
            self._scores[rows] = self.scope.scores(self._index(rows))
        return self._scores[rows]

    def _index(self, rows: _Rows) -> PreviewIndex:
        """Opened once: a slider that moves must not look at the disk again."""
        if rows not in self._indexes:
            self._indexes[rows] = self.scope.index_of(*rows)
        return self._indexes[rows]

    def _comparison(self, rows: _Rows) -> Comparison:
        """The standard compared with over the same rows, counted once."""
        if rows not in self._comparisons:
            limits = self.scope.limits_of(self.against.standard)
            theirs = self._index(_rows_of(limits))
            self._comparisons[rows] = Comparison.of(self._index(rows), limits, theirs)
        return self._comparisons[rows]

    @property
    def scope(self) -> PreviewScope:
        """The round and county as previews see them."""
        return PreviewScope(self.store, self.round_name, self.county)

    def _read(self, content: bytes) -> EdgeStandard:
        """A standard from a YAML file's content; one made for another county is refused."""
        standard = read_for(content, self.county)
        self.scope.limits_of(standard)
        return standard

    def _take(self, draft: Mapping[str, Any]) -> None:
        """Make a draft the present one; if it is valid, the standard too."""
        self.draft = dict(draft)
        try:
            standard = parse_standard(self.draft)
            # Some faults show only with the line of the round, which a standard need not name.
            self.scope.limits_of(standard)
        except StandardError as error:
            # The standard stays the last that was valid, whose figures the page goes on showing, dimmed.
            self.problems = dict(error.problems)
            return
        self.problems, self.standard = {}, standard
        self.revision += 1
