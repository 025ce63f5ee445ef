from __future__ import annotations

import math
from datetime import datetime

import pytest
from pydantic import ValidationError

from interviewer.store import Event, NewEvent


def test_a_body_keeps_its_words_to_the_last_blank() -> None:
    body = {"text": "  two blanks, a line\n\nand a tab\t ", " key ": ["  deep "]}
    assert NewEvent(kind="answered", body=dict(body)).body == body


@pytest.mark.parametrize("value", [(1, 2), {1, 2}, object(), datetime(2026, 1, 1), b"bytes", math.nan, math.inf])
def test_a_body_takes_json_types_only(value: object) -> None:
    with pytest.raises(ValidationError):
        NewEvent.model_validate({"kind": "answered", "body": {"text": value}})


@pytest.mark.parametrize("kind", ["", " ", "1st", "a\x00b", "x" * 81])
def test_a_kind_is_a_short_plain_name(kind: str) -> None:
    with pytest.raises(ValidationError):
        NewEvent(kind=kind)


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValidationError):
        Event(seq=0, at=datetime(2026, 1, 1), kind="begun", body={})


def test_a_moment_of_another_zone_is_told_in_utc() -> None:
    event = Event(seq=0, at=datetime.fromisoformat("2026-01-01T01:30:00+02:00"), kind="begun", body={})
    assert event.at.isoformat() == "2025-12-31T23:30:00+00:00"
