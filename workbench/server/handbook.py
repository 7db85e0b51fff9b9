"""The handbook: a chapter a page, the own role's first; all of it as one file to print or to carry along; its pictures."""

import re
from pathlib import Path

from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.utils import url_path_join
from tornado import web

from workbench.server.catalogue import address, kept_query, named
from workbench.server.plain_pages import PageHandler
from workbench.server.sign_in.authenticator import role_of
from workbench.ui.pages.handbook.chapters import (
    CHAPTERS,
    PICTURES,
    Targets,
    chapter,
    chapter_of,
    html_of,
    picture_data,
)

PRINTED = "print"
"""The address of the whole handbook, beside those of its chapters."""


class HandbookHandler(PageHandler):
    """A chapter, or the whole. It holds no data, and who cannot sign in yet needs it most: nobody has to be signed in."""

    @allow_unauthenticated
    def get(self, name: str | None = None) -> None:
        """Write the chapter that is named, else that of the own role."""
        if name == PRINTED:
            self._whole()
            return
        role = role_of(self)
        lang = self.common()["lang"]
        read = chapter(name) if name else chapter_of(role.name if role else None, lang)
        if read is None:
            raise web.HTTPError(404)
        chapters = [
            {
                "title": each.title,
                "href": self._chapter(each.name),
                "current": each is read,
                "own": (role is not None and each.role == role.name),
            }
            for each in CHAPTERS
        ]
        targets = Targets(page=self._page, chapter=self._chapter, picture=self._picture)
        printed = url_path_join(self.base_url, "handbook", PRINTED)
        self.write(
            self.render_template("handbook.html", chapters=chapters, text=html_of(read, targets), title=read.title, printed=printed)
        )  # fmt: skip

    def _whole(self) -> None:
        """One file with everything in it: nothing of the server is asked for once it is carried away."""
        targets = Targets(page=lambda _name: None, chapter=lambda name: f"#{name}", picture=picture_data)
        if self.get_query_argument("download", None):
            self.set_header(
                "Content-Disposition",
                "attachment; filename=handbook.html; filename*=UTF-8''%E6%93%8D%E4%BD%9C%E6%89%8B%E5%86%8C.html",
            )
        texts = [html_of(each, targets) for each in CHAPTERS]
        self.write(self.render_template("handbook_file.html", chapters=CHAPTERS, texts=texts))

    def _page(self, name: str) -> str | None:
        """A page of the workbench, for whom it opens."""
        path = named(self.common()["pages"], name)
        return address(url_path_join(self.base_url, path), self._carried()) if path else None

    def _chapter(self, name: str) -> str:
        return address(url_path_join(self.base_url, "handbook", name), self._carried())

    def _picture(self, name: str) -> str:
        return url_path_join(self.base_url, "handbook", "pictures", f"{name}.png")

    def _carried(self) -> dict[str, str]:
        return kept_query(lambda key: self.get_query_argument(key, None))


class HandbookPictureHandler(PageHandler):
    """A picture of the documents, of simulated data all."""

    @allow_unauthenticated
    def get(self, name: str) -> None:
        """Write the picture; a name that is none of them is not there."""
        # Looked up among the files that there are: a name in an address is not put into a path.
        there = {path.stem: path for path in Path(PICTURES).glob("*.png")}
        if not re.fullmatch(r"\w+", name) or name not in there:
            raise web.HTTPError(404)
        self.set_header("Content-Type", "image/png")
        self.set_header("Cache-Control", "max-age=3600")
        self.write(there[name].read_bytes())
