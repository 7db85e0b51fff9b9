"""The edge register, cases, entry windows and plans of assistance."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "entry_window",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("opens", sa.String(length=10), nullable=False),
        sa.Column("closes", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "plan",
        sa.Column("household_id", sa.String(length=64), nullable=False),
        sa.Column("county", sa.String(length=32), nullable=False),
        sa.Column("township", sa.String(length=100), nullable=True),
        sa.Column("village", sa.String(length=100), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("responsible", sa.String(length=100), nullable=False),
        sa.Column("made_on", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("household_id"),
    )
    op.create_table(
        "plan_measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.String(length=64), nullable=False),
        sa.Column("member", sa.Integer(), nullable=True),
        sa.Column("measure", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("since", sa.String(length=10), nullable=False),
        sa.Column("until", sa.String(length=10), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["household_id"],
            ["plan.household_id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("plan_measure", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_plan_measure_household_id"), ["household_id"], unique=False)

    op.create_table(
        # Not `case`, which is a word of SQL.
        "poverty_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=32), nullable=False),
        sa.Column("county", sa.String(length=32), nullable=False),
        sa.Column("township", sa.String(length=100), nullable=True),
        sa.Column("village", sa.String(length=100), nullable=True),
        sa.Column("round", sa.String(length=7), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.String(length=10), nullable=False),
        sa.Column("publicity_from", sa.String(length=10), nullable=True),
        sa.Column("publicity_until", sa.String(length=10), nullable=True),
        sa.Column("window_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["window_id"],
            ["entry_window.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("poverty_case", schema=None) as batch_op:
        batch_op.create_index("case_place", ["county", "township", "village"], unique=False)
        batch_op.create_index(batch_op.f("ix_poverty_case_household_id"), ["household_id"], unique=False)

    op.create_table(
        "case_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("account", sa.String(length=100), nullable=False),
        sa.Column("at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"],
            ["poverty_case.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_case_step_case_id"), ["case_id"], unique=False)

    op.create_table(
        "edge_household",
        sa.Column("household_id", sa.String(length=64), nullable=False),
        sa.Column("county", sa.String(length=32), nullable=False),
        sa.Column("township", sa.String(length=100), nullable=True),
        sa.Column("village", sa.String(length=100), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entered_round", sa.String(length=7), nullable=False),
        sa.Column("entered_on", sa.String(length=10), nullable=False),
        sa.Column("filing_id", sa.Integer(), nullable=False),
        sa.Column("standard_id", sa.Integer(), nullable=True),
        sa.Column("officer", sa.String(length=100), nullable=True),
        sa.Column("interval_days", sa.Integer(), nullable=True),
        sa.Column("left_on", sa.String(length=10), nullable=True),
        sa.Column("left_round", sa.String(length=7), nullable=True),
        sa.Column("left_because", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["filing_id"],
            ["filing.id"],
        ),
        sa.ForeignKeyConstraint(
            ["standard_id"],
            ["standard.id"],
        ),
        sa.PrimaryKeyConstraint("household_id"),
    )
    with op.batch_alter_table("edge_household", schema=None) as batch_op:
        batch_op.create_index("edge_place", ["county", "township", "village"], unique=False)

    op.create_table(
        "personal_case_note",
        sa.Column("step_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["step_id"],
            ["case_step.id"],
        ),
        sa.PrimaryKeyConstraint("step_id"),
    )


def downgrade() -> None:
    op.drop_table("personal_case_note")
    with op.batch_alter_table("edge_household", schema=None) as batch_op:
        batch_op.drop_index("edge_place")

    op.drop_table("edge_household")
    with op.batch_alter_table("case_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_case_step_case_id"))

    op.drop_table("case_step")
    with op.batch_alter_table("poverty_case", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_poverty_case_household_id"))
        batch_op.drop_index("case_place")

    op.drop_table("poverty_case")
    with op.batch_alter_table("plan_measure", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_plan_measure_household_id"))

    op.drop_table("plan_measure")
    op.drop_table("plan")
    op.drop_table("entry_window")
