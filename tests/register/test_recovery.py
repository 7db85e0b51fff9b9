"""Files and register are one unit of work: killed before any step of any work, it is done or not, and can be continued."""

import shutil
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.register import recoverable as works
from tests.register.conftest import COUNTY, ROUND, opened_office
from tests.register.interrupted import killed_before, steps_of
from tests.register.test_crashes import copied
from tests.register.three_villages import village_facts
from workbench.backup.backup import Origin as Origin_of_backup
from workbench.backup.backup import back_up
from workbench.register.location import register_path
from workbench.store.facts import FactStore
from workbench.store.schema import Origin

DATABASES = ["sqlite", "postgresql"]


@dataclass(frozen=True)
class Trial:
    """A work to kill: how it begins, what it does; whether it is run again where it was done already."""

    begins: object
    work: object
    again: bool = True


TRIALS = {
    "intake": Trial(works.reviewed, works.take_in, again=False),  # taken in twice, it covers corrections twice
    "undo": Trial(works.taken_in, works.undo, again=False),  # undone twice it is refused
    "correction": Trial(works.reviewed, works.correct, again=False),
    "filing": Trial(works.reviewed, works.file),
    "closing": Trial(works.reviewed, works.close_round),
    "reopening": Trial(works.closed, works.open_again),
    "restore": Trial(None, works.put_back),
    "upgrade": Trial(works.of_an_older_version, works.bring_forward),
    "backup": Trial(works.reviewed, works.keep),
    "score": Trial(works.reviewed, works.score),
}

ON_PAGES = {
    "filing on the page": Trial(works.reviewed, works.file_on_the_page),
    "intake on the page": Trial(works.reviewed, works.take_in_on_the_page, again=False),
}
"""The works as the buttons of the pages do them."""

EVERY_TIME = {"intake", "filing", "restore"}
"""The works that are killed in every run of the tests; all are in the long runs, before every step."""


class Places:
    """Copies of an office at its beginning, each a folder with a store and a register in a database of its own."""

    def __init__(self, folder, server, facts, begins) -> None:
        self.folder, self.server, self._numbers = folder, server, count(1)
        self.base = folder / "base"
        FactStore(self.base / "before").write(ROUND, {COUNTY: facts[ROUND]}, Origin(simulated=True))
        for name, table in facts.items():
            FactStore(self.base / "store").write(name, {COUNTY: table}, Origin(simulated=True))
        self.start = self._url(self.base)
        office = opened_office(self.base / "store", self.start)
        (begins or works.reviewed)(office)
        office.register.engine.dispose()
        if begins is None:
            origin = Origin_of_backup(self.base / "store", self.start)
            back_up(origin, self.base / "kept.backup", at=works.LATER, account="admin")

    def fresh(self, *, empty=False):
        """A new copy: the store's folder and the register's URL; `empty`: nothing but the backup."""
        folder = shutil.copytree(self.base, self.folder / f"copy-{next(self._numbers)}")
        if empty:
            shutil.rmtree(folder / "store")
            return str(folder / "store"), self._url(folder)
        return str(folder / "store"), copied(self.server, self.start) if self.server else self._url(folder)

    def _url(self, folder):
        if self.server:
            return self.server.new_database()
        (folder / "store").mkdir(parents=True, exist_ok=True)
        return f"sqlite:///{register_path(folder / 'store')}"


@pytest.fixture(scope="module")
def facts(city):
    return {name: table.to_arrow() for name, table in village_facts(city).items()}


@pytest.fixture(params=DATABASES)
def server(request):
    return request.getfixturevalue("postgresql") if request.param == "postgresql" else None


def _tried(trial, places, chosen) -> Counter:
    """Kill a work before the chosen ones of its steps; returns where it was caught, and what had come of it."""
    empty = trial.begins is None
    root, url = places.fresh(empty=empty)
    before = works.state(root, url)
    steps = steps_of(trial.work, root, url)
    after = works.state(root, url)
    assert before != after
    fell = Counter()
    for step in chosen(len(steps)):
        root, url = places.fresh(empty=empty)
        killed_before(step, trial.work, root, url)
        result = works.state(root, url)
        assert result in (before, after), f"half done when killed before step {step}: {steps[step]}"
        fell[steps[step], "done" if result == after else "not done"] += 1
        if trial.again or result != after:
            trial.work(root, url)
        assert list(Path(root).parent.rglob("*.draft")) == []
        assert works.state(root, url) == after, f"not as if never killed before step {step}: {steps[step]}"
        shutil.rmtree(Path(root).parent)
    return fell


@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=[] if each in EVERY_TIME else [pytest.mark.deep]) for each in TRIALS]
)
def test_killed_at_a_step_a_work_is_done_or_not_and_is_continued(name, facts, tmp_path):
    places = Places(tmp_path, None, facts, TRIALS[name].begins)
    fell = _tried(TRIALS[name], places, lambda steps: (0, steps * 2 // 3))
    assert {"not done"} <= {done for _, done in fell}


@pytest.mark.deep
@pytest.mark.parametrize("name", TRIALS | ON_PAGES)
def test_killed_at_every_step_a_work_is_done_or_not_and_is_continued(name, facts, server, tmp_path):
    trial = (TRIALS | ON_PAGES)[name]
    places = Places(tmp_path, server, facts, trial.begins)
    fell = _tried(trial, places, range)
    lines = [f"{name}, {'PostgreSQL' if server else 'SQLite'}: {fell.total()} kills"]
    lines += [f"  before {step}: {times} {done}" for (step, done), times in sorted(fell.items())]
    sys.stdout.write("\n".join(lines) + "\n")
