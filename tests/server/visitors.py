"""Programs that visit the pages' server, with cookies of their own: they can do what no browser would."""

import http.cookiejar
import json
import re
import urllib.error
import urllib.parse
import urllib.request
import uuid
from pathlib import Path

from websockets.sync.client import ClientConnection, connect

from tests.browser import Server

PROTOCOL = "v1.kernel.websocket.jupyter.org"
SECRET = "一段够长的密码 2019"  # noqa: S105 - nobody's
NOTEBOOK = """{{
 "cells": [{{"cell_type": "code", "execution_count": null, "id": "a", "metadata": {{}}, "outputs": [], "source": {source}}}],
 "metadata": {{"kernelspec": {{"display_name": "Python 3", "language": "python", "name": "python3"}}}},
 "nbformat": 4, "nbformat_minor": 5
}}"""
LABEL = "import ipywidgets\nipywidgets.Label('drawn')"


def write_notebook(folder: Path, name: str, code: str = LABEL) -> None:
    (folder / name).write_text(NOTEBOOK.format(source=json.dumps(code)), encoding="utf-8")


class Visitor:
    """One browser's worth of cookies; `seconds`: how long it waits for an answer."""

    seconds = 120

    def __init__(self, server: Server) -> None:
        self.server = server
        self.cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))

    def ask(self, path: str, *, method: str = "GET", body: dict | None = None, **headers: str) -> tuple[int, str]:
        """Status and text; the token against forged requests goes along."""
        data = urllib.parse.urlencode({**body, "_xsrf": self.token}).encode() if body is not None else None
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        if method != "GET":
            headers["X-XSRFToken"] = self.token
        request = urllib.request.Request(self.server.url + path, data, headers, method=method)  # noqa: S310 - our own server
        try:
            with self._opener.open(request, timeout=self.seconds) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    @property
    def token(self) -> str:
        return next((each.value for each in self.cookies if each.name == "_xsrf"), "")

    def sign_in(self, account: str, password: str = SECRET) -> int:
        self.ask("login")
        return self.ask("login", method="POST", body={"account": account, "password": password, "next": "/"})[0]

    def open(self, notebook: str = "label.ipynb") -> str:
        """Open a page; the id of its kernel."""
        status, text = self.ask(f"voila/render/{notebook}")
        assert status == 200, text
        return re.search(r'"kernelId": "([\w-]+)"', text).group(1)

    def alive(self, kernel: str) -> bool:
        return self.ask(f"alive/{kernel}")[0] == 204

    def socket(self, kernel: str, subprotocol: str | None = PROTOCOL, **headers: str) -> ClientConnection:
        """The page's connection to its kernel."""
        address = f"{self.server.url.replace('http', 'ws')}api/kernels/{kernel}/channels"
        cookie = "; ".join(f"{each.name}={each.value}" for each in self.cookies)
        headers = {"Cookie": cookie, **{name.replace("_", "-"): value for name, value in headers.items()}}
        offered = [subprotocol] if subprotocol else None
        origin = self.server.url.rstrip("/")
        return connect(address, origin=origin, subprotocols=offered, additional_headers=headers, open_timeout=300)


def frame(
    kind: str = "kernel_info_request", channel: str = "shell", content: dict | None = None, metadata: dict | None = None
) -> bytes:
    """A message as pages send it."""
    header = {
        "msg_id": uuid.uuid4().hex,
        "session": "s",
        "username": "",
        "msg_type": kind,
        "version": "5.3",
        "date": "",
    }
    parts = [json.dumps(each).encode() for each in (header, {}, metadata or {}, content or {})]
    return framed([channel.encode(), *parts])


def framed(parts: list[bytes], count: int | None = None, offsets: list[int] | None = None) -> bytes:
    """A frame of parts; count and offsets are those of the parts unless somebody lies."""
    places = [8 * (len(parts) + 2)]
    for part in parts:
        places.append(places[-1] + len(part))
    places = offsets if offsets is not None else places
    words = [count if count is not None else len(parts) + 1, *places]
    return b"".join([*(word.to_bytes(8, "little") for word in words), *parts])


def answered(socket: ClientConnection) -> bool:
    """Whether the kernel answers a question."""
    socket.send(frame())
    while True:
        message = socket.recv(60)
        if isinstance(message, bytes) and b"kernel_info_reply" in message:
            return True
