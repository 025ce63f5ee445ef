"""Whether a text says the opposite of another: words of direction (more or less, open or closed, before or after), yes and no.

Two sentences can share every word but one, "it increases" and "it decreases", and mean the contrary; by cosine they are alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from interviewer.rating.words import folded, sentences, wordset

BEFORE = 5  # words of a clause in which a negation stands before what it turns round
_PAIRS = tuple(
    (wordset(one), wordset(other))
    for one, other in (
        (
            """increase increases increased increasing rise rises rising rose raise raises raised grow grows growing grew more faster longer
            greater larger bigger higher wider deeper further upper up most many better above gain gains extend extends expand expands
            maximum double doubles doubled multiply multiplies multiplied improve improves improved brighter stronger heavier warmer hotter
            harder""",
            """decrease decreases decreased decreasing fall falls falling fell drop drops dropped lower lowers lowered shrink shrinks
            shrinking shrank less fewer few slower shorter smaller narrower shallower nearer least down worse below lessen lessens
            diminish diminishes diminished reduce reduces reduced reducing minimum half halves halved divide divides divided dimmer weaker
            lighter colder cooler softer""",
        ),
        ("open opened opens", "closed close closes"),
        ("connected connection connects connect attached joined touching", "disconnected separated separate gap broken"),
        ("same equal equals identical similar constant unchanged alike uniform", "different differs differ unequal vary varies dissimilar"),
        ("positive", "negative"),
        ("before first earlier prior previous", "after later next"),
        ("all every always both each everything", "none never neither nobody nothing"),
        ("contains includes include", "without lacks lack missing absent"),
        ("inside internal", "outside external outer"),
        ("true correct valid possible", "false incorrect wrong invalid impossible"),
        ("single unique alone", "multiple many several various"),
        ("static fixed", "dynamic variable flexible"),
        ("complete whole full", "incomplete partial damaged"),
        ("series", "parallel"),
        ("synchronous sync", "asynchronous async"),
        ("dependent depends depend influenced affected correlated", "independent unaffected uncorrelated"),
    )
)
_SIGNED = [(word, (axis, sign)) for axis, ends in enumerate(_PAIRS) for sign, words in zip((1, -1), ends, strict=True) for word in words]
_SIGNS = {word: [signed for other, signed in _SIGNED if other == word] for word, _ in _SIGNED}
_NOT = wordset("""not no never cannot without neither nor none nobody nothing hardly dont doesnt didnt isnt arent wasnt werent wont wouldnt
    cant couldnt shouldnt hasnt havent hadnt""")
# "Can you explain why …" asks for the reason.
_ASKS_WHETHER = re.compile(
    r"(?:is|are|was|were|does|do|did|can|could|will|would|should|has|have)\b"
    r"(?! you (?:please |also )?(?:explain|tell|describe|name|say|give|list|state|think)\b)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:]|\b(?:so|because|but|since|and|which|while|if)\b", re.IGNORECASE)

Directions = Mapping[int, frozenset[int]]  # for each pair of opposites that a text has a word of, the ends that it is on


class Compared(NamedTuple):
    """In how many pairs of opposites a text stands on the very end, 1 or -1, that another does, and on the contrary one alone."""

    agree: int
    contrary: int

    @property
    def balance(self) -> float:
        """From -1, all is contrary, to 1; nearer to 0 the less there is to tell by."""
        return (self.agree - self.contrary) / (1 + self.agree + self.contrary)


def directions(text: str) -> Directions:
    """The ends that a text's words are on; a negation before a word, in its clause, turns it round. A yes or no is left to `verdict`."""
    found: dict[int, set[int]] = {}
    for start, end in sentences(text):
        for clause in _CLAUSE.split(text[start:end]):
            tokens = folded(clause)
            for i, word in enumerate(tokens):
                for axis, sign in () if tokens[max(0, i - 1) : i + 1] == ("no", "longer") else _SIGNS.get(word, ()):
                    found.setdefault(axis, set()).add(-sign if _is_negated(tokens, i) else sign)
    return {axis: frozenset(signs) for axis, signs in found.items()}


def _is_negated(tokens: Sequence[str], at: int) -> bool:
    """Whether a negation stands in the few words before one."""
    return any(t in _NOT for t in tokens[max(0, at - BEFORE) : at])


def compared(wanted: Directions, said: Directions) -> Compared:
    """How what was said stands to what is wanted, in the pairs in which what is wanted is on one end alone."""
    clear = [(signs, said[axis]) for axis, signs in wanted.items() if len(signs) == 1 and axis in said]
    return Compared(sum(a == b for a, b in clear), sum(not a & b for a, b in clear))


def verdict(text: str, question: str) -> int:
    """1 for yes, -1 for no, 0 where it can't be told; a first sentence that answers whether something is so says no by a negation."""
    tokens = folded(text)
    if tokens[:1] in (("yes",), ("no",)):
        return 1 if tokens[0] == "yes" else -1
    if not any(question[a:b].endswith("?") and _ASKS_WHETHER.match(question[a:b]) for a, b in sentences(question)):
        return 0
    first = folded(next((text[a:b] for a, b in sentences(text)), ""))
    return -1 if sum(t in _NOT for t in first) % 2 else 1
