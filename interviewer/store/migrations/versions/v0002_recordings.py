"""Recordings of what was said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recordings",
        sa.Column("interview", sa.String(64), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("flac", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["interview"], ["interviews.id"], name="recordings_of_interview", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("interview", "seq", name="one_recording_a_seq"),
    )
