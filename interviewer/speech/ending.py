"""When a spoken answer has ended: by how long nobody has spoken, and by whether what was said reads finished.

A pause alone never ends an answer, and an answer that stops in mid-thought is never ended at all: it waits for the button. A full stop
says little, since recognisers put one after almost everything; what counts is the last words. Everything here is pure.
"""

from __future__ import annotations

import re
from enum import StrEnum

from interviewer.speech.open_ends import closes, last_sentence, left_open, may_go_on, words, wordset

SAID_SO_S = 0.7  # "that's my answer"
CLOSING_S = 2.3  # reads like the last sentence of an answer; above every pause of two seconds, with what its measuring may add
FINISHED_S = 3.0  # a whole sentence that could be the last one
DOUBTFUL_S = 4.0  # could be whole, and could as well go on
_RECENT = 4000  # characters that are read, the last ones: some minutes of speech


class Verdict(StrEnum):
    """What a silence means: the answer goes on, it has ended, or time was asked for."""

    GO_ON = "go on"
    END = "end"
    THINKING = "thinking"


def decide(text: str, silence_s: float) -> Verdict:
    """What `silence_s` seconds of silence mean after `text`, all that was heard so far."""
    if asks_for_time(text):
        return Verdict.THINKING
    needed = silence_needed(text)
    return Verdict.END if needed is not None and silence_s >= needed else Verdict.GO_ON


def silence_needed(text: str) -> float | None:
    """The seconds of silence that end the answer after this text; None where no silence does."""
    said = _plain(text[-_RECENT:]).strip()
    if _request(said) is not None:
        return None
    if _command(said) is not None:
        return SAID_SO_S
    if left_open(said):
        return None
    if closes(said):
        return CLOSING_S
    return DOUBTFUL_S if may_go_on(said) else FINISHED_S


def asks_for_time(text: str) -> bool:
    """Whether the last thing said is a request for time."""
    return _request(_plain(text[-_RECENT:])) is not None


def without_commands(text: str) -> str:
    """The answer without "that's my answer" at its end and "let me think" at its start or end, each only where it stands for itself."""
    start, end = 0, len(text)
    plain = _plain(text)
    while (cut := _command(plain[start:end])) is not None or (cut := _request(plain[start:end], whole=True)) is not None:
        end = start + cut
    while opening := _OPENING.match(plain[start:end]):
        start += opening.end()
    return text[start:end].strip()


# --------------------------------------------------------------------------- what is said to the interviewer

_QUOTES = str.maketrans("\u2019\u2018\u02bc`\u00b4\n\r\t", "'''''   ")


def _plain(text: str) -> str:
    """The text in lower case with plain apostrophes and blanks; every character keeps its place."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text.translate(_QUOTES))


def _one(*alternatives: str) -> str:
    return f"(?:{'|'.join(alternatives)})"


_GAP = r"[\s,.!?;:\u2026\u2014\u2013-]+"
_FAR = 240  # characters before the end from which on a command is looked for
_IS = r"(?:'?s| is| was| would be|'d be| will be)"
_MOMENT = r"(?:just )?(?:a|one|another)(?: quick| little| short)? (?:second|sec|moment|minute|bit|while)"
_IT = r"(?:that|this|it)(?: one)?"
_LEADS = _one(
    "so", "and", "but", "okay", "ok", "yeah", "yes", "well", "right", "alright", "um+", "uh+", "h+mm*", "er", "oh", "sorry", "basically",
    "i think", "i guess", "i believe", "i would say", "i'd say", "please",
)  # fmt: skip
_OWN_LEADS = re.compile(r"\b(?:so|okay|ok|yeah|yes|well|right|alright|i think|i guess|i believe)\b")
_TAILS = _one(
    "really", "basically", "actually", "i think", "i guess", "for now", "from me", "from my side", "please", "thank you", "thanks", "yeah",
    "then", "okay", "ok",
)  # fmt: skip
_CLEAR = _one(  # says by itself that the answer is over
    rf"(?:that|this){_IS}(?: pretty much| basically)? my (?:final |whole |full |complete )?answer(?: to (?:{_IT}|(?:the|your) question))?",
    rf"that{_IS} (?:all|everything|it|about it)(?: that)? (?:from me|from my side|for my answer|i have(?: to say| got)?|i've got)",
    rf"that{_IS} (?:all|everything|what)(?: that)? (?:i wanted to say|i can (?:say|think of)|i had(?: to say)?)",
    r"that concludes my answer",
    r"end of (?:my )?answer",
    r"(?:(?:let's|we can|can we|could we) (?:go|move|have|take)(?: on)?(?: to)? )?(?:the )?next (?:question|one) please",
    r"(?:let's|we can|can we|could we) (?:go|move)(?: on)? to the next (?:question|one)",
    rf"i(?:'ve got| have) nothing (?:else |more |further )?to add(?: to {_IT}| here)?",
    r"nothing (?:else|more|further) (?:to add|from me|from my side)",
    r"i(?:'ll| will|'d) (?:stop|leave it|end) (?:here|there|at that)",
)  # fmt: skip
_BARE = _one(rf"that{_IS} (?:it|all|everything)", r"i(?:'?m| am) (?:all )?(?:done|finished)", "next question", "over to you")
_COMMAND = re.compile(rf"(?P<lead>(?:\b{_LEADS}{_GAP})*)\b(?:(?P<clear>{_CLEAR})|(?P<bare>{_BARE}))(?:{_GAP}{_TAILS}\b)*[\W_]*$")
_REPORTED = wordset("said saying told telling asked replied answered wrote meant heard")
_REPORTS = wordset("say says tell tells ask asks reply answer write writes mean means")
_JOINED = wordset("if whether because when until unless not don't like as than where what who how why which to think thought know knew for")


def _stands_alone(before: str) -> bool:
    """Whether what follows is a sentence of its own: nothing or a sentence mark stands before it."""
    return not before.strip() or before.rstrip()[-1] in ".!?;:\u2026"


def _reported(before: str) -> bool:
    """Whether what follows is what somebody said, or hangs on the words before it: "I told them …", "whether …", "decided that …"."""
    told = words(last_sentence(before))
    if not told:
        return False
    hangs = told[-1] in _JOINED or (told[-1] == "that" and told[-2:-1] not in (["to"], ["about"], ["of"], ["with"]))
    return hangs or not _REPORTED.isdisjoint(told[-5:]) or not _REPORTS.isdisjoint(told[-2:])


def _command(said: str) -> int | None:
    """Where the words begin with which the candidate ends the answer; None where it does not end so."""
    for found in _COMMAND.finditer(said, max(0, len(said) - _FAR)):
        before = said[: found.start()]
        if _stands_alone(before):
            return found.start()
        if not _reported(before) and (found["clear"] or _OWN_LEADS.search(found["lead"])):
            return found.start()
    return None


# --------------------------------------------------------------------------- time to think

_REST = r"(?:\s+[^\s.!?]+){0,8}"
_ABOUT = rf"(?: back)?(?: about| on| through)?(?: {_IT})?(?:,? (?:for )?{_MOMENT})?"
_PLEA = _one(  # asks for time by itself, and has nothing of the answer in it
    rf"let me (?:just )?(?:think|reflect|see|recall){_ABOUT}",
    rf"let me (?:just )?(?:collect|gather|sort) my thoughts(?:,? (?:for )?{_MOMENT})?",
    rf"let me (?:take|have) (?:{_MOMENT}|a think)(?: to think{_ABOUT})?",
    rf"(?:please )?give me {_MOMENT}(?: to (?:think|reflect|collect my thoughts){_ABOUT})?",
    rf"i(?:'d| would)? (?:need|like|want)(?: to (?:take|have))? {_MOMENT}(?: to (?:think|reflect){_ABOUT})?",
    rf"(?:can|could|may) i (?:have|take|get) {_MOMENT}(?: to (?:think|reflect){_ABOUT})?",
    rf"i(?:'m| am) (?:still |just )?(?:thinking|trying to (?:think|remember)){_ABOUT}",
    r"bear with me",
    r"where was i",
    r"what was i (?:going to say|saying)",
    rf"how (?:do|should|can|could|would|shall) i (?:put|say|phrase|explain) {_IT}",
)
_HOLD = _one(  # asks for time where it stands for itself
    r"(?:just|one) (?:a |one )?moment",
    r"just (?:a|one) (?:second|sec|minute)",
    rf"(?:(?:hold|hang) on|wait)(?: {_MOMENT})?",
    r"let's see",
    r"how (?:do )?you say",
)
_LENGTH = r"(?:a|one) (?:second|sec|minute)"  # asks for time, or is how long something took
_WANTS = rf"let me (?:just |quickly )?(?:think|see|recall|remember)\b{_REST}"  # "let me think about how I would cut that"
_AFTER = rf"(?:{_GAP}(?:{_LEADS}|{_TAILS})\b)*[\W_]*$"
_REQUEST = re.compile(
    rf"(?P<lead>(?:\b{_LEADS}{_GAP})*)\b"
    rf"(?:(?P<plea>{_PLEA})|(?P<hold>{_HOLD})|(?P<length>{_LENGTH})|(?P<wants>{_WANTS})){_AFTER}"
)
_OPENING = re.compile(
    rf"\s*(?:\b{_LEADS}{_GAP})*(?:\b(?:{_PLEA}|{_HOLD})(?:,? please)?(?:\s*[.!?;\u2026]+\s*|\s*,\s*(?=(?:so|okay|ok|well|i|i'd|we|yeah)\b))"
    rf"|\blet me (?:just )?(?:think(?: about {_IT})?|see)\s+(?=(?:so|okay|ok|well|i|i'd|i'll|i'm|we|yeah)\b))"
)
_TAKEN = wordset(
    """for in within after about take takes took taking under over every only than is was at wait waits waited just by of a the
    to they he she you would will could should didn't don't doesn't won't never who which"""
)  # "it took a second", "they hold on"


def _request(said: str, whole: bool = False) -> int | None:
    """Where a request for time at the very end begins, or None; a `whole` one stands for itself and has nothing of the answer in it.

    In doubt it is one, since a request for time that is none only waits for the button; but nothing is cut off in doubt.
    """
    for found in _REQUEST.finditer(said, max(0, len(said) - _FAR)):
        if whole and (found["length"] or found["wants"]):
            continue
        before = said[: found.start()]
        if _stands_alone(before) or _asked(found, before, whole):
            return found.start()
    return None


def _asked(found: re.Match[str], before: str, whole: bool) -> bool:
    """Whether what looks like a request for time is one, after words without a sentence mark."""
    if (found["plea"] or found["wants"]) and not whole:
        return True
    end = words(last_sentence(before))[-1:]
    if found["lead"] or before.rstrip().endswith((",", "-", "\u2014")):
        return not _reported(before)
    return bool(found["plea"] or (found["hold"] and not whole)) and _TAKEN.isdisjoint(end) and not _reported(before)
