"""The store: append-only events of interviews, their recordings, and the ledger of tokens, in one database."""

from __future__ import annotations

import random
import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, Self

from sqlalchemy import URL, Connection, bindparam, delete, func, insert, select, true
from sqlalchemy.exc import IntegrityError

from interviewer.errors import DeveloperError, NotYours, SetupError, Stale
from interviewer.store import address, engine, files, ledger, migrate, tables
from interviewer.store.events import Event, Listed, NewEvent, Usage
from interviewer.store.scrub import note_deletion, scrub

TRIES = 40  # of an append that others keep overtaking

Decide = Callable[[tuple[Event, ...]], Sequence[NewEvent]]
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")

# Built once: building a statement takes as long as running it.
_E = tables.events.c
_EVENTS = (
    select(_E.seq, _E.at, _E.kind, _E.body).where(_E.interview == bindparam("interview"), _E.seq >= bindparam("since")).order_by(_E.seq)
)
_EVENTS_OF_MINE = _EVENTS.join(tables.interviews).where(tables.interviews.c.candidate == bindparam("candidate"))
_ADD = insert(tables.events)
_KEEP = insert(tables.recordings)
_RECORDING = select(tables.recordings.c.flac).join(tables.interviews)


def utc_now() -> datetime:
    """The clock that a store keeps time by unless it is given another."""
    return datetime.now(UTC)


class Store:
    """All interviews of one database; made by `Store.open`, safe for use by many threads and many processes.

    `candidate` says whose interview may be touched; None is the operator on the command line, who may touch any.
    Every method raises SetupError where the database refuses: it is away, locked, full or broken.
    """

    def __init__(self, url: URL, clock: Callable[[], datetime]) -> None:
        self._url = url
        self._clock = clock
        self._engine = engine.for_work(url)
        self._writer = engine.writing(self._engine)

    @classmethod
    def open(cls, url: str, *, clock: Callable[[], datetime] = utc_now) -> Self:
        """Open a database by its URL, made or brought up to this version where needed; raises SetupError."""
        where = address.read(url)
        with engine.told(where):
            if not address.is_sqlite(where):
                migrate.to_head(where)
                return cls(where, clock)
            with files.opening(address.file_of(where)):
                migrate.to_head(where)
                store = cls(where, clock)
                scrub(store._engine)  # what a process that was killed had deleted and not scrubbed
                return store

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------- interviews

    def begin(self, candidate: str, first: Sequence[NewEvent]) -> str:
        """Begin an interview with its first events (one at least); returns its id, which nobody can guess."""
        if not first or not _can_own(candidate):
            raise DeveloperError(f"An interview needs a candidate and a first event, not {candidate[:40]!r} and {len(first)} events.")
        interview, began = secrets.token_urlsafe(12), self._clock()
        with self._writing() as connection:
            connection.execute(insert(tables.interviews), {"id": interview, "candidate": candidate, "began": began})
            _add(connection, interview, _numbered((), first, began), first)
        return interview

    def events(self, interview: str, candidate: str | None, since: int = 0) -> tuple[Event, ...]:
        """The events from seq `since` on, in order; one at least.

        Raises NotYours, in the same words whether the interview is not there, another's, or has no event `since`.
        """
        if not _can_be(interview, candidate):
            raise _not_yours(interview)
        whose = {"interview": interview, "since": since} | ({} if candidate is None else {"candidate": candidate})
        with self._reading() as connection:
            rows = connection.execute(_EVENTS if candidate is None else _EVENTS_OF_MINE, whose).all()
        found = tuple(Event(seq=seq, at=at, kind=kind, body=body) for seq, at, kind, body in rows)
        if not found:
            raise _not_yours(interview)
        return found

    def append(self, interview: str, candidate: str | None, decide: Decide, since: int = 0) -> tuple[Event, ...]:
        """Add what `decide` makes of the events from seq `since` on, in one transaction; returns these events, the new ones last.

        Where somebody else was first, `decide` is asked again with what they added: it must be pure. What it raises
        passes through and nothing is written. Raises NotYours, and Stale where others were first 40 times running.
        """
        return self._append(interview, candidate, decide, since)

    def recording(self, interview: str, candidate: str | None, seq: int) -> bytes:
        """The FLAC that was kept with event `seq`; raises NotYours where there is none, or it is another's."""
        if _can_be(interview, candidate) and 0 <= seq < 2**31:
            mine = true() if candidate is None else tables.interviews.c.candidate == candidate
            kept = tables.recordings.c
            with self._reading() as connection:
                found = connection.execute(_RECORDING.where(kept.interview == interview, kept.seq == seq, mine)).scalar()
            if found is not None:
                return bytes(found)
        raise NotYours(f"There is no recording {seq} of yours in interview {interview[:64]!r}: it was not kept, or it has been deleted.")

    def forget_recordings(self, interview: str, candidate: str | None, decide: Decide, since: int = 0) -> tuple[Event, ...]:
        """As `append`, and where `decide` has something to write, every recording of the interview goes in the same transaction.

        Raises SetupError too where their sound could not be taken out of the SQLite file yet.
        """
        seen = self._append(interview, candidate, decide, since, forgetting=True)
        self._scrub(f"The recordings of interview {interview} are deleted, but their sound still stands")
        return seen

    def interviews(self, candidate: str | None) -> tuple[Listed, ...]:
        """The candidate's interviews (all of them for the operator), the one begun last first."""
        if candidate is not None and not _can_own(candidate):
            return ()
        i, e = tables.interviews.c, tables.events.c
        mine = true() if candidate is None else i.candidate == candidate
        about = (i.id, i.candidate, i.began)
        tally = select(*about, e.kind, func.count().label("n"), func.max(e.at).label("last")).join(tables.events).where(mine)
        firsts = select(tables.events).join(tables.interviews).where(mine, e.seq == 0)
        with self._reading() as connection:
            kinds = connection.execute(tally.group_by(*about, e.kind).order_by(i.began.desc(), i.id)).mappings().all()
            opened = {row["interview"]: row for row in connection.execute(firsts).mappings()}
        grouped: dict[str, list[Mapping[Any, Any]]] = {}
        for row in kinds:
            grouped.setdefault(row["id"], []).append(row)
        return tuple(_listed(rows, opened[key]) for key, rows in grouped.items() if key in opened)

    def delete(self, interview: str, candidate: str | None) -> None:
        """Delete every row of an interview; its tokens stay in the totals of their days, without its id.

        Raises NotYours; and SetupError where its words could not be taken out of the SQLite file yet.
        """
        if not _can_be(interview, candidate):
            raise _not_yours(interview)
        owned = true() if candidate is None else tables.interviews.c.candidate == candidate
        query = delete(tables.interviews).where(tables.interviews.c.id == interview, owned)
        with self._writing() as connection:
            # Events and recordings go by cascade and the ledger's ids are nulled, also those that are being written meanwhile.
            if not connection.execute(query).rowcount:
                raise _not_yours(interview)
            note_deletion(connection)
        self._scrub(f"Interview {interview} is deleted, but its words still stand")

    # ------------------------------------------------------------------- tokens

    def spend(self, interview: str | None, role: str, model: str, prompt_tokens: int, completion_tokens: int) -> None:
        """Write the tokens of one call down; for an interview that is not there (any more) they count for the day alone."""
        if min(prompt_tokens, completion_tokens) < 0:
            raise DeveloperError(f"A call can't use {prompt_tokens} and {completion_tokens} tokens: give counts from 0 up.")
        write = partial(ledger.spend, call=ledger.Call(self._today(), role, model, prompt_tokens, completion_tokens))
        known = interview if interview and _can_be(interview, None) else None
        if not self._wrote(partial(write, interview=known)):
            self._wrote(partial(write, interview=None))  # it was deleted at this very moment

    def spent(self, interview: str) -> int:
        """Tokens that an interview has used."""
        if not _can_be(interview, None):
            return 0
        with self._reading() as connection:
            return ledger.spent_by(connection, interview)

    def spent_today(self) -> int:
        """Tokens of everything since midnight in UTC."""
        with self._reading() as connection:
            return ledger.spent_on(connection, self._today())

    def usage(self, interview: str) -> tuple[Usage, ...]:
        """Calls and tokens of an interview by role and model."""
        if not _can_be(interview, None):
            return ()
        with self._reading() as connection:
            return ledger.usage_of(connection, interview)

    # ------------------------------------------------------------------- transactions

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with engine.told(self._url), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with engine.told(self._url), self._writer.begin() as connection:
            yield connection

    def _wrote(self, write: Callable[[Connection], None]) -> bool:
        """Run one writing transaction; False, with nothing written, where somebody else's rows are in its way."""
        try:
            with self._writing() as connection:
                write(connection)
        except IntegrityError:
            return False
        return True

    def _append(self, interview: str, candidate: str | None, decide: Decide, since: int, forgetting: bool = False) -> tuple[Event, ...]:
        """What `append` does; where recordings are to be forgotten, every new event takes all of the interview's with it."""
        for lost in range(TRIES):
            if lost:
                time.sleep(random.uniform(0, min(0.05, 0.002 * lost)))
            seen = self.events(interview, candidate, since)
            told = decide(seen)
            new = _numbered(seen, told, self._clock())
            if not new or self._wrote(partial(_add, interview=interview, new=new, told=told, forgetting=forgetting)):
                return seen + new
        raise Stale(f"Interview {interview} is being changed from elsewhere without a pause: close its other tabs and try again.")

    def _scrub(self, what: str) -> None:
        """Take what was deleted out of a SQLite file; raises SetupError, begun by `what`, where that can't be done yet."""
        with engine.told(self._url):
            scrubbed = scrub(self._engine)
        if not scrubbed:
            raise SetupError(
                f"{what} in the file {address.shown(self._url)}: close other programs that read it and see that its disk has room"
                " for a second copy; the next deletion or start takes them out."
            )

    def _today(self) -> date:
        return self._clock().astimezone(UTC).date()


def _add(connection: Connection, interview: str, new: Sequence[Event], told: Sequence[NewEvent], forgetting: bool = False) -> None:
    """Write the new events with the sound that some of them bring; where the recordings are to be forgotten, delete them all."""
    rows = [{"interview": interview, "seq": e.seq, "at": e.at, "kind": e.kind, "body": e.body} for e in new]
    connection.execute(_ADD, rows)
    sounds = [{"interview": interview, "seq": e.seq, "flac": t.flac} for e, t in zip(new, told, strict=True) if t.flac is not None]
    if sounds:
        connection.execute(_KEEP, sounds)
    if forgetting:
        connection.execute(delete(tables.recordings).where(tables.recordings.c.interview == interview))
        note_deletion(connection)


def _numbered(seen: Sequence[Event], new: Sequence[NewEvent], now: datetime) -> tuple[Event, ...]:
    """The new events with the next seqs, at this moment; where the machine's clock went back, at the last event's."""
    at = max(now, seen[-1].at) if seen else now
    first = seen[-1].seq + 1 if seen else 0
    return tuple(Event(seq=seq, at=at, kind=event.kind, body=event.body) for seq, event in enumerate(new, start=first))


def _listed(kinds: Sequence[Mapping[Any, Any]], opened: Mapping[Any, Any]) -> Listed:
    """One interview in the list, from a row for each kind of event and from its first event."""
    return Listed(
        id=kinds[0]["id"],
        candidate=kinds[0]["candidate"],
        began=kinds[0]["began"],
        changed=max(row["last"] for row in kinds),
        count=sum(row["n"] for row in kinds),
        kinds=frozenset(row["kind"] for row in kinds),
        first=Event(seq=opened["seq"], at=opened["at"], kind=opened["kind"], body=opened["body"]),
    )


def _can_be(interview: str, candidate: str | None) -> bool:
    """Whether an interview with this id, of this candidate, can be at all."""
    return bool(_ID.fullmatch(interview)) and (candidate is None or _can_own(candidate))


def _can_own(candidate: str) -> bool:
    """Whether a candidate's name can be stored: printable, 1 to 200 characters (PostgreSQL refuses NUL)."""
    return 0 < len(candidate) <= 200 and candidate.isprintable()


def _not_yours(interview: str) -> NotYours:
    return NotYours(f"There is no interview {interview[:64]!r} of yours: open it from your list of interviews, or begin a new one.")
