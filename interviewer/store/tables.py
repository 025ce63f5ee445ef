"""The tables as this version of the program knows them; `migrations/` brings a database here.

A change here goes with a new file in `migrations/versions/` and the new `REVISION`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    TypeDecorator,
)

REVISION = "0002"


class Utc(TypeDecorator[datetime]):
    """An aware moment in UTC; SQLite, which has no zones, holds it without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None or dialect.name != "sqlite":
            return value
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


metadata = MetaData()

interviews = Table(
    "interviews",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("candidate", String(200), nullable=False),
    Column("began", Utc, nullable=False),
    Index("interviews_by_candidate", "candidate", "began"),
)

events = Table(
    "events",
    metadata,
    Column("interview", ForeignKey("interviews.id", name="events_of_interview", ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("at", Utc, nullable=False),
    Column("kind", String(80), nullable=False),
    Column("body", JSON, nullable=False),
    PrimaryKeyConstraint("interview", "seq", name="one_event_a_seq"),
)

# The sound of what an event says was heard, by that event's seq; apart from the events, which are read at every step.
recordings = Table(
    "recordings",
    metadata,
    Column("interview", ForeignKey("interviews.id", name="recordings_of_interview", ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("flac", LargeBinary, nullable=False),
    PrimaryKeyConstraint("interview", "seq", name="one_recording_a_seq"),
)

# A call is kept by its day and no closer: once its interview is deleted, nothing leads back to whom it served.
usage = Table(
    "usage",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("day", Date, nullable=False),
    Column("interview", ForeignKey("interviews.id", name="usage_of_interview", ondelete="SET NULL")),
    Column("role", String, nullable=False),
    Column("model", String, nullable=False),
    Column("prompt_tokens", BigInteger, nullable=False),
    Column("completion_tokens", BigInteger, nullable=False),
    Index("usage_by_day", "day"),
    Index("usage_by_interview", "interview"),
)
