"""Callbacks of widgets: an exception in one vanishes without a trace unless it is caught, logged and shown."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from workbench.errors import WorkbenchError

log = logging.getLogger("workbench.pages")


def guarded(show: Callable[[Exception], None]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator: what the callback raises is logged and handed to `show`, which puts it on the page."""

    def wrap(callback: Callable[..., None]) -> Callable[..., None]:
        @wraps(callback)
        def guard(*arguments: Any) -> None:
            try:
                callback(*arguments)
            except WorkbenchError as error:
                show(error)
            except Exception as error:
                log.exception("a callback of the page failed")
                show(error)

        return guard

    return wrap
