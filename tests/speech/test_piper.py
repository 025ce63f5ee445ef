"""The embedded voice as a process: its protocol, its deaths, and its end. The real one where it is installed."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import wave
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest

from interviewer.embedding.weights import place
from interviewer.errors import DeveloperError, InterviewerError, ModelReplyBroken, ModelUnreachable, SetupError
from interviewer.speech.piper import PIPER, VOICE, Patience, Piper, lacks, piper_command

T = TypeVar("T")
FAKE = """
    import os, pathlib, sys, time
    import io, wave
    def sound_of(line):
        into = io.BytesIO()
        with wave.open(into, "wb") as opened:
            opened.setparams((1, 2, 16000, 0, "NONE", ""))
            opened.writeframes(line.encode() * 2)
        return into.getvalue()
    folder, kept = pathlib.Path(sys.argv[-1]), pathlib.Path(sys.argv[1])
    def note(text):
        with kept.open("a") as file:
            file.write(text + chr(10))
    note(f"pid {os.getpid()} {folder} {sorted(os.environ)}")
    for number, line in enumerate(map(str.strip, sys.stdin)):
        note(f"line {line}")
        path, sound = folder / f"{number}.wav", sound_of(line)
        if "die once" in line and kept.read_text().count("line ") == 1 or "die always" in line:
            sys.exit("ImportError: no module")
        if "hang" in line:
            time.sleep(60)
        if "endless" in line:
            sys.stderr.write("x" * 300_000); sys.stderr.flush()
            time.sleep(60)
        if "chatter" in line:
            sys.stderr.write("INFO: noise" + chr(10)); sys.stderr.flush()
        if "elsewhere" in line:
            path = kept.parent / "elsewhere.wav"
        path.write_bytes(b"RIFF" if "garbage" in line else sound[:-10] if "cut" in line else sound)
        if "slow" in line:
            time.sleep(0.3)
        if "lost" in line:
            path.unlink()
        sys.stderr.write(f"INFO:__main__:Wrote {path}" + chr(10)); sys.stderr.flush()
"""


class Fake:
    """A program that speaks piper's protocol, and what it noted."""

    def __init__(self, folder: Path) -> None:
        self._notes, program = folder / "notes", folder / "fake.py"
        program.write_text(textwrap.dedent(FAKE))
        self.command = (sys.executable, str(program), str(self._notes))

    def voice(self, **patience: float) -> Piper:
        return Piper(lambda: self.command, Patience(**{"start_s": 20, "line_s": 20, **patience}))

    @property
    def notes(self) -> list[str]:
        return self._notes.read_text().splitlines() if self._notes.exists() else []

    @property
    def pids(self) -> list[int]:
        return [int(n.split()[1]) for n in self.notes if n.startswith("pid")]

    @property
    def folders(self) -> list[Path]:
        return [Path(n.split()[2]) for n in self.notes if n.startswith("pid")]

    @property
    def lines(self) -> list[str]:
        return [n.removeprefix("line ") for n in self.notes if n.startswith("line")]


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    return Fake(tmp_path)


def with_voice(voice: Piper, work: Callable[[Piper], Awaitable[T]]) -> T:
    async def run() -> T:
        try:
            return await work(voice)
        finally:
            await voice.aclose()

    return asyncio.run(run())


def words_in(wav: bytes) -> str:
    """What the fake was asked to speak, which it writes as samples."""
    with wave.open(io.BytesIO(wav)) as opened:
        samples = opened.readframes(opened.getnframes())
    return str(samples[: len(samples) // 2], "utf-8")


def is_there(pid: int) -> bool:
    """Whether a process still runs; one that ended and waits for its parent to notice does not."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


async def gone(pid: int) -> None:
    async with asyncio.timeout(20):
        while is_there(pid):
            await asyncio.sleep(0.02)


def test_a_line_in_gives_its_wav_and_leaves_no_file_behind(fake: Fake) -> None:
    async def work(voice: Piper) -> None:
        assert fake.pids == []
        assert words_in(await voice.say("Good chatter\nmorning.")) == "Good chatter morning."
        assert words_in(await voice.say("How are you?")) == "How are you?"
        assert list(fake.folders[0].iterdir()) == []

    with_voice(fake.voice(), work)
    assert fake.lines == ["Good chatter morning.", "How are you?"]
    assert len(fake.pids) == 1


def test_the_process_is_gone_with_its_folder_after_aclose(fake: Fake) -> None:
    with_voice(fake.voice(), lambda voice: voice.say("Good morning."))
    assert not is_there(fake.pids[0]) and not fake.folders[0].exists()


def test_the_process_is_handed_no_key(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    with_voice(fake.voice(), lambda voice: voice.say("Good morning."))
    assert "OPENAI" not in fake.notes[0]


def test_sentences_are_said_one_at_a_time_in_the_order_asked(fake: Fake) -> None:
    async def work(voice: Piper) -> None:
        said = await asyncio.gather(*(voice.say(f"slow {n}") for n in range(3)))
        assert [*map(words_in, said)] == ["slow 0", "slow 1", "slow 2"]

    with_voice(fake.voice(), work)
    assert fake.lines == ["slow 0", "slow 1", "slow 2"]


def test_brackets_that_would_be_read_as_phonemes_and_broken_characters_are_left_out(fake: Fake) -> None:
    with_voice(fake.voice(), lambda voice: voice.say("a [[x]] b\r\n\ud800\x00 [c] caf\u00e9\u2028d"))
    assert fake.lines == ["a x b [c] caf\u00e9 d"]


def test_a_process_that_dies_is_started_once_more(fake: Fake) -> None:
    assert words_in(with_voice(fake.voice(), lambda voice: voice.say("die once"))) == "die once"
    assert fake.lines == ["die once", "die once"]
    assert [f.exists() for f in fake.folders] == [False, False]


def test_a_process_that_was_killed_between_two_lines_is_started_once_more(fake: Fake) -> None:
    async def work(voice: Piper) -> bytes:
        await voice.say("Good morning.")
        os.kill(fake.pids[0], signal.SIGKILL)
        await gone(fake.pids[0])
        return await voice.say("Again.")

    assert words_in(with_voice(fake.voice(), work)) == "Again."
    assert len(fake.pids) == 2


def test_a_process_that_dies_again_is_given_up_with_its_own_words_and_may_speak_later(fake: Fake) -> None:
    async def work(voice: Piper) -> bytes:
        with pytest.raises(ModelUnreachable, match=r"ended twice instead of speaking \(ImportError: no module\): run `make voice`"):
            await voice.say("die always")
        return await voice.say("Good morning.")

    assert words_in(with_voice(fake.voice(), work)) == "Good morning."


def test_a_process_that_hangs_is_ended_at_the_deadline_and_started_for_the_next_line(fake: Fake) -> None:
    async def work(voice: Piper) -> None:
        with pytest.raises(ModelUnreachable, match="said nothing for 3 s"):
            await voice.say("hang")
        assert not is_there(fake.pids[0])

    with_voice(fake.voice(start_s=1, line_s=2), work)


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("garbage", ModelReplyBroken),
        ("cut", ModelReplyBroken),
        ("lost", ModelUnreachable),
        ("elsewhere", ModelUnreachable),
        ("endless", ModelUnreachable),
    ],
)
def test_garbage_is_told_as_such_and_leaves_nothing_behind(fake: Fake, line: str, kind: type[InterviewerError]) -> None:
    async def work(voice: Piper) -> None:
        with pytest.raises(kind):
            await voice.say(line)

    with_voice(fake.voice(), work)
    assert not any(map(is_there, fake.pids)) and not any(f.exists() for f in fake.folders)


def test_a_listener_who_goes_away_costs_neither_the_process_nor_the_next_line(fake: Fake) -> None:
    async def work(voice: Piper) -> bytes:
        await voice.say("Good morning.")
        left = asyncio.create_task(voice.say("slow and left"))
        await asyncio.sleep(0.1)
        left.cancel()
        return await voice.say("Next.")

    assert words_in(with_voice(fake.voice(), work)) == "Next."
    assert len(fake.pids) == 1


def test_who_waits_when_the_voice_is_closed_is_told_so(fake: Fake) -> None:
    async def work(voice: Piper) -> None:
        waiting = [asyncio.create_task(voice.say(text)) for text in ("hang", "after it")]
        while not fake.lines:
            await asyncio.sleep(0.02)
        await voice.aclose()
        for told in await asyncio.gather(*waiting, return_exceptions=True):
            assert isinstance(told, ModelUnreachable) and "switched off" in str(told)

    with_voice(fake.voice(), work)
    assert fake.lines == ["hang"] and not is_there(fake.pids[0])


def test_an_idle_process_is_ended_and_started_again_when_there_is_something_to_say(fake: Fake) -> None:
    async def work(voice: Piper) -> None:
        await voice.say("Good morning.")
        await gone(fake.pids[0])
        assert words_in(await voice.say("Good evening.")) == "Good evening."

    with_voice(fake.voice(idle_s=0.05), work)
    assert len(fake.pids) == 2 and not fake.folders[0].exists()


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for the process in /proc")
def test_the_process_ends_when_ours_is_killed_hard(fake: Fake) -> None:
    assert_ends_with_ours(f"Piper(lambda: {fake.command!r})")


def test_a_text_without_a_word_is_not_handed_over(fake: Fake) -> None:
    with pytest.raises(DeveloperError):
        with_voice(fake.voice(), lambda voice: voice.say("... --- ..."))
    assert fake.pids == []


def test_a_program_that_is_not_there_is_told_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"can't be started \(No such file.*make voice"):
        with_voice(Piper(lambda: (str(tmp_path / "none"),)), lambda voice: voice.say("Good morning."))


# --------------------------------------------------------------------------- the real one

REAL = pytest.mark.skipif(bool(lacks()), reason=f"{lacks()} is not installed (the extra `voice`)")
MAKE = "Piper(lambda: piper_command(None))"


@REAL
def test_the_embedded_voice_speaks_and_nothing_of_it_is_imported() -> None:
    wav = with_voice(Piper(lambda: piper_command(None)), lambda voice: voice.say("Good morning, and thank you for coming."))
    with wave.open(io.BytesIO(wav)) as opened:
        assert (opened.getnchannels(), opened.getframerate()) == (1, 22_050)
        assert 1 < opened.getnframes() / opened.getframerate() < 6
    assert PIPER not in sys.modules and VOICE.package not in sys.modules


@REAL
def test_the_embedded_voice_ends_when_our_process_is_killed_hard() -> None:
    assert_ends_with_ours(MAKE)


@REAL
def test_another_file_in_the_voices_place_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    carrier = tmp_path / VOICE.package
    (carrier / "data").mkdir(parents=True)
    (carrier / "__init__.py").touch()
    real = place(VOICE)
    assert real
    (carrier / "data" / f"{real.name}.json").write_bytes(real.with_name(f"{real.name}.json").read_bytes())
    (carrier / VOICE.inside).write_bytes(b"another voice")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(SetupError, match=r"is not the file that was published.*-r voice\.lock"):
        with_voice(Piper(lambda: piper_command(None)), lambda voice: voice.say("Good morning."))


def assert_ends_with_ours(make: str) -> None:
    """The voice's process ends when the process that started it is killed without a chance to clean up."""
    code = f"""
        import asyncio
        from interviewer.speech.piper import Piper, piper_command
        async def main():
            voice = {make}
            await voice.say("Good morning.")
            print(voice._child._process.pid, voice._child._folder, flush=True)
            await asyncio.sleep(600)
        asyncio.run(main())
    """
    with subprocess.Popen([sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True) as ours:
        assert ours.stdout
        pid, folder = ours.stdout.readline().split()
        assert is_there(int(pid))
        ours.kill()
    asyncio.run(gone(int(pid)))
    left = Path(folder)
    assert left.parent == Path(tempfile.gettempdir()) and list(left.iterdir()) == []
    left.rmdir()
