"""What one of the product's recognisers hears, in a process of its own, so that its memory can be told.

`python -m benchmarks.hears moonshine|whisper ASKED.json` reads [{"wav", "terms"}] and prints what was heard, how long each recording
lasted and took, and by how many MB the process grew.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.transcripts import settings_in
from interviewer.speech.audio import RATE, read_audio
from interviewer.speech.hearing import Recogniser, Recognisers, behind, load, recognisers
from interviewer.speech.moonshine import Moonshine
from interviewer.speech.whisper import Whisper

_THERE_ANYWAY = ("onnxruntime", "tokenizers", "soundfile")  # in a server that nobody speaks to


def main(which: str, asked: Path) -> None:
    wanted = json.loads(asked.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        recogniser = _chosen(which, recognisers(settings_in(Path(folder))))
        print(json.dumps(asyncio.run(_told(recogniser, wanted))))


def _chosen(which: str, found: Recognisers) -> Recogniser:
    """Raises SystemExit where it is not installed."""
    chosen = found.fast if which == "moonshine" else behind(found.final)
    if not isinstance(chosen, Moonshine if which == "moonshine" else Whisper):
        raise SystemExit(found.why or f"{which} is not installed")
    return chosen


async def _told(recogniser: Recogniser, wanted: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All recordings, one after the other, the weights loaded already."""
    for name in _THERE_ANYWAY:
        importlib.import_module(name)
    before = _memory_mb("VmRSS")
    began = time.perf_counter()
    await load(Recognisers(None, recogniser, ""))
    load_s = time.perf_counter() - began
    loaded_mb = _memory_mb("VmRSS") - before
    heard = [await _heard(recogniser, Path(one["wav"]), one["terms"]) for one in wanted]
    grown_mb, peak_mb = _memory_mb("VmRSS") - before, _memory_mb("VmHWM") - before
    return {"heard": heard, "load_s": load_s, "loaded_mb": loaded_mb, "grown_mb": grown_mb, "peak_mb": peak_mb}


async def _heard(recogniser: Recogniser, wav: Path, terms: Sequence[str]) -> dict[str, Any]:
    samples = read_audio(wav)
    began = time.perf_counter()
    heard = await recogniser.hear(samples, terms)
    took_s = time.perf_counter() - began
    words = [{"word": w.word, "start": w.start, "unsure": w.unsure, "confidence": w.confidence} for w in heard.words]
    return {"text": heard.text, "words": words, "seconds": len(samples) / RATE, "took_s": took_s}


def _memory_mb(name: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) * 1024 / 1e6


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
