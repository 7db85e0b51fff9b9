"""The pages there are: one notebook each, which says in its metadata what it is."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

LANGUAGES = ("zh", "en")
CARRIED_KEYS = ("county", "round", "lang")
"""What an address keeps from page to page, in this order."""


@dataclass(frozen=True)
class Page:
    """A page on the home page; `title` and `summary` by language ("zh", "en")."""

    name: str
    order: int
    title: dict[str, str]
    summary: dict[str, str]

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


def listed(notebooks: Path, lang: str) -> list[dict[str, str]]:
    """The pages of a folder as templates show them in a language."""
    return [
        {"name": page.name, "href": page.href, "title": page.title[lang], "summary": page.summary[lang]}
        for page in pages_in(notebooks)
    ]


def page_texts(metadata: dict[str, Any], name: str) -> Page:
    """What the metadata of a notebook says: `"workbench": {"order": 1, "title": {"zh", "en"}, "summary": {…}}`."""
    about = metadata.get("workbench", {})
    otherwise = metadata.get("title", name.removesuffix(".ipynb"))
    titles, summaries = about.get("title", {}), about.get("summary", {})
    return Page(
        name=name,
        order=about.get("order", 99),
        title={lang: titles.get(lang) or titles.get("zh") or otherwise for lang in LANGUAGES},
        summary={lang: summaries.get(lang) or summaries.get("zh") or "" for lang in LANGUAGES},
    )


def _page(path: Path) -> Page | None:
    try:
        return page_texts(json.loads(path.read_text(encoding="utf-8"))["metadata"], path.name)
    except (OSError, ValueError, KeyError):
        return None
