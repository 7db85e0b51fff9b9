"""Entries found by village, in the order of lists: whoever works in one reads no other, however large the county."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # With the household in it: SQLite otherwise prefers an index that saves the sorting and reads the county (0018).
    _index(["round", "county", "township", "village", "household_id"])


def downgrade() -> None:
    _index(["round", "county", "kind", "stage"])


def _index(columns: list[str]) -> None:
    op.drop_index("entry_place", "entry")
    op.create_index("entry_place", "entry", columns)
