"""The memory that a process has filled for itself alone, whatever it shares, maps from files, or has only reserved."""

import re
from pathlib import Path

import psutil

_FILLED = re.compile(r"^(?:Private_Dirty|SwapPss): +(\d+) kB$", re.MULTILINE)
_KB = 1024


def private_memory(pid: int, enough: int) -> int:
    """Bytes that a process alone has filled; 0 where it is gone or cannot be looked at.

    What it shows at all (its resident set) is cheap to ask; looked at closely only where that is more than `enough`, for
    it counts what the process shares or reads from files. A bound on its address space would be no measure: 215 MB
    resident map 2.8 GB.
    """
    try:
        process = psutil.Process(pid)
        resident = int(process.memory_info().rss)
        return resident if resident <= enough else _filled(process)
    except (psutil.Error, OSError):
        return 0


def _filled(process: psutil.Process) -> int:
    """Return the bytes as Linux counts them; elsewhere what would be free if the process ended."""
    summary = Path(f"/proc/{process.pid}/smaps_rollup")
    if not summary.exists():
        return int(process.memory_full_info().uss)
    # Dirty or swapped out: pages of its own that were only read could be read again.
    return sum(int(kilobytes) for kilobytes in _FILLED.findall(summary.read_text(encoding="ascii"))) * _KB
