"""Rules stated to Polars once and answered for one small frame after another: stating them takes ten times what answering does."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Any

import polars as pl
from polars.io.plugins import register_io_source

from workbench.domain.rules.counterfactual import Rule

MOST_STATEMENTS = 200
"""Rules under the figures of a year, or under a county's standard: some hundred kilobytes each."""
_AS_STATED = pl.QueryOptFlags.none()
"""To look for a better order of a few steps takes as long as the steps."""


class Statement:
    """One rule stated over frames of one form. Safe for threads, which wait for each other's answer."""

    def __init__(self, rule: Rule, schema: pl.Schema) -> None:
        self._lock = threading.Lock()
        self._frame: pl.DataFrame | None = None
        # A source, not a frame: the plan is of whatever frame is asked about.
        self._plan: pl.LazyFrame = rule(register_io_source(self._rows, schema=schema))

    def answer(self, frame: pl.DataFrame) -> pl.DataFrame:
        """What the rule says of a frame of the form that it was stated over."""
        with self._lock:
            self._frame = frame
            try:
                return self._plan.collect(optimizations=_AS_STATED)
            finally:
                self._frame = None

    def _rows(
        self, columns: list[str] | None, predicate: pl.Expr | None, most: int | None, _batch: int | None
    ) -> Iterator[pl.DataFrame]:
        # An attribute, not a variable of the thread: Polars reads its sources in threads of its own.
        assert self._frame is not None
        frame = self._frame if columns is None else self._frame.select(columns)
        frame = frame if predicate is None else frame.filter(predicate)
        yield frame if most is None else frame.head(most)


class Statements:
    """Rules by their key and the form of the frames; what was asked for longest ago gives way above `most`. Safe for threads."""

    def __init__(self, most: int = MOST_STATEMENTS) -> None:
        self._most, self._lock = most, threading.Lock()
        self._stated: OrderedDict[Hashable, Statement] = OrderedDict()

    def ask(self, key: tuple[Hashable, ...], rule: Rule, frame: Any) -> Any:
        """What `rule` says of a Polars frame; `key` names the rule with every figure that it holds."""
        form = (key, *frame.schema.items())
        with self._lock:
            stated = self._stated.get(form)
            if stated is None:
                stated = self._stated[form] = Statement(rule, frame.schema)
                while len(self._stated) > self._most:
                    self._stated.popitem(last=False)
            self._stated.move_to_end(form)
        return stated.answer(frame)


STATED = Statements()
"""Of this process."""
