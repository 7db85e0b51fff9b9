"""Who is signed in, as the pages show it."""

from typing import Any


def signed_in(handler: Any) -> str | None:
    """The name of who is signed in, or None where nobody signs in.

    A server with a sign-in of its own puts a function into its settings, `workbench_person`: request handler -> name.
    """
    person = handler.settings.get("workbench_person")
    return person(handler) if person else None
