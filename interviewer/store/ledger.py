"""The ledger of tokens: what each call used, by day, interview, role and model."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, insert, select

from interviewer.store.events import Usage
from interviewer.store.tables import interviews, usage

_tokens = func.coalesce(func.sum(usage.c.prompt_tokens + usage.c.completion_tokens), 0)


class Call(NamedTuple):
    """One call of a model, by the UTC day it was made on."""

    day: date
    role: str
    model: str
    prompt_tokens: int
    completion_tokens: int


def spend(connection: Connection, interview: str | None, call: Call) -> None:
    """Write one call down. An interview that is not there (any more) is left out of it: its tokens count for the day alone."""
    known = select(interviews.c.id).where(interviews.c.id == interview).scalar_subquery()
    connection.execute(insert(usage).values(interview=known, **call._asdict()))


def spent_by(connection: Connection, interview: str) -> int:
    """Tokens of an interview."""
    return _sum(connection, usage.c.interview == interview)


def spent_on(connection: Connection, day: date) -> int:
    """Tokens of a UTC day."""
    return _sum(connection, usage.c.day == day)


def usage_of(connection: Connection, interview: str) -> tuple[Usage, ...]:
    """Calls and tokens of an interview by role and model, in their order of name."""
    by = (usage.c.role, usage.c.model)
    calls = func.count().label("calls")
    prompt = func.sum(usage.c.prompt_tokens).label("prompt_tokens")
    completion = func.sum(usage.c.completion_tokens).label("completion_tokens")
    rows = connection.execute(select(*by, calls, prompt, completion).where(usage.c.interview == interview).group_by(*by).order_by(*by))
    return tuple(Usage.model_validate(dict(row._mapping)) for row in rows)


def _sum(connection: Connection, condition: ColumnElement[bool]) -> int:
    # PostgreSQL adds BIGINTs up to a NUMERIC, which arrives as a Decimal.
    return int(connection.execute(select(_tokens).where(condition)).scalar_one())
