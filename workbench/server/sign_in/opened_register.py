"""The register of the store that is served, opened once and looked at again as the store's facts change."""

import glob
import os
from functools import cached_property

from workbench.clock import now_in_beijing
from workbench.register.access.acting_user import ActingUser, Register, open_register
from workbench.register.clock import now_of
from workbench.register.location import register_exists
from workbench.settings import register_url, store_path
from workbench.store.facts import FactStore


class OpenedRegister:
    """The register of this process's store; asking makes none where there is none."""

    def __init__(self) -> None:
        self._register: Register | None = None
        self._facts: dict[str, int] | None = None

    @cached_property
    def _opened(self) -> Register:
        return open_register(FactStore(store_path()), register_url())

    def current(self) -> Register | None:
        """The register; None where the store has none yet."""
        if not register_exists(store_path(), register_url()):
            return None
        opened, facts = self._opened, _state_of_facts()
        if facts != self._facts:  # whether they are simulated is looked at again, which takes a tenth of a second
            self._register, self._facts = Register(opened.engine, opened.facts), facts
        return self._register

    def acting_user(self, account: str) -> ActingUser | None:
        """An account as the acting user of this moment; None where there is no register.

        Raises RefusedError for an account that is unknown or closed.
        """
        register = self.current()
        return register.acting_user(account, now_of(register, now_in_beijing())) if register else None


def _state_of_facts() -> dict[str, int]:
    """When the files of each county were last changed."""
    # Paths as text: every request asks, and objects of paths take most of the time.
    folders = glob.glob(f"{glob.escape(str(store_path()))}/facts/round=*/county_code=*")  # noqa: PTH207 - as said
    return {folder: os.stat(folder).st_mtime_ns for folder in folders}  # noqa: PTH116 - as said
