"""Assistance on the register page, as HTML: what lifted and edge households lack, by township, and who has a plan (§2.1.4, §3)."""

from typing import Any

from markupsafe import Markup

from workbench.domain.procedure.roles import Right
from workbench.domain.rules.coverage import CHECK, CHECKS
from workbench.statistics.coverage import AreaCoverage, count_coverage
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.register.lists import filters_of, group_words, need_labels, sort_labels
from workbench.ui.pages.register.state import RegisterSession

_TOWNSHIP = 2
"""Level of an area (`roles.Area.level`)."""


def plans_html(session: RegisterSession, t: Language) -> Markup:
    """Return the gaps by township (of a township or village by village), and the households with their plans."""
    page, counts = session.plan_page()
    # One level below the person's own, as everywhere (0053): a township of one row says nothing to whoever works in it.
    by_village = session.user.person.area.level >= _TOWNSHIP
    return render(
        "register_plans", t,
        sends=sends, page=page, asked=session.asked, sorts=sort_labels("plans", t), filters=filters_of("plans", "", page, t), need=session.need,
        needs=[{"key": key, "label": label, "count": counts[key]} for key, label in need_labels(t).items()],
        may_plan=Right.PROPOSE in session.user.person.role.rights,
        checks=[t.label((check.zh, check.en)) for check in CHECKS],
        # Of everybody in the area, whatever the list beside is filtered by.
        areas=[_area(area, t) for area in count_coverage(session.assisted(), ["village" if by_village else "township"])],
        part=t("村") if by_village else t("乡镇"), parts=t("各村") if by_village else t("各乡镇"),
        rows=[_row(row, t) for row in page.rows],
    )  # fmt: skip


def _area(area: AreaCoverage, t: Language) -> dict[str, Any]:
    """A township or village: households with a gap, by check, and behind a question mark those of which it cannot be told."""
    answers = [area.checks[check.name] for check in CHECKS]
    return {
        "name": area.place[0] or t("（未填）"), "households": area.households.households,
        "gaps": [(each["yes"].households, each["cannot_tell"].households) for each in answers],
    }  # fmt: skip


def _row(row: dict[str, Any], t: Language) -> dict[str, Any]:
    lacking = [name for name in CHECK if row[f"gap_{name}"]]
    # Apart from what is lacking: a gap that cannot be told is none that one may plan for.
    unknown = [name for name in CHECK if row[f"gap_{name}"] is None]
    return {
        **row, "kind_label": group_words(row["group"], t),
        "lacking": t("、").join(t.label((CHECK[name].zh, CHECK[name].en)) for name in lacking),
        "unknown": t("、").join(t.label((CHECK[name].zh, CHECK[name].en)) for name in unknown),
    }  # fmt: skip
