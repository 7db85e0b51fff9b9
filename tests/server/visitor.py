"""A visitor of the pages without a browser: cookies, forms as they stand in the page, and whatever no browser would say."""

import http.client
import http.cookiejar
import re
import urllib.error
import urllib.parse
import urllib.request
from html import unescape

SECRET = "一段够长的密码 2019"  # noqa: S105 - nobody's


class Visitor:
    """A program with cookies; `address`: from which of this machine's own addresses it comes."""

    def __init__(self, server, address="127.0.0.1"):
        self.server = server
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies), _From(address))

    def get(self, path, headers=()):
        """Where one is led, and what stands there."""
        self.opener.addheaders = list(dict(headers).items())
        with self.opener.open(self.server.url + path, timeout=600) as answer:
            return answer.url, answer.read().decode()

    def status(self, path):
        """The status of an address, and where one was led."""
        try:
            with self.opener.open(self.server.url + path, timeout=600) as answer:
                return answer.status, answer.url
        except urllib.error.HTTPError as error:
            return error.code, error.url

    def post(self, path, fields, *, token=True, headers=()):
        """Send a form as it stands in the page, without any script; status and text."""
        if token:
            fields = {"_xsrf": self.token(), **fields}
        self.opener.addheaders = list(dict(headers).items())
        try:
            with self.opener.open(
                self.server.url + path, urllib.parse.urlencode(fields).encode(), timeout=600
            ) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def token(self):
        """The token in the form of the sign-in page."""
        held = [each.value for each in self.cookies if each.name == "_xsrf"]
        if not held:
            _, text = self.get("login")
            match = re.search(r'name="_xsrf" value="([^"]+)"', text)
            return unescape(match.group(1)) if match else ""
        return held[0]

    def sign_in(self, account, password=SECRET, following="", headers=()):
        """Status and text of what one is led to."""
        fields = {"account": account, "password": password, "next": "/" + following}
        return self.post("login", fields, headers=headers)


class _From(urllib.request.HTTPHandler):
    def __init__(self, address):
        super().__init__()
        self.address = address

    def http_open(self, request):
        return self.do_open(http.client.HTTPConnection, request, source_address=(self.address, 0))
