"""Recordings are kept with the event that says what was heard, are nobody else's, and leave no byte behind when they go."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from interviewer.errors import NotYours, SetupError, Stale
from interviewer.store import Event, NewEvent, Store, address
from tests.store.saying import BEGUN, answers, says
from tests.store.test_deletion import bytes_of
from tests.store.test_store import HOSTILE

FLAC = b"fLaC\x00\xff" + b"MARKED-SOUND" * 3_000


def heard(*sounds: bytes | None) -> list[NewEvent]:
    return [NewEvent(kind="heard", body={"n": n}, flac=sound) for n, sound in enumerate(sounds)]


def forgotten(_seen: tuple[Event, ...]) -> list[NewEvent]:
    return [NewEvent(kind="forgotten")]


def kept(url: str) -> int:
    engine = create_engine(address.read(url))
    with engine.connect() as connection:
        count = int(connection.execute(text("SELECT count(*) FROM recordings")).scalar_one())
    engine.dispose()
    return count


def test_a_recording_is_found_by_the_number_of_its_event(url: str) -> None:
    with Store.open(url) as store:
        interview = store.begin("ann", BEGUN)
        store.append(interview, "ann", lambda _: heard(FLAC, None, b"other"))
    with Store.open(url) as store:
        assert store.recording(interview, "ann", 1) == store.recording(interview, None, 1) == FLAC
        assert store.recording(interview, "ann", 3) == b"other"
        with pytest.raises(NotYours, match="recording 2"):
            store.recording(interview, "ann", 2)
        assert [e.body for e in store.events(interview, "ann")[1:]] == [{"n": 0}, {"n": 1}, {"n": 2}]


def test_a_recording_that_is_not_there_or_is_anothers_is_told_in_the_same_words(store: Store) -> None:
    interview = store.begin("ann", heard(FLAC))
    told = set()
    for who, number in [("bob", 0), ("ann", 1), ("ann", -1), ("ann", 2**40), *((who, 0) for who in HOSTILE)]:
        with pytest.raises(NotYours) as caught:
            store.recording(interview, who, number)
        told.add(str(caught.value).replace(f"recording {number} ", "recording N "))
    assert len(told) == 1
    for odd in HOSTILE:
        with pytest.raises(NotYours):
            store.recording(odd, "ann", 0)
    assert store.recording(interview, "ann", 0) == FLAC


def test_who_comes_second_has_the_recording_at_the_number_that_the_event_got_in_the_end(store: Store) -> None:
    interview = store.begin("ann", BEGUN)
    first = iter([True])

    def overtaken(_seen: tuple[Event, ...]) -> list[NewEvent]:
        if next(first, False):
            store.append(interview, "ann", says("faster"))
        return heard(FLAC)

    assert [e.seq for e in store.append(interview, "ann", overtaken)][-1] == 2
    assert store.recording(interview, "ann", 2) == FLAC
    with pytest.raises(NotYours):
        store.recording(interview, "ann", 1)


def test_an_event_that_is_refused_leaves_no_recording(url: str, store: Store) -> None:
    interview = store.begin("ann", BEGUN)

    def refuse(_seen: tuple[Event, ...]) -> list[NewEvent]:
        raise Stale("closed")

    with pytest.raises(Stale):
        store.append(interview, "ann", refuse)
    with pytest.raises(NotYours):
        store.append(interview, "bob", lambda _: heard(FLAC))
    assert kept(url) == 0


def test_forgotten_recordings_are_gone_and_events_and_others_recordings_are_not(url: str, store: Store) -> None:
    mine, others = store.begin("ann", heard(FLAC, FLAC)), store.begin("ann", heard(b"other"))
    store.append(mine, "ann", says("the words"))
    with pytest.raises(NotYours):
        store.forget_recordings(mine, "bob", forgotten)
    assert kept(url) == 3
    after = store.forget_recordings(mine, "ann", forgotten)
    assert after == store.events(mine, "ann") and [e.kind for e in after] == ["heard", "heard", "answered", "forgotten"]
    with pytest.raises(NotYours):
        store.recording(mine, "ann", 0)
    assert answers(store, mine) == ["the words"]
    assert store.recording(others, "ann", 0) == b"other"
    assert kept(url) == 1


def test_where_there_is_nothing_to_forget_nothing_is_written(url: str, store: Store) -> None:
    interview = store.begin("ann", heard(FLAC))
    assert len(store.forget_recordings(interview, "ann", lambda _: [])) == 1
    assert kept(url) == 1


def test_recordings_of_a_deleted_interview_go_with_it(url: str, store: Store) -> None:
    gone, stays = store.begin("ann", heard(FLAC)), store.begin("ann", heard(FLAC))
    store.delete(gone, "ann")
    assert kept(url) == 1
    assert store.recording(stays, "ann", 0) == FLAC


@pytest.mark.parametrize("whole", [False, True])
def test_no_byte_of_a_recording_is_left_in_the_files(sqlite_url: str, whole: bool) -> None:
    with Store.open(sqlite_url) as store:
        interview, other = store.begin("ann", BEGUN), store.begin("bob", BEGUN)
        for n in range(6):
            store.append(interview, "ann", lambda _, n=n: heard(FLAC * (n + 1)))  # type: ignore[misc]
            store.append(other, "bob", lambda _: heard(b"OTHERSOUND" * 2_000))
        assert b"MARKED-SOUND" in bytes_of(sqlite_url)
        store.delete(interview, "ann") if whole else store.forget_recordings(interview, "ann", forgotten)
        assert b"MARKED-SOUND" not in bytes_of(sqlite_url)
        assert b"OTHERSOUND" in bytes_of(sqlite_url)
    assert b"MARKED-SOUND" not in bytes_of(sqlite_url)


@pytest.mark.parametrize("seed", range(3))
def test_sounds_of_any_size_are_gone_in_whatever_order_they_go(sqlite_url: str, seed: int) -> None:
    chance = random.Random(seed)
    live: dict[str, str] = {}
    dead: set[str] = set()
    with Store.open(sqlite_url) as store:
        for step in range(60):
            if chance.random() < 0.7 or not live:
                mark = f"MARK{step:04d}Z"
                sound = mark.encode() * chance.choice([1, 40, 500, 9_000])
                live[store.begin("ann", [*BEGUN, *heard(sound), *says("word " * chance.choice([1, 300]))(())])] = mark
                continue
            interview = chance.choice(list(live))
            store.delete(interview, "ann") if chance.random() < 0.5 else store.forget_recordings(interview, "ann", forgotten)
            dead.add(live.pop(interview))
            marks = {found.decode() for found in re.findall(rb"MARK\d{4}Z", bytes_of(sqlite_url))}
            assert not marks & dead
            assert set(live.values()) <= marks


def test_recordings_that_could_not_be_cleared_from_the_file_are_told_and_the_next_try_makes_up_for_it(sqlite_url: str) -> None:
    with Store.open(sqlite_url) as store:
        interview = store.begin("ann", heard(FLAC))
        reader = create_engine(address.read(sqlite_url))
        with reader.connect() as reading:
            reading.exec_driver_sql("BEGIN")
            reading.exec_driver_sql("SELECT count(*) FROM recordings").scalar()
            with pytest.raises(SetupError, match=r"recordings of interview .* are deleted, but their sound still stands in the file"):
                store.forget_recordings(interview, "ann", forgotten)
        reader.dispose()
        with pytest.raises(NotYours):
            store.recording(interview, "ann", 0)
        store.forget_recordings(interview, "ann", lambda _: [])
        assert b"MARKED-SOUND" not in bytes_of(sqlite_url)


def test_a_database_without_recordings_is_brought_up_with_its_events(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old' / 'interviews.db'}"
    with Store.open(url) as store:
        interview = store.begin("ann", BEGUN)
    engine = create_engine(address.read(url))
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE recordings"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    engine.dispose()
    with Store.open(url) as store:
        store.append(interview, "ann", lambda _: heard(FLAC))
        assert store.recording(interview, "ann", 1) == FLAC
