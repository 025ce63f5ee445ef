"""Words and sentences of a text, each with its place, so that what is quoted is cut from the original.

Folding makes two spellings of the same words equal: unicode compatibility forms (NFKC), case, white space, punctuation
and typographic quotes. Everything here is pure and knows nothing of ratings.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple


class Word(NamedTuple):
    """One folded word; `text[start:end]` of the original is how it was typed."""

    folded: str
    start: int
    end: int


class Span(NamedTuple):
    """A stretch `start:end` of a text."""

    start: int
    end: int


def wordset(text: str) -> frozenset[str]:
    """The words of a text that holds nothing but words and white space."""
    return frozenset(text.split())


_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"  # Chinese and Japanese put no spaces between words
_MARKS_IN = "\u0300-\u036f\u200c\u200d"  # accents typed apart from their letter
_JOINERS = "'\u2019\u2018\u02bc`\u00b4\uff07\u00ad\u200b\u200e\u200f\u2060\ufeff"  # dropped inside a word: don't = dont
_LETTER = rf"(?![{_UNSPACED}])[^\W_]"
_FEW = "{0,4}"  # no letter has more accents; long rows of them take the square of their length to put in order
_RUN = re.compile(rf"[{_UNSPACED}]|{_LETTER}(?:[{_JOINERS}{_MARKS_IN}]{_FEW}{_LETTER})*[{_MARKS_IN}]{_FEW}")
_UNSPACED_WORD = re.compile(rf"[{_UNSPACED}]")
_NO_LETTER = re.compile(rf"[^\w{_MARKS_IN}]|_")
_FUNCTION = wordset("""a an the this that these those my your his her its our their some any each every all both either neither no not nor
    i me we us you he him she it they them who whom whose which what when where why how
    am is are was were be been being do does did doing have has had having will would shall should can could may might must
    im ive id ill youre youd youll were weve wed well hes shes its theyre theyve theyd theyll thats theres whats lets
    dont doesnt didnt isnt arent wasnt werent wont wouldnt cant cannot couldnt shouldnt havent hasnt hadnt
    and or but so if then than because as while until though although whether since unless
    of in on at by for with about against between into through during before after above below to from up down out off over under
    there here just also only very too even still again ever never now really quite more most much many few such other same own
    yes yeah no ok okay um uh er hm hmm oh well right like sort kind actually basically honestly maybe perhaps please""")
_ENGLISH = wordset("the and of to is that it for with was would i we you they are have this not be what how when which from by on if")
_OTHERS = wordset("""el la los las que y en por para con se una del es le les des et est dans pour qui je nous vous pas au du der die das
    und ist nicht ich wir zu den dem mit auf von il di che per non sono una della os um uma em da do het een van ik dat niet de un
    och att det som jag inte är på ett og ikke jeg ve bir bu için nie się że jest és hogy nem az""")
_FOREIGN = 0.1  # share of English words below which, and of others above which, a text is not English: exemplars have .18 and more
_TELLING = 15  # words from which on those shares tell anything
_SUBJECTS = wordset("i we you he she it they im ive id ill youre youd youll weve wed theyre theyve theyd theyll hes shes")
_MARKS = re.compile(r"(?<![.!?\u2026])[.!?\u2026]+[\"'\u201d\u2019)\]}]*(?=\s)|[;\n\r]+|[\u3002\uff01\uff1f]")
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|vs|cf|approx|ca|dr|mr|mrs|ms|prof|fig|inc|ltd|[a-z]))\.$", re.IGNORECASE)
_TURNS_OF_SPEECH = wordset("and but so because then though although while whereas if which or")
FULL_LINE = 60  # characters from which on a line that ends without a mark is taken to go on in the next
LONG = 40  # words after which a sentence without a full stop (speech, run-on typing) is cut at a turn of speech
RUN = 3  # words in a row from which on something is said after somebody
SHORT = 12  # words that such a part has at least


def words(text: str) -> tuple[Word, ...]:
    """The folded words of a text in order; scripts written without spaces give a word for each character."""
    return tuple(word for run in _RUN.finditer(text) if (word := Word(_fold(run[0]), run.start(), run.end())).folded)


def _fold(run: str) -> str:
    """A run of letters folded: NFKC, case, and letters and digits alone."""
    if run.isascii() and run.isalnum():
        return run.lower()  # nearly every word, and the other way is several times slower
    if not run.isascii():
        run = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", run).casefold())
    return _NO_LETTER.sub("", run.casefold())


def folded(text: str) -> tuple[str, ...]:
    """The folded words alone."""
    return tuple(w.folded for w in words(text))


def content(tokens: Sequence[str]) -> tuple[str, ...]:
    """The words that carry matter: all but function words and fillers."""
    return tuple(t for t in tokens if t not in _FUNCTION)


def is_function_word(token: str) -> bool:
    """Whether a folded word is an article, pronoun, auxiliary, conjunction, preposition or filler."""
    return token in _FUNCTION


def is_foreign(tokens: Sequence[str]) -> bool:
    """Whether folded words are of another language than English: in another script, or with the small words of another European language
    in place of the English ones. A mere list of terms has neither."""
    if 2 * sum(_is_of_another_script(t) for t in tokens) > len(tokens):
        return True
    proper = [t for t in tokens if t.isalpha()]
    english, others = (sum(t in some for t in proper) for some in (_ENGLISH, _OTHERS))
    return len(proper) >= _TELLING and english < _FOREIGN * len(proper) < others


def _is_of_another_script(token: str) -> bool:
    """Whether a word is not written in Latin letters; a single letter, such as a Greek one, may stand for a quantity."""
    if token.isascii():
        return False
    letters = [c for c in token if c.isalpha()]
    return bool(letters) and (len(letters) > 1 or unspaced(token)) and not unicodedata.name(letters[0], "").startswith("LATIN")


def has_subject(tokens: Sequence[str]) -> bool:
    """Whether somebody or something is said to do something: a personal pronoun stands in the words."""
    return any(t in _SUBJECTS for t in tokens)


def unspaced(text: str) -> bool:
    """Whether a text holds a script that puts no spaces between words."""
    return _UNSPACED_WORD.search(text) is not None


def sentences(text: str) -> tuple[Span, ...]:
    """The sentences of a text; where full stops are missing, parts of at most about 40 words."""
    return tuple(part for span in _by_marks(text) for part in _parts(text, span))


def _by_marks(text: str) -> Iterator[Span]:
    """The stretches between sentence marks and line ends that hold a word, trimmed."""
    start = 0
    for mark in _MARKS.finditer(text):
        if text[mark.start()] == "." and _ABBREVIATION.search(text, max(start, mark.start() - 8), mark.start() + 1):
            continue
        if text[mark.start()] in "\r\n" and _only_wraps(text, mark.start(), mark.end()):
            continue
        yield from _trimmed(text, start, mark.end())
        start = mark.end()
    yield from _trimmed(text, start, len(text))


def _only_wraps(text: str, end: int, after: int) -> bool:
    """Whether a line ends there because it is full, as in pasted text, and not because a sentence or a list's entry does."""
    line = text[text.rfind("\n", 0, end) + 1 : end].rstrip()
    rest = text[after:].lstrip(" \t")
    return len(line) >= FULL_LINE and line[-1] not in ".!?:;" and rest[:1].isalnum()


def _trimmed(text: str, start: int, end: int) -> Iterator[Span]:
    """The stretch without outer white space and bullets; nothing where no word stands in it."""
    piece = text[start:end]
    if any(c.isalnum() for c in piece):
        start += len(piece) - len(piece.lstrip(" \t\n\r-*\u2022>#`"))
        yield Span(start, start + len(text[start:end].rstrip(" \t\n\r;`")))


def _parts(text: str, span: Span) -> Iterator[Span]:
    """A long sentence in parts, cut before a turn of speech ("and", "because" …); a short one as it is."""
    inside = [Word(w.folded, w.start + span.start, w.end + span.start) for w in words(text[span.start : span.end])]
    if len(inside) <= LONG:
        yield span
        return
    start, first = span.start, 0
    for i, word in enumerate(inside):
        long_enough = i - first >= SHORT and word.folded in _TURNS_OF_SPEECH and len(inside) - i >= SHORT // 2
        if long_enough or i - first >= LONG:
            yield from _trimmed(text, start, word.start)
            start, first = word.start, i
    yield from _trimmed(text, start, span.end)


def find(needle: Sequence[str], haystack: tuple[str, ...]) -> int:
    """Where the words stand one after the other in others, or -1."""
    wanted, size = tuple(needle), len(needle)
    starts = range(len(haystack) - size + 1)
    return next((i for i in starts if haystack[i : i + 1] == wanted[:1] and haystack[i : i + size] == wanted), -1)


def runs(source: Sequence[str]) -> frozenset[tuple[str, ...]]:
    """Every run of `RUN` words of a text."""
    return frozenset(tuple(source[i : i + RUN]) for i in range(len(source) - RUN + 1))


def leftover(tokens: Sequence[str], copied_from: frozenset[tuple[str, ...]]) -> tuple[str, ...]:
    """The words that do not stand in one of these runs."""
    copied = [False] * len(tokens)
    for i in range(len(tokens) - RUN + 1):
        if tuple(tokens[i : i + RUN]) in copied_from:
            copied[i : i + RUN] = [True] * RUN
    return tuple(t for t, is_copy in zip(tokens, copied, strict=True) if not is_copy)
