"""Commands that run something: serve, lab, doctor."""

from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.options import JsonOption, StoreOption
from workbench.cli.output import errors, print_json, say, show_table
from workbench.settings import store_path

PortOption = Annotated[int | None, typer.Option("--port", min=1, max=65535, help="端口 port")]
OpenOption = Annotated[bool, typer.Option("--open", help="打开浏览器 open the browser")]


SessionMemoryOption = Annotated[
    int,
    typer.Option(
        "--session-memory", min=0, max=10**6, help="一个会话最多用多少 MB 内存，0 为不限 MB a session may fill (0: any)"
    ),
]


def serve_command(
    store: StoreOption = None,
    host: Annotated[str, typer.Option("--host", help="地址 address to listen on")] = "127.0.0.1",
    port: PortOption = None,
    session_memory: SessionMemoryOption = 1500,
    *,
    open_browser: OpenOption = False,
) -> None:
    """打开页面 Serve the pages through Voilà, until interrupted."""
    from workbench.server.pages import serve  # noqa: PLC0415 - Voilà takes seconds to load; other commands need none

    serve(
        store_path(store).resolve(),
        host=host,
        port=port or 8866,
        session_memory=session_memory * 2**20,
        open_browser=open_browser,
        announce=say,
    )


def lab_command(store: StoreOption = None, port: PortOption = None, *, open_browser: OpenOption = False) -> None:
    """分析人员用 The same notebooks in JupyterLab, until interrupted."""
    from workbench.server.lab import lab  # noqa: PLC0415 - as above

    lab(store_path(store).resolve(), port=port or 8888, open_browser=open_browser, announce=say)


def doctor_command(store: StoreOption = None, *, as_json: JsonOption = False) -> None:
    """检查环境 What is installed, reachable, writable, and what to do about what is not."""
    from workbench.cli.doctor import examine  # noqa: PLC0415 - looks at every part

    found = examine(Path(store_path(store)))
    failed = [check for check in found if not check.fine and check.needed]
    if as_json:
        print_json({"fine": not failed, "checks": [vars(check) for check in found]})
    else:
        rows = [
            [check.name, "✓" if check.fine else "✗" if check.needed else "–", check.found, check.cure]
            for check in found
        ]
        show_table("", ["项目 part", "", "情况 found", "办法 cure"], rows)
    if failed:
        errors.print("有必需的部分缺失 something needed is missing")
        raise typer.Exit(1)
