"""Frames that many people look at: made once for all who ask at once, bounded in memory, and each area sees its own alone."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import polars as pl
import pytest

from workbench.errors import InputError
from workbench.ui.pages.register.shared_frames import Shared, bytes_of

AT_ONCE = 8


def test_what_many_ask_for_at_once_is_made_once():
    frames, together, made, go_on = Shared(10**9, bytes_of), Barrier(AT_ONCE), [], Event()

    def make():
        made.append(1)
        go_on.wait(30)
        return pl.DataFrame({"a": [1]})

    def ask(_):
        together.wait(30)
        return frames.get("key", make)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        asked = [threads.submit(ask, number) for number in range(AT_ONCE)]
        go_on.set()
        answers = [each.result(30) for each in asked]
    assert len(made) == 1
    assert all(each is answers[0] for each in answers)


def test_the_memory_is_bounded_and_who_was_asked_for_last_stays():
    one = pl.DataFrame({"a": list(range(1000))})
    frames = Shared(3 * one.estimated_size(), bytes_of)
    for key in "abc":
        frames.get(key, one.clone)
    frames.get("a", lambda: pytest.fail("made twice"))
    frames.get("d", one.clone)
    assert frames.held <= 3 * one.estimated_size()
    for key in "acd":
        frames.get(key, lambda: pytest.fail("gave way too early"))
    again = []
    frames.get("b", lambda: again.append(1) or one)
    assert again


def test_one_frame_larger_than_all_may_be_is_shown_all_the_same():
    frames = Shared(1, bytes_of)
    assert frames.get("large", lambda: pl.DataFrame({"a": list(range(1000))})).height == 1000


def test_what_could_not_be_made_is_said_and_tried_again():
    frames = Shared(10**9, bytes_of)

    def refuse():
        raise InputError("no")

    with pytest.raises(InputError):
        frames.get("key", refuse)
    assert frames.get("key", lambda: pl.DataFrame({"a": [1]})).height == 1
