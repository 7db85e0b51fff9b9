"""Where a page looks: the round and the county, without widgets. What every page of the workbench shares."""

from collections.abc import Callable

import traitlets

from workbench.domain.procedure.roles import Person, Right, check_right
from workbench.errors import InputError, RefusedError, Words
from workbench.store.facts import FactStore
from workbench.store.round_scope import RoundScope
from workbench.ui.kit.frame import current_user


class Place(traitlets.HasTraits):
    """A round of a store and one of its counties, or the whole city where a page allows that (`county` then empty).

    Begins with what an address asked for where that is stored, else with the last round and the first county (the
    whole city where allowed). Somebody signed in sees the own county only, and is refused (RefusedError) a page that is
    of a whole county where the own area is smaller. Raises StoreError where nothing is stored.
    """

    county = traitlets.Unicode()
    round_name = traitlets.Unicode()
    chooses_county = True
    """Whether the page is of a county: else the choice of one is not shown, and the address keeps the one it has."""
    finest = 1
    """The finest area that the page serves: 1 a county, 3 a village."""

    def __init__(
        self, store: FactStore, round_name: str | None = None, county: str | None = None, *, city: bool = False,
        person: Person | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.store = store
        self._bound = _bound(person or current_user.person(), store, self.finest)
        self.city = city
        self.rounds = store.rounds()
        store.files(self.rounds[-1] if self.rounds else "")  # says what to do where there is nothing
        chosen = round_name if round_name in self.rounds else self.rounds[-1]
        # Of somebody who is signed in: the own county alone, whatever the address asks for.
        counties = self.counties_of(chosen)
        if not counties:
            raise RefusedError(
                Words(
                    f"您的县区 {self._bound} 没有数据",
                    f"there are no facts of your county, {self._bound}",
                    code="ui.no-facts-county",
                )
            )
        self.choose(chosen, county if county in counties else counties[0])

    @property
    def round_scope(self) -> RoundScope:
        """The round and county as the layers below take them."""
        return RoundScope(self.store, self.round_name, self.only_county)

    @property
    def only_county(self) -> str | None:
        """The chosen county as the layers below take it; None: all of them."""
        return self.county or None

    def counties_of(self, round_name: str) -> list[str]:
        """What may be chosen in a round: its counties; before them the whole city, where a page allows it and it has several."""
        stored = [code for code in self.store.counties(round_name) if self._bound in (None, code)]
        # Of a store with one county the whole city is that county: a choice of two names for one thing.
        return ["", *stored] if self.city and len(stored) > 1 else stored

    def choose(self, round_name: str, county: str) -> None:
        """Turn to a round and a county; raises InputError, changing nothing, where they are not stored."""
        self.check(round_name, county)
        # Before anything is changed, since it reads files and may fail.
        simulated = self.store.origin(round_name, county or None).simulated
        self.round_name, self.county, self.simulated = round_name, county, simulated

    def on_other_county(self, forget: Callable[[], None]) -> None:
        """Let a part of the page drop what was typed or filtered for one county, as soon as another is chosen."""
        self.observe(lambda _change: forget(), "county")

    def check(self, round_name: str, county: str) -> None:
        """Raise InputError where a round or county is not stored: what a browser sends is never trusted."""
        if county not in self.counties_of(round_name):
            raise InputError(
                Words(
                    f"县区 {county}：期次 {round_name} 中没有",
                    f"county {county}: not in round {round_name}",
                    code="ui.county-not-round",
                )
            )


def _bound(person: Person | None, store: FactStore, finest: int) -> str | None:
    """The county that somebody is bound to; None: to none, or nobody is signed in."""
    if person is None:
        return None
    area, own = person.area, "/".join(part for part in person.area.parts[1:] if part)
    # The role of a trainer reaches simulated households only: where a single file is real, this is refused.
    check_right(person, Right.READ_FACTS, area, simulated=not person.role.simulated_only or store.simulated())
    if area.level > finest:
        raise RefusedError(
            Words(
                f"此页看全县数据，您的范围是“{own}”；请用“业务办理”页",
                f"this page is of a whole county, and you are bound to {own}: use the register page",
                code="ui.page-whole-county-bound",
            )
        )
    return area.county
