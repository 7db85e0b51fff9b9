"""The kinds of jobs: what each is called, and who may ask for it."""

from dataclasses import dataclass

from workbench.domain.procedure.roles import Person, Right, check_right
from workbench.errors import InputError, RefusedError, Words
from workbench.jobs.job import FILE, LEDGER, SCORE, TAKE_IN, TRAIN, Job, JobRequest
from workbench.register.access.acting_user import ActingUser
from workbench.register.access.intake_rights import check_may_take_in

LEDGERS: dict[str, Words] = {
    "risk": Words("返贫风险台账", "ledger of risk"),
    "edge": Words("边缘户台账", "ledger of edge households"),
    "summary": Words("汇总表", "summary"),
}
PROCEDURES: dict[str, Words] = {
    "risk": Words("返贫风险等级", "risk tiers"),
    "edge": Words("筛查对象", "households screened"),
}


@dataclass(frozen=True)
class Kind:
    """`title`: what it is called; `right`: what whoever asks needs; `of_county`: whether it is of one county."""

    title: Words
    right: Right
    of_county: bool
    needs_account: bool = True


KINDS: dict[str, Kind] = {
    # Of the whole round, and no tier of anybody: who works with scores may make them anew, from wherever (0041).
    SCORE: Kind(Words("重新评分", "score the round"), Right.SCORE, of_county=False, needs_account=False),
    TRAIN: Kind(Words("训练模型", "train the model"), Right.TRAIN, of_county=False, needs_account=False),
    LEDGER: Kind(Words("生成台账", "make a ledger"), Right.READ_REGISTER, of_county=True),
    FILE: Kind(Words("县级备案", "file the county's list"), Right.FILE, of_county=True),
    TAKE_IN: Kind(Words("数据导入", "data import"), Right.TAKE_IN, of_county=False, needs_account=False),
}


def title_of(request: JobRequest) -> Words:
    """Return what a job is called, with what it makes."""
    title, of = KINDS[request.kind].title, request.options.get("of", "")
    more = {LEDGER: LEDGERS, FILE: PROCEDURES}.get(request.kind, {}).get(of)
    if request.kind == TAKE_IN:
        more = Words(str(of), str(of))
    return title if more is None else title + Words("：", ": ") + more


def check_may_ask(request: JobRequest, user: ActingUser | None) -> None:
    """Raise RefusedError unless the acting user may ask for this, InputError for what is no kind; None: nobody has an account."""
    kind = KINDS.get(request.kind)
    if kind is None or (kind.of_county and not request.county):
        raise InputError(Words("没有这种任务", "there is no such kind of job", code="jobs.no-such-kind"))
    if request.kind in _OPTIONS and request.options.get("of") not in _OPTIONS[request.kind]:
        raise InputError(Words("没有这种台账或清单", "there is no such ledger or list", code="jobs.no-such-list"))
    if user is None:
        if kind.needs_account:
            raise RefusedError(Words("请先登录", "sign in first", code="jobs.sign-in-first"))
        return
    if request.kind == TAKE_IN:
        check_may_take_in(user, request.options.get("counties", ()))
    elif kind.of_county:
        user.check_part_of(kind.right, str(request.county))
    else:
        user.check_anywhere(kind.right)


def may_ask(person: Person, kind: str, *, simulated: bool) -> bool:
    """Whether a person may ask for this kind at all, in their own area: what a page offers."""
    try:
        check_right(person, KINDS[kind].right, person.area, simulated=simulated)
    except RefusedError:
        return False
    return True


def may_see(job: Job, person: Person | None) -> bool:
    """Whether a job is shown to somebody: their own ones, those of their area, and every one to whoever keeps the system.

    None: nobody has an account, and whoever looks sits at the server.
    """
    if person is None or person.account == job.request.account or Right.KEEP in person.role.rights:
        return True
    if job.request.county is None and job.request.kind in (SCORE, TRAIN):
        # Of everybody: whoever works with scores sees that new ones are being made.
        return Right.SCORE in person.role.rights or person.area.holds(job.request.area)
    return person.area.holds(job.request.area)


def may_cancel(job: Job, person: Person | None) -> bool:
    """Whether somebody may end a job: whoever asked for it, or who keeps the system."""
    return person is None or person.account == job.request.account or Right.KEEP in person.role.rights


_OPTIONS = {LEDGER: LEDGERS, FILE: PROCEDURES}
