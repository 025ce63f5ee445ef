"""Feedback as Markdown and JSON: a document to keep, and pieces for the page. No raw HTML; nothing is said by colour or place alone.

Every word that comes from outside goes through `interviewer.feedback.escape` on its way in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from interviewer.domain import Turn
from interviewer.feedback.criteria import LISTEN, criterion_blocks, in_words, items, mistake_blocks, quote_blocks, shows, unrated_alike
from interviewer.feedback.escape import as_typed, first_words, one_line, quoted, quoted_note
from interviewer.feedback.heard import MARKED, marked
from interviewer.feedback.sentences import SKIPPED, as_sentence, count_of, how_sure, rater_in_words, stands_at
from interviewer.feedback.values import CompetencyFeedback, Feedback, ItemFeedback, NoteToRead, RatedBy, Strength, WorkOn

_PAGE = 3  # the page's own headings are levels 1 and 2
_PAGE_WORDS = 300
_PAGE_CHARACTERS = 3_000
_HEADING_CHARACTERS = 80
_FIRST_GUESS = (
    "The built-in rater's levels are first guesses: it compares words and meanings, and can't tell whether you are right. "
    "In brackets stand the levels that are likely: in about four of five of the answers that it was measured on, the level that "
    "careful readers gave was among them."
)
_WHAT_A_RATING_IS_NOT = (
    "A rating compares one answer with a written description of each level, using only the words of that answer. "
    "It can be wrong, so read the quotes and judge for yourself. It is not a judgement of you as a person, "
    "and it does not say what an employer will decide."
)


def to_json(feedback: Feedback) -> dict[str, Any]:
    """The feedback as JSON types, words as typed; `format` counts changes of the layout that break its readers."""
    return {"format": 1, **feedback.model_dump(mode="json")}


def to_markdown(feedback: Feedback, *, title: str, when: datetime, notices: Sequence[str] = ()) -> str:
    """The whole feedback as a document to keep: the summary, the competencies, then every item with its answers in full."""
    blocks = [f"# {one_line(title)}", _date(when)]
    blocks += [f"Please note: {one_line(as_sentence(n))}" for n in notices]
    blocks += _summary(feedback, 2)
    for item in feedback.items:
        blocks += _item(item, 2, in_full=True)
    return _joined(b for b in blocks if not b.startswith(LISTEN))


def summary_to_markdown(feedback: Feedback) -> str:
    """The summary for the page: headings from level 3 down."""
    return _joined(_summary(feedback, _PAGE))


def answers_to_markdown(item: ItemFeedback) -> str:
    """One item's question and answers for the page: headings from level 3 down, and very long answers shortened."""
    return _joined((*_asked(item, _PAGE), *_said(item, "#" * (_PAGE + 1), in_full=False)))


def ratings_to_markdown(item: ItemFeedback) -> str:
    """One item's ratings for the page; of a whole interview (the item has a number) under the question, else alone."""
    if item.number is None:
        return _joined(_judged(item, "#" * _PAGE))
    return _joined((*_asked(item, _PAGE), *_judged(item, "#" * (_PAGE + 1))))


def _joined(blocks: Iterable[str]) -> str:
    return "\n\n".join(blocks) + "\n"


def _date(when: datetime) -> str:
    return f"{when.day} {when:%B %Y, %H:%M} {when.tzname() or ''}".strip()


def _summary(feedback: Feedback, level: int) -> Iterator[str]:
    head, sub = "#" * level, "#" * (level + 1)
    yield f"{head} In short"
    if any(r.rater == "embedded" for r in feedback.rated_by):
        yield _FIRST_GUESS
    yield f"{sub} What went best"
    yield as_typed(feedback.strength_says)
    yield from _strength(feedback.strength)
    yield f"{sub} What to work on first"
    yield as_typed(feedback.work_on_says)
    yield from _work_on(feedback.work_on)
    if feedback.second_looks:
        yield f"{sub} Worth a second look"
        yield "Two raters are two levels and more apart here. Both stand below with your words that each rests on; decide for yourself."
        yield items(feedback.second_looks)
    if feedback.read_next:
        yield f"{sub} What to read next"
        yield from _reading(feedback.read_next)
    yield f"{head} Every rating"
    yield _every_rating(feedback.items)
    yield f"{head} By competency"
    yield one_line(feedback.overall_says)
    if feedback.competencies:
        yield _table(feedback.competencies, feedback.top)
    if any(c.likely for i in feedback.items for c in i.criteria):
        yield "Where the built-in rater hesitates between two levels, a mean counts what lies between them."
    if feedback.left_out:
        yield f"{sub} What these numbers leave out"
        yield items(feedback.left_out)
    yield f"{head} Who rated"
    yield from _who_rated(feedback)


def _strength(strength: Strength | None) -> Iterator[str]:
    if strength is None:
        return
    c = strength.criterion
    yield f"{in_words(strength.criterion.beside)}, from question {strength.number}:"
    yield from quote_blocks(strength.evidence)
    if c.shows:
        yield shows(c)


def _work_on(work_on: WorkOn | None) -> Iterator[str]:
    if work_on is not None:
        yield from criterion_blocks(work_on.criterion, quotes=False)


def _reading(note: NoteToRead) -> Iterator[str]:
    yield _read(note)
    if note.text:
        yield "It says:"
        yield quoted_note(note.text)


def _read(note: NoteToRead) -> str:
    part = f", the part “{one_line(note.heading)}”" if note.heading and note.heading != note.title else ""
    return f"Read the note “{one_line(note.title)}”{part}. {one_line(note.why)}"


def _every_rating(items: Sequence[ItemFeedback]) -> str:
    """Each criterion in a line, to see at a glance where the interview was good and where not."""
    lines = ["| Question | Criterion | Level |", "| --- | --- | --- |"]
    for item in items:
        for c in item.criteria:
            level = "unrated" if c.level is None else f"{c.level} of {c.top}{how_sure(c.likely)}"
            lines.append(f"| {item.number} | {one_line(c.name)} | {level} |")
    return "\n".join(lines)


def _table(rows: Sequence[CompetencyFeedback], top: int) -> str:
    lines = ["| Group | Competency | Mean level | Criteria rated |", "| --- | --- | --- | --- |"]
    for row in rows:
        mean = "no number, too little rated" if row.mean is None else f"{row.mean:.1f} of {top}"
        lines.append(f"| {one_line(row.group)} | {one_line(row.name)} | {mean} | {row.rated} of {row.of} |")
    return "\n".join(lines)


def _who_rated(feedback: Feedback) -> Iterator[str]:
    if not feedback.rated_by:
        yield "Nothing was rated."
        return
    yield f"A machine rated these answers: {_raters(feedback.rated_by)}."
    if feedback.beside:
        yield f"Shown for comparison, and counted nowhere: {_raters(feedback.beside)}."
    if feedback.written_by:
        yield f"A language model ({one_line(feedback.written_by)}) worded the sentences on {' and '.join(feedback.worded)}."
    yield _WHAT_A_RATING_IS_NOT


def _raters(raters: Sequence[RatedBy]) -> str:
    return " and ".join(f"{one_line(rater_in_words(r))}, {count_of(r.items, 'question')}" for r in raters)


def _item(item: ItemFeedback, level: int, *, in_full: bool) -> Iterator[str]:
    sub = "#" * (level + 1)
    yield from _asked(item, level)
    yield from _said(item, sub, in_full=in_full)
    yield from _judged(item, sub)


def _judged(item: ItemFeedback, sub: str) -> Iterator[str]:
    """The ratings with their evidence, and what to read."""
    if item.fault:
        yield f"Please note: {one_line(as_sentence(item.fault))} So the ratings below are the built-in rater's."
    alike = unrated_alike(item)
    if alike:
        yield f"{sub} Not rated"
        yield from alike
    else:
        if item.number is None and any(c.likely for c in item.criteria):
            yield _FIRST_GUESS
        for c in item.criteria:
            stands = "unrated" if c.level is None else stands_at(c.level, c.top, c.level_name, c.likely)
            yield f"{sub} {one_line(c.name)}: {one_line(stands)}"
            yield from criterion_blocks(c, turns=len(item.turns))
    if item.mistakes:
        yield f"{sub} Common mistakes to check"
        yield from mistake_blocks(item)
    if item.read:
        yield f"{sub} To read"
        yield _read(item.read)


def _asked(item: ItemFeedback, level: int) -> Iterator[str]:
    """The heading with the question, cut where it is long, and then the question in full."""
    name = f"Question {item.number}" if item.number else "Question"
    question = " ".join(item.question.split())
    head, left = first_words(question, _HEADING_CHARACTERS, _HEADING_CHARACTERS)
    yield f"{'#' * level} {name}: {one_line(head)}{'…' if left else ''}"
    if item.round:
        yield f"Round: {one_line(item.round)}"
    # What was asked may be worded otherwise than what the bank holds: then the turn shows it.
    if left or not item.turns:
        yield as_typed(item.turns[0].question if item.turns else item.question)
    elif item.turns[0].question != item.question:
        yield as_typed(item.turns[0].question)


def _said(item: ItemFeedback, sub: str, *, in_full: bool) -> Iterator[str]:
    if item.skipped and not any(t.answer for t in item.turns):
        yield f"{sub} Your answer"
        yield SKIPPED
        return
    for number, turn in enumerate(item.turns):
        yield f"{sub} {f'Follow-up {number}' if number else 'Your answer'}"
        if number:
            yield as_typed(turn.question)
            yield "Your answer:"
        yield from _answer(turn, in_full=in_full)


def _answer(turn: Turn, *, in_full: bool) -> Iterator[str]:
    if not turn.answer:
        yield "You gave no answer here."
        return
    text, left = (turn.answer, 0) if in_full else first_words(turn.answer, _PAGE_WORDS, _PAGE_CHARACTERS)
    unsure = [(start, end) for start, end in turn.unsure if end <= len(text)]
    yield quoted(marked(text, unsure))
    if unsure:
        yield MARKED
    if left:
        yield f"(… {left:,} more {'word' if left == 1 else 'words'}; the whole answer is in the download)"
