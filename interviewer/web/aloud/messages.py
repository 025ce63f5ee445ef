"""What a page may send over its WebSocket, beside sound. Everything in it is checked, and nothing in it says who asks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from interviewer.domain import Frozen

MOST_BYTES = 1_000_000  # of one message


class Hello(Frozen):
    """The page has opened an interview, and wants the interviewer to speak or not."""

    do: Literal["hello"]
    interview: str = Field(max_length=200)
    voice: bool


class Begin(Frozen):
    """The candidate begins to answer question `seq`; sound follows at `rate` samples a second."""

    do: Literal["begin"]
    seq: int
    rate: int = Field(ge=8_000, le=192_000)
    hands_free: bool = False
    keep: bool = False


class CheckMic(Frozen):
    """A microphone check: sound follows, and nothing of it is kept."""

    do: Literal["check"]
    rate: int = Field(ge=8_000, le=192_000)
    sentence: str = Field(max_length=300)


class Clock(Frozen):
    """By the page's own clock the sound sent so far took `seconds` to record. It comes in the order of the sound, so that a slow network
    changes nothing; what is believed of it is that sound was lost, which asks this page's own candidate to look."""

    do: Literal["clock"]
    seconds: float = Field(ge=0, le=1_000_000, allow_inf_nan=False)


class End(Frozen):
    """The answer or the check is over. `keep` says once more whether its recording may be kept; None leaves it as it was at `begin`."""

    do: Literal["end"]
    keep: bool | None = None


class Plain(Frozen):
    """`drop` the answer or the check; `hush` the interviewer; its voice is `playing` in the page, or is `played` out;
    somebody is about to speak, so get `ready`."""

    do: Literal["drop", "hush", "playing", "played", "ready"]


Message = Hello | Begin | CheckMic | Clock | End | Plain
MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="do")])
