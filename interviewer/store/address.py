"""Database addresses: which URLs are accepted, and how one is shown without its password."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from interviewer.errors import SetupError

_FORMS = "write sqlite:////folder/interviews.db or postgresql://name:password@host/database"
_SQLITE = ("sqlite", "sqlite+pysqlite")
_POSTGRESQL = ("postgresql", "postgres", "postgresql+psycopg")


def read(text: str) -> URL:
    """The URL that SQLAlchemy is to open, its file absolute or its driver psycopg 3; raises SetupError.

    No part of a URL that can't be read is repeated: the password may be anywhere in it.
    """
    try:
        url = make_url(text.strip())
    except (ArgumentError, ValueError):
        raise SetupError(f"DATABASE_URL is no database URL: {_FORMS}.") from None
    if url.drivername in _SQLITE:
        return _sqlite(url)
    if url.drivername in _POSTGRESQL:
        return _postgresql(url)
    raise SetupError(f"DATABASE_URL names the database {url.drivername!r}, which is not supported: {_FORMS}.")


def is_sqlite(url: URL) -> bool:
    """Whether the database is a SQLite file."""
    return url.get_backend_name() == "sqlite"


def file_of(url: URL) -> Path:
    """The SQLite file of a URL that `read` returned."""
    return Path(url.database or "")


def shown(url: URL) -> str:
    """The database's name for people: a path, or a URL without password and options."""
    if is_sqlite(url):
        return str(file_of(url))
    return URL.create("postgresql", url.username, None, url.host, url.port, url.database).render_as_string()


def without_secrets(text: str, url: URL) -> str:
    """The text with every password of the URL blotted out."""
    for secret in (url.password, url.query.get("password")):
        if isinstance(secret, str) and secret:
            text = text.replace(secret, "***")
    return text


def _sqlite(url: URL) -> URL:
    if url.host:
        raise SetupError("DATABASE_URL names a host for SQLite: three slashes go before a relative path, four before an absolute one.")
    if not url.database or url.database == ":memory:" or url.database.startswith("file:") or url.query:
        raise SetupError(f"DATABASE_URL names no plain SQLite file: {_FORMS}.")
    return url.set(drivername="sqlite", database=str(Path(url.database).absolute()))


def _postgresql(url: URL) -> URL:
    # An unescaped @ or / in a password moves its tail into the host or the database's name.
    if any("@" in (part or "") for part in (url.host, url.database)):
        raise SetupError("DATABASE_URL has a sign in its name or password that must be escaped: write @ as %40, / as %2F, : as %3A.")
    return url.set(drivername="postgresql+psycopg")
