"""What was said at all: which sentences of an answer may be rated, and what an answer is that holds none.

Orders to the rater, the question said back and mere lists of terms are taken out; what remains is rated. Where nothing remains, `Said.kind`
says why, and `without_substance` gives every criterion the same rating: *unrated* with the reason, or the lowest level for "I don't know".
Where too much of it was heard unsurely nothing is rated either, whatever the rest may say: every rater asks here first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

from interviewer.domain import Item, Rating, Turn
from interviewer.rating.orders import is_order
from interviewer.rating.unsure import MOST_UNSURE, is_unsure, unsure_share
from interviewer.rating.words import content, folded, has_subject, is_foreign, is_function_word, leftover, runs, sentences, wordset

Runs = frozenset[tuple[str, ...]]
Kind = Literal["talk", "unknowing", "order", "repeat", "list"]
Outcome = Literal["substance", "nothing", "little", "unknowing", "order", "repeat", "list", "unsure", "perhaps", "either"]

LEAST = 4  # different content words below which there is too little to rate
LEAST_FACT = 2  # the same where the answer is compared with a reference: a fact can be said in a phrase
SENTENCE = 4  # words from which on a single content word will do there: "They are both loops"
PASTED = 6  # words from which on a sentence can be told to be the rubric's
OWN_SHARE = 0.3  # of words that are not the rubric's, below which a sentence is pasted: none of the exemplars, two in 1,000 of the cases
REASONS: dict[Outcome, str] = {
    "nothing": "Nothing was said.",
    "little": "Too little was said to rate.",
    "order": "The answer only tells the rater what to do; nothing in it can be rated.",
    "repeat": "The answer only repeats the question or the rubric; nothing in it can be rated.",
    "list": "The answer lists terms and holds no sentence that could be rated.",
    "either": "The answer can be read as “I don't know” and as a claim; say in one more sentence what you would do, and it can be rated.",
    "perhaps": "What was heard reads like “I don't know”, but not all of it was heard surely; say it again, or correct the text.",
}
UNSURE = "Too much of what was said could not be heard surely ({} % of the words); say it again, or correct the text, and it can be rated."
UNKNOWING = "The answer says “I do not know”, in these or other words."


class Piece(NamedTuple):
    """One sentence of an answer: `turns[turn].answer[start:end]` is `text`, and `tokens` are its folded words.

    `unsure` says that a word of it was heard unsurely.
    """

    turn: int
    start: int
    end: int
    text: str
    tokens: tuple[str, ...]
    kind: Kind
    unsure: bool = False


class Said(NamedTuple):
    """What an item's turns hold. `pieces` are the sentences that may be rated; empty unless `kind` is "substance".

    `unsure` is the share of the words that were heard unsurely, 0 to 1.
    """

    kind: Outcome
    pieces: tuple[Piece, ...]
    unsure: float = 0.0


def said(turns: Sequence[Turn], facts: bool = False, rubric: Sequence[str] = ()) -> Said:
    """What was said in the turns of one item; where facts are asked for, a phrase or a list of terms is substance too.

    `rubric` are folded words of texts that no candidate says of their own accord: whoever says them back has said nothing.
    """
    if (share := unsure_share(turns)) > MOST_UNSURE:
        return Said("unsure", (), share)
    pieces = pieces_of(turns, rubric)
    foreign = is_foreign([w for p in pieces for w in p.tokens])  # what looks like a list may then be a sentence
    talk: set[Kind] = {"talk", "list"} if facts or foreign else {"talk"}
    tokens = [w for p in pieces if p.kind in talk for w in p.tokens]
    new = len(set(content(tokens)))
    if new >= (LEAST_FACT if facts else LEAST) or (facts and new and len(tokens) >= SENTENCE):
        if is_salad(tokens) and not foreign:
            return Said("list", ())
        return Said("substance", tuple(p for p in pieces if p.kind in talk or (p.kind == "unknowing" and not is_unable(p.tokens))))
    kinds = {_outcome(p) if p.kind == "unknowing" else p.kind for p in pieces}
    order: tuple[Outcome, ...] = ("unknowing", "either", "perhaps", "order", "list", "repeat")
    found: Outcome = next((k for k in order if k in kinds), "little" if pieces else "nothing")
    return Said(found, ())


def _outcome(unknowing: Piece) -> Outcome:
    """What an answer is that says nothing but this: not known, or perhaps a claim that only sounds like it."""
    if unknowing.unsure:
        return "perhaps"
    return "either" if _may_claim(unknowing.text) else "unknowing"


def said_of(item: Item, turns: Sequence[Turn]) -> Said:
    """What was said about an item."""
    return said(turns, facts=asks_facts(item), rubric=rubric_words(item))


def asks_facts(item: Item) -> bool:
    """Whether facts are asked for: every criterion is a reference to compare with."""
    return not any(c.anchors for c in item.criteria)


@lru_cache(maxsize=256)
def rubric_words(item: Item) -> tuple[str, ...]:
    """The folded words of what an item's criteria look for and of their anchors: a rubric pasted as the answer is none.

    Key points and references are not among them, since a right answer may say them in the same words.
    """
    return tuple(w for c in item.criteria if c.anchors for text in (c.looks_for, *c.anchors) for w in folded(text))


def without_substance(item: Item, what: Said) -> tuple[Rating, ...] | None:
    """The ratings of an answer that holds nothing to rate, or None where it has substance."""
    if what.kind == "substance":
        return None
    if what.kind == "unknowing":
        return tuple(Rating(criterion=c.id, level=1, expected=1.0, rationale=UNKNOWING) for c in item.criteria)
    reason = UNSURE.format(round(100 * what.unsure)) if what.kind == "unsure" else REASONS[what.kind]
    return tuple(Rating(criterion=c.id, reason=reason) for c in item.criteria)


def pieces_of(turns: Sequence[Turn], rubric: Sequence[str] = ()) -> tuple[Piece, ...]:
    """Every sentence of the answers, each with its kind."""
    pasted = runs(rubric)
    return tuple(
        p._replace(unsure=is_unsure(turn, p.start, p.end)) if turn.unsure else p
        for i, turn in enumerate(turns)
        if turn.answer
        for p in _pieces(i, turn.answer, runs((*_asked(turns, i), *rubric)), pasted)
    )


def _asked(turns: Sequence[Turn], upto: int) -> tuple[str, ...]:
    """The folded words of the questions that were asked up to a turn: a later probe may quote the candidate."""
    return tuple(w for turn in turns[: upto + 1] for w in folded(turn.question))


def _pieces(turn: int, answer: str, asked: Runs, rubric: Runs) -> Iterator[Piece]:
    found = [(start, end, answer[start:end], folded(answer[start:end])) for start, end in sentences(answer)]
    bits = sum(_is_bit(tokens) for *_, tokens in found)
    for start, end, text, tokens in found:
        is_bit = bits >= LEAST and _is_bit(tokens)
        yield Piece(turn, start, end, text, tokens, "list" if is_bit else _kind(text, tokens, asked, rubric))


def _kind(sentence: str, tokens: Sequence[str], asked: Runs, rubric: Runs) -> Kind:
    """What one sentence is, given its folded words, the runs of those that were asked before it and of the rubric, and the latter alone."""
    if is_order(sentence):
        return "order"
    if repeats(tokens, asked) or _is_pasted(tokens, rubric):
        return "repeat"
    if _is_unknowing(sentence, tokens):
        return "unknowing"
    return "list" if _is_list(sentence, tokens) else "talk"


# --------------------------------------------------------------------------- the question said back

_ASKING = wordset("question asked asking ask asks interviewer wondering mean means say saying hear heard repeat walk")


_ANSWERING = wordset("yes yeah no not nor never none dont doesnt didnt isnt arent wasnt werent wont cant cannot shouldnt wouldnt")


def repeats(tokens: Sequence[str], asked: Runs) -> bool:
    """Whether the words only say again, in these runs of three and more, what was asked; a yes or no besides is an answer."""
    rest = leftover(tokens, asked)
    new = (set(content(rest)) - _ASKING) | (set(rest) & _ANSWERING)
    return len(rest) <= len(tokens) // 2 < len(tokens) and not new


def _is_pasted(tokens: Sequence[str], rubric: Runs) -> bool:
    """Whether most of a sentence is the rubric's own, whatever was put in between: nobody says whole runs of it by chance."""
    return len(tokens) >= PASTED and len(leftover(tokens, rubric)) < OWN_SHARE * len(tokens)


def says_yes_or_no(tokens: Sequence[str]) -> bool:
    """Whether a yes or a no is among the words."""
    return not _ANSWERING.isdisjoint(tokens)


# --------------------------------------------------------------------------- "I don't know"

_NOT = r"(?:do not|dont|didnt|did not|wouldnt|would not)"
_CANNOT = r"(?:cant|cannot|can not|couldnt)"
_NOT_KNOWING = re.compile(
    rf"(?:^|\bi (?:\w+ ){{0,2}}|\b(?:honestly|really|just|still|simply) ){_NOT} (?:\w+ )?know\b|\bdunno\b|\bidk\b"
    r"|\bno (?:earthly )?(?:idea|clue|notion)\b|\bclueless\b|\b(?:faintest|foggiest)\b"
    r"|\b(?:not|havent|havent got|dont have|have not) (?:the|a|any) (?:\w+ )?(?:idea|clue|notion)\b"
    rf"|\bi (?:\w+ )?{_CANNOT} (?:\w+ )?(?:answer|help|speak to|come up with|say anything|think of (?:any|anything|one|an))\b"
    r"|\bnot (?:\w+ )?(?:sure|certain)"
    r"(?: (?:at all|honestly|to be honest|sorry|really|what|how|where|which|who|about|i can|i could)\b.*)?$"
    r"|\bnothing (?:\w+ )?comes to mind\b|\b(?:drawing|drew) a blank\b|\bmind (?:is|went|has gone|just went) blank\b|\bblanking\b"
    r"|\bbeats me\b|\bover my head\b|\bstumped\b|\bout of my depth\b"
    r"|\b(?:outside|beyond) my (?:\w+ )?(?:area|expertise|knowledge|experience|field)\b|\bnot (?:\w+ )?familiar\b|\bnever heard of\b"
    r"|\bi (?:have |had )?(?:honestly )?no (?:\w+ )?(?:experience|knowledge|answer)\b"
)
_NEVER = re.compile(
    r"\b(?:ive|i have|i) (?:just |honestly |really )?never (?:\w+ )?"
    r"(?:done|did|worked|used|seen|had|been|dealt|come|came|thought|learned|studied|encountered)\b"
)
_APOLOGY = re.compile(
    r"\b(?:sorry|apolog\w+|embarrass\w+|look (?:it|that|this) up|google (?:it|that|this)|next question|move on|have to guess|be honest)\b"
    r"|\bpass on (?:this|that)\b|\b(?:we|they|nobody|my team) (?:\w+ )?never (?:did|had|used|do)\b"
)
_CLAUSE = re.compile(r"[,;:\u2013\u2014]|\s-\s|\b(?:and|but|so|because|however|although|though|yet I|still I)\b", re.IGNORECASE)


_UNABLE = re.compile(
    r"\bknow (?:how|what|where)\b|\b(?:idea|clue|notion) (?:how|what|where)\b|\bnot (?:\w+ )?(?:sure|certain) (?:how|what|where)\b"
    r"|\bnever (?:\w+ )?(?:done|did|worked|used|dealt|studied|encountered|heard)\b"
    rf"|\b{_CANNOT} (?:\w+ )?(?:answer|help|speak to|come up with|say anything)\b|\b(?:outside|beyond) my\b|\bnot (?:\w+ )?familiar\b"
)
_NO_ADMISSION = re.compile(
    r"\bno (?:idea|clue|notion) (?:is|was|are|too)\b|\bnever .*\bwithout\b|\bknow (?:of )?(?:a|any|no) (?:\w+ )*than\b"
    rf"|\b(?:it|they|he|she|users|customers|people) (?:\w+ )?(?:{_NOT}|doesnt|does not) (?:\w+ )?know\b"
)
_NEVER_SAW = re.compile(r"\bnever (?:\w+ )?(?:seen|had|been|come|came|thought)\b")


def is_unable(tokens: Sequence[str]) -> bool:
    """Whether a sentence says that one can't do what it names ("I don't know how I would …"): near in meaning to doing it."""
    whole = " ".join(tokens)
    return bool(_UNABLE.search(whole)) and not _NO_ADMISSION.search(whole)


def _may_claim(sentence: str) -> bool:
    """Whether a sentence that reads like "I don't know" may claim something all the same, such as "I have never seen recall matter more",
    "I know no better test than a shadow run" or "I have never launched without one"."""
    clauses = [" ".join(folded(c)) for c in _CLAUSE.split(sentence)]
    claims = (c for c in clauses if _NO_ADMISSION.search(c) or (_NEVER_SAW.search(c) and not _UNABLE.search(c)))
    return any(len(set(content(_NEVER.sub(" ", _NOT_KNOWING.sub(" ", c)).split()))) >= LEAST for c in claims)


def _is_unknowing(sentence: str, tokens: Sequence[str]) -> bool:
    """Whether a sentence says "I don't know" or "I never did that", with no other part of it that says something."""
    whole = " ".join(tokens)
    if not _NOT_KNOWING.search(whole) and not _NEVER.search(whole):
        return False
    clauses = [" ".join(folded(c)) for c in _CLAUSE.split(sentence)]
    rest = [c for c in clauses if not any(p.search(c) for p in (_NOT_KNOWING, _NEVER, _APOLOGY))]
    return all(len(content(c.split())) < LEAST - 1 for c in rest)


# --------------------------------------------------------------------------- words without a sentence

_ARTICLES = wordset("an the my your our their")
_NEVER_AFTER = wordset(
    "a an the of and or but is are was were be to in on at by for with from i we they if because as than has have had will would"
)
_COORDINATION = wordset("and or of")
_STRINGING = wordset("a an the of and or")
_ITEM_MARK = re.compile(r"[,;/|\u2022+&]|\s-\s|->")
BITS = 8  # terms side by side that no sentence needs


def is_salad(tokens: Sequence[str]) -> bool:
    """Whether a whole answer is terms with hardly a word that makes a sentence of them, or with nothing but "the" and "of" between them."""
    wordy = _wordy(tokens)
    if len(wordy) >= 2 * BITS and not any(is_function_word(t) and t not in _STRINGING for t in wordy):
        return True
    return len(wordy) >= BITS and _grammar(tokens) < 0.12 and not has_subject(tokens)


def _is_list(sentence: str, tokens: Sequence[str]) -> bool:
    """Whether one sentence strings terms together with no grammar, names eight and more, or is shuffled."""
    rest = [t for t in tokens if t not in _COORDINATION]
    bare = len(_wordy(rest)) >= 6 and not any(is_function_word(t) for t in rest)
    return bare or _is_enumeration(sentence, tokens) or _is_shuffled(tokens)


def _wordy(tokens: Sequence[str]) -> list[str]:
    """The words proper: numbers, formulas and single letters are none."""
    return [t for t in tokens if len(t) > 1 and t.isalpha()]


def _grammar(tokens: Sequence[str]) -> float:
    """The share of function words among the words proper, 0 to 1."""
    proper = [t for t in tokens if t.isalpha() and (len(t) > 1 or t in ("a", "i"))]
    return sum(is_function_word(t) for t in proper) / max(1, len(proper))


def _is_enumeration(sentence: str, tokens: Sequence[str]) -> bool:
    """Eight and more terms of at most three words, whatever frame stands around them."""
    parts = _ITEM_MARK.split(sentence)
    if len(parts) < BITS:
        return False
    bits = [_wordy(folded(part)) for part in parts]
    short = sum(0 < len(bit) <= 3 for bit in bits)
    return short >= BITS and short >= 0.75 * len(bits) and _grammar(tokens) < 0.35


def _is_shuffled(tokens: Sequence[str]) -> bool:
    """Whether articles stand where no sentence has them ("the of a"), more than false starts explain."""
    articles = [(a, b) for a, b in pairwise(tokens) if a in _ARTICLES and a != b]
    odd = sum(b in _NEVER_AFTER for _, b in articles)
    return odd >= 2 and odd >= 0.4 * len(articles)


def _is_bit(tokens: Sequence[str]) -> bool:
    """Whether a line or sentence is a mere term: up to three words with no grammar in them."""
    return 0 < len(_wordy(tokens)) <= 3 and not any(is_function_word(t) for t in tokens)
