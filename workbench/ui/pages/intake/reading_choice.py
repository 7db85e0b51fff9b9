"""How a file is read: by itself, by a kept mapping, or by what a person decided of its columns; and what the file looks like."""

from dataclasses import dataclass, replace
from pathlib import Path

from workbench.domain.whole_numbers import whole_number
from workbench.errors import InputError, Words
from workbench.intake.matching.list_decision import (
    ListDecision,
    accepted_values,
    decision_of_mapping,
    decision_of_matches,
)
from workbench.intake.overview import FileOverview
from workbench.intake.reading.table_place import TablePlace
from workbench.intake.tables.mapping import Mapping
from workbench.store.taking_in.named_mappings import (
    NamedMapping,
    keep_mapping,
    kept_mapping,
    mappings_offered,
    remove_mapping,
)

MOST_HEADER_ROWS = 4


@dataclass(frozen=True)
class Reading:
    """All that decides how a file is read beside its round, county and kind."""

    given: Mapping | None = None
    decision: ListDecision | None = None
    place: TablePlace | None = None
    persons: bool | None = None

    def mapping(self) -> Mapping | None:
        """The mapping to read by; None: each column is matched. Raises InputError for a decision that cannot be read by."""
        return self.decision.mapping() if self.decision is not None else self.given


@dataclass
class ReadingChoice:
    """What a person chose of the reading of the present file; each command changes `reading`, after which it is read again.

    `name`: of the mapping in use. `overview`: what the file looks like without the decisions made since.
    """

    root: Path
    reading: Reading = Reading()
    name: str = ""
    overview: FileOverview | None = None

    # -- commands --------------------------------------------------------------------------------------------------

    def forget_file(self) -> None:
        """Forget what was decided of the file before, which says nothing of another one; a mapping that was given stays."""
        self.reading, self.overview = Reading(given=self.reading.given), None
        self.name = self.name if self.reading.given is not None else ""

    def give(self, name: str, mapping: Mapping | None) -> None:
        """Read by a mapping; None: by the columns themselves again."""
        self.reading, self.name = Reading(given=mapping), name if mapping is not None else ""

    def look(self, asked: Reading, overview: FileOverview | None) -> None:
        """Take what a reading saw of the file; it counts where nothing was decided of the columns yet."""
        # Read by a decision, a file looks as it was decided, and nobody would see any more what was changed.
        if overview is not None and asked.decision is None:
            self.overview = overview

    def mean(self, header: str, means: str) -> None:
        """Take a column for something else; empty: it is not used; with a + behind: together with those already there."""
        # No name of a fact has a + in it.
        name, plus, _ = means.partition("+")
        self._decide(self._present().with_meaning(header, name or None, together=bool(plus)))

    def measure(self, header: str, unit: str) -> None:
        """Take the numbers of a column to be in a unit."""
        self._decide(self._present().with_unit(header, unit))

    def explain(self, header: str, text: str, number: str) -> None:
        """Take a text of a column to mean the accepted value of that number; empty: it says nothing."""
        decision, place = self._present(), whole_number(number) if number else None
        means = decision.column(header).means
        values = accepted_values(means, persons=decision.persons) if means else ()
        if place is not None and not 0 <= place < len(values):
            raise InputError(Words("这一列没有这个值", "the column has no such value", code="ui.column-no-such-value"))
        self._decide(decision.with_value(header, text, None if place is None else values[place]))

    def use_rows(self, rows: str) -> None:
        """Say whether a row is a household or a person."""
        self._stand(replace(self.reading, persons=rows == "persons"))

    def use_header(self, first: int, last: int) -> None:
        """Say which rows are the header, the first and the last."""
        if not 1 <= first <= last < first + MOST_HEADER_ROWS:
            raise InputError(
                Words(
                    "表头最多四行，末行不在首行之前",
                    "a header has at most four rows, the last not before the first",
                    code="ui.header-most-four-rows",
                )
            )
        self._stand(replace(self.reading, place=replace(self.place, header_rows=(first, last))))

    def use_sheets(self, names: tuple[str, ...]) -> None:
        """Say which sheets to read."""
        # Hidden sheets too: whoever says so may read one (0028).
        there = {each.name for each in self.overview.sheets} if self.overview else set()
        if not names or not set(names) <= there:
            raise InputError(
                Words(
                    "请至少选一张文件里有的工作表",
                    "choose at least one sheet that the file has",
                    code="ui.choose-least-sheet-file",
                )
            )
        self._stand(replace(self.reading, place=replace(self.place, sheets=names)))

    def reset(self) -> None:
        """Go back to reading the file by its columns themselves."""
        self.reading, self.name = Reading(), ""

    def keep(self, name: str) -> None:
        """Keep how the file is read under a name; it is offered for the next file of the same headers."""
        mapping = self._present().mapping()
        keep_mapping(self.root, name, mapping, self._seen().headers)
        self.name = name

    def use_kept(self, name: str) -> None:
        """Read by what was kept under a name."""
        self.give(name, kept_mapping(self.root, name))

    def remove_kept(self, name: str) -> None:
        """Remove what was kept under a name."""
        remove_mapping(self.root, name)

    # -- what follows ----------------------------------------------------------------------------------------------

    @property
    def place(self) -> TablePlace:
        """Where the table stands, as far as it was said."""
        given = self.reading.given
        return self.reading.place or (given.place() if given else TablePlace())

    def decision(self) -> ListDecision | None:
        """What the columns are taken for now; None before anything was seen of them."""
        overview = self.overview
        if self.reading.decision is not None or overview is None or not overview.columns:
            return self.reading.decision
        if overview.mapping is not None:
            return replace(decision_of_mapping(overview.mapping, overview.headers), place=self.place)
        matches = [each.match for each in overview.columns]
        decision = decision_of_matches(matches, persons=overview.persons, kind=overview.kind)
        return replace(decision, place=self.place)

    def offered(self) -> list[NamedMapping]:
        """Return what was kept for files of the same headers."""
        return mappings_offered(self.root, self.overview.headers) if self.overview and self.overview.columns else []

    def yaml(self) -> str:
        """Return how the file is read, as an analyst carries it along."""
        # With the headers of this file, by which the mapping is offered for the next one (0027).
        return self._present().mapping().model_copy(update={"headers": self._seen().headers}).to_yaml()

    def _seen(self) -> FileOverview:
        if self.overview is None or not self.overview.columns:
            raise InputError(
                Words(
                    "还没有读到这份文件的列",
                    "the columns of the file have not been read yet",
                    code="ui.columns-file-not-read",
                )
            )
        return self.overview

    def _present(self) -> ListDecision:
        self._seen()
        decision = self.decision()
        assert decision is not None  # there are columns
        return decision

    def _decide(self, decision: ListDecision) -> None:
        # Alone: the decision holds the place and the kind of rows, which would else be said twice.
        self.reading = Reading(decision=decision)
        self.name = ""

    def _stand(self, reading: Reading) -> None:
        """Where the table stands is said anew: what was decided of its columns is void."""
        self.reading = Reading(place=reading.place, persons=reading.persons)
        self.name = ""
