"""Work in a process of its own that is killed (SIGKILL) at a moment, as when the power goes.

Children are forked from a server that has everything imported and has computed nothing: Polars' threads do not survive
a fork, and a start from nothing takes a second.
"""

import multiprocessing
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import text

from tests.register.conftest import COUNTY, NOW, ROUND, SEEN
from workbench.intake.export import read_export
from workbench.register.access.acting_user import Register, open_register
from workbench.register.assessment import RISK
from workbench.register.audit.verification import verify_register
from workbench.register.procedure.entries import listed
from workbench.register.procedure.filings import file_list
from workbench.register.procedure.proposals import propose_all
from workbench.register.procedure.reviews import agree
from workbench.register.procedure.visits import VisitReport, visit
from workbench.store.facts import FactStore
from workbench.store.ingest import take_in
from workbench.store.schema import Origin

EXPORT = Path(__file__).parents[1] / "data/exports/霍邱县_监测信息_2019-10.csv"
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["__main__", __name__])


def calls_of(work, *arguments) -> int:
    """How many function calls a work takes, in a process of its own: the moments at which it can be killed."""
    ours, theirs = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_counted, args=(theirs, work, *arguments))
    process.start()
    count = ours.recv()
    process.join(60)
    return count


def killed_at(call: int, work, *arguments) -> bool:
    """Whether the work, in a process of its own, was killed when it made so many function calls (not: it ended before)."""
    process = FORKS.Process(target=_killed, args=(call, work, *arguments))
    process.start()
    process.join(60)
    assert process.exitcode in {0, -signal.SIGKILL}, process.exitcode
    return process.exitcode == -signal.SIGKILL


def at_once(*works) -> list[int]:
    """Works, each a function and its arguments, in processes of their own that begin at the same time; their exit codes."""
    barrier = FORKS.Barrier(len(works))
    processes = [FORKS.Process(target=_together, args=(barrier, *work)) for work in works]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    return [process.exitcode for process in processes]


def _counted(connection, work, *arguments) -> None:
    calls = count()
    sys.setprofile(lambda *_: next(calls))
    work(*arguments)
    sys.setprofile(None)
    connection.send(next(calls))


def _killed(call, work, *arguments) -> None:
    calls = count()

    def die_in_time(*_):
        if next(calls) >= call:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(die_in_time)
    work(*arguments)
    sys.setprofile(None)


def _together(barrier, work, *arguments) -> None:
    barrier.wait(60)
    work(*arguments)


@contextmanager
def opened(root: str, url: str) -> Iterator[Register]:
    register = open_register(FactStore(Path(root)), url)
    yield register
    register.engine.dispose()


def a_round(root: str, url: str, households: list[str]) -> None:
    """Whatever is not done yet of a village's round: visits with corrections, two households at a time; proposals, filing."""
    with opened(root, url) as register:
        worker = register.acting_user("worker", NOW)
        stages = {row["household_id"]: row["stage"] for row in listed(worker, ROUND)}
        for pair in (households[begin : begin + 2] for begin in range(0, len(households), 2)):
            new = [name for name in pair if name not in stages]
            if new:
                visit(
                    worker, ROUND, [VisitReport(name, NOW.date(), "王某", SEEN, {"work_months": 11.0}) for name in new]
                )
        propose_all(worker, ROUND, RISK)
        agree(register.acting_user("reviewer", NOW), ROUND, RISK)
        file_list(register.acting_user("officer", NOW), ROUND, COUNTY, RISK)


def intake(root: str) -> None:
    """A county's export taken in."""
    take_in(FactStore(Path(root)), ROUND, [read_export(EXPORT, round_name=ROUND)], Origin())


def check_whole(register: Register) -> Counter:
    """Nothing is half done: filings, their rows, the entries filed and the events agree; returns the entries' stages."""
    verified = verify_register(register.engine)
    assert (verified.broken, verified.changed) == (None, [])
    with register.engine.connect() as connection:

        def rows(query):
            return connection.execute(text(query)).all()

        lists = {
            number: (households, name) for number, households, name in rows("SELECT id, households, number FROM filing")
        }
        filed = rows("SELECT filing_id, entry_id FROM filed_row")
        assert {number: count for number, (count, _) in lists.items()} == Counter(number for number, _ in filed)
        entries = rows("SELECT filing_id, id FROM entry WHERE stage = 'filed'")
        assert sorted(entries) == sorted(filed)
        steps = Counter(rows("SELECT action, subject FROM audit_event"))
        assert [steps["filed", name] for _, name in lists.values()] == [1] * len(lists)
        assert sum(count for (action, _), count in steps.items() if action == "file") == len(filed)
        visits = rows(
            "SELECT v.id, count(f.domain) FROM visit v LEFT JOIN personal_visit_finding f ON f.visit_id = v.id GROUP BY v.id"
        )
        assert {count for _, count in visits} <= {5}
        assert rows("SELECT id FROM amendment WHERE visit_id NOT IN (SELECT id FROM visit)") == []
        return Counter(stage for (stage,) in rows("SELECT stage FROM entry"))
