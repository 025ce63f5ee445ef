"""The microphone check: is anything heard, how loud, and how much of a sentence read aloud is understood. Nothing is kept."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from interviewer.interview import LOST_S
from interviewer.speech.audio import RATE, Resampler, Samples
from interviewer.speech.hearing import Recognisers
from interviewer.web.aloud.arrived import Arrived

SENTENCES = (
    "I looked at precision and recall before I changed the threshold.",
    "We ran the experiment for two weeks and the metric went up.",
    "My team shipped a small first version and listened to users.",
)
_MOST_S = 20
_QUIET_DB, _LOUD_DB = -40.0, -1.0
_SILENT_DB = -60.0
_UNDERSTOOD = 0.8
_WORD = re.compile(r"[a-z0-9]+")


class Check:
    """One check, from its first sound to what came of it."""

    def __init__(self, sentence: str, rate: int, recognisers: Recognisers) -> None:
        self._sentence, self._recognisers = sentence, recognisers
        self._resampler, self._parts, self._length, self._rate = Resampler(rate), list[Samples](), 0, rate
        self.arrived = Arrived()

    def feed(self, sound: bytes) -> None:
        """Take sound; what is longer than the check is dropped."""
        self.arrived.count(sound, self._rate)
        if self._length < _MOST_S * RATE:
            self._parts.append(self._resampler.feed(sound))
            self._length += len(self._parts[-1])

    async def finish(self) -> dict[str, Any]:
        """What was heard, the share of the sentence's words in it, the level in dB below the loudest possible, and what to do."""
        samples: Samples = np.concatenate(self._parts) if self._parts else np.empty(0, np.float32)
        level = loudness(samples)
        ears = self._recognisers.final
        heard = (await ears.hear(samples)).text if ears and level > _SILENT_DB and len(samples) > RATE / 2 else ""
        share = understood(self._sentence, heard)
        return {
            "text": heard,
            "share": round(share, 2),
            "level_db": round(level, 1),
            "says": advice(level, share, self.arrived.lost_s),
            "fine": share >= _UNDERSTOOD and self.arrived.lost_s < LOST_S,
        }


def loudness(samples: Samples) -> float:
    """The loud parts' level: the 95th percentile of 20 ms blocks, in dB below full scale; -100 where there is no sound."""
    block = RATE // 50
    if len(samples) < block:
        return -100.0
    blocks = samples[: len(samples) // block * block].reshape(-1, block)
    rms = float(np.percentile(np.sqrt((blocks**2).mean(1)), 95))
    return float(max(-100.0, 20 * np.log10(max(rms, 1e-9))))


def understood(sentence: str, heard: str) -> float:
    """The share of a sentence's words that were heard, in their order."""
    wanted, found = (_WORD.findall(t.casefold()) for t in (sentence, heard))
    same = SequenceMatcher(None, wanted, found, autojunk=False).get_matching_blocks()
    return sum(m.size for m in same) / max(1, len(wanted))


def advice(level: float, share: float, lost_s: float) -> str:
    """What to do about it, in a sentence."""
    if lost_s >= LOST_S:
        return f"About {lost_s:.0f} s of the sound were lost on this computer. Close other programs and pages, and check again."
    if level <= _SILENT_DB:
        return "No sound arrives. Is the right microphone chosen, and is it muted on the device or in the system's settings?"
    if level < _QUIET_DB:
        return "You are very quiet. Move closer to the microphone, or raise its level in the system's sound settings."
    if level > _LOUD_DB:
        return "You are too loud for the microphone. Move away from it a little, or lower its level."
    if share >= _UNDERSTOOD:
        return "You are heard well."
    return "There is sound, but few of the words were understood. Is there noise around you? A headset helps; or type your answers."
