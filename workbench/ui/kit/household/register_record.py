"""What the register holds of a household, in short, for pages that tell of it: where it stands, its visits, its plan."""

from markupsafe import Markup

from workbench.domain.assistance.measures import measures
from workbench.domain.procedure.roles import Right
from workbench.domain.procedure.workflow import STAGES, Stage
from workbench.ui.kit.frame import current_user
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render


def record_html(round_name: str, household: str, county: str, t: Language) -> Markup:
    """The household's stage, visits and running measures; empty for who is not signed in or may not read the register."""
    user = current_user.acting_user()
    if user is None or Right.READ_REGISTER not in user.person.role.rights:
        return Markup()
    # Late: where nobody signs in, a page need not load the database's library.
    from workbench.register.assistance.plan_lists import plan_of  # noqa: PLC0415
    from workbench.register.procedure.entries import listed  # noqa: PLC0415
    from workbench.register.procedure.visits import visits_of  # noqa: PLC0415

    # Of its own county: a number may be another household's in the next one.
    entries = listed(user, round_name, households=[household])
    entry = next((each for each in entries if each["county"] == county), None)
    visits = [each for each in visits_of(user, household) if each["county"] == county]
    plan, known = plan_of(user, household), measures()
    plan = plan if plan and plan["county"] == county else None
    running = [each["measure"] for each in plan["measures"] if not each["until"]] if plan else []
    return render(
        "household_record", t,
        stage=t.label(STAGES[Stage(entry["stage"]) if entry else Stage.NEW]), visits=visits, plan=plan,
        # Each once: a measure may run for several members, or twice on different terms (0053).
        measures=[t.label((known[name].zh, known[name].en)) for name in dict.fromkeys(running)], household=household,
    )  # fmt: skip
