"""The rows of the procedure's tables: the versions of a county, each with what there is to say of it, and the neighbours' standards."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.domain.procedure.roles import Right
from workbench.domain.rules.standard import EdgeStandard, read_standard
from workbench.errors import StandardError
from workbench.register.access.acting_user import ActingUser
from workbench.register.county_records import account_names
from workbench.register.standards.in_force import approved_standard
from workbench.register.standards.lists import in_force_everywhere, standard_versions, version
from workbench.register.standards.versions import STATES
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.county_standard.differences import differences
from workbench.ui.pages.county_standard.procedure.approval import change_by
from workbench.ui.pages.county_standard.procedure.asked_first import doubts_of_version
from workbench.ui.pages.county_standard.procedure.version_texts import (
    ceiling_texts,
    figures,
    since_approved,
    steps,
    summary,
)
from workbench.ui.pages.county_standard.state import StandardSession

Draft = tuple[int, EdgeStandard]
"""A draft's number in its county, and its standard."""


def version_rows(user: ActingUser, session: StandardSession, t: Language) -> list[dict[str, Any]]:
    """Every version of the session's county, newest first."""
    chosen, names = approved_standard(user, session.county, session.round_name), account_names(user)
    versions = standard_versions(user, session.county)
    return [
        _row(row, user, session, names, t)
        | {
            "of_round": chosen is not None and chosen.id == row["id"],
            "differs": since_approved(row, versions, t),
            "replaced_by": _replaced_by(row, versions),
        }
        for row in versions
    ]


def _replaced_by(row: Mapping[str, Any], versions: Sequence[Mapping[str, Any]]) -> int | None:
    """The number of the version in force where it took the place of an approved one of an earlier day; None else."""
    in_force = next((each for each in versions if each["in_force"]), None)
    if in_force is None or row["state"] != "approved" or row["effective"] >= in_force["effective"]:
        return None
    return int(in_force["version"])


def _row(
    row: Mapping[str, Any], user: ActingUser, session: StandardSession, names: Mapping[str, str], t: Language
) -> dict[str, Any]:
    mine = row["submitted_by"] == user.person.account
    # Only for whoever may answer: to say what an approval changes, households are judged under both standards.
    asked = row["state"] == "submitted" and not mine and Right.SET_STANDARD in user.person.role.rights
    return {
        **row, "change": change_by(user, version(user, row["id"]), session.in_force, t) if asked else None,
        "state_label": t.label(STATES[row["state"]]),
        # What waits for its day is no older version, though neither holds today.
        "later": (row["effective"] or "") > user.today.isoformat(),
        # Approved for a day gone by: said, or whoever reads both days takes one of them for a slip.
        "approved_after": bool(row["approved_at"] and row["effective"] and row["approved_at"][:10] > row["effective"]),
        "mine": mine, "steps": steps(row, names, t),
        "in": t.number(row["preview"]["in"]) if row["preview"] else "",
        "ceiling": _ceiling(row["text"], session.line_in_force(), t),
        "figures": figures(row["preview"] or {}, t), "doubts": _doubts(row, session, t),
    }  # fmt: skip


def newest_draft(rows: list[dict[str, Any]]) -> Draft | None:
    """The newest version, where it is a draft that may be submitted as it stands; None else."""
    # An older draft has a newer version in its place, and nobody looks at the two at once.
    row = next((each for each in rows[:1] if each["state"] == "draft"), None)
    if row is None:
        return None
    try:
        return row["version"], read_standard(row["text"])
    except StandardError:
        return None


def unlike(draft: Draft | None, choice: EdgeStandard, t: Language) -> tuple[int, list[tuple[str, str, str]]] | None:
    """The number of a draft and what differs between it and the present choice; None where nothing does."""
    if draft is None:
        return None
    number, standard = draft
    differing = differences(standard, choice, t, briefly=True)
    return (number, differing) if differing else None


def neighbour_rows(user: ActingUser, session: StandardSession, t: Language) -> list[dict[str, Any]]:
    """The standards of the round in the other counties."""
    in_force = in_force_everywhere(user, session.round_name)
    return [
        summary(code, each, session.line_in_force(), t)
        for code, each in in_force.items()
        if each and code != session.county
    ]


def _doubts(row: Mapping[str, Any], session: StandardSession, t: Language) -> list[str]:
    """Return what is doubtful in a version on its way; a decided one is asked about no more."""
    try:
        return (
            doubts_of_version(session, read_standard(row["text"]), t) if row["state"] in ("draft", "submitted") else []
        )
    except StandardError:
        return []


def _ceiling(text: str, line: float, t: Language) -> tuple[str, str]:
    """The ceiling of a version as it is written down; a text changed by hand says none, and hides no other version."""
    try:
        return ceiling_texts(read_standard(text), line, t)
    except StandardError:
        return "–", ""
