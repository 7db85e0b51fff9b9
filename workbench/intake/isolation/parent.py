"""Reading a file in a process of its own, whose memory and time are limited and whose end is told in words.

Whatever a file does to the libraries that read it (fills the memory, never ends, crashes them), it does to that process:
a page stays alive, a command says what happened, and nothing was written.
"""

import json
import os
import selectors
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from workbench.errors import FileError, Words
from workbench.intake.findings.result import IntakeResult
from workbench.intake.isolation.transfer import overview_in, refusal, take_over
from workbench.intake.overview import FileOverview
from workbench.intake.reading.sheet import Progress
from workbench.intake.reading.table_place import TablePlace
from workbench.intake.tables.mapping import Mapping
from workbench.safeguards.given_files import open_given
from workbench.safeguards.private_memory import private_memory
from workbench.safeguards.temporary_folders import temporary_folder

Look = Callable[[FileOverview], None]
"""Gets what a file looks like."""
_LOOK_SECONDS = 0.1
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "LD_LIBRARY_PATH", "PYTHONPATH")
"""What the process is told of this one's surroundings; who is signed in is none of its business."""
_MB = 1 << 20


@dataclass(frozen=True)
class ReadingLimits:
    """What reading a file may take: bytes of private memory, and seconds of a processor; `mapped`: bytes at all."""

    memory: int
    seconds: int
    mapped: int

    @classmethod
    def of_size(cls, size: int) -> "ReadingLimits":
        """Return the limits for a file of `size` bytes; measured: a list of 500,000 persons (117 MB) takes 1.6 GB and 40 s."""
        memory = min(1500 * _MB + 24 * size, int(psutil.virtual_memory().total * 0.7))
        return cls(memory, 300 + size // 50_000, 3 * memory + 4096 * _MB)


def read_apart(
    path: Path,
    *,
    round_name: str,
    county: str | None = None,
    kind: str | None = None,
    mapping: Mapping | None = None,
    adds: str | None = None,
    place: TablePlace | None = None,
    persons: bool | None = None,
    progress: Progress | None = None,
    look: Look = lambda overview: None,
    limits: ReadingLimits | None = None,
) -> IntakeResult:
    """Read an export as `export.read_export` does, in a process of its own; raises FileError also where that took too much, or ended.

    `progress` is called again and again even while the process is silent; what it raises ends the process at once.
    """
    with open_given(path) as opened:
        size = os.fstat(opened.fileno()).st_size
    bounds = limits or ReadingLimits.of_size(size)
    with temporary_folder("reading") as folder:
        order: dict[str, object] = {
            "path": str(path.absolute()), "folder": str(folder), "round": round_name, "county": county, "kind": kind,
            "adds": adds, "mapping": mapping.model_dump_json() if mapping else None,
            "memory": bounds.mapped, "seconds": bounds.seconds, "persons": persons,
            "header_rows": place.header_rows if place else None, "sheets": place.sheets if place else (),
        }  # fmt: skip
        status = _run(order, path, bounds, progress or (lambda _done, _total: None))
        # Before the refusal: of a file that cannot be read one has to see what it looks like, to say how it is read.
        overview = overview_in(folder)
        if overview is not None:
            look(overview)
        refused = refusal(folder, path)
        if refused is not None:
            raise refused
        if status != 0:
            raise FileError(path, _ended(status, bounds))
        return take_over(folder)


def _run(order: dict[str, object], path: Path, limits: ReadingLimits, progress: Progress) -> int:
    """Start the process and look after it to its end; its exit status."""
    # -P: the current folder is not searched for modules, so that nothing that lies there is imported.
    command = [sys.executable, "-P", "-m", "workbench.intake.isolation.child"]
    surroundings = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    with subprocess.Popen(  # noqa: S603 - this program
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=surroundings
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(order) + "\n")
            process.stdin.flush()
            _look_after(process, process.stdout, path, limits, progress)
        except BrokenPipeError:
            pass  # it ended before it was told anything: its status says so
        # Also what `progress` raises, which is how somebody cancels.
        except BaseException:
            process.kill()
            raise
        return process.wait()


def _look_after(
    process: "subprocess.Popen[str]", said: IO[str], path: Path, limits: ReadingLimits, progress: Progress
) -> None:
    """Pass on how far it is until it says no more; refuse the file where it takes too much."""
    reached = (0, 0)
    with selectors.DefaultSelector() as selector:
        selector.register(said, selectors.EVENT_READ)
        while True:
            if selector.select(_LOOK_SECONDS):
                line = said.readline()
                if not line:
                    return
                done, total = line.split()
                reached = (int(done), int(total))
            progress(*reached)
            # From outside, by what is filled: RLIMIT_AS is no measure, since 215 MB in use map 2.8 GB (0015).
            if private_memory(process.pid, limits.memory) > limits.memory:
                raise FileError(path, _too_much(limits))


def _too_much(limits: ReadingLimits) -> Words:
    most = limits.memory // _MB
    return Words(
        f"读入时占用的内存超过 {most:,} MB，已停止，没有写入任何内容；请检查文件，或分成几份",
        f"reading it took more than {most:,} MB of memory and was stopped, nothing was written; check the file, or cut it up",
        code="intake.reading-took-more-mb",
    )


def _ended(status: int, limits: ReadingLimits) -> Words:
    # SIGKILL: the hard limit of processor time, or a machine out of memory, for which the child offered itself first.
    if status in (-signal.SIGXCPU, -signal.SIGKILL):
        return Words(
            f"读入用时或内存过多（{limits.seconds} 秒、{limits.memory // _MB:,} MB），已停止，没有写入任何内容；请检查文件，或分成几份",
            f"reading it took too long or too much ({limits.seconds} s, {limits.memory // _MB:,} MB) and was stopped, "
            "nothing was written; check the file, or cut it up",
            code="intake.reading-took-too-long",
        )
    return Words(
        f"读不了这个文件：读入程序中途结束（{status}），没有写入任何内容；请用表格软件另存为 .xlsx 或 .csv",
        f"cannot be read: the program that reads it ended ({status}), nothing was written; save it anew as .xlsx or .csv",
        code="intake.cannot-read-program-reads",
    )
