"""Runs the versions on the connection that `upgrading` hands over, inside its transaction."""

from alembic import context

from workbench.register.db import (
    follow_up_tables,  # noqa: F401 - they fill the metadata
    procedure_tables,  # noqa: F401 - they fill the metadata
    sign_in_tables,  # noqa: F401 - they fill the metadata
)
from workbench.register.db.engine import Base
from workbench.register.unit_of_work import pending_work  # noqa: F401 - they fill the metadata

connection = context.config.attributes["connection"]
# SQLite can alter little of a table: Alembic copies it there instead.
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=connection.dialect.name == "sqlite"
)
context.run_migrations()
