"""Where a call goes, the sentences about what went wrong there, and the fault that carries them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from interviewer.errors import BudgetSpent, ModelError, ModelRefused, ModelReplyBroken, ModelUnreachable

Role = Literal["interviewer", "rater", "judge"]


class Fault(Exception):
    """A request that went wrong: the error to raise, and what may be done about it before that.

    `again`: the same request may work later, in `after_s` seconds where the server said so. `code` and `complaint` are
    the HTTP status and the server's words. `sent`: the server may have used tokens on it.
    """

    def __init__(self, error: ModelError, *, again: bool = False, sent: bool = False) -> None:
        super().__init__(str(error))
        self.error = error
        self.again = again
        self.sent = sent
        self.after_s: float | None = None
        self.code = 0
        self.complaint = ""


@dataclass(frozen=True)
class Place:
    """A model at a host, in a role. Its sentences name what to mend, and never a key."""

    host: str
    model: str
    role: Role

    @property
    def setting(self) -> str:
        return f"{self.role.upper()}_MODEL"

    def no_connection(self, why: str) -> ModelUnreachable:
        return ModelUnreachable(f"{self.host} can't be reached ({why}): is it running, and is OPENAI_BASE_URL right?")

    def cut_off(self) -> ModelUnreachable:
        return ModelUnreachable(f"{self.host} broke off while {self.model} was answering: try again, or look at that server's log.")

    def too_late(self, seconds: float) -> ModelUnreachable:
        return ModelUnreachable(
            f"{self.model} at {self.host} did not finish within {seconds:g} s: raise MODEL_TIMEOUT_S, or choose a quicker {self.setting}."
        )

    def busy(self, code: int, after_s: float | None) -> ModelUnreachable:
        wait = f" in {math.ceil(after_s)} s" if after_s else ""
        state = "has too much to do" if code == 429 else "has trouble of its own"
        return ModelUnreachable(f"{self.host} {state} ({code}) and did not answer for {self.model}: try again{wait}.")

    def not_a_completion(self) -> ModelReplyBroken:
        return ModelReplyBroken(
            f"{self.host} answered for {self.model} with something that is no chat completion: "
            "check that OPENAI_BASE_URL is the address of the API (most end in /v1)."
        )

    def not_whole(self, why: str) -> ModelReplyBroken:
        return ModelReplyBroken(
            f"the reply of {self.model} at {self.host} is not whole ({why}): try again, or choose another {self.setting}."
        )

    def misfit(self, wanted: str, why: str) -> ModelReplyBroken:
        return ModelReplyBroken(
            f"{self.model} at {self.host} was asked twice for a {wanted.lower()} and its reply does not fit ({why}): "
            f"choose a {self.setting} that is better at writing JSON."
        )

    def refused(self, code: int, complaint: str, error_code: str | None) -> ModelRefused:
        """The sentence for an answer that says no; `complaint` without the key in it."""
        said = f"{code}: {complaint}" if complaint else f"{code}"
        if error_code == "insufficient_quota":
            return ModelRefused(
                f"{self.host} says that the account has no credit left ({code}): add credit, or use another OPENAI_API_KEY."
            )
        if code == 401:  # what servers say here may repeat the key, or a part of it
            return ModelRefused(f"{self.host} did not accept the key for {self.model} (401): check OPENAI_API_KEY.")
        if code == 403:
            return ModelRefused(f"{self.host} does not let this key use {self.model} (403): choose another {self.setting}, or another key.")
        if code == 404:
            return ModelRefused(
                f"{self.host} has no model {self.model!r}, or no chat completions at this address ({said}): "
                f"check {self.setting} and OPENAI_BASE_URL."
            )
        if 300 <= code < 400:
            return ModelRefused(f"{self.host} sends requests on to another address ({code}): put that address in OPENAI_BASE_URL.")
        return ModelRefused(f"{self.host} refused a request for {self.model} ({said}): check {self.setting}, or shorten what is sent.")

    def spent(self, cap: str, limit: int, used: int, need: int) -> BudgetSpent:
        """`cap` is the setting's name, `used` includes what is being asked right now."""
        whose = "this interview" if cap == "TOKENS_PER_INTERVIEW" else "today"
        return BudgetSpent(
            f"{used:,} of {limit:,} tokens are spent for {whose} and the next call to {self.model} needs {need:,}, so nothing was sent: "
            f"raise {cap} (0 means no cap) to go on with the model."
        )
