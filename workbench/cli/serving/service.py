"""The command that writes the units of systemd."""

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.language import both
from workbench.cli.options import JsonOption, StoreOption
from workbench.cli.output import emit
from workbench.cli.serving.serve import (
    BaseUrlOption,
    CertificateOption,
    HostOption,
    KeyOption,
    NameOption,
    PortOption,
    ProxyOption,
)
from workbench.cli.serving.service_units import Service
from workbench.errors import InputError, Words
from workbench.settings import store_path

if TYPE_CHECKING:
    from workbench.server.doors.reach import Reach

# As systems take names: another one would be refused when the unit is started, long after.
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")

OutOption = Annotated[Path, typer.Option("--out", help=both("写到这个目录", "the folder to write the units into"))]
UserOption = Annotated[
    str, typer.Option("--user", help=both("以哪个系统用户运行", "the system's user that it runs as"))
]
BackupsOption = Annotated[
    Path, typer.Option("--backups", help=both("备份存入的目录", "the folder that the backups go into"))
]


def service_command(
    out: OutOption,
    user: UserOption = "workbench",
    backups: BackupsOption = Path("/var/backups/luan"),
    store: StoreOption = None,
    host: HostOption = "127.0.0.1",
    port: PortOption = None,
    name: NameOption = None,
    certificate: CertificateOption = None,
    key: KeyOption = None,
    base_url: BaseUrlOption = "/",
    behind_proxy: ProxyOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Write the units of systemd that keep the pages running and back the store up every night; install nothing."""
    from workbench.server.doors.reach import Reach  # noqa: PLC0415 - only here

    if not _USER.fullmatch(user):
        raise InputError(
            Words(
                f"--user {user}：不是系统用户名；用小写字母、数字、_ 和 -，例如 workbench",
                f"--user {user} is no name of a system's user: use small letters, digits, _ and -, for example workbench",
                code="cli.service-user",
            )
        )
    # Whole paths, here and below: the service is started in another folder than this command.
    pair = (certificate and certificate.resolve(), key and key.resolve())
    # What the server would refuse is refused here, before anything is written.
    reach = Reach(host, port or 8866, tuple(name or ()), *pair, base_url, tuple(behind_proxy or ())).checked()
    service = Service(
        # By its whole path: a unit of systemd has no environment of Python's to look in.
        Path(sys.executable).with_name("workbench"),
        user,
        store_path(store).resolve(),
        backups.resolve(),
        _options(reach),
    )
    _refuse_unprintable(service)
    written = _write(service, out)
    record = {"units": [str(path) for path in written], "store": str(service.store), "backups": str(service.backups)}
    emit(record, _next_steps(service, written), as_json=as_json)


def _options(reach: "Reach") -> list[str]:
    """The options of `serve` that lead to a reach."""
    given = [
        ("--host", reach.host),
        ("--port", str(reach.port)),
        *(("--name", name) for name in reach.names),
        ("--certificate", reach.certificate),
        ("--key", reach.key),
        ("--base-url", reach.base_url),
        *(("--behind-proxy", proxy) for proxy in reach.proxies),
    ]
    # What was not given is not written: `serve` knows its own defaults.
    return [word for option, value in given if value for word in (option, str(value))]


def _refuse_unprintable(service: Service) -> None:
    """A line break in a path or a name would begin a line of its own in a unit."""
    words = [str(service.program), str(service.store), str(service.backups), *service.serve_options]
    for word in words:
        if not word.isprintable():
            raise InputError(
                Words(
                    f"{word!r}：路径或选项里有换行等不可见字符，不能写入 systemd 单元；请改名",
                    f"{word!r} holds a line break or another unprintable character, which no unit can hold; take another name",
                    code="cli.service-unprintable",
                )
            )


def _write(service: Service, out: Path) -> list[Path]:
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in service.units().items():
        (out / name).write_text(text, encoding="utf-8")
        written.append(out / name)
    return written


def _next_steps(service: Service, written: list[Path]) -> Words:
    # Printed and not run: it takes the rights of an administrator, which this command never asks for.
    files = shlex.join(str(path.resolve()) for path in written)
    steps = f"""
  install -d -m 700 -o {service.user} {shlex.quote(str(service.backups))}
  install -m 644 {files} /etc/systemd/system/
  systemctl daemon-reload
  systemctl enable --now luan-workbench.service luan-workbench-backup.timer"""
    return Words(f"已写出。由系统管理员运行：{steps}", f"Written. The system's administrator runs:{steps}")
