"""Callbacks of widgets: an exception in one vanishes without a trace unless it is caught, logged and shown."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from workbench.domain.procedure.text_limits import check_message
from workbench.errors import WorkbenchError

log = logging.getLogger("workbench.pages")


def guarded(show: Callable[[Exception], None]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator: what the callback raises is logged and handed to `show`, which puts it on the page.

    A callback of one dict gets what a browser sent: texts without end are refused before it.
    """

    def wrap(callback: Callable[..., None]) -> Callable[..., None]:
        @wraps(callback)
        def guard(*arguments: Any) -> None:
            try:
                if len(arguments) == 1 and type(arguments[0]) is dict:  # what a pane's control sent
                    check_message(arguments[0])
                callback(*arguments)
            # Not logged: a refusal says in words what the user has to mend, and nothing is broken.
            except WorkbenchError as error:
                show(error)
            except Exception as error:
                log.exception("a callback of the page failed")
                show(error)

        return guard

    return wrap
