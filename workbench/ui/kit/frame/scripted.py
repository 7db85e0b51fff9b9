"""Widgets whose script the pages' own server hands out: a page loads it once, however many of them it shows."""

import hashlib
from functools import cache
from pathlib import Path

import anywidget
import traitlets

from workbench.ui.kit.frame.page_environment import variable

STATIC = Path(__file__).parents[2] / "static"
"""What the pages' own server hands out besides its frame: scripts, the style of the pages and the vendored library."""
_FROM_SERVER = """export default async () => {{
  const base = new URL(document.body.dataset.baseUrl, location.href);
  return (await import(`${{base}}static/{name}?v={version}`)).default;
}};
"""


class Scripted(anywidget.AnyWidget):
    """A widget drawn by the script of that name in STATIC, whose default export has `render`, `initialize` or both."""

    script = ""

    _esm = traitlets.Unicode().tag(sync=True)

    @traitlets.default("_esm")
    def _module(self) -> str:
        # With each widget its whole script would go to the browser, which would read it anew each time. Elsewhere (JupyterLab,
        # say) no server has the file.
        return from_server(self.script) if under_own_server() else _whole(self.script)


def under_own_server() -> bool:
    """Whether this is a page of the workbench's own server."""
    return variable("SERVER_SOFTWARE").startswith("voila/")


@cache
def version_of(path: Path) -> str:
    """What tells a file's content from any other: part of its address, which a browser may keep for years."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


@cache
def from_server(name: str) -> str:
    """A module that loads a script from the server, under the address that the frame of the pages has for it."""
    return _FROM_SERVER.format(name=name, version=version_of(STATIC / name))


@cache
def _whole(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")
