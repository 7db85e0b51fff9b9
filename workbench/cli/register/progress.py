"""How far a round is, and what waits for whoever asks."""

import datetime as dt

from workbench.cli.language import in_language
from workbench.cli.options import JsonOption, RoundOption, checked_round
from workbench.cli.output import emit, say, show_table
from workbench.cli.register.labels import KINDS
from workbench.cli.register.options import with_acting_user
from workbench.domain.procedure.roles import Area
from workbench.domain.procedure.workflow import STAGES, Stage
from workbench.errors import Words
from workbench.register.access.acting_user import ActingUser
from workbench.register.worklists.progress import TownshipProgress, progress, waiting

_TASKS = {
    **{
        f"{name}_{kind}": Words(f"{words.zh}（{title.zh}）", f"{words.en} ({title.en})")
        for name, words in (
            ("visit", Words("待走访", "to visit")), ("propose", Words("待上报", "to propose")),
            ("agree", Words("待审核", "to review")), ("file", Words("待备案", "to file")),
        )
        for kind, title in KINDS.items()
    },
    **{
        f"changed_{kind}": Words(f"结果有变（{title.zh}）", f"result changed ({title.en})") for kind, title in KINDS.items()
    },
    "overdue_visits": Words("逾期走访", "visits overdue"),
    "approve_standard": Words("待批准的标准", "standards to approve"),
    "redraft_standard": Words("退回待改的标准", "standards sent back, to be redrafted"),
    "case_verify": Words("待核实的案", "cases to verify"),
    "case_appraise": Words("待评议的案", "cases to appraise"),
    "case_publicise": Words("待公示的案", "cases to publicise"),
    "case_announce": Words("待公告的案", "cases to announce"),
    "case_wait": Words("待列入录入的案", "cases to queue for the window"),
    "case_enter": Words("待录入的案", "cases to enter"),
    "case_dismiss": Words("事实已不低于标准、待决定的案", "cases to decide whose facts lie above the line"),
}  # fmt: skip


@with_acting_user
def progress_command(
    user: ActingUser,
    round_name: RoundOption,
    *,
    as_json: JsonOption = False,
) -> None:
    """How far a round is, by township, against its deadline; and what waits for whoever asks."""
    rows, mine = progress(user, checked_round(round_name)), waiting(user, round_name)

    def show() -> None:
        say(_time_left(mine.days_left).after(f"{round_name}: "))
        # Without the zeros, which stay in the JSON: a person looks for what there is to do.
        for task, number in mine.by_task.items():
            if number:
                say(f"  {in_language(_TASKS[task])}: {number:,}")
        # Apart from the above: what cannot be done yet must not look as if it had been left undone.
        for task, each in mine.later.items():
            say(f"  {in_language(_TASKS[task])}: {each.count:,} ({in_language(_not_yet(each.day))})")
        _show_progress(user.person.area, rows)

    emit(
        {
            "round": round_name,
            "days_left": mine.days_left,
            "waiting": mine.by_task,
            "later": {task: {"count": each.count, "day": each.day} for task, each in mine.later.items()},
            # `filed` is computed, and so not among the fields.
            "townships": [vars(row) | {"filed": row.filed} for row in rows],
        },
        show,
        as_json=as_json,
    )


def _not_yet(day: dt.date | None) -> Words:
    if day is None:
        return Words("现在还不能办", "not possible yet")
    return Words(f"{day} 起可办", f"from {day} on")


def _time_left(days: int) -> Words:
    if days < 0:
        return Words(f"已过截止日期 {-days} 天", f"{-days} days past the deadline")
    return Words(f"距截止日期 {days} 天", f"{days} days left until the deadline")


def _show_progress(area: Area, rows: list[TownshipProgress]) -> None:
    # In the order of the procedure: a row shows from left to right how far its township is.
    stages = [Stage.VISITED, Stage.PROPOSED, Stage.RETURNED, Stage.REVIEWED, Stage.FILED]
    columns = [
        Words("乡镇", "township"), Words("程序", "procedure"), Words("应办户数", "households"), Words("未走访", "not visited"),
        *(Words(*STAGES[stage]) for stage in stages),
    ]  # fmt: skip
    shown = [
        [
            row.township,
            KINDS[row.kind],
            row.households,
            row.not_visited,
            *(row.stages.get(stage, 0) for stage in stages),
        ]
        for row in rows
    ]
    show_table(area.words, columns, shown)
