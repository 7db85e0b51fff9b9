"""Who may take facts in: a county officer for the own county, or whoever keeps the system for every one (0025)."""

from collections.abc import Iterable

from workbench.domain.procedure.roles import Area, Right
from workbench.register.access.acting_user import ActingUser


def check_may_take_in(user: ActingUser, counties: Iterable[str] = ()) -> None:
    """Raise RefusedError, in words, unless the acting user may take in facts of these counties.

    Without a county: unless there is one of which they may; so it is asked before a file is read.
    """
    user.check_anywhere(Right.TAKE_IN)
    for county in counties:
        user.check(Right.TAKE_IN, Area(county))
