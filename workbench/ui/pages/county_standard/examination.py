"""Looking at a version of the register in place of one's own choice, which is put by meanwhile and is come back to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from workbench.domain.procedure.roles import Right
from workbench.domain.rules.standard import EdgeStandard
from workbench.register.standards.lists import RETURNED, standard_versions, version
from workbench.ui.kit.frame import current_user

if TYPE_CHECKING:  # the session holds an `OwnChoice`
    from workbench.register.access.acting_user import ActingUser
    from workbench.ui.pages.county_standard.state import StandardSession


@dataclass(frozen=True)
class OwnChoice:
    """What a person had chosen before a version was shown: the draft as it was typed, valid or not, and what it began as.

    `standard`: the last draft that was valid.
    """

    draft: Mapping[str, Any]
    standard: EdgeStandard
    begun: EdgeStandard


def examine_asked(session: "StandardSession", number: str | None) -> None:
    """Show the version that an address asks for by its number in the county; without a number, the one that waits for this person.

    Shows nothing where there is none, or nobody is signed in who may see it. Raises InputError where its text was changed
    by hand, StandardError where it cannot be used in the round.
    """
    user = current_user.acting_user()
    if user is None or Right.READ_REGISTER not in user.person.role.rights:
        return
    asked = _of_number(user, session.county, number) if number else _waiting(user, session.county)
    if asked is not None:
        session.examine(version(user, asked))


def _of_number(user: "ActingUser", county: str, number: str) -> int | None:
    return next((row["id"] for row in standard_versions(user, county) if str(row["version"]) == number), None)


def _waiting(user: "ActingUser", county: str) -> int | None:
    """The newest version that this person may answer; else the newest, where it came back to them."""
    if Right.SET_STANDARD not in user.person.role.rights:
        return None
    rows, own = standard_versions(user, county), user.person.account
    asked = [row["id"] for row in rows if row["state"] == "submitted" and row["submitted_by"] != own]
    back = [row["id"] for row in rows[:1] if row["state"] == RETURNED and row["submitted_by"] == own]
    return next(iter((*asked, *back)), None)
