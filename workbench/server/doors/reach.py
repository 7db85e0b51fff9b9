"""Where the pages can be reached: address, names, encryption, a proxy in front; what does not go together is refused."""

import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from workbench.errors import InputError, Words
from workbench.safeguards.system_errors import said_by_system

_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
_EVERY_ADDRESS = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - read, not bound


@dataclass(frozen=True)
class Reach:
    """What `workbench serve` was told: `names` are those that the address in a browser may bear, `proxies` addresses."""

    host: str = "127.0.0.1"
    port: int = 8866
    names: tuple[str, ...] = ()
    certificate: Path | None = None
    key: Path | None = None
    base_url: str = "/"
    proxies: tuple[str, ...] = ()

    @property
    def on_loopback(self) -> bool:
        """Whether it listens on this machine only."""
        return self.host in _LOOPBACK_NAMES

    @property
    def beyond_loopback(self) -> bool:
        """Whether other computers come here: directly, or through a proxy on this one."""
        return not self.on_loopback or bool(self.names or self.proxies)

    @property
    def known_names(self) -> frozenset[str]:
        """The names and addresses under which a browser may ask."""
        own = _LOOPBACK_NAMES if self.on_loopback else frozenset({self.host.lower()}) - _EVERY_ADDRESS
        return own | {name.lower() for name in self.names}

    @property
    def url(self) -> str:
        """The address to open in a browser."""
        shown = next(iter(self.names), "127.0.0.1" if self.host in _EVERY_ADDRESS else self.host)
        bracketed = f"[{shown}]" if ":" in shown else shown
        return f"{'https' if self.certificate else 'http'}://{bracketed}:{self.port}{self.base_url}"

    def checked(self) -> "Reach":
        """Return itself; raises InputError for what cannot be served."""
        self._check_names()
        self.encryption()
        if not self.base_url.startswith("/") or not self.base_url.endswith("/") or "//" in self.base_url:
            raise InputError(
                Words(
                    f"--base-url {self.base_url}：须以“/”开头和结尾，例如 /workbench/",
                    f"--base-url {self.base_url}: begins and ends with /, e.g. /workbench/",
                    code="server.base-url-begins-ends",
                )
            )
        return self

    def _check_names(self) -> None:
        for proxy in self.proxies:
            try:
                ip_address(proxy)
            except ValueError:
                raise InputError(
                    Words(
                        f"--behind-proxy {proxy}：不是 IP 地址；请写代理服务器连过来时所用的地址，例如 127.0.0.1",
                        f"--behind-proxy {proxy}: no IP address; give the one that the proxy connects from, e.g. 127.0.0.1",
                        code="server.behind-proxy-no-ip",
                    )
                ) from None
        if not self.known_names:
            raise InputError(
                Words(
                    f"--host {self.host}：在所有网卡上监听时，请用 --name 写明浏览器地址栏中的名称或 IP（可多次），例如 --name 10.1.2.3",
                    f"--host {self.host}: listening everywhere needs --name, the name or IP in the browser's address (several may "
                    "be given), e.g. --name 10.1.2.3",
                    code="server.host-listening-everywhere-needs",
                )
            )

    def encryption(self) -> ssl.SSLContext | None:
        """TLS with the certificate; None without one."""
        if self.certificate is None and self.key is None:
            return None
        if self.certificate is None or self.key is None:
            raise InputError(
                Words(
                    "--certificate 与 --key 须一起给出（PEM 文件）",
                    "--certificate and --key go together (PEM files)",
                    code="server.certificate-key-go-together",
                )
            )
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        try:
            context.load_cert_chain(self.certificate, self.key)
        except (OSError, ssl.SSLError) as error:
            why = said_by_system(error)
            raise InputError(
                Words(
                    f"--certificate {self.certificate}、--key {self.key}：读不出证书（{why.zh}）；须为同一对 PEM 文件",
                    f"--certificate {self.certificate}, --key {self.key}: no certificate can be read ({why.en}); "
                    "both are PEM files that belong together",
                    code="server.certificate-key-no-certificate",
                )
            ) from None
        return context
