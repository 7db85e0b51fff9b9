"""The process that reads one file: `python -m workbench.intake.isolation.child`, started by `reading_apart` only.

What it is to do stands on its standard input, a line of JSON; how far it is goes to its standard output. It ends where its
parent does, and holds itself to limits before it opens anything.
"""

import json
import os
import resource
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from workbench.errors import WorkbenchError
from workbench.safeguards.private_files import private_by_default

_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "ctypes.dlopen")


def main() -> None:
    """Read the file that the parent names, and leave the result, or the refusal, in the folder that it names."""
    order = json.loads(sys.stdin.readline())
    _limit(order["memory"], order["seconds"])
    threading.Thread(target=_end_with_parent, daemon=True).start()
    progress = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a library prints is not how far the work is
    _read(order, progress)
    os._exit(0)  # nothing is left to tidy up, and tearing down large tables takes a while


def _read(order: dict[str, Any], progress: IO[str]) -> None:
    # Late: the limits stand before the libraries are loaded.
    from workbench.intake.export import read_export  # noqa: PLC0415
    from workbench.intake.isolation.transfer import hand_over, hand_over_overview, hand_over_refusal  # noqa: PLC0415
    from workbench.intake.overview import FileOverview  # noqa: PLC0415
    from workbench.intake.reading.table_place import TablePlace  # noqa: PLC0415
    from workbench.intake.tables.mapping import Mapping  # noqa: PLC0415

    def report(done: int, total: int) -> None:
        print(done, total, file=progress, flush=True)

    def look(overview: FileOverview) -> None:
        hand_over_overview(folder, overview)

    # Only now: the imports above may load libraries, which it forbids.
    sys.addaudithook(_alone)
    folder = Path(order["folder"])
    rows = order["header_rows"]
    mapping = Mapping.model_validate_json(order["mapping"]) if order["mapping"] else None
    try:
        result = read_export(
            Path(order["path"]),
            round_name=order["round"],
            county=order["county"],
            kind=order["kind"],
            mapping=mapping,
            adds=order["adds"],
            place=TablePlace(rows and (rows[0], rows[1]), tuple(order["sheets"])) if rows or order["sheets"] else None,
            persons=order["persons"],
            progress=report,
            look=look,
        )
        hand_over(folder, result)
    except WorkbenchError as error:
        hand_over_refusal(folder, error)


def _limit(memory: int, seconds: int) -> None:
    """No core dump (it would hold names), a bound on time, and on memory where nobody can look at it from outside.

    The last is wide: what a table library maps is many times what it fills. The parent looks at what is filled.
    """
    private_by_default()
    for kind, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_DATA, memory)):
        with suppress(ValueError, OSError):  # a machine that allows less already, or has no such limit
            resource.setrlimit(kind, (most, most))
    with suppress(OSError):
        # Where the machine runs out of memory, the system is to end this process and not the server.
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _end_with_parent() -> None:
    # The parent keeps the other end open and writes no more: this returns when it is gone, however it went.
    sys.stdin.read()
    os._exit(1)


def _alone(event: str, _arguments: tuple[Any, ...]) -> None:
    """Reading a file needs no network and no other program."""
    if event.startswith(_FORBIDDEN):
        raise PermissionError(event)


if __name__ == "__main__":
    main()
