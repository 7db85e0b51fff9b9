"""When a visit was withdrawn."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    # Empty in older rows, so that their checksums stay what the events told (decision 0016).
    op.add_column("visit", sa.Column("withdrawn_at", sa.String(length=32)))


def downgrade() -> None:
    op.drop_column("visit", "withdrawn_at")
