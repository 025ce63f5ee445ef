"""How an interviewer's verdict on an answer sounds, and how a plain question does not. Pure.

Praise is refused wherever it stands. Words such as "wrong", "correct" or "missed" are part of many a question ("what could go
wrong?"); they are refused where they are said of the candidate: "That's wrong", "You missed …", "Correct, and …".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_WORD = re.compile(r"\w+(?:'\w+)*")
_BLANKS = re.compile(r"[^\S\n]+")
_EMPHASIS = dict.fromkeys("*_~`", "")
_QUOTES_AND_DASHES = {
    "\u2018": "'",
    "\u2019": "'",
    "\u02bc": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u2010": "-",
    "\u2011": "-",
    "\u2013": " - ",
    "\u2014": " - ",
}
_MARKS = str.maketrans(_EMPHASIS | _QUOTES_AND_DASHES)

_PRAISE = (
    r"good|great|excellent|nice(?!-to-have)|nicely|interesting|interestingly|impressive|impressed|fantastic|wonderful|brilliant|amazing|awesome"
    r"|outstanding|insightful|thoughtful|superb|terrific|commendable|stellar|splendid|fabulous|phenomenal|fascinating|disappointing|unimpressive"
    r"|unfortunately|kudos|bravo|congratulations|well[ -](?:done|put|said|explained|reasoned|argued)|spot[ -]on|nailed it"
    r"|(?:on|along) the right (?:track|lines)|full marks|[👍👏🎉✅💯🙌❌👎🌟⭐]"
)
_JUDGING = (
    rf"(?:{_PRAISE}|strong|solid|fair|valid|right|correct|wrong|incorrect|mistaken|true|weak|poor|poorly|bad|sensible|reasonable|sound|smart|clever"
    r"|helpful|useful|thorough|perfect|perfectly|exactly|vague|shallow|superficial|incomplete|insufficient|inadequate|lacking|confusing|terrible|awful)"
)
_ALONE = rf"(?:absolutely|precisely|definitely|totally|indeed|agreed|not quite|fair enough|sounds good|makes sense|{_JUDGING})"
_DEGREE = (
    r"(?:(?:a|an|the|some|very|really|quite|so|such|pretty|all|just|not|absolutely|exactly|entirely|a bit|rather|also|actually|me|what) )"
)
_DEGREES = rf"{_DEGREE}{{0,4}}"
_THING = (
    r"(?:answer|points?|questions?|ideas?|thinking|start|call|catch|work|job|instincts?|thoughts?|observation|insight|analysis|response"
    r"|explanation|reasoning|summary|framing|breakdown|structure|description|overview|approach|examples?|choice|plan|suggestion|logic|one|detail|way|move|take)"
)
_LEAD = (
    r"(?:(?:and|but|so|well|yes|yeah|yep|no|ok|okay|ah|oh|hm+|wow|now|then|thanks|thank you|thanks for that|thank you for that"
    r"|(?:i|i'd) (?:think|believe|see|feel|guess|agree|say|noticed?|heard)(?: that)?|i'm not sure(?: that)?"
    r"|it (?:seems|looks like|sounds like|is clear)(?: that)?)(?:,| -)? )"
)
_SENTENCE = rf'(?:^|[.!?\n"]) *{_LEAD}{{0,3}}'
_CLAUSE = rf'(?:^|[.!?\n";:,(]| -) *{_LEAD}{{0,3}}'
_IS = r"(?:is|are|was|were|has|have|had|been|seems?|sounds?|looks?|feels?|got (?:it|that)|gave|made|raised|offered|did)"
_OF_YOU = rf"(?:that|this|those|these|you|that answer|your (?:\w+ )?{_THING})"
_LEFT_OUT = (
    r"(?:missed|overlooked|forgot|failed|neglected|nailed|misunderstood|misread|struggled|excelled|should have|could have"
    r"|(?:did not|didn't) (?:mention|address|answer|cover|consider|say)"
    r"|(?:have not|haven't) (?:mentioned|addressed|answered|covered|considered|said))"
)
_MANNER = r"(?:really|clearly|also|just|completely|unfortunately)"
_FULLY = r"(?:really|do|just|particularly|quite|especially|also|fully|totally)"


def _pattern(text: str) -> re.Pattern[str]:
    """A pattern in which a blank stands for any blanks and line breaks."""
    return re.compile(text.replace(" *", r"\s*").replace(" ", r"\s+"), re.IGNORECASE)


_ANYWHERE = _pattern(rf"(?<!\w)(?:{_PRAISE})(?!\w)")
_OF_THE_CANDIDATE = [
    _pattern(rf"{_CLAUSE}(?P<v>{_ALONE})(?: *[,.!;:\n]| - )"),  # "Correct, and …", "Exactly."
    _pattern(rf"{_SENTENCE}(?P<v>{_DEGREES}{_JUDGING} (?:\w+ )?{_THING})\b"),  # "Solid point", "What a smart way of thinking"
    _pattern(rf"{_CLAUSE}(?P<v>{_OF_YOU}(?:'s|'re|'ve| {_IS})(?: {_IS})* {_DEGREES}{_JUDGING})\b"),  # "That's a very strong …"
    _pattern(rf"{_CLAUSE}(?P<v>sounds? {_DEGREES}{_JUDGING})\b"),
    _pattern(rf"{_CLAUSE}(?P<v>you(?:'ve)?(?: have)?(?: {_MANNER})? {_LEFT_OUT})\b"),  # "You missed …"
    _pattern(rf"{_CLAUSE}(?P<v>you(?:'ve|'re)?(?: \w+)? (?:correctly|rightly|wrongly))\b"),
    _pattern(rf"{_CLAUSE}(?P<v>you (?:did|explained|handled|described|covered|answered|put|said|structured)(?: \w+){{0,4}} well)\b"),
    _pattern(rf"{_CLAUSE}(?P<v>(?:that|this|it|which) (?:\w+ )?ma(?:kes|de) (?:(?:a lot of|perfect|total|complete|some) )?sense)\b"),
    _pattern(rf"(?P<v>\bi (?:{_FULLY} )*(?:loved?|liked?|appreciated?|admired?|enjoyed|agree|disagree))\b"),  # "I like how …"
    _pattern(rf"{_SENTENCE}(?P<v>(?:really )?(?:loved?|liked?) (?:that|this|it|how|the|your))\b"),  # "Love that"
    _pattern(rf"\b(?P<v>thank(?:s| you) for (?:your )?{_DEGREES}(?:{_JUDGING}|clear|detailed))\b"),
]


def plain(text: str) -> str:
    """The text with plain quotes, hyphens, letters and blanks, and without emphasis marks and letters that have no width."""
    if text.isascii():  # nothing to fold, and much of what is said
        return _BLANKS.sub(" ", text.translate(_MARKS))
    folded = unicodedata.normalize("NFKC", text).translate(_MARKS)
    return _BLANKS.sub(" ", "".join(c for c in folded if unicodedata.category(c) != "Cf"))


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text, folded: case, punctuation and hyphens make no difference."""
    return tuple(_WORD.findall(plain(text).casefold()))


def find_verdict(text: str, said: Sequence[tuple[str, ...]]) -> str | None:
    """The first verdict in a plain text, or None. `said` are the folded words of texts that may be repeated.

    Praise that only repeats a word of those texts is none; a whole verdict has to stand in one of them as it is.
    """
    may = {w for words in said for w in words}
    for found in _ANYWHERE.finditer(text):
        words = words_of(found[0])
        if not words or not set(words) <= may:
            return found[0]
    for pattern in _OF_THE_CANDIDATE:
        for found in pattern.finditer(text):
            if not _stands_in(words_of(found["v"]), said):
                return found["v"]
    return None


def _stands_in(phrase: tuple[str, ...], said: Sequence[tuple[str, ...]]) -> bool:
    """Whether a phrase of several words stands in one of the texts; one word alone ("Right.") is nobody's phrase."""
    wanted = f" {' '.join(phrase)} "
    return len(phrase) > 1 and any(wanted in f" {' '.join(words)} " for words in said)
