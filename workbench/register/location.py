"""Where the embedded register of a store is, and its marker; knows no database, so that looking costs nothing."""

from pathlib import Path

from workbench.errors import StoreError, Words

MISSING = Words(
    "这个数据目录原来的登记库不在了，或换成了另一个，因此不提供任何内容，也不写入。请管理员把登记库放回原处、核对 WORKBENCH_REGISTER，"
    "或从备份恢复（workbench restore）；确定不再要原来的登记库和账号的，删除数据目录中的 register.json 后重新开始。",
    "the register that belongs to this store is gone, or another one stands in its place: nothing is shown and nothing is "
    "written. The administrator puts it back, checks WORKBENCH_REGISTER, or restores a backup (workbench restore); to begin "
    "anew without the old register and its accounts, delete register.json in the store.",
    code="register.register-gone",
)
_UNREADABLE = Words(
    "登记库的文件读不到：请管理员检查数据目录的权限。",
    "the register's file cannot be read: the administrator checks the permissions of the store.",
)


class MissingRegisterError(StoreError):
    """A store whose people had accounts, without its register."""


def register_path(root: Path) -> Path:
    """The embedded register's file."""
    return root / "register.sqlite"


def restore_note(root: Path) -> Path:
    """What a restore into a database leaves while it is not finished (`register.db.refill`)."""
    return root / "pending/restore.json"


def marker_path(root: Path) -> Path:
    """What a store remembers of its register (`register.marker`)."""
    return root / "register.json"


def register_exists(root: Path, url: str | None = None) -> bool:
    """Whether anybody has begun a register: a URL says so, else the file.

    Raises MissingRegisterError where there was one, StoreError where the system lets nobody look.
    """
    if url is not None:
        return True
    try:
        there = register_path(root).exists()
        # Without its register a store would be open to all: that it once had one is what the marker tells.
        gone = not there and marker_path(root).exists()
    except OSError:
        raise StoreError(_UNREADABLE) from None
    if gone:
        raise MissingRegisterError(MISSING)
    return there
