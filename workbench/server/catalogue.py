"""The pages there are: notebooks, each of which says in its metadata what it is, and those that the server writes itself."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from workbench.domain.procedure.roles import Right, Role

LANGUAGES = ("zh", "en")
_NOTEBOOK = ".ipynb"
REGISTER = "register"
"""The register's page, which the server writes itself (0039)."""
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
        return f"voila/render/{quote(self.name)}" if self.name.endswith(_NOTEBOOK) else self.name


def language(query_value: str | None) -> str:
    """The language asked for by `?lang=`; Chinese for anything else than `en`."""
    return "en" if query_value == "en" else "zh"


def kept_query(asked: Callable[[str], str | None]) -> dict[str, str]:
    """What an address keeps, of what was asked for; `asked` gives the value of a key or None."""
    return {key: value for key in CARRIED_KEYS if (value := asked(key))}


def address(path: str, query: Mapping[str, str]) -> str:
    """Return a path with its query."""
    return f"{path}?{urlencode(query)}" if query else path


def notebooks_in(notebooks: Path) -> list[Page]:
    """The pages of a folder, in their order. A file that is no notebook is not a page."""
    # As text: each page lists them all, and objects of paths take most of the time.
    names = (name for name in _names_in(notebooks) if name.endswith(_NOTEBOOK) and not name.startswith((".", "_")))
    pages = (_page(f"{notebooks}/{name}") for name in names)
    return sorted((page for page in pages if page), key=_in_order)


def pages_in(notebooks: Path) -> list[Page]:
    """The pages of a folder and those that the server writes itself, in their order."""
    return sorted([*notebooks_in(notebooks), _REGISTER_PAGE], key=_in_order)


def named(pages: list[dict[str, str]], name: str) -> str:
    """The path of a page among those of `listed`, by its name without its ending; empty where it is not there."""
    return next((page["href"] for page in pages if page["name"].removesuffix(_NOTEBOOK) == name), "")


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


_REGISTER_PAGE = Page(
    name=REGISTER, order=3, title={"zh": "业务办理", "en": "Register"},
    summary={
        "zh": "走访、初评上报、审核、备案：我的待办，边缘户台账和逾期走访，返贫致贫认定程序，各乡镇进度，台账和文件。",
        "en": "Visit, propose, review, file: what waits for you, the edge register with overdue visits, cases, progress by township, "
        "ledgers and documents.",
    },
    rights=frozenset({Right.READ_REGISTER}),
)  # fmt: skip


def _in_order(page: Page) -> tuple[int, str]:
    return page.order, page.name


def _names_in(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)  # noqa: PTH208 - as said
    except OSError:
        return []


def _page(path: str) -> Page | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - as said
    except OSError:
        return None
    return _page_of(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=256)
def _page_of(path: str, _changed: int, _size: int) -> Page | None:
    """The page of a file as it is since it was changed: each page of the server lists them all."""
    try:
        file = Path(path)
        return page_texts(json.loads(file.read_text(encoding="utf-8"))["metadata"], file.name)
    except (OSError, ValueError, KeyError):
        return None
