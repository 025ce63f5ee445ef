"""The turns of an interview as its events have them: a question, what was heard and said to it, and its answer."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Literal, Self

from pydantic import Field

from interviewer.domain import Frozen, Heard

Ended = Literal["button", "silence", "words"]
LOST_S = 1.0  # seconds of lost sound from which on words may be missing


class Remark(Frozen):
    """Something said beside the answer: a clarification asked and given, or the question said again."""

    seq: int
    asked: str
    said: str


class Spoken(Frozen):
    """What a recogniser made of one recording to a question; a person may speak, correct what was heard, and speak again.

    `waited_s` are the seconds from the question's end to the first word, below 0 where it was interrupted, None where the question was
    spoken to before, so that nobody knows when this wait began; `silence_s` those of silence that were waited for at the end; `lost_s`
    those that the browser failed to record. `seq` is the event's own, by which its audio is found, and `size` the bytes of that audio:
    the door fills both in, and `kept`, which says that the audio is there.
    """

    heard: Heard
    waited_s: float | None = Field(default=None, allow_inf_nan=False)
    ended_by: Ended
    silence_s: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    lost_s: float = Field(default=0, ge=0, allow_inf_nan=False)
    seq: int = 0
    kept: bool = False
    size: int = Field(default=0, ge=0)

    @classmethod
    def of(cls, heard: Heard, *, waited_s: float | None, ended_by: Ended, silence_s: float | None = None, lost_s: float = 0) -> Self:
        """What was heard, before the door has kept it; a silence without end is none that was waited for."""
        ended = silence_s if silence_s is not None and math.isfinite(silence_s) else None
        return cls(heard=heard, waited_s=waited_s, ended_by=ended_by, silence_s=ended, lost_s=lost_s)

    @property
    def is_broken(self) -> bool:
        """Whether so much sound was lost that words may be missing, and pace and pauses say nothing."""
        return self.lost_s >= LOST_S


class Asked(Frozen):
    """One question and what became of it. `seq` is the number that its answer names.

    `heard` are the recordings made to it, in order, and `unsure` the stretches of the answer that were heard unsurely and left so.
    """

    seq: int
    at: datetime
    item_id: str
    kind: Literal["item", "probe"]
    criterion: str | None = None
    question: str
    by: str = "authored"
    answer: str | None = None
    answered_at: datetime | None = None
    skipped: bool = False
    remarks: tuple[Remark, ...] = ()
    heard: tuple[Spoken, ...] = ()
    unsure: tuple[tuple[int, int], ...] = ()

    @property
    def is_open(self) -> bool:
        return self.answer is None and not self.skipped

    def without_audio(self) -> Asked:
        """The same turn after its recordings were deleted; what was heard in them stays."""
        return self.model_copy(update={"heard": tuple(s.model_copy(update={"kept": False}) for s in self.heard)}) if self.heard else self
