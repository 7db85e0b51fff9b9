"""The view of a round: what is unfinished, closing it, the next one; entry windows; the households to be screened, by group."""

from typing import Any
from urllib.parse import urlencode

from markupsafe import Markup

from workbench.domain.facts import KEY_GROUPS
from workbench.domain.procedure.roles import Right
from workbench.domain.procedure.workflow import STAGES, Stage
from workbench.domain.rounds import deadline, next_round
from workbench.register.assessment import EDGE, RISK
from workbench.register.county_records import windows
from workbench.register.edge_register import screening
from workbench.ui.kit.controls.pane import sends
from workbench.ui.kit.files.download import XLSX, File, Sheet, file_name, xlsx_bytes
from workbench.ui.kit.texts.facts import fact_label
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.register.requests.address import place_of
from workbench.ui.pages.register.rounds.state import RoundKeeping
from workbench.ui.pages.register.shared_frames import entries_of
from workbench.ui.pages.register.state import RegisterSession


def round_html(session: RegisterSession, keeping: RoundKeeping, t: Language) -> Markup:
    """Return the view of the round in sight."""
    lacking, rights, following = keeping.lacking(), session.user.person.role.rights, next_round(session.round_name)
    titles = ((RISK, t("返贫风险等级")), (EDGE, t("筛查对象")))
    return render(
        "register_round", t,
        sends=sends, round=round_title(session.round_name, t), county=county_name(session.county, t), lacking=lacking,
        closing=deadline(session.round_name), asked=keeping.asked, seen=keeping.seen, may_close=Right.FILE in rights,
        may_tell=Right.ADD_WINDOW in rights,
        kinds=[{"view": kind, "title": title, "stages": _stages(lacking.by_kind.get(kind, {}), t)} for kind, title in titles],
        may_take_in=Right.TAKE_IN in rights,
        intake=f"voila/render/intake.ipynb?{urlencode({**place_of(session, t), 'round': following})}",
        following=round_title(following, t), following_day=deadline(following), there=following in session.store.rounds(),
        windows=windows(session.user), groups=_groups(session, t),
    )  # fmt: skip


def screening_file(session: RegisterSession, t: Language) -> File:
    """The unregistered households to be looked at door to door (§2.2-b), with the groups that each belongs to."""
    frame = screening(session.user, session.round_name, session.county)
    groups = [name for name in frame.columns if name not in ("household_id", "township", "village", "in_group")]
    answers = {True: t("是"), False: t("否"), None: t("未知")}
    headers = [t("户编号"), t("乡镇"), t("村"), *(fact_label(name, t, session.own_groups()) for name in groups)]
    rows = [
        [row["household_id"], row["township"], row["village"], *(answers[row[name]] for name in groups)]
        for row in frame.to_dicts()
    ]
    name = file_name(
        t("模拟数据") if session.simulated else "", county_name(session.county, t), round_title(session.round_name, t),
        t("入户筛查名单"), ending=".xlsx",
    )  # fmt: skip
    mark = (t("说明"), t("模拟数据：不是真实住户")) if session.simulated else None
    return File(name, XLSX, xlsx_bytes([Sheet(t("入户筛查名单"), headers, rows, mark)]))


def _stages(stages: dict[str, int], t: Language) -> list[tuple[str, str, int]]:
    return [
        (str(stage), t.label(STAGES[stage]), stages[str(stage)])
        for stage in STAGES
        # What is filed is not unfinished.
        if stages.get(str(stage)) and stage is not Stage.FILED
    ]


def _groups(session: RegisterSession, t: Language) -> dict[str, Any]:
    """How many households of each key group are to be screened; those of whom no group is known apart."""
    frame, own = screening(session.user, session.round_name, session.county), session.own_groups()
    return {
        # Of whom no group is known to hold and one is not known: looked at too, and counted apart (§2.2-b).
        # Without the names, which would be an event: only how many there are.
        "listed": entries_of(session, EDGE).height,
        "households": len(frame), "unknown": int(frame["in_group"].is_null().sum()),
        "each": [(fact_label(name, t, own), int(frame[name].fill_null(value=False).sum())) for name in (*KEY_GROUPS, *own)],
    }  # fmt: skip
