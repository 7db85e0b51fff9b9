"""Home of who keeps the system once there is data: in which counties nobody can take a step of the round yet."""

from collections import Counter
from dataclasses import dataclass

from markupsafe import Markup

from workbench.domain.procedure.roles import ROLES
from workbench.register.access.accounts import accounts
from workbench.register.access.acting_user import ActingUser
from workbench.store.facts import FactStore
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.kit.texts.templates import render

FEWEST = {"village_worker": 1, "township_reviewer": 1, "county_officer": 2}
"""Accounts that a county's round takes, by role: a standard is approved by another officer than the one who submitted it."""


@dataclass(frozen=True)
class CountyNeeds:
    """A county with data, and how many accounts in use it has fewer than its round takes, by role; empty where all are there."""

    county: str
    lacking: dict[str, int]


def counties_needs(user: ActingUser, facts: FactStore) -> list[CountyNeeds]:
    """What each county of the newest round lacks; raises RefusedError unless the user keeps accounts."""
    there = Counter((each["county"], each["role"]) for each in accounts(user) if each["active"])
    return [
        CountyNeeds(
            county, {role: few - there[county, role] for role, few in FEWEST.items() if there[county, role] < few}
        )
        for county in facts.counties(facts.rounds()[-1])
    ]


def render_accounts_needed(user: ActingUser, facts: FactStore, t: Language, accounts_page: str) -> Markup:
    """The home page's middle, as HTML; `accounts_page` is the address of the accounts."""
    needs = counties_needs(user, facts)
    return render(
        "accounts_needed", t,
        needs=[(county_name(each.county, t), [(t.label((ROLES[role].zh, ROLES[role].en)), more) for role, more in each.lacking.items()]) for each in needs if each.lacking],
        complete=[county_name(each.county, t) for each in needs if not each.lacking],
        round=round_title(facts.rounds()[-1], t), simulated=facts.simulated(), accounts_page=accounts_page,
    )  # fmt: skip
