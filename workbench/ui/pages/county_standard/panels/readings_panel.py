"""The price of a reading: what the notice leaves open, each reading with its households, and the letter that asks the city."""

import ipywidgets as widgets

from workbench.domain.rounds import round_words
from workbench.reports.documents.question_letter import LetterHead, question_letter, signing_unit
from workbench.statistics.reading_prices import price_record, reading_prices
from workbench.ui.kit.controls.long_work import Guard
from workbench.ui.kit.controls.pane import Pane
from workbench.ui.kit.files.download import Download, File, file_name
from workbench.ui.kit.frame.current_user import page_now
from workbench.ui.kit.texts.language import Language
from workbench.ui.kit.texts.templates import render
from workbench.ui.pages.county_standard.state import StandardSession

_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class ReadingsPanel:
    """A table over a session, and a button for the letter."""

    def __init__(self, session: StandardSession, language: Language, guard: Guard) -> None:
        self.session = session
        self.language = language
        self.pane = Pane()
        self.letter = Download(language("下载请示（Word）"), self.make_letter, guard)
        self.widget = widgets.VBox([self.pane, self.letter])

    def fill(self) -> None:
        """Work out and show."""
        t = self.language
        record = price_record(reading_prices(self.session.scope, self.session.standard))
        points = [
            (t.words(point["question"]), point, [(t.words(each["words"]), each) for each in point["readings"]])
            for point in record["points"]
        ]
        self.pane.html = render(
            "readings",
            t,
            points=points,
            act=record["act_today"]["households"],
            ask=record["ask_the_city"]["households"],
        )

    def make_letter(self) -> File:
        """The letter to the city for the present choice; in Chinese, as papers are."""
        session = self.session
        unit = signing_unit([session.county])
        name = session.standard.title or "本次试算的标准"
        head = LetterHead(unit, session.round_name, name, page_now().date(), session.scope.simulated)
        # Counted when it is made, not when the panel was drawn: the choice may have moved on since.
        content = question_letter(head, price_record(reading_prices(session.scope, session.standard)))
        return File(file_name(unit, round_words(session.round_name), "请示", ending=".docx"), _DOCX, content)
