"""The version of the register's tables: made new, brought forward, taken back (Alembic)."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from workbench.errors import NewerSchemaError, StoreError
from workbench.store.register.database import readable, writing

_SCRIPTS = Path(__file__).parent / "migrations"


def newest_version() -> str:
    """The version that this workbench reads and writes."""
    return versions()[-1]


def versions() -> list[str]:
    """Every version, oldest first: the files of `migrations/versions` begin with theirs."""
    return sorted(path.name.partition("_")[0] for path in (_SCRIPTS / "versions").glob("[0-9]*.py"))


def version_of(engine: Engine) -> str | None:
    """The version of a register; None where it has no tables yet."""
    with engine.connect() as connection:
        return _version(connection)


def prepare(engine: Engine) -> None:
    """Make the tables of a register that has none; raise, saying what to do, where they are older or newer than ours."""
    with readable():
        found = version_of(engine)
    if found == newest_version():
        return
    if found is None:
        move(engine, newest_version())
    elif found in versions():
        raise StoreError(
            f"登记库的版本 {found} 旧于本工作台的 {newest_version()}；请先运行 "
            f"the register's version {found} is older than this workbench's {newest_version()}; first run: "
            "workbench upgrade"
        )
    else:
        raise NewerSchemaError(
            f"登记库由更新版本的工作台写入（{found}，本版本支持到 {newest_version()}）；请升级工作台 "
            f"the register was written by a newer workbench ({found}, this one reads up to {newest_version()}); upgrade"
        )


def move(engine: Engine, version: str) -> tuple[str | None, str]:
    """Bring a register to a version, forwards or back, in one transaction; returns the versions before and after.

    Raises StoreError for a version that there is none of. Going back drops the tables that the older version lacks.
    """
    # Late: a page that only reads the register needs no Alembic, which takes a third of a second to load.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    known = versions()
    if version not in known:
        raise StoreError(f"登记库版本 register version {version!r}: 没有 unknown; 有 there are: {', '.join(known)}")
    with writing(engine) as connection:
        before = _version(connection)
        config = Config()
        config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
        config.attributes["connection"] = connection
        if before is None or known.index(before) <= known.index(version):
            command.upgrade(config, version)
        else:
            command.downgrade(config, version)
    return before, version


def _version(connection: Connection) -> str | None:
    """None also where another writer has just begun: the tables are not there before they are whole."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
