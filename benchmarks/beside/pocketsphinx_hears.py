"""What pocketsphinx hears in WAVs of 16,000 samples a second: `pocketsphinx_hears.py ASKED.json` reads [{"wav", ...}] and prints
{"version", "heard": [{"text", "words", "seconds", "took_s"}], "grown_mb", "peak_mb"}. Its model is the one that comes with it.
"""

from __future__ import annotations

import json
import sys
import time
import wave
from importlib.metadata import version
from pathlib import Path
from typing import Any


def main(asked: Path) -> None:
    wanted = json.loads(asked.read_text(encoding="utf-8"))
    before = _memory_mb("VmRSS")
    from pocketsphinx import Decoder  # type: ignore[import-not-found]

    decoder = Decoder(samprate=16_000, loglevel="FATAL")
    heard = [_heard(decoder, one["wav"]) for one in wanted]
    told = {"version": version("pocketsphinx"), "grown_mb": _memory_mb("VmRSS") - before, "peak_mb": _memory_mb("VmHWM") - before}
    print(json.dumps({"heard": heard} | told))


def _heard(decoder: Any, path: str) -> dict[str, Any]:
    with wave.open(path) as file:
        sound, seconds = file.readframes(file.getnframes()), file.getnframes() / file.getframerate()
    began = time.perf_counter()
    decoder.start_utt()
    decoder.process_raw(sound, full_utt=True)
    decoder.end_utt()
    found = decoder.hyp()
    took_s = time.perf_counter() - began
    text = found.hypstr if found else ""
    return {"text": text, "words": [], "seconds": seconds, "took_s": took_s}


def _memory_mb(name: str) -> float:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) * 1024 / 1e6


if __name__ == "__main__":
    main(Path(sys.argv[1]))
