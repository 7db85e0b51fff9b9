"""Fifty people who open the page of the county's standard within a minute: how soon each can use it, and what all take together.

Without a browser, of which fifty would need more than the server does: a program asks for the page, takes its HTML to the
end, and asks the kernel for the states of the widgets, as a browser does; with the answer the page can be used. Beside it, in
the same run, as many bare pages that hold one slider.

Run: python -m benchmarks.crowd [--households 150000] [--people 50] [--seconds 60]
"""

import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.page import bare_notebook
from benchmarks.report import table
from tests.browser import Server, wait_until
from tests.server.visitors import Visitor, frame
from tests.ui.stores import simulated_store
from workbench.settings import NOTEBOOKS

COUNTY, ROUND = "341522", "2019-10"
_PATIENCE = 600.0
_SERVE = """import sys
from pathlib import Path
from workbench.server.pages import serve
serve(Path(sys.argv[1]), notebooks=Path(sys.argv[2]), port=8937, session_limit=int(sys.argv[3]),
      announce=lambda text: print(text, flush=True))"""


@dataclass
class Opening:
    """Seconds from the asking for a page to its kernel's number, the end of its HTML, the states of its widgets."""

    kernel: float = 0.0
    html: float = 0.0
    usable: float = 0.0
    failed: str = ""


@dataclass
class Crowd:
    """People who open a page one after another, and keep it open until all have."""

    server: Server
    address: str
    openings: list[Opening] = field(default_factory=list)
    all_there: threading.Event = field(default_factory=threading.Event)

    def come(self, people: int, seconds: float) -> list[threading.Thread]:
        """One after another, evenly, within so many seconds."""
        threads = []
        begin = time.perf_counter()
        for number in range(people):
            time.sleep(max(begin + number * seconds / people - time.perf_counter(), 0.0))
            opening = Opening()
            self.openings.append(opening)
            thread = threading.Thread(target=self._open, args=(opening,), daemon=True)
            thread.start()
            threads.append(thread)
        return threads

    def _open(self, opening: Opening) -> None:
        visitor, begin = Visitor(self.server), time.perf_counter()
        try:
            kernel = self._html(visitor, opening, begin)
            with visitor.socket(kernel) as socket:
                channel = {"comm_id": "c", "target_name": "jupyter.widget.control", "data": {}}
                socket.send(frame("comm_open", content=channel, metadata={"version": "1.0.0"}))
                socket.send(frame("comm_msg", content={"comm_id": "c", "data": {"method": "request_states"}}))
                while b"update_states" not in socket.recv(_PATIENCE):  # type: ignore[operator]
                    pass
                opening.usable = time.perf_counter() - begin
                self.all_there.wait(_PATIENCE)
            # Else it would count among the sessions of those who come next.
            visitor.ask(f"api/kernels/{kernel}", method="DELETE")
        except Exception as error:  # noqa: BLE001 - counted, whatever it is
            opening.failed = repr(error)

    def _html(self, visitor: Visitor, opening: Opening, begin: float) -> str:
        text = ""
        with visitor._opener.open(self.server.url + self.address, timeout=_PATIENCE) as answer:  # noqa: SLF001 - read as it comes
            while piece := answer.read1(65536):
                text += piece.decode(errors="replace")
                if not opening.kernel and '"kernelId"' in text:
                    opening.kernel = time.perf_counter() - begin
        opening.html = time.perf_counter() - begin
        return re.search(r'"kernelId": "([\w-]+)"', text).group(1)  # type: ignore[union-attr]


def memory_of(pid: int) -> tuple[float, float]:
    """Private and proportional memory of a process (MB); what is shared is divided among those who share it."""
    values = dict.fromkeys(("Private_Clean", "Private_Dirty", "Pss"), 0)
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        name, _, rest = line.partition(":")
        if name in values:
            values[name] = int(rest.split()[0])
    return (values["Private_Clean"] + values["Private_Dirty"]) / 1024, values["Pss"] / 1024


def measured(server: subprocess.Popen[str], url: str, address: str, people: int, seconds: float) -> list[str]:
    """A row of the table: what the crowd saw, and what its sessions take at rest."""
    crowd = Crowd(Server(url, server), address)
    before = {each.pid for each in psutil.Process(server.pid).children(recursive=True)}
    threads = crowd.come(people, seconds)
    wait_until(lambda: all(each.usable or each.failed for each in crowd.openings), _PATIENCE, "pages do not open")
    time.sleep(3)  # sessions come to rest
    everybody = psutil.Process(server.pid).children(recursive=True)
    sessions = [memory_of(each.pid) for each in everybody if each.pid not in before]
    total = sum(memory_of(each.pid)[1] for each in (*everybody, psutil.Process(server.pid)))
    crowd.all_there.set()
    for thread in threads:
        thread.join()
    opened = [each for each in crowd.openings if not each.failed]
    for each in crowd.openings:
        if each.failed:
            print(each.failed)
    usable = sorted(each.usable for each in opened)
    return [
        f"{len(opened)} of {people}",
        *(f"{statistics.median(getattr(each, step) for each in opened):.1f}" for step in ("kernel", "html", "usable")),
        f"{usable[int(0.95 * (len(usable) - 1))]:.1f}",
        f"{statistics.median(private for private, _ in sessions):.0f}",
        f"{statistics.median(pss for _, pss in sessions):.0f}",
        f"{total:,.0f}",
    ]


def main() -> None:
    """Make a city, serve it, and let people come."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, default=150_000, help="of the city; the county holds over a quarter")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60.0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        store = simulated_store(root / "store", arguments.households)
        notebooks = root / "notebooks"
        notebooks.mkdir()
        (notebooks / "county_standard.ipynb").write_bytes((NOTEBOOKS / "county_standard.ipynb").read_bytes())
        bare_notebook(notebooks)
        households = store.read(ROUND, COUNTY, ["household_id"]).num_rows
        # Visitors without an account share half of the places.
        words = [str(store.root), str(notebooks), str(4 * arguments.people)]
        server = subprocess.Popen([sys.executable, "-c", _SERVE, *words], stdout=subprocess.PIPE, text=True)  # noqa: S603 - ourselves
        try:
            ready = next(line for line in server.stdout or [] if "ready" in line)
            url = next(word for word in ready.split() if word.startswith("http"))
            own = f"voila/render/county_standard.ipynb?county={COUNTY}&round={ROUND}"
            # The first opening builds the index beside the facts, and waits for the warm process.
            measured(server, url, own, 1, 0.0)
            rows = [
                [title, *measured(server, url, address, arguments.people, arguments.seconds)]
                for title, address in (("bare, one slider", "voila/render/bare.ipynb"), ("county standard", own))
            ]
        finally:
            server.terminate()
            server.wait()
    table(
        f"{arguments.people} people within {arguments.seconds:.0f} s, {households:,} households in the county, load {os.getloadavg()[0]:.0f}",
        [
            "page",
            "opened",
            "kernel p50 s",
            "HTML p50 s",
            "usable p50 s",
            "usable p95 s",
            "private MB",
            "proportional MB",
            "all together MB",
        ],
        rows,
    )


if __name__ == "__main__":
    main()
