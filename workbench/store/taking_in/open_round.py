"""The round at which a store works: what is offered where somebody takes data in."""

import datetime as dt

from workbench.domain.rounds import next_round
from workbench.store.facts import FactStore

FIRST_ROUND = "2019-05"


def open_round(store: FactStore, today: dt.date) -> str:
    """The last stored round, the next one where that is closed everywhere; in an empty store the last that has begun."""
    stored = store.rounds()
    if not stored:
        return rounds_begun(today)[-1]
    last = stored[-1]
    return next_round(last) if all(store.is_closed(last, code) for code in store.counties(last)) else last


def rounds_begun(today: dt.date) -> list[str]:
    """The rounds of the notice's calendar that have begun by a day; the first of all in any case."""
    names = [FIRST_ROUND]
    while (following := next_round(names[-1])) <= f"{today:%Y-%m}":
        names.append(following)
    return names
