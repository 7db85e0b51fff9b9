"""A county's round as its officer keeps it: closing it, entry windows, the list of the key groups to be screened."""

from workbench.errors import InputError, Words
from workbench.register.cases.cases import add_window
from workbench.register.unit_of_work.county_closing import Unfinished, close_county, unfinished
from workbench.ui.kit.controls.pane_fields import Fields, day, one
from workbench.ui.pages.register.state import RegisterSession


class RoundKeeping:
    """What is asked before a round is closed: `asked` counts the questions asked so far, `seen` the households not filed when it began."""

    def __init__(self, session: RegisterSession) -> None:
        self._session = session
        self.asked = 0
        self.seen: int | None = None

    def lacking(self) -> Unfinished:
        """Return what is unfinished of the round in sight."""
        session = self._session
        return unfinished(session.user, session.round_name, session.county)

    def begin(self) -> Unfinished:
        """Ask about closing the round, with what is unfinished as it is now."""
        lacking = self.lacking()
        self.seen, self.asked = lacking.households, 1
        return lacking

    def take_up(self, asked: int, households: int) -> None:
        """Take up what an earlier request asked: how often so far, and the households not filed as they were seen then."""
        self.seen, self.asked = households, asked

    def forget(self) -> None:
        """Close nothing."""
        self.seen, self.asked = None, 0

    def confirm(self) -> bool:
        """Answer a question; returns whether the round is closed now (False: it is asked once more)."""
        if self.seen is None:
            raise InputError(
                Words("请先查看未办完的户", "look at what is unfinished first", code="ui.closing-not-asked")
            )
        early = self.lacking().early
        # Long before the last day of a round it is asked twice (0044).
        if early and self.asked == 1:
            self.asked = 2
            return False
        session = self._session
        # With the number that was seen, which is compared inside the act: others may have gone on meanwhile (0044).
        close_county(session.user, session.round_name, session.county, self.seen, early_confirmed=early)
        self.forget()
        session.revision += 1
        return True

    def add_window(self, fields: Fields) -> None:
        """Tell of a time in which the national system takes changes."""
        add_window(self._session.user, one(fields, "name"), day(fields, "opens"), day(fields, "closes"))
        self._session.revision += 1
