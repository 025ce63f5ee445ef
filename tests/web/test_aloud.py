"""A page that listens and speaks: what was heard is kept with its question, another's is refused, and nothing that arrives is believed."""

from __future__ import annotations

import asyncio
import json
import struct
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from interviewer.domain import Heard, HeardWord
from interviewer.errors import ModelUnreachable
from interviewer.interview import Spoken, State, Style
from interviewer.speech.audio import RATE, Samples, as_wav, read_audio
from interviewer.speech.hearing import Listening, Recognisers
from interviewer.speech.voices import Voices
from interviewer.web.aloud.delivered import delivery_html
from interviewer.web.asker import COOKIE
from tests.rooms import run
from tests.web.site import Site

WAV = as_wav(np.zeros(RATE // 10, np.float32))


class Ears:
    """Hears the same in everything, and is unsure of one word."""

    id = "ears"

    def __init__(self, text: str = "I would compare both models.", broken: Exception | None = None) -> None:
        self.text, self.broken = text, broken
        self.terms: list[Sequence[str]] = []

    async def hear(self, samples: Samples, terms: Sequence[str] = ()) -> Heard:
        self.terms.append(terms)
        if self.broken:
            raise self.broken
        words = tuple(HeardWord(word=w, start=0.1 * n, end=0.1 * n + 0.1, unsure=w == "both") for n, w in enumerate(self.text.split()))
        return Heard(
            text=self.text, words=words, recogniser=self.id, seconds=len(samples) / RATE, speech=((0.0, 0.5),) if self.text else ()
        )


class Throat:
    """Says everything with the same sound, or not at all; `meanwhile` happens while it says something."""

    id = "throat"

    def __init__(self, fails: bool = False, wav: bytes = WAV) -> None:
        self.fails, self.wav = fails, wav
        self.said: list[str] = []
        self.meanwhile: Callable[[], None] | None = None

    async def say(self, text: str) -> bytes:
        if self.fails:
            raise ModelUnreachable("The voice is gone.")
        self.said.append(text)
        happens, self.meanwhile = self.meanwhile, None
        if happens:
            happens()
        await asyncio.sleep(0)
        return self.wav

    async def aclose(self) -> None:
        """Nothing runs."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    yield site
    site.stop()


@pytest.fixture(autouse=True)
def parts(site: Site) -> tuple[Ears, Throat]:
    ears, throat = Ears(), Throat()
    site.speech.recognisers, site.speech.voices = Recognisers(ears, ears, ""), Voices(throat, "")
    return ears, throat


class Visitor:
    """A browser with a cookie of its own, an interview of its own, and a connection for speech."""

    def __init__(self, site: Site, style: Style = Style.REAL) -> None:
        self.site = site
        client = site.visitor()
        self.cookie = client.cookies[COOKIE]
        client.close()
        self.who = site.speech.askers.candidate(self.cookie)
        self.state: State = run(site.room.begin(style=style, candidate=self.who))
        assert self.state.open_turn
        self.seq = self.state.open_turn.seq

    def connected(self, origin: str | None = None) -> ClientConnection:
        address = self.site.address.replace("http:", "ws:") + "/speech"
        return connect(address, additional_headers={"Cookie": f"{COOKIE}={self.cookie}"}, origin=origin)  # type: ignore[arg-type]

    def now(self) -> State:
        return run(self.site.room.door.state(self.state.id, self.who))


def tell(page: ClientConnection, **what: Any) -> None:
    page.send(json.dumps(what))


def told(page: ClientConnection, *kinds: str) -> dict[str, Any]:
    """The next message of one of these kinds."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        message = page.recv(timeout=20)
        if isinstance(message, str) and json.loads(message)["is"] in kinds:
            found: dict[str, Any] = json.loads(message)
            return found
    raise AssertionError(f"no {kinds} came")


def voice(seconds: float = 1.0, rate: int = 48_000) -> bytes:
    """So much of a real voice, as a browser sends it: without one, nothing is handed to a recogniser."""
    spoken = read_audio(Path(__file__).parents[1] / "speech" / "data" / "one.flac")
    at = np.arange(0, seconds, 1 / rate) * RATE % len(spoken)
    sent: bytes = (32_000 * spoken[at.astype(int)]).astype("<i2").tobytes()
    return sent


def hello(page: ClientConnection, visitor: Visitor, voice: bool = False) -> None:
    tell(page, do="hello", interview=visitor.state.id, voice=voice)


def begin(page: ClientConnection, visitor: Visitor, **more: Any) -> None:
    tell(page, do="begin", seq=visitor.seq, rate=48_000, **more)


def answer(page: ClientConnection, visitor: Visitor, **more: Any) -> None:
    """Speak for a second, and press Done."""
    hello(page, visitor)
    begin(page, visitor, **more)
    page.send(voice(1.0))
    tell(page, do="end")


@pytest.mark.parametrize("keep", [False, True])
def test_what_was_heard_is_kept_with_its_question_and_the_sound_only_if_wanted(site: Site, parts: tuple[Ears, Throat], keep: bool) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        answer(page, visitor, keep=keep)
        heard = told(page, "heard", "fault")
    assert (heard["text"], heard["unsure"], heard["send"]) == ("I would compare both models.", ["both"], True)
    (turn,) = visitor.now().turns
    (spoken,) = turn.heard
    assert turn.is_open
    assert (spoken.heard.text, spoken.ended_by, spoken.kept) == ("I would compare both models.", "button", keep)
    assert 0.8 < spoken.heard.seconds < 1.1
    client = site.visitor()
    path = f"/interviews/{visitor.state.id}/recordings/{spoken.seq}.flac"
    assert client.get(path).status_code == 404, "another's"
    client.cookies.set(COOKIE, visitor.cookie)
    assert client.get(path).status_code == (200 if keep else 404)


def test_how_one_spoke_tells_of_answers_that_were_typed_to_the_same_question(site: Site) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        answer(page, visitor)
        spoken = told(page, "heard")["text"]
    door = site.room.door
    run(door.answer(visitor.state.id, visitor.who, visitor.seq, spoken))
    assert "typed" not in run(delivery_html(door, visitor.now()))
    run(_whole(door.reply(visitor.state.id, visitor.who)))
    probe = visitor.now().open_turn
    assert probe and probe.item_id == visitor.now().turns[0].item_id
    run(door.answer(visitor.state.id, visitor.who, probe.seq, "This one I type, and it is as good."))
    assert "Answers to this question that were typed, and are not counted: 1." in run(delivery_html(door, visitor.now()))


@pytest.mark.parametrize(("clock_s", "lost_s"), [(1.9, 0.9), (7.0, 6.0), (0.0, 0.0)])
def test_sound_that_the_browser_lost_is_told_before_the_answer_goes_off(site: Site, clock_s: float, lost_s: float) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        begin(page, visitor)
        page.send(voice(1.0))
        tell(page, do="clock", seconds=clock_s)
        tell(page, do="end")
        heard = told(page, "heard", "fault")
    (spoken,) = visitor.now().turns[0].heard
    assert spoken.lost_s == pytest.approx(lost_s)
    assert spoken.is_broken == (lost_s >= 1)
    assert heard["send"] is not spoken.is_broken
    assert heard["lost"] == ("About 6 s of what you said were lost on this computer, so words may be missing." if spoken.is_broken else "")
    run(site.room.door.answer(visitor.state.id, visitor.who, visitor.seq, heard["text"]))
    told_of_it = run(delivery_html(site.room.door, visitor.now()))
    assert ("Recordings of which sound was lost" in told_of_it) == spoken.is_broken
    assert ("You spoke for" in told_of_it) != spoken.is_broken


def test_a_loss_that_was_only_a_slow_network_is_none(site: Site) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        begin(page, visitor)
        page.send(voice(1.0))
        tell(page, do="clock", seconds=1.0)
        time.sleep(1.2)  # sound and clock arrive late, and in their order
        page.send(voice(1.0))
        tell(page, do="clock", seconds=2.0)
        tell(page, do="end")
        assert told(page, "heard")["lost"] == ""


@pytest.mark.parametrize("seconds", [-1, 1e9, "a while", None])
def test_a_clock_that_makes_no_sense_is_refused(site: Site, seconds: object) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        begin(page, visitor)
        tell(page, do="clock", seconds=seconds)
        assert "reload the page" in told(page, "fault")["says"]


async def _whole(shown: AsyncIterator[str]) -> list[str]:
    return [text async for text in shown]


def test_switching_the_voice_off_loses_nothing_of_an_answer_under_way(site: Site) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor, voice=True)
        begin(page, visitor)
        page.send(voice())
        hello(page, visitor, voice=False)
        page.send(voice())
        tell(page, do="end")
        told(page, "heard")
    assert visitor.now().turns[0].heard[0].heard.seconds > 1.9


def test_in_coached_style_the_page_waits_for_a_correction(site: Site) -> None:
    visitor = Visitor(site, Style.COACHED)
    with visitor.connected() as page:
        answer(page, visitor)
        assert told(page, "heard")["send"] is False


def test_the_recogniser_is_told_the_items_terms(site: Site, parts: tuple[Ears, Throat]) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        answer(page, visitor)
        told(page, "heard")
    assert "Precision" in parts[0].terms[-1]


def test_nobody_listens_in_on_anothers_interview_or_from_another_site(site: Site) -> None:
    ada, mallory = Visitor(site), Visitor(site)
    with mallory.connected() as page:
        tell(page, do="hello", interview=ada.state.id, voice=True)
        assert "fault" in told(page, "fault")["is"]
        begin(page, ada)
        assert told(page, "fault")
    assert ada.now().turns[0].heard == ()
    with ada.connected(origin="https://elsewhere.example") as page:
        assert "elsewhere.example may not listen here" in told(page, "fault")["says"]
        with pytest.raises(ConnectionClosed):
            page.recv(timeout=20)
    ada.cookie = "forged"
    with ada.connected() as page:
        assert "cookie" in told(page, "fault")["says"]


def test_a_question_that_is_no_longer_open_takes_no_sound(site: Site) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        tell(page, do="begin", seq=visitor.seq + 100, rate=48_000)
        fault = told(page, "fault")
    assert "no longer open" in fault["says"] and fault["stale"]


def test_what_was_said_to_a_question_answered_meanwhile_comes_back_and_is_not_kept(site: Site) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        begin(page, visitor)
        page.send(voice(1.0))
        told(page, "hearing")  # it has begun
        run(site.room.door.answer(visitor.state.id, visitor.who, visitor.seq, "I answered this in another tab."))
        tell(page, do="end")
        heard = told(page, "heard", "fault")
    assert (heard["text"], heard["kept"], heard["seq"]) == ("I would compare both models.", False, visitor.seq)
    assert not visitor.now().turns[0].heard


def test_what_does_not_fit_is_told_and_the_page_goes_on(site: Site) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        for odd in ("no json", "{}", json.dumps({"do": "begin", "seq": "x", "rate": 48_000}), json.dumps({"do": "hello", "interview": 3})):
            page.send(odd)
            assert "reload the page" in told(page, "fault")["says"]
        page.send(voice(0.1))  # sound that nobody asked for
        answer(page, visitor)
        assert told(page, "heard")["text"]


def test_more_sound_than_can_have_been_spoken_is_refused(site: Site) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        tell(page, do="begin", seq=visitor.seq, rate=16_000)
        for _ in range(45):
            page.send(voice(1.0, RATE))
        assert "More sound arrived" in told(page, "fault")["says"]
    assert visitor.now().turns[0].heard == ()


def test_a_silence_is_told_and_not_kept(site: Site, parts: tuple[Ears, Throat]) -> None:
    parts[0].text = ""
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        begin(page, visitor)
        page.send(bytes(48_000))
        tell(page, do="end")
        assert "Nothing was heard" in told(page, "nothing")["says"]
    assert visitor.now().turns[0].heard == ()


def test_where_nothing_can_hear_the_answer_is_typed(site: Site) -> None:
    site.speech.recognisers = Recognisers(None, None, "Run `make run` again.")
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        begin(page, visitor)
        assert "type your answers. Run `make run` again." in told(page, "fault")["says"]


def test_the_interviewers_sentences_come_one_by_one_each_with_its_sound(site: Site, parts: tuple[Ears, Throat]) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor, voice=True)
        wait_for_listener(site, visitor)
        say(site, visitor, "Precision fell. What do you do?")
        assert told(page, "say") == {"is": "say", "text": "Precision fell.", "sound": True}
        assert page.recv(timeout=20) == WAV
        assert told(page, "say")["text"] == "What do you do?"
        assert told(page, "said")
    assert [s for s in parts[1].said if s in ("Precision fell.", "What do you do?")] == ["Precision fell.", "What do you do?"]


@pytest.mark.parametrize("voices", [Voices(None, "No voice."), Voices(Throat(fails=True), "")])
def test_without_a_voice_the_words_come_for_the_browsers_own(site: Site, voices: Voices) -> None:
    site.speech.voices = voices
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor, voice=True)
        wait_for_listener(site, visitor)
        say(site, visitor, "What do you do?")
        assert told(page, "say") == {"is": "say", "text": "What do you do?", "sound": False}


def test_a_page_that_wants_no_voice_is_sent_no_words(site: Site, parts: tuple[Ears, Throat]) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        say(site, visitor, "What do you do?")
        begin(page, visitor)
        page.send(voice(1.0))
        tell(page, do="end")
        assert told(page, "say", "heard")["is"] == "heard"


def test_the_microphone_check_tells_what_was_understood_and_keeps_nothing(site: Site, parts: tuple[Ears, Throat]) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        tell(page, do="check", rate=48_000, sentence="I would compare both models.")
        page.send(voice(1.0))
        tell(page, do="end")
        result = told(page, "checked")
    assert (result["share"], result["fine"], result["says"]) == (1.0, True, "You are heard well.")
    assert visitor.now().turns[0].heard == ()


def test_hands_free_the_answer_ends_when_it_is_said_to_and_the_words_that_say_so_are_no_part_of_it(
    site: Site, parts: tuple[Ears, Throat]
) -> None:
    parts[0].text = "I would compare both models. That's my answer."
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        begin(page, visitor, hands_free=True)
        page.send(voice(3.0))
        page.send(bytes(2 * 48_000 * 2))
        assert told(page, "ended", "fault") == {"is": "ended", "by": "words"}
        assert told(page, "heard")["text"] == "I would compare both models."
    (spoken,) = visitor.now().turns[0].heard
    assert spoken.ended_by == "words"
    assert spoken.silence_s and spoken.silence_s >= 0.7


def test_hands_free_a_thinker_is_not_cut_off(site: Site, parts: tuple[Ears, Throat]) -> None:
    parts[0].text = "I would compare both models, because"
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        begin(page, visitor, hands_free=True)
        page.send(voice(3.0))
        for _ in range(10):
            page.send(bytes(2 * 48_000))
        assert told(page, "hearing")["text"] == "I would compare both models, because"
        with pytest.raises(TimeoutError):
            page.recv(timeout=3)
        tell(page, do="end")
        assert told(page, "heard", "ended")["is"] == "ended"


def test_while_the_interviewers_voice_plays_only_talking_over_it_is_heard_and_ends_it(site: Site, parts: tuple[Ears, Throat]) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor, voice=True)
        begin(page, visitor, hands_free=True)
        tell(page, do="playing")
        page.send(bytes(2 * 48_000))
        page.send(voice(2.0))
        assert told(page, "interrupted", "hearing")["is"] == "interrupted"
        tell(page, do="end")
        told(page, "heard")
    (spoken,) = visitor.now().turns[0].heard
    assert 1.0 < spoken.heard.seconds < 2.6, "the voice before the interruption is no part of the answer"


@pytest.mark.parametrize("hands_free", [False, True])
def test_a_recogniser_that_breaks_down_is_told_and_the_next_answer_is_heard(
    site: Site, parts: tuple[Ears, Throat], hands_free: bool, caplog: pytest.LogCaptureFixture
) -> None:
    parts[0].broken = RuntimeError("out of memory")
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        begin(page, visitor, hands_free=hands_free)
        page.send(voice(1.0))
        if hands_free:
            page.send(bytes(2 * 48_000 * 5))
        else:
            tell(page, do="end")
        fault = told(page, "fault", "heard")
        assert "stands in the box: press Speak to say the rest, or type it." in fault["says"]
        assert "out of memory" not in fault["says"] and "out of memory" in caplog.text
        parts[0].broken = None
        answer(page, visitor)
        assert told(page, "heard")["text"] == "I would compare both models."
    assert site.speech.listening == 0


def test_a_fault_while_an_answer_is_followed_is_told(site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    async def partial(listening: Listening) -> str:
        raise RuntimeError(f"no room after {listening.seconds} s")

    monkeypatch.setattr(Listening, "partial", partial)
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        begin(page, visitor)
        page.send(voice(1.0))
        assert "press Speak to say the rest, or type it." in told(page, "fault")["says"]
    assert "no room after" in caplog.text


def test_a_microphone_check_that_breaks_down_is_told(site: Site, parts: tuple[Ears, Throat]) -> None:
    parts[0].broken = RuntimeError("out of memory")
    visitor = Visitor(site)
    with visitor.connected() as page:
        tell(page, do="check", rate=48_000, sentence="I would compare both models.")
        page.send(voice(1.0))
        tell(page, do="end")
        assert "the microphone could not be checked" in told(page, "fault", "checked")["says"]


def test_where_no_words_are_left_of_sound_that_was_lost_the_microphone_is_not_blamed(site: Site, parts: tuple[Ears, Throat]) -> None:
    parts[0].text = ""
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        begin(page, visitor)
        page.send(voice(1.0))
        tell(page, do="clock", seconds=6.0)
        tell(page, do="end")
        says = told(page, "nothing")["says"]
    assert "about 5 s of the sound were lost on this computer. Say it again, or type your answer." in says
    assert "closer" not in says


@pytest.mark.parametrize(
    ("at_begin", "at_end", "kept"), [(True, False, False), (True, True, True), (False, True, False), (True, None, True)]
)
def test_a_recording_is_kept_only_if_that_is_wanted_at_its_end_too(site: Site, at_begin: bool, at_end: bool | None, kept: bool) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        begin(page, visitor, keep=at_begin)
        page.send(voice(1.0))
        tell(page, do="end", keep=at_end)
        told(page, "heard")
    assert visitor.now().turns[0].heard[0].kept is kept


def test_the_wait_counts_from_the_end_of_the_browsers_own_voice_and_only_for_the_first_recording(site: Site) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        time.sleep(2)  # as long as the question is read by a voice that is not this server's
        before = time.time()
        tell(page, do="played")
        for _ in range(2):
            begin(page, visitor)
            page.send(voice(1.0))
            tell(page, do="end")
            told(page, "heard")
    first, second = (s.waited_s for s in visitor.now().turns[0].heard)
    assert first is not None and first < time.time() - before + 1
    assert second is None
    run(site.room.door.answer(visitor.state.id, visitor.who, visitor.seq, "I would compare both."))
    assert f"The first word came {first:.1f} seconds after the question. " in run(delivery_html(site.room.door, visitor.now()))


def test_hands_free_the_wait_counts_from_where_the_voice_played_out(site: Site) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        begin(page, visitor, hands_free=True)
        tell(page, do="playing")
        page.send(bytes(2 * 48_000 * 3))
        tell(page, do="played")
        page.send(bytes(2 * 48_000 * 2))
        page.send(voice(2.0))
        tell(page, do="playing")
        page.send(bytes(2 * 48_000))
        tell(page, do="played")  # after the first word it changes nothing
        tell(page, do="end")
        told(page, "heard")
    (spoken,) = visitor.now().turns[0].heard
    assert spoken.waited_s == pytest.approx(spoken.heard.speech[0][0], abs=0.1)
    assert 1.8 < spoken.heard.speech[0][0] < 3


def test_who_answers_a_moment_before_the_question_has_played_out_is_heard_from_the_first_word(site: Site) -> None:
    visitor = Visitor(site)
    said = voice(2.0)[round(0.52 * RATE) * 6 :]  # from its first word on
    with visitor.connected() as page:
        hello(page, visitor)
        begin(page, visitor, hands_free=True)
        tell(page, do="playing")
        page.send(bytes(2 * 48_000))
        page.send(said[: 48_000 * 2 // 4])
        tell(page, do="played")
        page.send(said[48_000 * 2 // 4 :])
        tell(page, do="end")
        told(page, "heard")
    (spoken,) = visitor.now().turns[0].heard
    assert len(said) / 96_000 - 0.1 < spoken.heard.seconds < len(said) / 96_000 + 0.1
    assert spoken.waited_s == 0


def test_who_talks_over_the_question_has_not_waited(site: Site) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        begin(page, visitor, hands_free=True)
        tell(page, do="playing")
        page.send(bytes(2 * 48_000 * 3))
        page.send(voice(2.0))
        assert told(page, "interrupted")
        tell(page, do="hush")
        tell(page, do="played")
        tell(page, do="end")
        told(page, "heard")
    (spoken,) = visitor.now().turns[0].heard
    assert spoken.waited_s == 0


@pytest.mark.parametrize("stored", [2.0, None])
def test_the_wait_of_a_recording_that_lost_sound_is_not_taken_by_the_next(site: Site, stored: float | None) -> None:
    visitor = Visitor(site)
    door = site.room.door
    heard = Heard(text="I would compare both.", recogniser="ears", seconds=2, speech=((0.2, 1.8),))
    for waited_s, lost_s in ((1.0, 3.0), (stored, 0.0)):  # before waits could be unknown, each recording had one
        spoken = Spoken.of(heard, waited_s=waited_s, ended_by="button", lost_s=lost_s)
        run(door.hear(visitor.state.id, visitor.who, visitor.seq, spoken))
    run(door.answer(visitor.state.id, visitor.who, visitor.seq, "I would compare both."))
    run(_whole(door.reply(visitor.state.id, visitor.who)))
    probe = visitor.now().open_turn
    assert probe and probe.item_id == visitor.now().turns[0].item_id
    run(door.hear(visitor.state.id, visitor.who, probe.seq, Spoken.of(heard, waited_s=0.7, ended_by="button")))
    run(door.answer(visitor.state.id, visitor.who, probe.seq, "I would compare both."))
    told_of_it = run(delivery_html(door, visitor.now()))
    assert "The time before the first word is not known; after later questions, in seconds: 0.7." in told_of_it


def test_every_sentence_comes_where_the_rest_is_there_before_the_first_is_spoken(site: Site, parts: tuple[Ears, Throat]) -> None:
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor, voice=True)
        wait_for_listener(site, visitor)
        asyncio.run_coroutine_threadsafe(growing(site, visitor, parts[1]), site.loop).result(10)
        assert [told(page, "say", "said").get("text") for _ in range(4)] == ["Precision fell.", "Why?", "What do you do?", None]
        say(site, visitor, "And then?")
        assert [told(page, "say", "said").get("text") for _ in range(2)] == ["And then?", None]


async def growing(site: Site, visitor: Visitor, throat: Throat) -> None:
    utterance = site.speech.utterances.begin(visitor.state.id)

    def rest() -> None:
        utterance.grow("Precision fell. Why? What do you do?")
        utterance.end()

    throat.meanwhile = rest
    utterance.grow("Precision fell. Why")


def wav_of(form: int, bits: int, extended: bytes = b"") -> bytes:
    """A second of silence in an encoding of its own."""
    shape = struct.pack("<HHIIHH", form, 1, RATE, RATE * bits // 8, bits // 8, bits) + extended
    body = b"WAVEfmt " + struct.pack("<I", len(shape)) + shape + b"data" + struct.pack("<I", RATE * bits // 8) + bytes(RATE * bits // 8)
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize("wav", [wav_of(3, 32), wav_of(0xFFFE, 16, struct.pack("<HHIH", 22, 16, 4, 1) + bytes(14))])
def test_a_voice_may_speak_in_any_encoding_of_a_wav(site: Site, parts: tuple[Ears, Throat], wav: bytes) -> None:
    parts[1].wav = wav
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor, voice=True)
        wait_for_listener(site, visitor)
        say(site, visitor, "What do you do?")
        assert told(page, "say", "mute") == {"is": "say", "text": "What do you do?", "sound": True}
        assert page.recv(timeout=20) == wav
        assert told(page, "said")


def test_an_utterance_that_fails_takes_no_other_with_it(site: Site, parts: tuple[Ears, Throat], caplog: pytest.LogCaptureFixture) -> None:
    def breaks() -> None:
        raise RuntimeError("the voice burst")

    parts[1].meanwhile = breaks
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor, voice=True)
        wait_for_listener(site, visitor)
        say(site, visitor, "Precision fell. What do you do?")
        assert "The words are shown" in told(page, "mute", "said")["says"]
        assert told(page, "said")
        say(site, visitor, "And then?")
        assert told(page, "say", "mute") == {"is": "say", "text": "And then?", "sound": True}
    assert "the voice burst" in caplog.text


def wait_for_listener(site: Site, visitor: Visitor) -> None:
    until = time.monotonic() + 10
    while visitor.state.id not in site.speech.utterances._listeners and time.monotonic() < until:
        time.sleep(0.01)


def say(site: Site, visitor: Visitor, text: str) -> None:
    """Say it on the server's own event loop, as its handlers do."""
    done = asyncio.run_coroutine_threadsafe(said(site, visitor, text), site.loop)
    done.result(10)


async def said(site: Site, visitor: Visitor, text: str) -> None:
    site.speech.utterances.say(visitor.state.id, text)


def test_a_folder_of_interviews_holds_no_sound_of_who_did_not_want_it(tmp_path: Path, parts: tuple[Ears, Throat]) -> None:
    site = Site(tmp_path)
    site.speech.recognisers = Recognisers(parts[0], parts[0], "")
    visitor = Visitor(site)
    with visitor.connected() as page:
        hello(page, visitor)
        begin(page, visitor)
        page.send(voice())
        tell(page, do="end")
        told(page, "heard")
    site.stop()
    assert [path for path in tmp_path.rglob("*") if path.is_file() and b"fLaC" in path.read_bytes()] == []
