"""The fast recogniser."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import numpy as np
import pytest

from interviewer.domain import HeardWord
from interviewer.speech.audio import read_audio
from interviewer.speech.joining import repeated, with_times
from interviewer.speech.moonshine import UNSURE, Moonshine, Token, token_texts, words
from tests.speech.ears import ONE, PAUSE, needs_moonshine, noise, quiet


def spoken(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum() or c == " ")


def test_token_texts_are_read_after_lengths_of_one_byte_and_of_two() -> None:
    long = b"x" * 200
    assert token_texts(b"\x03abc\x00\x01\xff" + bytes([128 + 72, 1]) + long) == [
        b"abc",
        b"",
        b"\xff",
        long,
    ]


def test_tokens_become_words_with_the_product_of_their_probabilities() -> None:
    tokens = [
        Token("▁false".encode(), 0.9),
        Token("▁posit".encode(), 0.8),
        Token(b"ives", 0.5),
        Token(b",", 0.1),
        Token("▁so".encode(), 1.0),
    ]
    assert [(w.word, w.confidence, w.unsure) for w in words(tokens)] == [
        ("false", 0.9, False),
        ("positives,", 0.4, True),
        ("so", 1.0, False),
    ]


def test_a_word_of_single_bytes_is_put_together_and_special_tokens_are_no_words() -> None:
    tokens = [
        Token(b"<s>", 1),
        Token("▁caf".encode(), 1),
        Token(b"\xc3", 1),
        Token(b"\xa9", 1),
        Token(b"<<ST_3>>", 1),
        Token("▁".encode(), 1),
    ]
    assert [w.word for w in words(tokens)] == ["café"]


def test_a_word_is_unsure_below_the_threshold_alone() -> None:
    assert [w.unsure for w in words([Token("▁a".encode(), UNSURE), Token("▁b".encode(), UNSURE - 0.01)])] == [False, True]


@pytest.mark.parametrize(
    ("tokens", "extra"),
    [
        ([1, 2, 3, 4], 0),
        ([7, 7, 7, 7], 0),
        ([1, 7, 7, 7, 7, 7, 7], 5),
        ([9, 1, 2, 1, 2, 1, 2, 1, 2], 6),
        ([9, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5], 0),
        ([9, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5], 10),
        ([], 0),
    ],
)
def test_what_is_said_again_and_again_is_said_once(tokens: list[int], extra: int) -> None:
    assert repeated(tokens) == extra


def test_words_are_spread_over_the_speech_and_never_over_a_pause() -> None:
    timed = with_times([HeardWord(word=w) for w in ("aaaa", "bbbb", "cccc", "dddd")], [(1.0, 2.0), (5.0, 6.0)])
    assert [(w.start, w.end) for w in timed] == [(1.0, 1.5), (1.5, 2.0), (5.0, 5.5), (5.5, 6.0)]
    straddling = with_times([HeardWord(word=w) for w in ("aaaa", "bbbb", "cccc")], [(1.0, 2.0), (5.0, 6.0)])
    assert all(w.start is not None and w.end is not None and w.end - w.start <= 1 for w in straddling)


def test_a_pause_falls_where_the_text_has_a_stop() -> None:
    timed = with_times(
        [HeardWord(word=w) for w in ["We", "asked", "them.", "Then", "we", "shipped", "it", "now"]], [(0.0, 1.5), (3.0, 4.2)]
    )
    assert [w.word for w in timed if w.start is not None and w.start >= 3] == ["Then", "we", "shipped", "it", "now"]
    assert timed[2].end == 1.5 and timed[3].start == 3.0 and timed[-1].end == 4.2


def test_every_word_has_its_time_however_many_stretches_there_are() -> None:
    speech = [(float(n), n + 0.5) for n in range(6)]
    for count in (1, 2, 5, 40):
        timed = with_times([HeardWord(word="word")] * count, speech)
        times = [t for w in timed for t in (w.start, w.end) if t is not None]
        assert len(times) == 2 * count and times == sorted(times)


def test_words_without_speech_have_no_times() -> None:
    assert with_times([HeardWord(word="a")], []) == [HeardWord(word="a")]


@needs_moonshine
def test_a_sentence_is_heard_with_times_and_confidence() -> None:
    heard = asyncio.run(Moonshine(None).hear(read_audio(ONE)))
    assert spoken(heard.text) == "i would check precision and recall before the launch"
    assert heard.text == " ".join(w.word for w in heard.words) and heard.recogniser == "moonshine tiny-en"
    assert heard.seconds == pytest.approx(3.69, abs=0.01)
    starts = [w.start for w in heard.words if w.start is not None]
    assert len(starts) == 9 and starts == sorted(starts) and 0.4 < starts[0] < 0.7
    assert all(w.confidence is not None and 0 < w.confidence <= 1 for w in heard.words)


@needs_moonshine
def test_words_after_a_pause_have_times_after_it() -> None:
    heard = asyncio.run(Moonshine(None).hear(read_audio(PAUSE)))
    then = heard.words[5]
    assert then.word == "Then"
    assert then.start is not None and then.start == pytest.approx(heard.speech[-1][0], abs=0.1) and len(heard.speech) == 2


@needs_moonshine
@pytest.mark.parametrize("sound", [quiet(3), noise(3), quiet(0)], ids=["silence", "noise", "nothing"])
def test_where_nobody_speaks_nothing_is_heard(sound: np.ndarray) -> None:
    heard = asyncio.run(Moonshine(None).hear(sound))
    assert heard.text == "" and heard.words == () and heard.speech == ()


@needs_moonshine
def test_listeners_share_one_thread_and_each_hears_its_own(tmp_path: Path) -> None:
    one, two, recogniser = read_audio(ONE), read_audio(PAUSE), Moonshine(tmp_path / "checked.json")

    async def both() -> list[str]:
        return [spoken(h.text) for h in await asyncio.gather(*(recogniser.hear(s) for s in (one, two, one)))]

    texts = asyncio.run(both())
    assert texts[0] == texts[2] != texts[1] and texts[1].startswith("we ask")
    assert sum(t.name.startswith("moonshine") and t in recogniser._thread._threads for t in threading.enumerate()) == 1
    assert (tmp_path / "checked.json").exists()
