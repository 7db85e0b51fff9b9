"""What a request for the register page looks at, read from its address; and the address that leads there again."""

from collections.abc import Mapping
from dataclasses import replace

from workbench.domain.whole_numbers import whole_number
from workbench.register.assessment import EDGE, RISK
from workbench.ui.kit.texts.language import Language
from workbench.ui.pages.register.lists import LISTS
from workbench.ui.pages.register.state import RegisterSession

_FILTER = "by_"
"""Before the name of a column that a list is filtered by: “stage” is a column of cases, and a key of the address."""
_EVERY_CASE = "all"


def resume(session: RegisterSession, asked: Mapping[str, str]) -> None:
    """Look at what an address asks for; what cannot be is left as it is first looked at.

    A search by name that stands in the address is an event like one that is typed, once a day (`RegisterSession.resume`).
    """
    session.look(asked.get("view", "progress"))
    session.at_stage(asked.get("stage", ""))
    session.only(overdue="overdue" in asked, running=asked.get("cases") != _EVERY_CASE)
    session.filing = asked.get("filing", "") if session.view == "documents" else ""
    session.household = asked.get("household", "")
    if not _shows_list(session):
        return
    if session.view == "plans":
        session.needing(asked.get("need", ""))
    listing = session.asked
    # In this order: another township takes its village away, and every filter begins at the first page.
    for key in ("township", "village", "search", "sort"):
        listing = listing.change(key, asked.get(key, getattr(listing, key)))
    for name in listing.filters:
        listing = listing.change(name, asked.get(f"{_FILTER}{name}", ""))
    number = whole_number(asked.get("page", ""))
    session.resume(replace(listing, number=max(number - 1, 0)) if number is not None else listing)


def query_of(session: RegisterSession, t: Language) -> dict[str, str]:
    """Return the query of the address that leads to what is looked at."""
    query = {
        **place_of(session, t), "view": session.view if session.view != "progress" else "", "stage": session.stage,
        "overdue": "1" if session.overdue_only else "", "cases": "" if session.open_only else _EVERY_CASE,
        "filing": session.filing,
    }  # fmt: skip
    if _shows_list(session):
        asked, first = session.asked, LISTS[session.listed].listing()
        query |= {
            "need": session.need if session.view == "plans" else "", "township": asked.township, "village": asked.village,
            "search": asked.search, "sort": asked.sort if asked.sort != first.sort else "",
            **{f"{_FILTER}{name}": value for name, value in asked.chosen.items()},
            "page": str(asked.number + 1) if asked.number else "",
        }  # fmt: skip
    # Last: whoever reads an address sees first the list, then the household that was opened from it.
    query["household"] = session.household
    return {key: value for key, value in query.items() if value}


def query_of_view(session: RegisterSession, view: str, t: Language) -> dict[str, str]:
    """The query of the address of another view: the stage goes along between the two procedures."""
    stage = {"stage": session.stage} if session.stage and view in (RISK, EDGE) else {}
    return {**place_of(session, t), "view": view, **stage}


def place_of(session: RegisterSession, t: Language) -> dict[str, str]:
    """County, round and language, as every page carries them."""
    return {"county": session.county, "round": session.round_name, **({"lang": t.code} if t.code != "zh" else {})}


def control_name(key: str) -> str:
    """The name in the address of what a control of a list sets (`data-send` with `{"do": "list", "key": …}`)."""
    return key if key in ("township", "village", "search", "sort") else f"{_FILTER}{key}"


def _shows_list(session: RegisterSession) -> bool:
    return session.listed in LISTS and (session.view != "documents" or bool(session.filing))
