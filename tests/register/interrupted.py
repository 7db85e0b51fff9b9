"""Steps of the store at which a process is killed: before every change of a file that Python makes, every fsync, every commit.

The steps of a work are counted in a process of its own; then it is killed before each of them, or at some.
"""

import os
import signal
import sys

from sqlalchemy import Engine, event

from tests.register.killed import FORKS

_CHANGES = frozenset({"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.truncate", "shutil.rmtree"})
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def steps_of(work, *arguments) -> list[str]:
    """What a work does, step by step, in a process of its own: so many are the moments at which it can be killed."""
    ours, theirs = FORKS.Pipe(duplex=False)
    process = FORKS.Process(target=_counted, args=(theirs, work, *arguments))
    process.start()
    theirs.close()
    steps = ours.recv()
    process.join(120)
    assert process.exitcode == 0
    return steps


def killed_before(step: int, work, *arguments) -> None:
    """Do a work in a process of its own that is killed (SIGKILL) before its step of that number, from 0."""
    process = FORKS.Process(target=_killed, args=(step, work, *arguments))
    process.start()
    process.join(120)
    assert process.exitcode == -signal.SIGKILL, f"not killed before step {step}: {process.exitcode}"


def _counted(connection, work, *arguments) -> None:
    steps = []
    _at_each_step(steps.append)
    work(*arguments)
    connection.send(steps[:])


def _killed(step, work, *arguments) -> None:
    done = []

    def die_in_time(name):
        if len(done) == step:
            os.kill(os.getpid(), signal.SIGKILL)
        done.append(name)

    _at_each_step(die_in_time)
    work(*arguments)


def _at_each_step(called) -> None:
    sys.addaudithook(lambda name, details: called(name) if _is_change(name, details) else None)
    event.listen(Engine, "commit", lambda _connection: called("commit"))
    fsync = os.fsync
    os.fsync = lambda file: (called("fsync"), fsync(file))[1]


def _is_change(name, details) -> bool:
    if name == "open":
        path, _, flags = details
        return bool(flags & _WRITES) and isinstance(path, str) and not path.endswith((".lock", "/dev/null"))
    return name in _CHANGES
