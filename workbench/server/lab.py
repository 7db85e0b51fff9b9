"""JupyterLab for analysts, in a work folder of their own: `workbench lab`. Works without any outside host."""

import json
from collections.abc import Callable
from pathlib import Path

from workbench.errors import Words
from workbench.safeguards.private_files import private_by_default
from workbench.server.environment import address, check_port, isolate
from workbench.server.pages import _silent
from workbench.server.work_folder import default_work_folder, prepare_work_folder

_SETTINGS = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}
"""Else the first start asks whether to fetch news, and a later one asks the outside for updates."""


def lab(
    store: Path,
    *,
    port: int = 8888,
    work: Path | None = None,
    open_browser: bool = False,
    announce: Callable[[Words], None] = _silent,
) -> None:
    """Start JupyterLab in the folder `work` on this machine only, until interrupted; the address carries its token.

    `work` (None: `work_folder.default_work_folder`) has copies of the program's notebooks, which themselves stay unchanged.
    `.jupyter` of the store keeps the settings between starts. Changes the environment of this process.
    Raises InputError where the port is taken, or the folder cannot be worked in.
    """
    private_by_default()
    host = "127.0.0.1"
    check_port(host, port)
    root = prepare_work_folder(work or default_work_folder())
    settings_folder = store / ".jupyter"
    isolate(settings_folder, store)
    _write_settings(settings_folder / "config")
    # Late: it takes seconds, and reads the environment set just above.
    from jupyterlab.labapp import LabApp  # type: ignore[import-untyped]  # noqa: PLC0415

    server = LabApp.initialize_server(argv=arguments(root, host, port, open_browser=open_browser))
    token = server.identity_provider.token
    where = f"{address(host, port)}lab?token={token} "
    # By the loop, which runs once the server listens: an address told before that would answer nobody.
    server.io_loop.add_callback(announce, _ready(root, where))
    server.start()


def _ready(root: Path, where: str) -> Words:
    return Words(
        f"工作文件夹 {root}（examples 中是程序笔记本的副本）；JupyterLab 已就绪：{where}",
        f"work folder {root} (copies of the program's notebooks are in examples); JupyterLab is ready: {where}",
    )


def arguments(root: Path, host: str, port: int, *, open_browser: bool) -> list[str]:
    """The command line of JupyterLab: local, quiet, and asking nothing of the outside."""
    return [
        f"--ServerApp.root_dir={root}",
        f"--ServerApp.ip={host}",
        f"--ServerApp.port={port}",
        # On another port than the one told, nobody would find it.
        "--ServerApp.port_retries=0",
        f"--ServerApp.open_browser={open_browser}",
        "--ServerApp.allow_root=True",  # in a container; this machine only, and with a token, all the same
        "--Application.log_level=WARN",
        "--ServerApp.kernel_spec_manager_class=workbench.server.environment.ProjectKernels",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.news_url=None",
        "--LabApp.extension_manager=readonly",
    ]


def _write_settings(config: Path) -> None:
    path = config / "labconfig" / "default_setting_overrides.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_SETTINGS), encoding="utf-8")
