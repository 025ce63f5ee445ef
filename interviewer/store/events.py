"""What the store takes and gives, as frozen values."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field, JsonValue

from interviewer.domain import Frozen

Kind = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9 _.:/-]*$", max_length=80)]
Moment = Annotated[AwareDatetime, AfterValidator(lambda moment: moment.astimezone(UTC))]


class _AsTyped(Frozen):
    """A value whose strings are kept to the last blank: evidence quotes the candidate's exact words."""

    model_config = ConfigDict(str_strip_whitespace=False, allow_inf_nan=False)


class NewEvent(_AsTyped):
    """Something to be recorded: its kind, a body of JSON types only, and the sound of it as FLAC where that is to be kept too."""

    kind: Kind
    body: dict[str, JsonValue] = Field(default_factory=dict)
    flac: bytes | None = Field(default=None, repr=False)


class Event(_AsTyped):
    """Something recorded: the `seq`-th event of its interview (from 0), at a moment in UTC that never goes back."""

    seq: int = Field(ge=0)
    at: Moment
    kind: Kind
    body: dict[str, JsonValue]


class Listed(_AsTyped):
    """One interview in a list: when it began and last changed, how many events of which kinds it has, and the first of them."""

    id: str
    candidate: str
    began: Moment
    changed: Moment
    count: int
    kinds: frozenset[str]
    first: Event


class Usage(_AsTyped):
    """What one role used of one model: calls and tokens."""

    role: str
    model: str
    calls: int
    prompt_tokens: int
    completion_tokens: int

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens
