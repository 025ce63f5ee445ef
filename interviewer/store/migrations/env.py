"""How Alembic reaches the database: by the connection it is handed, or by `alembic -x url=…` at a developer's desk."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from interviewer.errors import DeveloperError
from interviewer.store import address, engine, tables


def run() -> None:
    """Run the migrations on the connection in the configuration's attributes, else on the URL that `-x url=` names."""
    handed = context.config.attributes.get("connection")
    if handed is not None:
        return _run_on(handed)
    url = context.get_x_argument(as_dictionary=True).get("url")
    if not url:
        raise DeveloperError("Alembic was not told which database to work on: add -x url=sqlite:///scratch.db (not one you need).")
    with engine.for_migrations(address.read(url)).begin() as connection:
        _run_on(connection)


def _run_on(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=tables.metadata, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


if __name__ == "env_py":  # the name under which Alembic runs this file; a plain import does nothing
    run()
