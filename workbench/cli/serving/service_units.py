"""The units of systemd that keep the pages running and the store backed up, as texts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.errors import InputError

ENVIRONMENT = Path("/etc/luan-workbench.env")
"""Read by the service where it exists: `WORKBENCH_REGISTER` may hold a password and stands in no unit."""
KEPT_BACKUPS = 30
WRONG_USAGE = InputError.exit_status
"""What `serve` ends with where its options or the store are wrong: started again it would end so again, for ever."""
_CONFINED = """UMask=0077
NoNewPrivileges=yes
PrivateTmp=yes
PrivateDevices=yes
ProtectSystem=strict
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictSUIDSGID=yes"""
"""All that the service may write: the store, the backups, and temporary files of its own."""


@dataclass(frozen=True)
class Service:
    """What is to run: the `program`, the `user` it runs as, the store, the backups' folder, and the options of `serve`."""

    program: Path
    user: str
    store: Path
    backups: Path
    serve_options: Sequence[str] = ()

    def units(self) -> dict[str, str]:
        """Return the text of each unit by the name of its file."""
        return {
            "luan-workbench.service": self._pages(),
            "luan-workbench-backup.service": self._backup(),
            "luan-workbench-backup.timer": _TIMER,
        }

    def _pages(self) -> str:
        # One session that filled the memory is ended by the system; the others, and the server, go on.
        # The server asks its kernels to end: systemd signals the server alone.
        return f"""[Unit]
Description=Lu'an edge-household workbench: pages
After=network-online.target
Wants=network-online.target

[Service]
Type=exec
User={self.user}
EnvironmentFile=-{ENVIRONMENT}
ExecStart={self._command("serve", "--store", str(self.store), *self.serve_options)}
Restart=on-failure
RestartSec=5
RestartPreventExitStatus={WRONG_USAGE}
KillMode=mixed
OOMPolicy=continue
ReadWritePaths={quoted(str(self.store))}
{_CONFINED}

[Install]
WantedBy=multi-user.target
"""

    def _backup(self) -> str:
        words = ("backup", "--store", str(self.store), "--into", str(self.backups), "--keep", str(KEPT_BACKUPS))
        return f"""[Unit]
Description=Lu'an edge-household workbench: backup

[Service]
Type=oneshot
User={self.user}
EnvironmentFile=-{ENVIRONMENT}
ExecStart={self._command(*words)}
ReadWritePaths={quoted(str(self.store))} {quoted(str(self.backups))}
{_CONFINED}
"""

    def _command(self, *words: str) -> str:
        return " ".join(quoted(word, command=True) for word in (str(self.program), *words))


# Beijing's night in whatever zone the computer is; Persistent: one that was off at two makes it up when it starts.
_TIMER = """[Unit]
Description=Lu'an edge-household workbench: backup every night

[Timer]
OnCalendar=*-*-* 02:00:00 Asia/Shanghai
Persistent=true

[Install]
WantedBy=timers.target
"""


def quoted(word: str, *, command: bool = False) -> str:
    """A word as systemd reads it back unchanged; in a `command` a dollar would begin a variable."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped.replace("$", "$$") if command else escaped}"'
