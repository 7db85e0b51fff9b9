"""What comes after a step: the next household of the same list, and what else waits for the person, each with the way there."""

from markupsafe import Markup

from workbench.domain.procedure.workflow import Stage
from workbench.register.assessment import KIND_OF
from workbench.register.worklists.progress import waiting
from workbench.register.worklists.visit_order import round_lists, visits_due
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.register.household import assessed_row
from workbench.ui.pages.register.state import RegisterSession
from workbench.ui.pages.register.tasks import WAITING, tasks

_LISTED_AT = {"visit": str(Stage.NEW), "propose": WAITING, "withdraw": "", "review": str(Stage.PROPOSED)}
"""Where the next household stands of whoever has just taken this step of one."""
FOLLOWED = frozenset({*_LISTED_AT, "confirm", "withdraw_batch", "adjust", "case"})
"""The steps after which a person goes on with another household, or with something else."""


def following_html(session: RegisterSession, step: str, t: Language) -> Markup:
    """The ways on after a step of the household in sight, or of a batch."""
    stage = _LISTED_AT.get(step, "")
    kind = KIND_OF[assessed_row(session)["kind"]] if session.household and stage else ""
    today = [task for task in tasks(waiting(session.user, session.round_name), t) if not task["later"]]
    return render(
        "register_following", t,
        sends=sends, next=_next(session, kind, stage) if kind else "", tasks=[task for task in today if "view" in task["where"]],
    )  # fmt: skip


def _next(session: RegisterSession, kind: str, stage: str) -> str:
    """The household that stands where the step begins, the one in sight left out; empty for none.

    After a visit it is the one that home names next (missing facts first, then rules, then the model), of either
    procedure: in the order of the list the least urgent might come.
    """
    user, name, county = session.user, session.round_name, session.county
    if stage == Stage.NEW:
        listed = visits_due(user, name, county, round_lists(user, name, county))["household_id"]
    else:
        listed = session.standing_at(kind, stage)["household_id"]
    return next((name for name in listed if name != session.household), "")
