"""Bring a database to the tables of this program's version."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text

from interviewer.errors import SetupError
from interviewer.store import address, engine, tables

FOLDER = Path(__file__).parent / "migrations"
LOCK = 0x1A7E2F1E  # PostgreSQL's advisory lock while tables are made: any number that no other program takes

_one_at_a_time = threading.Lock()  # Alembic keeps its context in module globals


def to_head(url: URL) -> None:
    """Run what migrations are missing, in one transaction; of two that come at once the second finds nothing to do.

    Raises SetupError where a newer version of the program has been at the database.
    """
    migrating = engine.for_migrations(url)
    with _one_at_a_time, engine.writing(migrating).begin() as connection:
        if migrating.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        revision = _revision(connection)
        if revision != tables.REVISION:
            _upgrade(connection, revision, address.shown(url))


def _revision(connection: Connection) -> str | None:
    """The revision that the database is at; None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: Connection, revision: str | None, place: str) -> None:
    from alembic import command  # half a second to import, and a database at head needs none of it
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise SetupError(
            f"The database {place} is of a newer version of the program (its tables are at {revision}, this version knows"
            f" {tables.REVISION}): update the program, or name another database in DATABASE_URL."
        )
    command.upgrade(config, "head")
