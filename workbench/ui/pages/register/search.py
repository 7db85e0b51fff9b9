"""Looking for a household by name, number or village, from the bar of any page or in a list; by a name it is an event."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import TYPE_CHECKING

from workbench.domain.procedure.text_limits import check_text
from workbench.register.access import personal_data
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import EDGE, RISK
from workbench.store.personal import persons_path

if TYPE_CHECKING:
    from workbench.ui.pages.register.state import RegisterSession


_REMEMBERED = 10_000
_RECORDED: OrderedDict[Hashable, None] = OrderedDict()
_LOCK = threading.Lock()
"""Searches of this process that are on the trail, without what was typed; of one that is not here any more there is another event."""


def find(session: "RegisterSession", text: str) -> None:
    """Look in both procedures of the county: the only household opens, of several the list. Raises InputError for a text too long."""
    text = check_text("search", text.strip())
    if not text:
        return
    # By its number also one that is in no list, such as an unregistered household that is not screened.
    if session.assessment().filter(household_id=text).height == 1:
        session.household = text
        return
    hits = {}
    for kind in (EDGE, RISK):
        session.look(kind)
        session.ask("search", text)
        hits[kind] = session.whole_list()["household_id"].to_list()
    every = [*hits[RISK], *hits[EDGE]]
    # Before the household is set: to look at another list puts the household away.
    session.look(RISK if hits[RISK] or not hits[EDGE] else EDGE)
    session.household = every[0] if len(every) == 1 else ""


def record_name_search(user: ActingUser, round_name: str, county: str, text: str, hits: int) -> None:
    """Keep a search on the trail where it may be one for a name, and there are names to be found."""
    # Chinese characters are letters to `isalpha`; a number alone looks for no name.
    names = any(letter.isalpha() for letter in text) and personal_data.may_read_names(user)
    if names and persons_path(user.register.facts.root, round_name, county).exists():
        personal_data.record_name_search(user, round_name, county, hits)


def record_search(session: "RegisterSession", *, again: bool = True) -> None:
    """Keep the search of the list in sight on the trail; not `again`: unless it is there since this morning.

    The address of a page holds its search: turned a page, or reloaded, it is the search of before.
    """
    user, text = session.user, session.asked.search
    place = (str(session.store.root), session.round_name, session.county, session.listed, session.filing)
    key = (*place, user.person.account, user.today, hashlib.sha256(text.encode()).digest())
    with _LOCK:
        recorded = key in _RECORDED
    if recorded and not again:
        return
    record_name_search(user, session.round_name, session.county, text, len(session.whole_list()))
    with _LOCK:
        _RECORDED[key] = None
        while len(_RECORDED) > _REMEMBERED:
            _RECORDED.popitem(last=False)
