"""The version of the register's tables: made new, brought forward, taken back (Alembic)."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from workbench.errors import NewerSchemaError, StoreError, Words
from workbench.register.audit.checksums import checksums_of, kinds_there
from workbench.register.audit.event import Event
from workbench.register.audit.log import record
from workbench.register.audit.verification import changed_records, verify_all
from workbench.register.clock import Moment
from workbench.register.db.engine import readable, writing

_SCRIPTS = Path(__file__).parent / "migrations"


def newest_version() -> str:
    """The version that this workbench reads and writes."""
    return migration_versions()[-1]


def migration_versions() -> list[str]:
    """Every version, oldest first: the files of `migrations/versions` begin with theirs."""
    return sorted(path.name.partition("_")[0] for path in (_SCRIPTS / "versions").glob("[0-9]*.py"))


def version_of(engine: Engine) -> str | None:
    """The version of a register; None where it has no tables yet."""
    with engine.connect() as connection:
        return _version(connection)


def begun(engine: Engine) -> bool:
    """Whether somebody has begun a register there; a file that is not there is not made by looking."""
    file = engine.url.database if engine.dialect.name == "sqlite" else None
    if file is not None and not Path(file).exists():
        return False
    with readable():
        return version_of(engine) is not None


def prepare(engine: Engine) -> None:
    """Make the tables of a register that has none; raise, saying what to do, where they are older or newer than ours."""
    with readable():
        version = version_of(engine)
    if version == newest_version():
        return
    if version is None:
        move(engine, newest_version())
    elif version in migration_versions():
        raise StoreError(
            Words(
                f"登记库的版本 {version} 旧于本工作台的 {newest_version()}；请管理员先升级（workbench upgrade）",
                f"the register's version {version} is older than this workbench's {newest_version()}; have it "
                "upgraded first (workbench upgrade)",
                code="register.registers-version-older-workbenchs",
            )
        )
    refuse_newer(version)


def refuse_newer(version: str | None) -> None:
    """Raise NewerSchemaError for a version that this workbench does not know."""
    if version is not None and version not in migration_versions():
        raise NewerSchemaError(
            Words(
                f"登记库由更新版本的工作台写入（{version}，本版本支持到 {newest_version()}），没有读也没有写；请升级工作台",
                f"the register was written by a newer workbench ({version}, this one knows those up to {newest_version()}); "
                "nothing was read or written: upgrade the workbench",
                code="register.register-written-newer-workbench",
            )
        )


def move(engine: Engine, version: str) -> tuple[str | None, str]:
    """Make a register's tables, or move them to a version, in one transaction; returns the versions before and after."""
    with writing(engine) as connection:
        return move_within(connection, version), version


def move_within(connection: Connection, version: str) -> str | None:
    """Bring the tables to a version, forwards or back, in the caller's transaction; returns the version before.

    Raises StoreError for a version that there is none of. Going back is for an empty register that an older backup is put
    into: it drops the tables that the older version lacks.
    """
    # Late: a page that only reads the register needs no Alembic, which takes a third of a second to load.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    known = migration_versions()
    if version not in known:
        listed = ", ".join(known)
        raise StoreError(
            Words(
                f"登记库没有版本 {version!r}；有：{listed}",
                f"the register has no version {version!r}; there are: {listed}",
                code="register.register-no-version",
            )
        )
    before = _version(connection)
    config = Config()
    # Alembic interpolates its settings: a % in the path would be taken for the beginning of a name.
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    if before is None or known.index(before) <= known.index(version):
        command.upgrade(config, version)
    else:
        command.downgrade(config, version)
    return before


def change_version(connection: Connection, version: str, *, moment: Moment, account: str) -> None:
    """Move a register that holds its decisions to a version, and tell it: what the move altered gets a new checksum.

    Raises StoreError where the register does not hold before, or the move loses records of a kind that stays.
    """
    # First of all: a new checksum would make right for ever what somebody had changed by hand.
    refuse_broken(connection)
    kinds = kinds_there(connection)
    before = move_within(connection, version)
    lost = sorted(set(kinds) - set(kinds_there(connection)))
    wrote = tuple((each.kind, each.key) for each in changed_records(connection) if each.kind not in lost)
    if any(checksum is None for checksum in checksums_of(connection, wrote).values()):
        raise StoreError(
            Words(
                f"换到版本 {version} 会丢失记录，没有更改",
                f"the move to {version} would lose records; nothing was changed",
                code="register.move-would-lose-records",
            )
        )
    details = {"from": before, "to": version, "lost": lost, **moment.details}
    record(connection, at=moment.at, account=account, events=[Event("version_changed", version, details, wrote)])


def refuse_broken(connection: Connection) -> None:
    """Raise StoreError where a register does not hold: it is neither moved nor taken for a backup."""
    verified = verify_all(connection)
    if verified.broken is not None:
        raise StoreError(
            Words(
                f"登记库核对不通过（第 {verified.broken} 条留痕），没有更改；请先核对（workbench audit verify）；"
                "需要留证的，把数据目录原样复制",
                f"the register does not verify (event {verified.broken}), and nothing was changed; verify it first "
                "(workbench audit verify); where evidence is needed, copy the store as it is",
                code="register.register-not-verify-event",
            )
        )


def _version(connection: Connection) -> str | None:
    """None also where another writer has just begun: the tables are not there before they are whole."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
