"""Tries to sign in, machines and ended sign-ins kept in the register; first passwords that must be changed."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # Empty where it says nothing: a checksum leaves out empty columns, so that older passwords keep theirs.
    op.add_column("password", sa.Column("must_change", sa.Boolean(), nullable=True))
    op.create_table(
        "sign_in_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        # Unix seconds outgrow 32 bits in 2038.
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.String(length=32), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("attempt_account", "sign_in_attempt", ["account"])
    op.create_index("attempt_address", "sign_in_attempt", ["address"])
    op.create_table(
        "known_device",
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("used", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_index(op.f("ix_known_device_account"), "known_device", ["account"])
    op.create_table(
        "ended_session",
        sa.Column("session", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("session"),
    )
    op.create_table(
        "attempt_key",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    for table in ("attempt_key", "ended_session", "known_device", "sign_in_attempt"):
        op.drop_table(table)
    op.drop_column("password", "must_change")
