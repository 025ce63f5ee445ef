"""Take deleted words out of a SQLite file: the rows go with the deletion, their bytes go here.

SQLite's secure_delete zeroes what is deleted where it stands, but not the copies that it left in other pages when it
balanced its trees, nor the pages in its log. So the file is written anew without them, and the log is emptied.
Until that is done the file's `user_version` counts the deletions, so a process that was killed in between is made up for.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from interviewer.store.engine import BUSY_S, writing

READERS_S = 1  # how long other programs' reads are waited for


def note_deletion(connection: Connection) -> None:
    """Note, in the transaction of a deletion, that the file is to be scrubbed."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA user_version={_deletions(connection) + 1}")


def scrub(engine: Engine) -> bool:
    """Scrub the file where a deletion was noted; False where others' long reads or a full disk were in the way."""
    if engine.dialect.name != "sqlite":
        return True  # PostgreSQL's own vacuum takes dead rows away
    try:
        with engine.execution_options(sqlite_begin=None).connect() as connection:
            noted = _deletions(connection)
            if not noted:
                return True
            if not _rewritten(connection):
                return False
        with writing(engine).begin() as connection:
            if _deletions(connection) == noted:  # else somebody has deleted since, and scrubs too
                connection.exec_driver_sql("PRAGMA user_version=0")
    except OperationalError:
        return False
    return True


def _rewritten(connection: Connection) -> bool:
    connection.exec_driver_sql("VACUUM")
    connection.exec_driver_sql(f"PRAGMA busy_timeout={READERS_S * 1000}")
    try:
        return connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").scalar() == 0
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_S * 1000}")


def _deletions(connection: Connection) -> int:
    return int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
