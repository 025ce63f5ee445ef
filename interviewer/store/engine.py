"""Engines: how each kind of database is opened, and how its refusals are told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import NullPool

from interviewer.errors import SetupError
from interviewer.store import address

BUSY_S = 10  # how long a SQLite writer waits for other writers
CONNECT_S = 5  # how long a PostgreSQL server may take to answer a new connection

_dumps = partial(json.dumps, allow_nan=False, separators=(",", ":"))


def for_work(url: URL) -> Engine:
    """The pooled engine that a running program works with."""
    return _engine(url, foreign_keys=True, pool_size=8, max_overflow=24)


def for_migrations(url: URL) -> Engine:
    """An engine that keeps no connection, and on SQLite no foreign keys: rebuilding a table must not delete by cascade."""
    return _engine(url, foreign_keys=False, poolclass=NullPool)


def writing(engine: Engine) -> Engine:
    """The same engine for transactions that write: SQLite takes the write lock at their start, so none fails half-way."""
    return engine.execution_options(sqlite_begin="BEGIN IMMEDIATE")


@contextmanager
def told(url: URL) -> Iterator[None]:
    """Turn what a database refuses into a SetupError of one sentence; a conflict of rows passes through."""
    try:
        yield
    except IntegrityError:
        raise
    except PoolTimeout as error:
        raise SetupError(f"The database {address.shown(url)} is too busy to be reached: try again, or start fewer processes.") from error
    except DBAPIError as error:
        lines = str(error.orig).strip().splitlines() or [type(error.orig).__name__]
        reason = address.without_secrets(lines[0][:300], url).rstrip(".:")
        raise SetupError(f"The database {address.shown(url)} can't be used ({reason}): {_remedy(reason, url)}.") from error


def _engine(url: URL, foreign_keys: bool, **pool: Any) -> Engine:
    """An engine that never writes a statement's values (a candidate's words) into an error or a log."""
    options: dict[str, Any] = {"hide_parameters": True, "json_serializer": _dumps, **pool}
    if not address.is_sqlite(url):
        try:
            return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_S}, **options)
        except ImportError as error:
            raise SetupError("PostgreSQL needs psycopg, which is not installed: pip install 'psycopg[binary]'.") from error
    engine = create_engine(url, connect_args={"timeout": BUSY_S}, **options)
    event.listen(engine, "connect", partial(_set_up_sqlite, foreign_keys))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(foreign_keys: bool, connection: Any, _record: object) -> None:
    """Set a new SQLite connection up: durable to power loss, and zeroing what it deletes."""
    connection.isolation_level = None  # transactions are begun by _begin_sqlite alone
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")
    connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")


def _begin_sqlite(connection: Connection) -> None:
    statement = connection.get_execution_options().get("sqlite_begin", "BEGIN")
    if statement:
        connection.exec_driver_sql(statement)


def _remedy(reason: str, url: URL) -> str:
    """What to do about a refusal."""
    if address.is_sqlite(url):
        remedies = {
            "locked": "another program holds it; close that program and try again",
            "not a database": "name another file in DATABASE_URL, or move this one away",
            "malformed": "restore it from a backup, or move it away and start afresh",
            "full": "free space on its disk",
        }
        default = "look at the file, its folder and the disk, or name another in DATABASE_URL"
    else:
        remedies = {
            "password": "mend the name and the password in DATABASE_URL",
            "does not exist": "create it on the server, or mend DATABASE_URL",
            "permission denied": "let this account create tables in that database",
            "already exists": "give the program a database, or a schema, of its own",
        }
        default = "see that the server runs and that DATABASE_URL names its host and port"
    return next((remedy for sign, remedy in remedies.items() if sign in reason), default)
