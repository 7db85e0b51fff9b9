"""Who may take facts in: a county officer for the own county, or whoever keeps the system."""

from collections.abc import Iterable

from workbench.domain.procedure.roles import Area, Right
from workbench.register.access.acting_user import Desk


def check_may_take_in(desk: Desk, counties: Iterable[str] = ()) -> None:
    """Raise RefusedError, in words, unless who is at the desk may take in facts of these counties.

    Without a county: unless there is one of which they may; so it is asked before a file is read.
    """
    if Right.KEEP in desk.person.role.rights:
        return
    desk.check_anywhere(Right.FILE)
    for county in counties:
        desk.check(Right.FILE, Area(county))
