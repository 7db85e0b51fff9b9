"""Commands that run something: serve, lab, doctor."""

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.language import both
from workbench.cli.options import JsonOption, StoreOption
from workbench.cli.output import emit, say, show_table, warn
from workbench.cli.serving.doctor import Check, examine
from workbench.errors import Words
from workbench.safeguards.plain_data import Json
from workbench.settings import store_path

PortOption = Annotated[int | None, typer.Option("--port", min=1, max=65535, help=both("端口", "the port"))]
OpenOption = Annotated[bool, typer.Option("--open", help=both("打开浏览器", "open the browser"))]
WorkOption = Annotated[
    Path | None,
    typer.Option(
        "--work",
        help=both(
            "工作文件夹（不写：主目录的 workbench-notebooks）",
            "the folder to work in (default: workbench-notebooks at home)",
        ),
    ),
]
HostOption = Annotated[
    str,
    typer.Option(
        "--host",
        help=both(
            "监听的地址；除本机外，须先有账号（模拟数据除外）和 --name",
            "the address to listen on; beyond this machine it needs accounts (unless the data is simulated) and --name",
        ),
    ),
]
NameOption = Annotated[
    list[str] | None,
    typer.Option(
        "--name", help=both("浏览器地址栏中可用的名称（可多次）", "a name in the browser's address (may be repeated)")
    ),
]
CertificateOption = Annotated[
    Path | None, typer.Option("--certificate", help=both("TLS 证书（PEM）", "TLS certificate (PEM)"))
]
KeyOption = Annotated[
    Path | None, typer.Option("--key", help=both("证书的私钥（PEM）", "the private key of the certificate (PEM)"))
]
BaseUrlOption = Annotated[
    str,
    typer.Option(
        "--base-url", help=both("地址的前缀，如 /workbench/", "the prefix of every address, e.g. /workbench/")
    ),
]
ProxyOption = Annotated[
    list[str] | None,
    typer.Option(
        "--behind-proxy",
        help=both(
            "代理服务器的地址；只信它的 X-Forwarded- 头（可多次）",
            "the proxy's address: only its X-Forwarded- headers count (may be repeated)",
        ),
    ),
]


SessionMemoryOption = Annotated[
    int,
    typer.Option(
        "--session-memory",
        min=0,
        max=10**6,
        help=both("一个会话最多用多少 MB 内存，0 为不限", "MB of memory that a session may fill (0: any)"),
    ),
]


def serve_command(
    store: StoreOption = None,
    # This machine only, unless somebody says otherwise: other computers need accounts and names (0023).
    host: HostOption = "127.0.0.1",
    port: PortOption = None,
    session_memory: SessionMemoryOption = 1500,
    name: NameOption = None,
    certificate: CertificateOption = None,
    key: KeyOption = None,
    base_url: BaseUrlOption = "/",
    behind_proxy: ProxyOption = None,
    *,
    open_browser: OpenOption = False,
) -> None:
    """Serve the pages through Voilà, until interrupted."""
    from workbench.server.doors.reach import Reach  # noqa: PLC0415
    from workbench.server.pages import serve  # noqa: PLC0415 - Voilà takes seconds to load; other commands need none

    proxies = tuple(behind_proxy or ())
    # `--port` is an option of several commands, each of which has a port of its own.
    reach = Reach(host, port or 8866, tuple(name or ()), certificate, key, base_url, proxies)
    memory = session_memory * 2**20
    # As a whole path, since the kernels of the pages work in other folders.
    serve(store_path(store).resolve(), reach=reach, session_memory=memory, open_browser=open_browser, announce=say)


def lab_command(
    store: StoreOption = None, port: PortOption = None, work: WorkOption = None, *, open_browser: OpenOption = False
) -> None:
    """Open JupyterLab in a work folder of your own, until interrupted; the program's notebooks lie in it as copies."""
    from workbench.server.lab import lab  # noqa: PLC0415 - as above

    lab(store_path(store).resolve(), port=port or 8888, work=work, open_browser=open_browser, announce=say)


def doctor_command(store: StoreOption = None, *, as_json: JsonOption = False) -> None:
    """What is installed, reachable, writable, and what to do about what is not."""
    checks = examine(Path(store_path(store)))
    # What is of use to some only, such as a database server, is missing from most computers and no fault.
    failed = [check for check in checks if not check.fine and check.needed]

    def show() -> None:
        rows = [
            [check.part, "✓" if check.fine else "✗" if check.needed else "–", check.state, check.cure]
            for check in checks
        ]
        show_table("", [Words("项目", "part"), "", Words("情况", "found"), Words("办法", "cure")], rows)

    emit({"fine": not failed, "checks": [_record(check) for check in checks]}, show, as_json=as_json)
    if failed:
        warn(Words("有必需的部分缺失", "something needed is missing"))
        raise typer.Exit(1)


def _record(check: Check) -> Json:
    """A part as JSON: its `name` is the same in every language, the rest is of this run's."""
    return {
        "name": check.name,
        "fine": check.fine,
        "needed": check.needed,
        "part": check.part,
        "found": check.state,
        "cure": check.cure,
    }
