"""What is agreed of a measure, and every version of a plan."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_TERMS = (
    ("amount", sa.BigInteger()),
    ("starts", sa.String(10)),
    ("due", sa.String(10)),
    ("link", sa.String(32)),
    ("responsible", sa.String(100)),
)


def upgrade() -> None:
    # All empty in older rows, so that their checksums stay what the events say (decision 0016).
    for name, kind in _TERMS:
        op.add_column("plan_measure", sa.Column(name, kind))
    op.create_table(
        "plan_version",
        sa.Column("household_id", sa.String(64), sa.ForeignKey("plan.household_id"), primary_key=True),
        sa.Column("version", sa.Integer(), primary_key=True),
        sa.Column("account", sa.String(100)),
        sa.Column("at", sa.String(32)),
        sa.Column("reason", sa.Text()),
        sa.Column("content", sa.Text(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("plan_version")
    for name, _ in _TERMS:
        op.drop_column("plan_measure", name)
