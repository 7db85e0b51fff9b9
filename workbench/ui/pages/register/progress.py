"""How far the round is, as HTML: the deadline, what waits and what became of it, a map or tiles, a table by township or village."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from workbench.domain.procedure.workflow import STAGES, Stage
from workbench.domain.rounds import deadline
from workbench.register.access.acting_user import ActingUser
from workbench.register.assessment import EDGE, RISK
from workbench.register.county_records import account_names
from workbench.register.edge_register import edge_households
from workbench.register.worklists.progress import TownshipProgress, progress, village_progress, waiting
from workbench.register.worklists.submissions import outcomes
from workbench.ui.kit.charts.county_map import WIDTH, county_shapes
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.register.outcomes import notices
from workbench.ui.pages.register.state import RegisterSession
from workbench.ui.pages.register.tasks import tasks
from workbench.ui.pages.register.views import standard_words

# Nearly 0 and nearly 1: a county that has begun differs from one that has not, and only one that is done is darkest.
_SHADES = (0.001, 0.25, 0.5, 0.75, 0.999)
"""Shares filed from which a county is drawn a step darker."""
_CITY, _TOWNSHIP = 0, 2
"""Levels of an area (`roles.Area.level`)."""
_ORDER = (Stage.FILED, Stage.REVIEWED, Stage.PROPOSED, Stage.RETURNED, Stage.VISITED)


def progress_html(session: RegisterSession, t: Language) -> Markup:
    """The view of a round's progress: of the level below the person's own, and of no area that is not the person's."""
    user, name = session.user, session.round_name
    level = user.person.area.level
    by_village = level >= _TOWNSHIP
    # One level below the person's own: no share of a part stands under the name of the whole (0053).
    rows = village_progress(user, name) if by_village else progress(user, name)
    here = [row for row in rows if row.county == session.county]
    # Only county boundaries are published; townships and villages are tiles (0053).
    shapes, height = county_shapes() if level == _CITY else ([], 0)
    closing = deadline(name)
    of_kind = {kind: [row for row in here if row.kind == kind] for kind in (RISK, EDGE)}
    late = _late_visits(user, session.county, by_village=by_village)
    return render(
        "register_progress", t,
        sends=sends, standard=standard_words(session, t), standard_page=_standard_page(session, t), round=round_title(name, t), closing=closing, days_left=(closing - user.today).days, today=user.today,
        tasks=tasks(waiting(user, name, rows), t), notices=notices(outcomes(user, name), account_names(user), t),
        area=_area_words(session, t), chosen=session.county, parts=t("各村") if by_village else t("各乡镇"), part=t("村") if by_village else t("乡镇"),
        counties=[_county(shape, rows, t) for shape in shapes], width=WIDTH, height=height,
        kinds=[(RISK, t("返贫风险等级")), (EDGE, t("筛查对象"))], stages=[(str(s), t.label(STAGES[s])) for s in _ORDER],
        townships={kind: [_part(row, late, t) for row in of_kind[kind]] for kind in of_kind},
        totals={kind: _total(of_kind[kind]) for kind in of_kind},
    )  # fmt: skip


def _standard_page(session: RegisterSession, t: Language) -> str:
    """Where a standard is answered: the page of the standard, with its procedure open."""
    place = {"county": session.county, "round": session.round_name} | ({"lang": t.code} if t.code != "zh" else {})
    return f"voila/render/county_standard.ipynb?{urlencode(place | {'open': 'versions'})}"


def _area_words(session: RegisterSession, t: Language) -> str:
    """Whose figures these are: the person's own township or village, else the whole county."""
    parts = [part for part in session.user.person.area.parts[1:] if part]
    return " · ".join([county_name(session.county, t), *parts])


def _late_visits(user: ActingUser, county: str, *, by_village: bool) -> Counter[tuple[str | None, str | None]]:
    """How many edge households of each part are past the day of their visit."""
    return Counter(
        (row["township"], row["village"] if by_village else None)
        for row in edge_households(user, overdue_only=True)
        if row["county"] == county
    )


def _county(shape: Any, rows: list[TownshipProgress], t: Language) -> dict[str, Any]:
    """A county of the map: its share filed, of the lifted households; without one where it is not the person's."""
    mine = [row for row in rows if row.county == shape.code and row.kind == RISK]
    households, filed = sum(row.households for row in mine), sum(row.filed for row in mine)
    share = filed / households if households else None
    return {
        "shape": shape, "name": (name := county_name(shape.code, t)), "label": _label(name), "mine": bool(mine), "share": share,
        "shade": _shade(share),
        "words": t("{filed} / {all} 户已备案", filed=t.number(filed), all=t.number(households)) if mine else t("不在您的范围"),
    }  # fmt: skip


def _label(name: str) -> str:
    """A county's name on the map: in English without what all have in common, or the names of small ones overlap."""
    return name.removesuffix(" County").removesuffix(" District")


def _part(row: TownshipProgress, late: Counter[tuple[str | None, str | None]], t: Language) -> dict[str, Any]:
    """A township or village: a line of the table, and a tile."""
    counts = {str(stage): row.stages.get(stage, 0) for stage in _ORDER}
    # Of those that a list is to hold: whose case decides is filed by none, and nobody's delay.
    share = row.filed / row.to_file if row.to_file else None
    name = row.village if row.village is not None else row.township
    return {
        "name": name or t("（未填）"), "township": row.township or "", "village": row.village or "",
        "households": row.households, "not_visited": row.not_visited, "counts": counts,
        "widths": {stage: 100 * count / row.households if row.households else 0 for stage, count in counts.items()},
        "share": share, "shade": _shade(share), "open": row.to_file - row.filed, "with_case": row.with_case, "to_file": row.to_file,
        # Visits of edge households are what has a day; a `Counter` gives nought for a part without any.
        "late": late[row.township, row.village] if row.kind == EDGE else 0,
    }  # fmt: skip


def _shade(share: float | None) -> int:
    return 0 if share is None else sum(share >= least for least in _SHADES)


def _total(rows: list[TownshipProgress]) -> dict[str, int]:
    """All parts together."""
    counts = {str(stage): sum(row.stages.get(stage, 0) for row in rows) for stage in _ORDER}
    return {
        **counts,
        "households": sum(row.households for row in rows),
        "not_visited": sum(row.not_visited for row in rows),
        "with_case": sum(row.with_case for row in rows),
        "to_file": sum(row.to_file for row in rows),
    }
