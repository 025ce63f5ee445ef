"""Which recognisers there are, and one answer heard while it is spoken."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from interviewer.domain import Heard, HeardWord
from interviewer.errors import CandidateError, ModelUnreachable, SetupError
from interviewer.model.audio import AudioServer
from interviewer.model.sound import Transcript
from interviewer.settings import Settings, read_settings
from interviewer.speech import hearing
from interviewer.speech.audio import RATE, Samples, read_audio
from interviewer.speech.hearing import Doubting, Listening, Recognisers, heard_once, load, recognisers
from interviewer.speech.served import Served
from tests.speech.ears import PAUSE, Ear, Loud, loud, needs_moonshine, needs_silero, noise, quiet


class Ears(NamedTuple):
    fast: Ear
    final: Ear

    def listening(self) -> Listening:
        return Listening(Recognisers(self.fast, self.final, ""), ("recall",), Loud())


def played(test: Callable[[Ears, Listening], Awaitable[None]]) -> None:
    """Run a test in an event loop, with two ears and an answer that they listen to."""

    async def run() -> None:
        ears = Ears(Ear("fast"), Ear("final"))
        listening = ears.listening()
        await test(ears, listening)
        await listening.aclose()

    asyncio.run(run())


async def speak(listening: Listening, *sounds: Samples) -> None:
    """Feed sounds in tenths of a second, as they come from a browser."""
    whole = np.concatenate(sounds)
    for at in range(0, len(whole), RATE // 10):
        listening.feed(whole[at : at + RATE // 10])
        await asyncio.sleep(0)


def test_a_piece_is_heard_at_a_pause_while_the_person_goes_on() -> None:
    async def test(ears: Ears, listening: Listening) -> None:
        await speak(listening, loud(6), quiet(0.8), loud(2))
        assert len(ears.final.heard) == 1 and not ears.fast.heard
        heard = await listening.finish()
        assert heard.text == "1:6.0 2:2.0" and heard.recogniser == "final" and ears.final.terms == ("recall",)
        assert [len(s) / RATE for s in ears.final.heard] == pytest.approx([6.2, 2.2], abs=0.1)

    played(test)


def test_words_and_speech_are_told_in_the_time_of_the_whole_answer() -> None:
    async def test(ears: Ears, listening: Listening) -> None:
        await speak(listening, quiet(3), loud(6), quiet(3), loud(2), quiet(1))
        heard = await listening.finish()
        first, second = heard.words
        assert [first.start, second.start] == pytest.approx([2.9, 11.9], abs=0.05)
        assert [round(t) for stretch in heard.speech for t in stretch] == [3, 9, 12, 14] and heard.seconds == pytest.approx(15)

    played(test)


def test_what_is_said_so_far_is_the_final_text_of_what_is_closed_and_the_fast_one_of_what_is_open() -> None:
    async def test(ears: Ears, listening: Listening) -> None:
        assert await listening.partial() == ""
        await speak(listening, loud(6), quiet(0.8), loud(2))
        assert await listening.partial() == "1:6.0 1:2.0"
        assert len(ears.fast.heard) == 1

    played(test)


def test_while_the_final_text_is_under_way_the_fast_one_stands_for_it() -> None:
    async def test(ears: Ears, listening: Listening) -> None:
        ears.final.open.clear()
        await speak(listening, loud(6), quiet(0.8), loud(2))
        assert await listening.partial() == "1:6.0 2:2.0"
        assert await listening.partial() == "1:6.0 2:2.0" and len(ears.fast.heard) == 2
        ears.final.open.set()
        assert (await listening.finish()).text == "1:6.0 2:2.0"

    played(test)


def test_the_fast_one_is_asked_again_only_after_something_was_said() -> None:
    async def test(ears: Ears, listening: Listening) -> None:
        ears.final.open.clear()
        await speak(listening, loud(2), quiet(0.4))
        for _ in range(3):
            assert await listening.partial() == "1:2.0"
        await speak(listening, loud(1), quiet(0.3))
        assert await listening.partial() == "2:3.0" and len(ears.fast.heard) == 2
        ears.final.open.set()

    played(test)


def test_the_fast_one_never_hears_two_things_at_once() -> None:
    async def test(ears: Ears, listening: Listening) -> None:
        await speak(listening, loud(2))
        await asyncio.gather(*(listening.partial() for _ in range(5)))
        assert ears.fast.most_at_once == 1 and len(ears.fast.heard) == 1

    played(test)


def test_at_a_pause_the_answer_is_heard_ahead_and_its_end_waits_for_nothing_more() -> None:
    async def test(ears: Ears, listening: Listening) -> None:
        await speak(listening, loud(2), quiet(0.8))
        assert len(ears.final.heard) == 1
        assert await listening.partial() == "1:2.0" and not ears.fast.heard
        assert (await listening.finish()).text == "1:2.0" and len(ears.final.heard) == 1

    played(test)


def test_what_was_heard_ahead_is_dropped_where_the_person_goes_on() -> None:
    async def test(ears: Ears, listening: Listening) -> None:
        ears.final.open.clear()
        await speak(listening, loud(2), quiet(0.8), loud(1))
        assert len(ears.final.heard) == 1 and ears.final.at_once == 0
        ears.final.open.set()
        assert (await listening.finish()).text == "2:3.0"

    played(test)


def test_silence_is_counted_from_the_last_word_and_a_cough_does_not_end_it() -> None:
    async def test(ears: Ears, listening: Listening) -> None:
        await speak(listening, quiet(1))
        assert listening.silence_s == math.inf and not listening.spoke
        await speak(listening, loud(2), quiet(1))
        assert listening.silence_s == pytest.approx(1, abs=0.1) and listening.spoke
        await speak(listening, loud(0.1))
        assert listening.silence_s == 0
        await speak(listening, quiet(0.9))
        assert listening.silence_s == pytest.approx(2, abs=0.1)

    played(test)


def test_nothing_said_is_an_empty_text_and_nobody_is_asked() -> None:
    async def test(ears: Ears, listening: Listening) -> None:
        await speak(listening, quiet(20))
        heard = await listening.finish()
        assert heard.text == "" and not heard.words and not heard.speech and heard.recogniser == "final" and heard.seconds == 20
        assert not ears.final.heard and not ears.fast.heard

    played(test)


def test_all_that_was_fed_is_kept_as_it_was() -> None:
    async def test(ears: Ears, listening: Listening) -> None:
        sound = noise(2.34)
        await speak(listening, sound)
        np.testing.assert_array_equal(listening.samples, sound)
        assert listening.seconds == pytest.approx(2.34)

    played(test)


def test_where_the_final_one_fails_the_fast_one_stands_for_that_piece() -> None:
    async def test(ears: Ears, listening: Listening) -> None:
        await speak(listening, loud(6), quiet(0.8))
        ears.final.deaf = ModelUnreachable("it can't be reached.")
        await speak(listening, loud(2))
        assert await listening.partial() == "1:6.0 1:2.0"
        heard = await listening.finish()
        assert heard.text == "1:6.0 2:2.0" and heard.recogniser == "final, fast"

    played(test)


def test_where_the_final_one_breaks_down_the_fast_one_stands_for_that_piece_too(caplog: pytest.LogCaptureFixture) -> None:
    async def test(ears: Ears, listening: Listening) -> None:
        await speak(listening, loud(6), quiet(0.8))
        ears.final.deaf = RuntimeError("out of memory")
        await speak(listening, loud(2))
        heard = await listening.finish()
        assert heard.text == "1:6.0 1:2.0" and heard.recogniser == "final, fast"

    played(test)
    assert "out of memory" in caplog.text and "heard by fast instead" in caplog.text


def test_where_the_fast_one_breaks_down_nothing_is_shown_meanwhile_and_the_answer_is_heard(caplog: pytest.LogCaptureFixture) -> None:
    async def test(ears: Ears, listening: Listening) -> None:
        ears.fast.deaf = RuntimeError("out of memory")
        await speak(listening, loud(2))
        assert await listening.partial() == ""
        assert (await listening.finish()).text == "1:2.0"

    played(test)
    assert "out of memory" in caplog.text


def test_where_the_only_one_breaks_down_that_is_told_at_once() -> None:
    async def run(ear: Ear, *sounds: Samples) -> None:
        listening = Listening(Recognisers(ear, ear, ""), (), Loud())
        ear.deaf = RuntimeError("out of memory")
        await speak(listening, *sounds)
        with pytest.raises(RuntimeError, match="out of memory"):
            await listening.partial()
        with pytest.raises(RuntimeError, match="out of memory"):
            await listening.finish()
        await listening.aclose()

    for sounds in ([loud(2)], [loud(2), quiet(0.8)], [loud(6), quiet(0.8), loud(1)]):
        asyncio.run(run(Ear(), *sounds))


def test_at_a_pause_the_fast_one_is_shown_where_the_final_one_failed_ahead() -> None:
    async def test(ears: Ears, listening: Listening) -> None:
        ears.final.deaf = RuntimeError("out of memory")
        await speak(listening, loud(2), quiet(0.8))
        await asyncio.sleep(0)
        assert await listening.partial() == "1:2.0"

    played(test)


def test_where_the_doubting_one_breaks_down_the_others_words_stand(caplog: pytest.LogCaptureFixture) -> None:
    first, second = Ear("first"), Ear("second")
    second.deaf = RuntimeError("out of memory")
    assert asyncio.run(Doubting(first, second).hear(loud(2))).text == "1:2.0"
    assert "out of memory" in caplog.text


def test_where_the_only_one_fails_that_is_told_at_the_end_and_not_before() -> None:
    async def run() -> None:
        ear = Ear()
        ear.deaf = ModelUnreachable("it can't be reached.")
        listening = Listening(Recognisers(None, ear, ""), (), Loud())
        await speak(listening, loud(6), quiet(0.8), loud(1))
        assert await listening.partial() == ""
        with pytest.raises(ModelUnreachable):
            await listening.finish()
        await listening.aclose()

    asyncio.run(run())


def test_an_answer_of_more_than_a_quarter_of_an_hour_is_refused_and_what_came_before_is_kept() -> None:
    async def test(ears: Ears, listening: Listening) -> None:
        for _ in range(15):
            listening.feed(np.concatenate([loud(6), quiet(54)]))
        with pytest.raises(CandidateError, match="longer than 15 minutes"):
            listening.feed(quiet(1))
        assert len((await listening.finish()).words) == 15

    played(test)


def test_work_under_way_is_dropped_when_the_answer_is() -> None:
    async def test(ears: Ears, listening: Listening) -> None:
        ears.final.open.clear()
        await speak(listening, loud(6), quiet(0.8), loud(2), quiet(0.8))
        assert ears.final.at_once == 2
        await listening.aclose()
        assert ears.final.at_once == 0 and asyncio.all_tasks() == {asyncio.current_task()}

    played(test)


def test_an_answer_cannot_be_listened_to_where_nothing_hears() -> None:
    with pytest.raises(SetupError, match="why not"):
        Listening(Recognisers(None, None, "why not"))


# ----------------------------------------------------------------- which there are


def settings(folder: Path, **told: object) -> Settings:
    blank = {"openai_api_key": None, "openai_base_url": None, "hearing_base_url": None, "hearing_model": None, "hearing_api_key": None}
    return read_settings(**({"interviewer_data_dir": folder, "_env_file": None} | blank | told))


def offered(found: Recognisers) -> tuple[str | None, str | None]:
    return (found.fast.id if found.fast else None, found.final.id if found.final else None)


@needs_moonshine
def test_without_its_extra_the_fast_recogniser_is_the_final_one_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "installed", lambda: False)
    found = recognisers(settings(tmp_path))
    assert offered(found) == ("moonshine tiny-en", "moonshine tiny-en") and found.fast is found.final
    assert "make whisper" in found.why and "HEARING_BASE_URL" in found.why
    monkeypatch.setattr(hearing, "installed", lambda: True)
    assert offered(recognisers(settings(tmp_path))) == ("moonshine tiny-en", "whisper base int8")
    assert recognisers(settings(tmp_path)).why == ""


@needs_moonshine
def test_a_server_that_was_set_has_the_last_word(tmp_path: Path) -> None:
    found = recognisers(settings(tmp_path, hearing_base_url="http://127.0.0.1:9/v1", hearing_model="large"))
    assert offered(found) == ("moonshine tiny-en", "large at 127.0.0.1:9") and found.why == ""


@pytest.mark.parametrize(("package", "says"), [("silero_vad", "told from silence"), ("moonshine_voice", "Nothing is installed that hears")])
def test_what_is_missing_is_told_with_the_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, package: str, says: str) -> None:
    monkeypatch.setattr(hearing, "installed", lambda: False)
    monkeypatch.setattr(hearing, "place", lambda carried: None if carried.package == package else Path("there"))
    found = recognisers(settings(tmp_path))
    assert found.final is None and says in found.why and package in found.why and "-r weights.lock" in found.why


def test_recognisers_of_one_folder_share_their_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "place", lambda carried: Path("there"))
    one, again, other = (recognisers(settings(folder)) for folder in (tmp_path, tmp_path, tmp_path / "other"))
    assert one.fast is again.fast is not other.fast


@needs_moonshine
def test_everything_can_be_loaded_ahead_and_then_hears(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hearing, "installed", lambda: False)

    async def run() -> Heard:
        found = recognisers(settings(tmp_path))
        await load(found)
        listening = Listening(found)
        await speak(listening, read_audio(PAUSE))
        return await listening.finish()

    heard = asyncio.run(run())
    assert heard.text.endswith("it.") and len(heard.speech) == 2 and (tmp_path / "speech" / "checked.json").exists()


# ----------------------------------------------------------------- a server's


class Server(AudioServer):
    """Hears two words in each recording, by default without their times, and keeps what it was sent."""

    def __init__(self, words: tuple[HeardWord, ...] = tuple(Transcript(text="two words").heard())) -> None:
        super().__init__("http://127.0.0.1:9/v1", None, "large", "", 1)
        self._words, self.sent, self.prompts, self.closed = words, list[bytes](), list[str](), False

    async def transcribe(self, wav: bytes, prompt: str) -> Heard:
        self.sent.append(wav)
        self.prompts.append(prompt)
        return Heard(text="two words", words=self._words, recogniser="large", seconds=1)

    async def aclose(self) -> None:
        self.closed = True


@needs_silero
def test_a_server_is_sent_the_speech_with_the_terms_and_its_times_are_those_of_the_recording() -> None:
    server = Server((HeardWord(word="two", start=0, end=0.5), HeardWord(word="words", start=0.5, end=4)))
    late = np.concatenate([quiet(10), read_audio(PAUSE), quiet(10)])
    heard = asyncio.run(heard_once(Served(server), late, ["recall", "drift"]))
    assert server.prompts == ["recall, drift"] and server.closed and heard.text == "two words"
    assert 9.5 < (heard.words[0].start or 0) < 10.5 and heard.recogniser == "large at 127.0.0.1:9"
    assert len(server.sent[0]) < 6 * RATE * 2 and not any(w.unsure for w in heard.words)


@needs_silero
def test_words_that_a_server_gives_no_times_are_spread_over_the_speech() -> None:
    heard = asyncio.run(Served(Server()).hear(read_audio(PAUSE)))
    assert [w.word for w in heard.words] == ["two", "words"] and heard.words[0].confidence is None
    assert heard.words[1].start == pytest.approx(heard.speech[1][0], abs=0.01)


@needs_silero
def test_words_that_were_spread_keep_what_the_server_tells_of_its_doubts() -> None:
    told = (HeardWord(word="two", confidence=0.3, unsure=True), HeardWord(word="words", confidence=0.9))
    heard = asyncio.run(Served(Server(told)).hear(read_audio(PAUSE)))
    assert [(w.confidence, w.unsure) for w in heard.words] == [(0.3, True), (0.9, False)]
    assert all(w.start is not None and w.end is not None for w in heard.words)


@needs_silero
def test_a_server_is_sent_nothing_where_nobody_speaks() -> None:
    server = Server()
    assert asyncio.run(Served(server).hear(noise(5))).text == "" and not server.sent


@needs_silero
def test_a_server_is_not_asked_ahead() -> None:
    async def run() -> None:
        server = Server()
        listening = Listening(Recognisers(None, Served(server), ""), (), Loud())
        await speak(listening, loud(2), quiet(1))
        assert not listening._ahead
        await listening.aclose()

    asyncio.run(run())
