"""The round that a standard was approved for, and the one under way that it comes after."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # Both empty in older rows, so that their checksums stay what the events told (decision 0016).
    op.add_column("standard", sa.Column("for_round", sa.String(length=7)))
    op.add_column("standard", sa.Column("after_round", sa.String(length=7)))


def downgrade() -> None:
    op.drop_column("standard", "after_round")
    op.drop_column("standard", "for_round")
