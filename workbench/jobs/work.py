"""What each kind of job does, in the process of the job: the very functions that commands and pages call."""

import datetime as dt
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbench.domain.rounds import round_words
from workbench.errors import InputError, Words
from workbench.jobs.job import FILE, LEDGER, SCORE, TAKE_IN, TRAIN, JobRequest

if TYPE_CHECKING:
    from workbench.register.access.acting_user import ActingUser
    from workbench.store.facts import FactStore


@dataclass(frozen=True)
class Surroundings:
    """Where a job works: the facts, the register's URL (None: in the store), a folder of models beside the store's own.

    `acts`: who is named in the trail; `say` tells what is being done, `count` how far; after `writing` the job is not ended
    any more; `save` keeps a file that it made, by name.
    """

    facts: "FactStore"
    register: str | None
    models: Path | None
    payload: Path
    acts: str
    now: dt.datetime
    say: Callable[[Words | str], None]
    writing: Callable[[], None]
    save: Callable[[str, bytes], None]

    def acting_user(self, account: str | None) -> "ActingUser":
        """Who asked, with the rights of now: what was allowed when it was queued may have gone."""
        if account is None:
            raise InputError(Words("请先登录", "sign in first", code="jobs.account-needed"))
        # Late: a job loads what it needs, and no more.
        from workbench.register.access.acting_user import open_register  # noqa: PLC0415
        from workbench.register.clock import now_of  # noqa: PLC0415

        register = open_register(self.facts, self.register)
        return register.acting_user(account, now_of(register, self.now))


def do(request: JobRequest, here: Surroundings) -> Sequence[Words]:
    """Do a job; returns what came of it, in words. Raises WorkbenchError where it cannot be done, or may not be any more."""
    from workbench.jobs.kinds import check_may_ask  # noqa: PLC0415 - a job loads what it needs

    # Of every kind: whoever asked may have lost the right, or the account, while the job waited (0041).
    if request.account is not None:
        check_may_ask(request, here.acting_user(request.account))
    return _WORK[request.kind](request, here)


def _score(request: JobRequest, here: Surroundings) -> Sequence[Words]:
    from workbench.risk.registry.round_scoring import ScoringRequest, score_round  # noqa: PLC0415 - a job loads what it needs

    asked = ScoringRequest(request.round_name, (), None, here.models, here.register)
    made, _ = score_round(here.facts, asked, (here.acts, here.now), here.say, here.writing)
    scored, slips = f"{made.scored:,}", f"{made.expected_slips:,.0f}"
    return (
        Words(
            f"已评分 {scored} 户，预计风险变差 {slips} 户。",
            f"{scored} households are scored; {slips} are expected to slip.",
        ),
        *made.head.warnings,
    )


def _train(request: JobRequest, here: Surroundings) -> Sequence[Words]:
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # read when trees are first loaded: waiting threads do not spin
    from workbench.risk.model.training import TrainingRequest, train  # noqa: PLC0415 - as above
    from workbench.risk.registry.records import training_alone  # noqa: PLC0415
    from workbench.risk.registry.trained import folder_of, put_trained_in_use  # noqa: PLC0415

    folder = folder_of(here.facts, here.models)
    with training_alone(here.facts.root) as alone:
        if not alone:
            raise InputError(
                Words("另一进程正在训练模型", "another process is training the model", code="jobs.training-elsewhere")
            )
        asked = TrainingRequest(request.round_name or None, day=here.now.date().isoformat())
        model = train(here.facts, asked, here.say, here.register)
        here.writing()
        put_trained_in_use(model, here.facts, folder, (here.acts, here.now), here.register)
    about = model.about
    return (
        Words(
            f"已训练并启用模型 {model.name}（{about['rows']:,} 条户·期）；请重新评分。",
            f"model {model.name} is trained and in use ({about['rows']:,} household-rounds); score the round anew.",
        ),
        Words(about["advice"]["zh"], about["advice"]["en"]),
    )


def _ledger(request: JobRequest, here: Surroundings) -> Sequence[Words]:
    from workbench.reports.gathering.county import CountyRound  # noqa: PLC0415 - as above
    from workbench.reports.ledgers.kinds import LEDGER_KINDS  # noqa: PLC0415

    user = here.acting_user(request.account)
    seen = CountyRound(here.facts, request.round_name, str(request.county), user, user.today)
    gather, write = LEDGER_KINDS[request.options["of"]]
    here.say(Words("读取事实和登记", "reading facts and the register"))
    gathered = gather(seen)
    here.say(Words(f"写出 {len(gathered.rows):,} 行", f"writing {len(gathered.rows):,} rows"))
    content = write(gathered)
    here.writing()
    # The county's name and the kind in Chinese whatever the page speaks, as the paper itself is.
    title = {"risk": "返贫风险台账", "edge": "边缘户台账", "summary": "汇总表"}[request.options["of"]]
    here.save(f"{seen.name}-{round_words(request.round_name)}-{title}.xlsx", content)
    return (Words(f"台账已生成，{len(gathered.rows):,} 行。", f"The ledger is made, {len(gathered.rows):,} rows."),)


def _file(request: JobRequest, here: Surroundings) -> Sequence[Words]:
    from workbench.register.procedure.filings import file_list  # noqa: PLC0415 - as above

    user = here.acting_user(request.account)
    here.say(Words("重新核算并备案", "computing everything again, and filing"))
    # One transaction from its first line to its last: it is done or not, and nothing of it can be called off.
    here.writing()
    done = file_list(user, request.round_name, str(request.county), request.options["of"])
    if not done.number:
        last = done.last or "–"
        return (Words(f"没有新的可备案的户；最近的清单：{last}。", f"Nothing new to file; the last list is {last}."),)
    filed, back, held = f"{len(done.filed):,}", f"{len(done.sent_back):,}", f"{len(done.held):,}"
    return (
        Words(f"已备案 {done.number}：{filed} 户。", f"Filed {done.number}: {filed} households."),
        Words(f"退回 {back} 户，未备案 {held} 户。", f"Returned {back}, not filed {held}."),
    )


def _take_in(request: JobRequest, here: Surroundings) -> Sequence[Words]:
    from workbench.intake.isolation.transfer import take_over  # noqa: PLC0415 - as above
    from workbench.register.unit_of_work.fact_import import take_in_here  # noqa: PLC0415
    from workbench.store.batches.batch import GivenFile  # noqa: PLC0415
    from workbench.store.schema import Origin  # noqa: PLC0415

    now = here.now if request.account is None else here.acting_user(request.account).now
    result = take_over(here.payload)
    name = str(request.options["of"])
    origin = Origin(details={"files": [name], "layouts": [result.layout]})
    given = [GivenFile(name, str(request.options["sha256"]), result.layout)]
    here.say(Words("写入", "writing"))
    here.writing()
    batch, _ = take_in_here(here.facts, here.register, here.acts, now, request.round_name, [result], origin, given)
    if not result.accepted_households:
        return (Words("没有导入任何一户，请看问题。", "No household was taken in; see what was found."),)
    if not batch.counties:
        return (Words("没有变化：这些数据此前已导入。", "Nothing changed: the same facts were taken in before."),)
    return (
        Words(
            f"已导入 {result.accepted_households:,} 户，第 {batch.number} 批。",
            f"{result.accepted_households:,} households are taken in, batch {batch.number}.",
        ),
    )


_WORK: dict[str, Callable[[JobRequest, Surroundings], Sequence[Words]]] = {
    SCORE: _score,
    TRAIN: _train,
    LEDGER: _ledger,
    FILE: _file,
    TAKE_IN: _take_in,
}
