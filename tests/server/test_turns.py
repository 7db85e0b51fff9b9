"""Pages are drawn a few at a time, and none waits for ever: neither for its turn nor for a kernel that is gone."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.browser import start_server
from tests.server.visitors import Visitor, write_notebook
from workbench.server.kernels.turns import _TURN, Turn, Turns, at_once, wait_for_turn

CROWD = """
import os, time
from pathlib import Path
import ipywidgets
folder = Path(r"{folder}")
mine = folder / f"{{os.getpid()}}.running"
mine.touch()
most, until = 0, time.monotonic() + 2
while most <= {limit} and time.monotonic() < until:  # long enough for others to come in, if they may
    most = max(most, len(list(folder.glob("*.running"))))
    time.sleep(0.02)
mine.unlink()
(folder / f"{{os.getpid()}}.most").write_text(str(most))
ipywidgets.Label("drawn")
"""
MORE = 3


async def _finished(task: asyncio.Task) -> bool:
    await asyncio.wait([task], timeout=0.05)
    return task.done()


def test_a_page_waits_until_one_before_it_is_drawn():
    async def look():
        turns = Turns(1)
        first, second = turns.next(), turns.next()
        await first.take()
        await first.take()  # its next cell
        waiting = asyncio.ensure_future(second.take())
        assert not await _finished(waiting)
        first.give_back()
        first.give_back()
        await waiting
        third = asyncio.ensure_future(turns.next().take())
        assert not await _finished(third)
        second.give_back()
        await third

    asyncio.run(look())


def test_a_page_that_went_away_while_it_waited_keeps_no_turn():
    async def look():
        turns = Turns(1)
        first, gone = turns.next(), turns.next()
        await first.take()
        waiting = asyncio.ensure_future(gone.take())
        assert not await _finished(waiting)
        gone.give_back()
        first.give_back()
        await waiting
        await asyncio.wait_for(turns.next().take(), 5)

    asyncio.run(look())


def test_cells_that_hang_do_not_keep_others_out():
    async def look():
        turns = Turns(1, patience=0.01)
        hangs, late = turns.next(), turns.next()
        await hangs.take()
        await asyncio.wait_for(late.take(), 5)
        # It is drawn without the place, which it then has none of to give back: one is free when the first ends, not two.
        late.give_back()
        hangs.give_back()
        await asyncio.wait_for(turns.next().take(), 5)
        assert not await _finished(asyncio.ensure_future(Turn(turns._places, 60).take()))

    asyncio.run(look())


def test_a_cell_waits_for_the_turn_of_its_request_and_outside_one_for_none():
    async def look():
        await asyncio.wait_for(wait_for_turn(None, 0), 5)
        turns = Turns(1)
        first = turns.next()
        await first.take()
        token = _TURN.set(turns.next())
        waiting = asyncio.ensure_future(wait_for_turn(None, 0))
        _TURN.reset(token)
        assert not await _finished(waiting)
        first.give_back()
        await asyncio.wait_for(waiting, 5)

    asyncio.run(look())


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "notebooks"
    folder.mkdir()
    return folder


@pytest.mark.deep
def test_no_more_pages_are_drawn_at_once_than_the_cores_carry(tmp_path, folder):
    write_notebook(folder, "label.ipynb", CROWD.format(folder=tmp_path, limit=at_once()))
    server = start_server(tmp_path / "store", folder, tmp_path / "log.txt")
    try:
        with ThreadPoolExecutor(at_once() + MORE) as pool:
            answers = list(pool.map(lambda _: Visitor(server).ask("voila/render/label.ipynb"), range(at_once() + MORE)))
        assert [status for status, _ in answers] == [200] * (at_once() + MORE)
        most = [int(path.read_text()) for path in tmp_path.glob("*.most")]
        assert len(most) == at_once() + MORE
        assert max(most) <= at_once()
    finally:
        server.stop()
