"""How far the round is, as HTML: the deadline, what waits for the person, a map of the counties, a table by township."""

from typing import Any

from markupsafe import Markup

from workbench.domain.procedure.workflow import STAGES, Stage
from workbench.domain.rounds import deadline
from workbench.register.assessment import EDGE, RISK
from workbench.register.procedure.progress import TownshipProgress, progress, waiting
from workbench.ui.kit.charts.county_map import WIDTH, county_shapes
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.register.state import RegisterSession
from workbench.ui.pages.register.tasks import tasks

# Nearly 0 and nearly 1: a county that has begun differs from one that has not, and only one that is done is darkest.
_SHADES = (0.001, 0.25, 0.5, 0.75, 0.999)
"""Shares filed from which a county is drawn a step darker."""
_ORDER = (Stage.FILED, Stage.REVIEWED, Stage.PROPOSED, Stage.RETURNED, Stage.VISITED)


def progress_html(session: RegisterSession, t: Language) -> Markup:
    """The view of a round's progress."""
    user, name = session.user, session.round_name
    rows = progress(user, name)
    shapes, height = county_shapes()
    here = [row for row in rows if row.county == session.county]
    closing = deadline(name)
    return render(
        "register_progress", t,
        sends=sends, round=round_title(name, t), closing=closing, days_left=(closing - user.today).days, today=user.today,
        tasks=tasks(waiting(user, name).by_task, t), county=county_name(session.county, t), chosen=session.county,
        counties=[_county(shape, rows, t) for shape in shapes], width=WIDTH, height=height,
        kinds=[(RISK, t("返贫风险等级")), (EDGE, t("边缘户"))], stages=[(str(s), t.label(STAGES[s])) for s in _ORDER],
        townships={kind: [_township(row, t) for row in here if row.kind == kind] for kind in (RISK, EDGE)},
        totals={kind: _total([row for row in here if row.kind == kind]) for kind in (RISK, EDGE)},
    )  # fmt: skip


def _county(shape: Any, rows: list[TownshipProgress], t: Language) -> dict[str, Any]:
    """A county of the map: its share filed, of the lifted households; without one where it is not the person's."""
    mine = [row for row in rows if row.county == shape.code and row.kind == RISK]
    households, filed = sum(row.households for row in mine), sum(row.filed for row in mine)
    share = filed / households if households else None
    return {
        "shape": shape, "name": county_name(shape.code, t), "mine": bool(mine), "share": share,
        "shade": 0 if share is None else sum(share >= least for least in _SHADES),
        "words": t("{filed} / {all} 户已备案", filed=t.number(filed), all=t.number(households)) if mine else t("不在您的范围"),
    }  # fmt: skip


def _township(row: TownshipProgress, t: Language) -> dict[str, Any]:
    counts = {str(stage): row.stages.get(stage, 0) for stage in _ORDER}
    return {
        "name": row.township or t("（未填）"), "key": row.township or "", "households": row.households,
        "not_visited": row.not_visited, "counts": counts,
        "widths": {stage: 100 * count / row.households if row.households else 0 for stage, count in counts.items()},
        "share": row.filed / row.households if row.households else None,
    }  # fmt: skip


def _total(rows: list[TownshipProgress]) -> dict[str, int]:
    counts = {str(stage): sum(row.stages.get(stage, 0) for row in rows) for stage in _ORDER}
    return {
        **counts,
        "households": sum(row.households for row in rows),
        "not_visited": sum(row.not_visited for row in rows),
    }
