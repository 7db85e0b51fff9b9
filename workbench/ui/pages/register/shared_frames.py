"""What many people look at, computed once for all of them: a county as the rules judge it, the lists of an area."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import polars as pl

from workbench.domain.assistance.suggestions import Assistance, propose_each
from workbench.domain.parameters import tier_parameters
from workbench.domain.procedure.roles import Area, Right
from workbench.domain.rules.explanation import Explanation
from workbench.preview.index.cache import index_fingerprint
from workbench.preview.scope import PreviewScope
from workbench.register.assessment import RISK, Rules, assess, facts_read, rules_of
from workbench.register.audit.latest import households_moved_since, last_change_in
from workbench.register.edge_register import inside_area
from workbench.register.procedure.entries import area_of
from workbench.register.stated_rules import STATED
from workbench.register.worklists.worklist import assess_county, round_list, with_moved
from workbench.settings import register_url
from workbench.statistics.coverage import managed_households

if TYPE_CHECKING:
    from workbench.ui.pages.register.state import RegisterSession

Made = TypeVar("Made")
MOST_BYTES = 256 * 2**20
"""Of all frames together: a county of 40,000 households takes some ten megabytes as the rules judge it."""


MOST_RULES = 500
"""Rules of a round in a county, of a day and a change on the trail: each is a few figures and a standard."""


LONG_LIST = 5_000
"""Households of a county: the list of a township or a village is read whole as fast as a few of its rows are put in."""


MOST_LISTED = 4_000
"""Lists of which it is remembered when they were last read: of every village of a city, twice over."""


MOST_EXPLANATIONS = 2_000
"""Of households: the criteria, what is missing, and the smallest changes, some ten kilobytes each."""


class Shared(Generic[Made]):
    """What is made once for all who ask, by what it depends on; who was asked for longest ago gives way above `most`.

    `size`: of one of them, in what `most` counts. Safe for threads: where many ask for one at once it is made once, and all
    of them wait for it.
    """

    def __init__(self, most: int, size: Callable[[Made], int]) -> None:
        self._most, self._size_of, self._lock = most, size, threading.Lock()
        self._made: OrderedDict[Hashable, Made] = OrderedDict()
        self._making: dict[Hashable, Future[Made]] = {}

    def get(self, key: Hashable, make: Callable[[], Made]) -> Made:
        """What belongs to a key, made where there is none; what `make` raises is raised to everybody who waited."""
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
            waiting = self._making.get(key)
            if waiting is None:
                making = self._making[key] = Future()
        if waiting is not None:
            return waiting.result()
        try:
            made = make()
        except BaseException as error:
            with self._lock:
                self._making.pop(key)
            making.set_exception(error)
            raise
        with self._lock:
            self._making.pop(key)
            self._made[key] = made
            self._give_way()
        making.set_result(made)
        return made

    def held_for(self, key: Hashable) -> Made | None:
        """What belongs to a key; None where it was not made, or gave way."""
        with self._lock:
            return self._made.get(key)

    @property
    def held(self) -> int:
        """The size of all together."""
        with self._lock:
            return self._size()

    def _size(self) -> int:
        return sum(map(self._size_of, self._made.values()))

    def _give_way(self) -> None:
        # The newest stays even where it is larger than all may be: it has been made, and is about to be shown.
        while len(self._made) > 1 and self._size() > self._most:
            self._made.popitem(last=False)


def bytes_of(frame: pl.DataFrame) -> int:
    """Return what a frame takes."""
    return int(frame.estimated_size())


FRAMES: Shared[pl.DataFrame] = Shared(MOST_BYTES, bytes_of)
_LAST_LISTED: dict[Hashable, tuple[int, str]] = {}
"""The last change on the trail that a list was read after, by what else it depends on."""
_RULES: Shared[Rules] = Shared(MOST_RULES, lambda _rules: 1)
"""Of this process: of the server, or of one kernel."""
_EXPLANATIONS: Shared[Explanation | None] = Shared(MOST_EXPLANATIONS, lambda _explanation: 1)
_FACTS: Shared[dict[str, Any]] = Shared(MOST_EXPLANATIONS, lambda _facts: 1)
_SUGGESTED: Shared[Assistance] = Shared(MOST_EXPLANATIONS, lambda _suggested: 1)


def assessment_of(session: "RegisterSession") -> pl.DataFrame:
    """What the rules say of the households of the person's area; the county is judged once for everybody in it."""
    user, county = session.user, session.county
    area = user.person.area
    # As `assess_county` does, which judges the own area alone.
    user.check(Right.READ_FACTS, area if area.county == county else Area(county))
    rules = rules_in_sight(session)
    key = ("assessment", *_ruled_by(session, rules))
    whole = FRAMES.get(key, lambda: assess(facts_read(session.store, session.round_name, county), rules))
    if area.level < 2 or whole["household_id"].n_unique() == len(whole):  # noqa: PLR2004 - a county or the city
        return whole.filter(inside_area(user))
    # A number that stands in two villages is ambiguous in the county and plain in each: a village sees its own alone.
    own = ("assessment", *key[1:], area.parts)
    return FRAMES.get(own, lambda: assess_county(user, session.round_name, county))


def entries_of(session: "RegisterSession", kind: str) -> pl.DataFrame:
    """Every household of a procedure in the person's area (`worklist.round_list`), while facts, rules and register are the same."""
    user = session.user
    user.check_anywhere(Right.READ_REGISTER)
    # Whoever has changed anything since, the list is read anew; to look or to sign in changes nothing.
    changed = _changed(session)
    place = ("entries", *_ruled_by(session, _rules(session, changed)), kind, user.person.area.parts)
    entries = FRAMES.get((*place, changed), lambda: _entries_since(session, kind, place))
    if len(_LAST_LISTED) > MOST_LISTED:
        _LAST_LISTED.clear()
    _LAST_LISTED[place] = changed
    return entries


def _entries_since(session: "RegisterSession", kind: str, place: tuple[Hashable, ...]) -> pl.DataFrame:
    """The list of a procedure: of what was listed before only the households that have moved since are read, where no more has changed."""
    user, round_name, county = session.user, session.round_name, session.county
    last, assessed = _LAST_LISTED.get(place), assessment_of(session)
    before = FRAMES.held_for((*place, last)) if last is not None and kind == RISK else None
    if last is not None and before is not None and before.height >= LONG_LIST:
        with user.reading() as connection:
            moved = households_moved_since(connection, last, round_name)
        if moved is not None and (now := with_moved(before, user, round_name, county, assessed, moved)) is not None:
            return now
    return round_list(user, round_name, county, kind, assessed)


def assisted_in_county(session: "RegisterSession") -> pl.DataFrame:
    """The lifted and edge households of the county with what each lacks (`statistics.coverage`)."""
    scope = PreviewScope(session.store, session.round_name, session.county)
    # Who is an edge household is the register's to say.
    key = ("coverage", *_place(session), _changed(session))
    return FRAMES.get(key, lambda: managed_households(scope, None, register_url()))


def explanation_of(
    session: "RegisterSession", rules: Rules, make: Callable[[], Explanation | None]
) -> Explanation | None:
    """Why the rules say what they say of the household in sight, which whoever looks at it has a right to see."""
    # Facts and rules alone decide it: village, township and county look at one household after another.
    return _EXPLANATIONS.get((*_ruled_by(session, rules), session.household), make)


def facts_in_sight(session: "RegisterSession") -> dict[str, Any]:
    """The facts of the household in sight with those of the round before, for whoever has asked whether it is in the own area."""
    name, store, county = session.household, session.store, session.county
    facts = _FACTS.get((*_place(session), name), lambda: store.household(session.round_name, name, county))
    # A copy: what somebody types is put into it.
    return dict(facts)


def suggested_in_sight(session: "RegisterSession") -> tuple[dict[str, Any], Assistance]:
    """The household in sight as its plan sees it, and what facts suggest for it (`assistance.plans.suggested`)."""
    facts = facts_in_sight(session)
    # Facts alone suggest, whoever looks; whether one may look is asked each time, of the household's own place.
    session.user.check(Right.READ_REGISTER, area_of({**facts, "county": session.county}))
    figures = tier_parameters(session.round_name)
    key = (*_place(session), session.household)
    return facts, _SUGGESTED.get(key, lambda: propose_each([facts], figures, STATED.ask)[0])


def rules_in_sight(session: "RegisterSession") -> Rules:
    """The rules of the round and county that the person looks at, as they are since the last change on the trail."""
    return _rules(session, _changed(session))


def _rules(session: "RegisterSession", changed: tuple[int, str]) -> Rules:
    user, name, county = session.user, session.round_name, session.county

    def read() -> Rules:
        with user.reading() as connection:
            return rules_of(connection, name, county, user.today)

    # Which standard a round has follows from its first proposal: looked for among all, that takes longer than the list.
    key = (str(session.store.root), register_url(), name, county, user.today, changed)
    return _RULES.get(key, read)


def _changed(session: "RegisterSession") -> tuple[int, str]:
    """The last change that may show in the person's area: while it is the same, so is all that is said of households there.

    What is made of a whole county by it may be older elsewhere, and is held to the area by whoever shows it.
    """
    with session.user.reading() as connection:
        return last_change_in(connection, session.user.person.area)


def _ruled_by(session: "RegisterSession", rules: Rules) -> tuple[Hashable, ...]:
    return (*_place(session), rules.hash, rules.standard_hash)


def _place(session: "RegisterSession") -> tuple[Hashable, ...]:
    store, name, county = session.store, session.round_name, session.county
    # Once a request: a household's page asks five times, and each asks the disk for the county's files of two rounds.
    seen = (name, county, session.revision)
    if (fingerprint := session.fingerprints.get(seen)) is None:
        fingerprint = index_fingerprint(store, name, county)
        if session.of_one_request:
            session.fingerprints[seen] = fingerprint
    return (str(store.root), register_url(), name, county, fingerprint)
