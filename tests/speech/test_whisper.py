"""The accurate recogniser. The tests that hear need its extra."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from interviewer.errors import SetupError
from interviewer.speech.audio import read_audio
from interviewer.speech.whisper import MODEL, UNSURE, Whisper, assembled, installed, merged
from tests.speech.ears import ONE, PAUSE, needs_whisper, noise, quiet


def part(word: str, start: float, end: float, probability: float) -> dict[str, Any]:
    return {"word": word, "start": start, "end": end, "probability": probability}


def test_parts_without_a_blank_before_them_belong_to_the_word_before() -> None:
    found = [part(" on", 0, 0.2, 0.9), part("-call", 0.2, 0.5, 0.6), part(",", 0.5, 0.5, 0.1), part(" we", 0.6, 0.7, 0.95)]
    assert [(w.word, w.start, w.end, w.confidence, w.unsure) for w in merged(found, 1.0)] == [
        ("on-call,", 0, 0.5, 0.6, False),
        ("we", 0.6, 0.7, 0.95, False),
    ]


def test_a_word_is_unsure_below_the_threshold_and_all_are_where_the_reading_went_in_circles() -> None:
    found = [part(" a", 0, 0.1, UNSURE), part(" b", 0.1, 0.2, UNSURE - 0.01)]
    assert [w.unsure for w in merged(found, 1.0)] == [False, True]
    assert [w.unsure for w in merged(found, 1.0, doubtful=True)] == [True, True]


def test_times_stay_within_the_recording() -> None:
    (word,) = merged([part(" a", -0.1, 3.0, 0.9)], 1.0)
    assert (word.start, word.end) == (0, 1.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("whisper")


@pytest.fixture(scope="module")
def whisper(folder: Path) -> Whisper:
    return Whisper(folder / "base", folder / "checked.json")


@needs_whisper
def test_a_sentence_is_heard_with_times_and_confidence(whisper: Whisper) -> None:
    heard = asyncio.run(whisper.hear(read_audio(ONE), ("precision", "recall")))
    assert heard.text.casefold().strip(".") == "i would check precision and recall before the launch"
    assert heard.text == " ".join(w.word for w in heard.words) and heard.recogniser == "whisper base int8"
    starts = [w.start for w in heard.words if w.start is not None]
    assert len(starts) == 9 and starts == sorted(starts) and 0.3 < starts[0] < 0.8
    assert all(w.confidence is not None and 0 < w.confidence <= 1 for w in heard.words)


@needs_whisper
def test_words_after_a_pause_have_times_after_it(whisper: Whisper) -> None:
    heard = asyncio.run(whisper.hear(read_audio(PAUSE)))
    then = next(w for w in heard.words if w.word.casefold() == "then")
    assert then.start is not None and then.start == pytest.approx(heard.speech[-1][0], abs=0.1)


@needs_whisper
@pytest.mark.parametrize("sound", [quiet(3), noise(3), quiet(0)], ids=["silence", "noise", "nothing"])
def test_where_nobody_speaks_nothing_is_heard(whisper: Whisper, sound: np.ndarray) -> None:
    assert asyncio.run(whisper.hear(sound, ("precision", "recall"))).text == ""


@needs_whisper
def test_a_damaged_model_is_joined_anew(whisper: Whisper, folder: Path) -> None:
    model = assembled(folder / "base", folder / "checked.json") / MODEL.inside
    whole = model.stat().st_size
    model.write_bytes(b"damaged")
    assembled(folder / "base", folder / "checked.json")
    assert model.stat().st_size == whole
    assert sorted(f.name for f in model.parent.iterdir()) == ["config.json", "model.bin", "tokenizer.json", "vocabulary.txt"]


@needs_whisper
def test_a_place_that_cannot_hold_the_model_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(SetupError, match="can't hold whisper's weights"):
        assembled(tmp_path / "taken" / "base", None)


def test_it_is_not_offered_where_its_extra_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("interviewer.speech.whisper.importlib.util.find_spec", lambda name: None)
    assert not installed()
