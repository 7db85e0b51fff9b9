"""A store remembers its register: one whose people had accounts opens with that register, or not at all.

`STORE/register.json` is written when the first account is made. It holds the register's identity: the hash of the first
event of its chain, which no upgrade, backup or move to another database changes.
"""

import contextlib
import json
from pathlib import Path

from sqlalchemy import Engine, func, inspect, select

from workbench.errors import InputError
from workbench.register.audit.log import AuditEvent
from workbench.register.db.engine import readable
from workbench.register.db.procedure_tables import Account
from workbench.register.location import MISSING, MissingRegisterError, marker_path
from workbench.store.files import write_file


def check_identity(engine: Engine, root: Path) -> None:
    """Raise MissingRegisterError where the store remembers another register than this one."""
    known = remembered(root)
    if known is not None and known != identity(engine):
        raise MissingRegisterError(MISSING)


def remember(engine: Engine, root: Path) -> None:
    """Write down the register of a store whose people have accounts; what is written already stays.

    A store that is only read (another user's, a read-only disk) is left as it is.
    """
    if remembered(root) is not None:
        return
    with readable(), engine.connect() as connection:
        people = connection.execute(select(func.count()).select_from(Account)).scalar_one()
    # A register without accounts kept nobody out: a store need not insist on it.
    known_as = identity(engine) if people else None
    if known_as is None:
        return
    with contextlib.suppress(InputError, OSError):
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_file(marker_path(root), (json.dumps({"register": known_as}) + "\n").encode())


def remembered(root: Path) -> str | None:
    """The identity of the store's register; None where it never had accounts."""
    try:
        return str(json.loads(marker_path(root).read_text(encoding="utf-8"))["register"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        # A marker that cannot be read must not pass for none: any register would be taken for the store's.
        raise MissingRegisterError(MISSING) from error


def identity(engine: Engine) -> str | None:
    """The hash of the first event; None where there is none."""
    with readable(), engine.connect() as connection:
        if not inspect(connection).has_table(AuditEvent.__tablename__):
            return None
        return connection.execute(select(AuditEvent.hash).where(AuditEvent.number == 1)).scalar()
