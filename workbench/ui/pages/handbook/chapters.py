"""The chapters of the handbook: which there are, whose each is, and its text as HTML."""

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import mistune
from markupsafe import Markup, escape
from mistune.renderers.html import HTMLRenderer

from workbench.settings import PROJECT

FOLDER = PROJECT / "docs" / "handbook"
PICTURES = PROJECT / "docs" / "pictures"
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Chapter:
    """A chapter: `name` is its file and address, `role` whose it is (None: everybody's)."""

    name: str
    role: str | None = None

    @property
    def text(self) -> str:
        """The chapter's Markdown as it stands in the folder."""
        return (FOLDER / f"{self.name}.md").read_text(encoding="utf-8")

    @property
    def title(self) -> str:
        """The chapter's heading."""
        heading = _TITLE.search(self.text)
        return heading[1] if heading else self.name


CHAPTERS = (
    Chapter("start"),
    Chapter("village", "village_worker"),
    Chapter("township", "township_reviewer"),
    Chapter("county", "county_officer"),
    Chapter("city", "city_reader"),
    Chapter("trainer", "trainer"),
    Chapter("administrator", "administrator"),
    Chapter("analyst", "analyst"),
    Chapter("english"),
)
"""In the order of the printed handbook."""


def chapter(name: str) -> Chapter | None:
    """Return the chapter of that name, or None."""
    return next((each for each in CHAPTERS if each.name == name), None)


def chapter_of(role: str | None, lang: str) -> Chapter:
    """What somebody of a role reads first: the own chapter; who has none, or reads English, what is everybody's."""
    if lang == "en":
        return CHAPTERS[-1]
    return next((each for each in CHAPTERS if each.role and each.role == role), CHAPTERS[0])


@dataclass(frozen=True)
class Targets:
    """Where the links of a text lead, and where its pictures are: each by the name of a file without folder and ending."""

    page: Callable[[str], str | None]
    chapter: Callable[[str], str]
    picture: Callable[[str], str]


def html_of(chapter_read: Chapter, targets: Targets) -> Markup:
    """A chapter as HTML; what its text has of HTML is shown, not obeyed."""
    markdown = mistune.create_markdown(renderer=_Renderer(targets, chapter_read.name), plugins=["table"])
    return Markup(markdown(chapter_read.text))  # noqa: S704 - escaped by the renderer


def picture_data(name: str) -> str:
    """A picture as an address that holds it whole, for a file that is carried along."""
    content = base64.b64encode((PICTURES / f"{name}.png").read_bytes()).decode("ascii")
    return f"data:image/png;base64,{content}"


class _Renderer(HTMLRenderer):
    """Leads links and pictures, which in the folder are files, to where the server has them."""

    def __init__(self, targets: Targets, name: str) -> None:
        super().__init__(escape=True)
        self._targets, self._name = targets, name
        self._headings = 0

    def heading(self, text: str, level: int, **_attributes: Any) -> str:
        # The chapter's own heading bears its name: the printed handbook links to it from its first page.
        anchor = self._name if level == 1 else f"{self._name}-{self._next()}"
        return f'<h{level} id="{escape(anchor)}">{text}</h{level}>\n'

    def _next(self) -> int:
        self._headings += 1
        return self._headings

    def link(self, text: str, url: str, title: str | None = None) -> str:
        del title
        path = Path(unquote(url))
        target = (
            self._targets.page(path.stem)
            if path.suffix == ".ipynb" or path.parent.name == "pages"
            else self._targets.chapter(path.stem)
            if path.suffix == ".md"
            else None
        )
        # A page that the reader has none of, and whatever else the folder leads to, is named without a link.
        return f'<a href="{escape(target)}">{text}</a>' if target else text

    def image(self, text: str, url: str, title: str | None = None) -> str:
        del title
        source = self._targets.picture(Path(unquote(url)).stem)
        return f'<img src="{escape(source)}" alt="{escape(text)}" loading="lazy">'
