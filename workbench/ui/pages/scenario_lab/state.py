"""The state of the scenario lab and its commands, without widgets: a scenario, what was compared, where it is saved."""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from workbench.domain.parameters import check_line
from workbench.domain.rules.standard import EdgeStandard, decode_standard, read_standard
from workbench.domain.rules.standard_keys import Key
from workbench.errors import InputError, StandardError, StoreError, Words
from workbench.preview.counts.comparison import Compared, Report, compare
from workbench.preview.frontier.last_search import LastSearch
from workbench.preview.scenario import Candidate, Scenario, checked, free_name, parse_scenario, scenario_data
from workbench.preview.scope import PreviewScope
from workbench.preview.sensitivity.income_error import check_error
from workbench.safeguards.plain_data import read_json
from workbench.statistics.legal_readings import ReadingCount, count_readings
from workbench.store.facts import FactStore
from workbench.store.scenarios import Saved, delete_scenario, list_scenarios, read_scenario, save_scenario
from workbench.ui.kit.frame.current_user import account_name
from workbench.ui.kit.frame.place import Place
from workbench.ui.kit.texts.facts import group_names
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.legal_readings import reading_words
from workbench.ui.pages.scenario_lab.context import Context
from workbench.ui.pages.scenario_lab.keys import changed, label_of, label_words, typed_number
from workbench.ui.pages.scenario_lab.registered import candidate_in_force
from workbench.ui.pages.scenario_lab.sweep_request import SweepRequest, typed_axes


class ScenarioSession(Place):
    """One person's comparison. Every command leaves the scenario valid, or raises and changes nothing."""

    def __init__(
        self, store: FactStore, language: Language, round_name: str | None = None, county: str | None = None
    ) -> None:
        self.language = language
        self.saved: Saved | None = None
        self.sweep: list[dict[str, Any]] = []
        self._compared: tuple[Any, Compared] | None = None
        self._search = LastSearch()
        super().__init__(store, round_name, county, city=True)
        self.scenario = self._begun = self._new()

    def _new(self) -> Scenario:
        first = (candidate_in_force(self.round_scope.of(self.county), self.language),)
        return Scenario(self.language("新方案"), self.round_name, self.only_county, first)

    def begin(self) -> None:
        """A new scenario of the place in sight; the saved one stays as it was saved."""
        self._show(self._new())
        self.saved, self._begun = None, self.scenario

    def choose(self, round_name: str, county: str) -> None:
        """Turn to a round and a county: the same standards, compared there."""
        self.check(round_name, county)
        if hasattr(self, "scenario"):  # before anything is changed: a year's line may be above a ceiling
            _check_ceilings(self.store, replace(self.scenario, round_name=round_name))
        super().choose(round_name, county)
        self.sweep = []
        if hasattr(self, "scenario"):
            untouched = self.scenario == self._begun
            self.scenario = replace(self.scenario, round_name=round_name, county=self.only_county)
            # A scenario that nobody has worked on goes along with the place, and leaves no draft behind.
            self._begun = self.scenario if untouched else self._begun

    # -- the standards ---------------------------------------------------------------------------------------------

    @property
    def own_groups(self) -> dict[str, str]:
        """The key groups of a county's own that any of the standards declares, by fact, each with its name."""
        return dict(sorted(group_names(each.standard for each in self.scenario.candidates).items()))

    @property
    def names(self) -> list[str]:
        """The names of the standards compared."""
        return [each.name for each in self.scenario.candidates]

    def add_current(self, county: str) -> None:
        """Add the standard in force in a county; of the whole city, the reference."""
        if county and county not in self.counties_of(self.round_name):
            raise InputError(
                Words(f"没有这个县区：{county}", f"no such county: {county}", code="ui.state-no-such-county")
            )
        self.add(candidate_in_force(self.round_scope.of(county), self.language))

    def add_file(self, name: str, content: bytes) -> None:
        """Add a standard from a YAML file; its own title is its name, else that of the file."""
        standard = read_standard(decode_standard(content))
        unbound = standard.model_copy(update={"county": None})
        self.add(Candidate(standard.title or name.rpartition(".")[0] or name, unbound))

    def copy(self, name: str, key: Key, text: str) -> None:
        """Add a copy of a standard with one key changed, named by what was changed."""
        t, own = self.language, self.scenario.candidate(name).standard.own_groups
        try:
            standard = changed(self.scenario.candidate(name).standard, key, text)
            _check_ceilings(self.store, self.scenario, (standard,))
        except StandardError as error:  # of what was typed here: by the key that it was typed for, whichever complains
            raise InputError(label_words(key, own) + next(iter(error.problems.values()))) from None
        value = {"true": t("是"), "false": t("否")}.get(text, text.strip())
        self.add(Candidate(f"{label_of(key, t, own)} {value}", standard))

    def rename(self, name: str, wanted: str) -> None:
        """Give a standard another name."""
        self.scenario.candidate(name)
        candidates = tuple(
            replace(each, name=wanted.strip()) if each.name == name else each for each in self.scenario.candidates
        )
        swept_name = wanted.strip() if self.scenario.swept == name else self.scenario.swept
        self.scenario = checked(replace(self.scenario, candidates=candidates, swept=swept_name))

    def remove(self, name: str) -> None:
        """Take a standard out."""
        self.scenario = self.scenario.without(name)
        if self.scenario.swept is None:
            self.sweep = []

    def put_first(self, name: str) -> None:
        """Compare the others with this one."""
        first = self.scenario.candidate(name)
        others = (each for each in self.scenario.candidates if each.name != name)
        self.scenario = replace(self.scenario, candidates=(first, *others))

    def add(self, candidate: Candidate) -> None:
        """Add a standard, by a name of its own."""
        untitled = candidate.standard.model_copy(update={"title": None})  # here its name is what counts
        named = Candidate(free_name(candidate.name, self.names), untitled)
        _check_ceilings(self.store, self.scenario, (untitled,))
        self.scenario = self.scenario.with_candidate(named)

    # -- under what ------------------------------------------------------------------------------------------------

    def set_line(self, text: str) -> None:
        """Count everything under another line than the one in force; an empty text takes it away."""
        line = None if not text.strip() else check_line(typed_number(text))
        _check_ceilings(self.store, replace(self.scenario, line=line))  # a ceiling may lie below the new line
        self.sweep = []
        self.scenario = replace(self.scenario, line=line)

    def set_error(self, text: str) -> None:
        """Look at incomes measured again with an error; an empty text takes it away."""
        error = None if not text.strip() else check_error(typed_number(text))
        self.scenario = replace(self.scenario, income_error=error)

    def vary(self, name: str, axes: list[str]) -> None:
        """Which keys of which standard vary, each as `key=start:stop:step`; raises InputError for what cannot, in the page's words."""
        standard = self.scenario.candidate(name).standard
        axes = typed_axes(standard, axes)
        self.sweep = []
        self.scenario = replace(self.scenario, swept=name, axes=tuple(axes))

    # -- what follows from the state -------------------------------------------------------------------------------

    def scope(self) -> PreviewScope:
        """The round and county that is looked at, under the line that is."""
        return PreviewScope(self.store, self.round_name, self.only_county, self.scenario.line)

    def context(self) -> Context:
        """Return what the figures are of, for whatever leaves the page."""
        scope = self.scope()
        lines = tuple(sorted({scope.line_of(each.standard) for each in self.scenario.candidates}))
        return Context(self.round_name, self.scenario.county or "", lines, self.simulated)

    def compared(self, report: Report | None = None) -> Compared:
        """Every standard previewed; worked out once for as long as nothing changes that it rests on."""
        scenario = self.scenario
        key = (scenario.round_name, scenario.county, scenario.candidates, scenario.line, scenario.income_error)
        if self._compared is None or self._compared[0] != key:
            comparison = compare(
                # The line goes apart, since the counts under the line in force are wanted beside it (0037).
                replace(self.scope(), line=None),
                scenario.candidates,
                line=scenario.line,
                income_error=scenario.income_error,
                report=report,
            )
            self._compared = (key, comparison)
        return self._compared[1]

    def sweep_request(self) -> SweepRequest | None:
        """The sweep that the scenario asks for now; None where it asks for none."""
        scenario = self.scenario
        if scenario.swept is None or not scenario.axes:
            return None
        return SweepRequest(self.scope(), scenario.candidate(scenario.swept).standard, tuple(scenario.parsed_axes()))

    def frontier(self) -> dict[str, Any]:
        """The frontier beside the first standard; raises InputError where no model has scored the round."""
        return self._search.record(self.scope(), self.scenario.candidates[0].standard)

    def readings(self) -> list[tuple[str, ReadingCount]]:
        """The tiers under each reading of the notice, with its words."""
        counted = count_readings(self.round_scope, self.scenario.line)
        return [(reading_words(each.name, self.language), each) for each in counted]

    # -- kept ------------------------------------------------------------------------------------------------------

    def describe(self, name: str, note: str) -> None:
        """Name the scenario, and say what it is about."""
        self.scenario = checked(replace(self.scenario, name=name.strip(), note=note.strip()))

    def save(self, now: dt.datetime, *, anew: bool = False) -> Saved:
        """Keep it in the store: over the one it was opened from, or anew."""
        data = scenario_data(self.scenario)
        over = None if anew else self.saved
        self.saved = save_scenario(self.store.root, data, now.isoformat(timespec="seconds"), over, account_name())
        self._begun = self.scenario
        return self.saved

    def open(self, identity: str) -> None:
        """Open a saved one; raises StoreError or InputError, changing nothing, where it cannot be shown here."""
        opened = read_scenario(self.store.root, identity)
        scenario = self._checked(opened.data)
        self._show(scenario)
        self.saved, self._begun = opened, scenario

    def open_version(self, revision: int) -> None:
        """Take an earlier version of the opened one up again; saved, it becomes the newest."""
        if self.saved is not None:
            begun = self._begun
            self._show(self._checked(self.saved.version(revision).data))
            # An earlier version is not saved yet, so that the draft has to keep it.
            self._begun = begun

    def _checked(self, data: dict[str, Any]) -> Scenario:
        """A saved scenario, if this store has its round and county."""
        scenario = parse_scenario(data)
        try:
            self.check(scenario.round_name, scenario.county or "")
        except InputError:
            raise StoreError(
                Words(
                    f"“{scenario.name}”所用的期次 {scenario.round_name} 或县区不在本数据目录中",
                    f"{scenario.name!r} is of round {scenario.round_name} or a county that this store does not have",
                    code="ui.round-county-store-not",
                )
            ) from None
        return scenario

    def _show(self, scenario: Scenario) -> None:
        _check_ceilings(self.store, scenario)
        self.scenario = scenario
        self.choose(scenario.round_name, scenario.county or "")

    def draft(self) -> str:
        """The scenario as text where it is another than was begun, opened or saved; else empty."""
        return "" if self.scenario == self._begun else json.dumps(scenario_data(self.scenario), ensure_ascii=False)

    def restore(self, text: str) -> None:
        """Go on with a draft; raises InputError, changing nothing, where it cannot be shown here."""
        try:
            scenario = parse_scenario(read_json(text))
        except (ValueError, InputError):
            raise InputError(
                Words(
                    "上次没有保存的内容已不能用",
                    "what was not saved last time cannot be used any more",
                    code="ui.not-saved-last-time",
                )
            ) from None
        self.check(scenario.round_name, scenario.county or "")
        self._show(scenario)

    def restart(self) -> None:
        """Back to what was begun, opened or saved."""
        begun = self._begun
        self._show(begun)
        self._begun = begun

    def saved_scenarios(self) -> list[Saved]:
        """Return the saved scenarios, the last saved first."""
        return list_scenarios(self.store.root)

    def delete(self) -> None:
        """Remove the saved one; what is on the page stays."""
        if self.saved is not None:
            delete_scenario(self.store.root, self.saved, account_name())
            self.saved = None


def _check_ceilings(store: FactStore, scenario: Scenario, standards: Iterable[EdgeStandard] | None = None) -> None:
    """Raise StandardError where a ceiling lies below a line; `standards`: those to look at (None: the scenario's own)."""
    chosen = [each.standard for each in scenario.candidates] if standards is None else list(standards)
    # Beside another line the one in force is counted too, to see what the line alone changes (0037).
    for line in {scenario.line, None}:
        scope = PreviewScope(store, scenario.round_name, line=line)
        for each in chosen:
            scope.limits_of(each)
