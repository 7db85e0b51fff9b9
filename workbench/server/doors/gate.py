"""The way in: names that lead here, and what a proxy in front says of its visitors."""

from collections.abc import Awaitable
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.httputil import HTTPHeaders, HTTPMessageDelegate, HTTPServerRequest
from tornado.routing import AnyMatches, Matcher, Rule, RuleRouter
from tornado.web import Application, RequestHandler

from workbench.server.doors.reach import Reach

_UNKNOWN_NAME = """<!DOCTYPE html><html lang="zh-CN"><meta charset="utf-8"><title>403</title>
<p>地址栏中的名称不是本服务的名称，因此不予提供。请用管理员告知的地址；管理员可用 --name 添加名称。</p>
<p lang="en">The name in the address is none of this service's, so nothing is shown. Use the address that the administrator
gave; the administrator adds names with --name.</p></html>"""


class AllowedHost(Matcher):
    """A request under one of the names that lead here: a page of elsewhere whose name resolves to us is not let in."""

    def __init__(self, names: frozenset[str]) -> None:
        self._names = names

    def match(self, request: HTTPServerRequest) -> dict[str, Any] | None:
        """No arguments where the name is known; None otherwise."""
        # A rebinding attack reaches us under its own name, with the cookies of no one; a trailing dot is the same name.
        return {} if request.host_name.strip("[]").rstrip(".") in self._names else None


class UnknownNameHandler(RequestHandler):
    """Answer a request by a name that is not allowed."""

    def prepare(self) -> None:
        """Say so, and nothing of what was asked."""
        self.set_status(403)
        self.finish(_UNKNOWN_NAME)


class _OnlyForwarded(HTTPMessageDelegate):
    """Takes out the older headers that tornado would believe too: a proxy that does not set them passes on its visitor's."""

    def __init__(self, delegate: HTTPMessageDelegate) -> None:
        self._delegate = delegate

    def headers_received(self, start_line: Any, headers: HTTPHeaders) -> Awaitable[None] | None:
        """Pass the headers on without the older ones that name a visitor's address."""
        # tornado reads these before X-Forwarded-…: a proxy that does not overwrite them would pass on what a visitor claims.
        for name in ("X-Real-Ip", "X-Scheme"):
            headers.pop(name, None)
        return self._delegate.headers_received(start_line, headers)

    def data_received(self, chunk: bytes) -> Awaitable[None] | None:
        """Pass a piece of the body on as it comes."""
        return self._delegate.data_received(chunk)

    def finish(self) -> None:
        """Pass on that the request is whole."""
        self._delegate.finish()

    def on_connection_close(self) -> None:
        """Pass on that the connection was closed."""
        self._delegate.on_connection_close()


class Gate(HTTPServer):
    """Believes the X-Forwarded- headers of the proxies that it was told of, and of nobody else."""

    proxies: frozenset[str] = frozenset()

    def start_request(self, server_conn: object, request_conn: Any) -> HTTPMessageDelegate:
        """Begin a request, with the other end of its connection as the one that asks."""
        address = request_conn.context.address
        # By connection, not by server: the same port may be reached by the proxy and directly.
        self.xheaders = isinstance(address, tuple) and address[0] in self.proxies
        return _OnlyForwarded(super().start_request(server_conn, request_conn))


def gate(pages: Application, reach: Reach) -> Gate:
    """Return the server of the pages, not yet listening."""
    others = Application([(r".*", UnknownNameHandler)])
    router = RuleRouter([Rule(AllowedHost(reach.known_names), pages), Rule(AnyMatches(), others)])
    server = Gate(router, ssl_options=reach.encryption())
    server.proxies = frozenset(reach.proxies)
    return server
