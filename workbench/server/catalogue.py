"""The pages there are: one notebook each, which says in its metadata what it is."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from workbench.domain.procedure.roles import Role

LANGUAGES = ("zh", "en")
CARRIED_KEYS = ("county", "round", "lang")
"""What an address keeps from page to page, in this order."""


@dataclass(frozen=True)
class Page:
    """A page on the home page; `title` and `summary` by language ("zh", "en").

    `finest`: the finest area that it serves (1 a county, 3 a village); `rights`: it is for whoever has one of them, for all
    where there is none.
    """

    name: str
    order: int
    title: dict[str, str]
    summary: dict[str, str]
    finest: int = 3
    rights: frozenset[str] = field(default_factory=frozenset)

    def serves(self, role: Role | None) -> bool:
        """Whether the page opens for a role; who is not signed in (None) is shown every page, and asked there."""
        return role is None or (role.level <= self.finest and (not self.rights or bool(self.rights & role.rights)))

    @property
    def href(self) -> str:
        """The path below the base URL."""
        return f"voila/render/{quote(self.name)}"


def language(query_value: str | None) -> str:
    """The language asked for by `?lang=`; Chinese for anything else than `en`."""
    return "en" if query_value == "en" else "zh"


def kept_query(asked: Callable[[str], str | None]) -> dict[str, str]:
    """What an address keeps, of what was asked for; `asked` gives the value of a key or None."""
    return {key: value for key in CARRIED_KEYS if (value := asked(key))}


def address(path: str, query: Mapping[str, str]) -> str:
    """A path with its query."""
    return f"{path}?{urlencode(query)}" if query else path


def pages_in(notebooks: Path) -> list[Page]:
    """The pages of a folder, in their order. A file that is no notebook is not a page."""
    pages = (_page(path) for path in notebooks.glob("*.ipynb") if not path.name.startswith((".", "_")))
    return sorted((page for page in pages if page), key=lambda page: (page.order, page.name))


def listed(notebooks: Path, lang: str, role: Role | None = None) -> list[dict[str, str]]:
    """The pages of a folder that open for a role, as templates show them in a language."""
    return [
        {"name": page.name, "href": page.href, "title": page.title[lang], "summary": page.summary[lang]}
        for page in pages_in(notebooks)
        if page.serves(role)
    ]


def page_texts(metadata: dict[str, Any], name: str) -> Page:
    """What the metadata of a notebook says: `"workbench": {"order": 1, "title": {"zh", "en"}, "summary": {…}, "serves": {"finest", "rights"}}`."""
    about = metadata.get("workbench", {})
    otherwise = metadata.get("title", name.removesuffix(".ipynb"))
    titles, summaries, serves = (about.get(key, {}) for key in ("title", "summary", "serves"))
    return Page(
        name=name,
        # A notebook that says nothing of itself is a page all the same, and stands last.
        order=about.get("order", 99),
        title={lang: titles.get(lang) or titles.get("zh") or otherwise for lang in LANGUAGES},
        summary={lang: summaries.get(lang) or summaries.get("zh") or "" for lang in LANGUAGES},
        finest=serves.get("finest", 3),
        rights=frozenset(serves.get("rights", ())),
    )


def _page(path: Path) -> Page | None:
    try:
        return page_texts(json.loads(path.read_text(encoding="utf-8"))["metadata"], path.name)
    except (OSError, ValueError, KeyError):
        return None
