"""The frame of a page: its heading, county and round, help, messages and errors; a page itself fills the body."""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import ipywidgets as widgets

from workbench.errors import WorkbenchError
from workbench.safeguards.private_files import private_by_default
from workbench.settings import store_path
from workbench.store.facts import FactStore
from workbench.ui.kit.frame.address import Address
from workbench.ui.kit.frame.callbacks import guarded
from workbench.ui.kit.frame.page_environment import query
from workbench.ui.kit.frame.place import Place
from workbench.ui.kit.frame.scripted import STATIC, under_own_server
from workbench.ui.kit.texts.language import Language, page_language
from workbench.ui.kit.texts.names import county_name, round_title
from workbench.ui.kit.texts.templates import render

log = logging.getLogger("workbench.pages")
PlaceKind = TypeVar("PlaceKind", bound=Place)


@dataclass(frozen=True)
class About:
    """What stands around every page: its name, the clause it serves, and how it is read, a paragraph each."""

    title: str
    source: str
    help: Sequence[str] = ()


class Frame(Generic[PlaceKind]):
    """Heading, county and round, notice and body. A page adds its widgets to `body` and says in `on_turn` what follows a turn.

    `guard` is for every callback of the page: what it raises is logged and stands in the notice, in words. `turning` is
    true while another place is being chosen.
    """

    def __init__(self, place: PlaceKind, language: Language, about: About) -> None:
        self.place = place
        self.language = t = language
        self.about = about
        self.guard = guarded(self.fail)
        self.on_turn: Callable[[], None] = lambda: None
        self.on_fail: Callable[[], None] = lambda: None
        self.turning = False
        self.heading, self.notice = widgets.HTML(), classed(widgets.HTML(), "wb-told")
        self.county = widgets.Dropdown(description=t("县区"))
        self.round = widgets.Dropdown(description=t("期次"))
        self.address = Address()
        self.body = classed(widgets.VBox(), "wb-stack")
        header = classed(widgets.HBox([self.heading, self.county, self.round]), "wb-header")
        help_text = widgets.HTML(render("help", t, paragraphs=about.help, up="../../"))
        self.widget = classed(
            widgets.VBox([page_style(), self.address, header, help_text, self.notice, self.body]), "wb-stack"
        )
        for choice in (self.county, self.round):
            choice.observe(self.guard(lambda _change: self._choose()), "value")
        self._show_place()

    @property
    def county_title(self) -> str:
        """The chosen county's name."""
        return county_name(self.place.county, self.language) if self.place.chooses_county else ""

    def note(self, text: str, *, alert: bool = False) -> None:
        """Say something above the body; an empty text takes it away."""
        self.notice.value = render("message", self.language, text=text, alert=alert) if text else ""

    def fail(self, error: Exception) -> None:
        """Say what went wrong; what is not known to be the user's to mend makes the page stand as failed."""
        self.note(error_text(error, self.language), alert=True)
        if not isinstance(error, WorkbenchError):
            self.on_fail()

    def _choose(self) -> None:
        """A person chose a county or a round."""
        if self.turning:
            return
        self.turning = True
        try:
            self.place.choose(self.round.value, self.county.value)
        except WorkbenchError:
            self._show_place()  # back to what the figures are of; the message comes after
            raise
        finally:
            self.turning = False
        self.turn()

    def turn(self) -> None:
        """Show another place: the page's figures first, so that no heading stands over those of the place before."""
        self.note("")
        try:
            self.on_turn()
        finally:
            self._show_place()

    def _show_place(self) -> None:
        place, t = self.place, self.language
        # Options and values are set one after another, and each would be taken for a person's choice.
        self.turning = True
        try:
            self.round.options = [(round_title(name, t), name) for name in place.rounds]
            self.round.value = place.round_name
            self.county.options = [(county_name(code, t), code) for code in place.counties_of(place.round_name)]
            self.county.value = place.county
        finally:
            self.turning = False
        # A choice of one chooses nothing: the county stands in the heading, and so does the round then.
        only_round = len(self.round.options) == 1
        self.round.layout.display = "none" if only_round else None
        self.county.layout.display = None if place.chooses_county and len(self.county.options) > 1 else "none"
        named = (self.county_title, round_title(place.round_name, t) if only_round else "")
        self.heading.value = render(
            "heading", t, title=self.about.title, county=" · ".join(each for each in named if each),
            source=self.about.source, simulated=place.simulated,
        )  # fmt: skip
        address = {"county": place.county} if place.chooses_county else {}
        # A page without counties leaves the key as it is, for the page that one goes on to.
        self.address.keep({**address, "round": place.round_name})


def open_page(
    about: Callable[[Language], About], build: Callable[[Language, Mapping[str, str]], Any]
) -> widgets.Widget:
    """A page for its address: `build` makes it, an object with a `widget`; where that fails the page says so in words."""
    # Outside: whatever fails after this is said in the language of the page.
    language = page_language()
    try:
        widget: widgets.Widget = build(language, query()).widget
    except Exception as error:
        if not isinstance(error, WorkbenchError):
            log.exception("a page could not be opened")
        texts = about(language)
        heading = render("heading", language, title=texts.title, county="", source=texts.source, simulated=False)
        parts = [
            page_style(),
            classed(widgets.HBox([widgets.HTML(heading)]), "wb-header"),
            widgets.HTML(render("message", language, text=error_text(error, language), alert=True)),
        ]
        return classed(widgets.VBox(parts), "wb-stack")
    return widget


def page_style() -> widgets.HTML:
    """The style sheet as a widget to put first on a page: empty under the workbench's server, which links it itself."""
    served = under_own_server()
    sheet = "" if served else f"<style>{(STATIC / 'style.css').read_text(encoding='utf-8')}</style>"
    return widgets.HTML(sheet, layout=widgets.Layout(display="none" if served else None))


def soon(work: Callable[[], None]) -> None:
    """Do something once the page is on its way to the browser; at once where no kernel runs (tests, programs)."""
    try:
        asyncio.get_running_loop().call_soon(work)
    except RuntimeError:
        work()


def open_store() -> FactStore:
    """The store that the pages look at; a page's kernel, whoever started it, writes for its owner only."""
    private_by_default()
    return FactStore(store_path())


def error_text(error: Exception, t: Language) -> str:
    """What an error says to a person; of one that nobody foresaw, only that the log has it."""
    return t.error(error) if isinstance(error, WorkbenchError) else t("页面出错，已记入日志；请刷新页面重试。")


def classed(widget: widgets.DOMWidget, *classes: str) -> widgets.DOMWidget:
    """Return the widget with these CSS classes."""
    for name in classes:
        widget.add_class(name)
    return widget


def draw_also(box: widgets.Box, part: widgets.Widget) -> None:
    """Show a part at the end of a box, where it is not shown there yet: what is rarely seen need not be drawn with the page."""
    if part not in box.children:
        box.children = (*box.children, part)


def panel(t: Language, title: str, *content: widgets.Widget, note: str = "") -> widgets.VBox:
    """Return a titled panel."""
    return classed(
        widgets.VBox([widgets.HTML(render("section", t, title=title, note=note, anchor=None)), *content]), "wb-panel"
    )
