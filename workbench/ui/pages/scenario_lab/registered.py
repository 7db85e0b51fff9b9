"""Standards of the counties to be compared in the lab: those in force, and the drafts and earlier versions of the register."""

from workbench.domain.procedure.roles import Right
from workbench.preview.scenario import Candidate
from workbench.register.access.acting_user import ActingUser
from workbench.register.standards.in_force import Source, standard_in_use
from workbench.register.standards.lists import standard_versions, version
from workbench.register.standards.versions import STATES
from workbench.settings import register_url
from workbench.store.round_scope import RoundScope
from workbench.ui.kit.frame import current_user
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name


def candidate_in_force(scope: RoundScope, t: Language) -> Candidate:
    """The standard in force in a county, or what is used in its place; of the whole city the reference."""
    in_force, county = standard_in_use(scope, register=register_url()), scope.county or ""
    if in_force.source is Source.REFERENCE:
        name = t("参照标准")
    elif in_force.of_its_time:
        name = t("{county}现行标准", county=county_name(county, t))
    else:
        name = t("{county}：{name}", county=county_name(county, t), name=t.words(in_force.name))
    return Candidate(name, in_force.standard.model_copy(update={"county": None, "title": None}))


def registered_versions(county: str, t: Language) -> list[tuple[int, str]]:
    """The versions that who is signed in may look at, newest first, by id and name; of one county, or (empty) of all.

    Empty where nobody is signed in, or may not read the register.
    """
    user = current_user.acting_user()
    if user is None or Right.READ_REGISTER not in user.person.role.rights:
        return []
    return _named(user, county, t)


def registered_candidate(number: int, t: Language) -> Candidate:
    """A version as a standard to compare; raises RefusedError where the person may not see it."""
    chosen = version(current_user.require_acting_user(), number)
    name = t(
        "{county}第{number}版（{state}）",
        county=county_name(chosen.county, t), number=chosen.version, state=t.label(STATES[chosen.state]),
    )  # fmt: skip
    # Unbound, so that any place may be compared under it; its name in the lab is what counts.
    return Candidate(name, chosen.standard.model_copy(update={"county": None, "title": None}))


def _named(user: ActingUser, county: str, t: Language) -> list[tuple[int, str]]:
    return [
        (
            row["id"],
            t(
                "{county}第{number}版（{state}）",
                county=county_name(row["county"], t), number=row["version"],
                # Approved, and yet another may be in force: only one of them is.
                state=t("现行") if row["in_force"] else t.label(STATES[row["state"]]),
            ),
        )
        for row in standard_versions(user, county or None)
    ]  # fmt: skip
