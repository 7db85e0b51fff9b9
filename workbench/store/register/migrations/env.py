"""Runs the versions on the connection that `upgrading` hands over, inside its transaction."""

from alembic import context

from workbench.store.register import pending_work, sign_in_tables, tables, tables_after  # noqa: F401 - they fill the metadata
from workbench.store.register.database import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection, target_metadata=Base.metadata, render_as_batch=connection.dialect.name == "sqlite"
)
context.run_migrations()
