"""From ratings to feedback, in plain code: the same ratings always give the same feedback."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from interviewer.domain import Criterion, Frozen, ItemRating, Likely, Pack, Rating, Scale, Scorecard
from interviewer.feedback.check import fault_in_note
from interviewer.feedback.choose import choose_reading, choose_strength, choose_work_on, note_for
from interviewer.feedback.heard import as_heard
from interviewer.feedback.instead import BUILDS_ON, compose_instead, dismisses, whole_sentence
from interviewer.feedback.sentences import SKIPPED, UNANSWERED, level_in_words, overall_in_words
from interviewer.feedback.trace import is_untold
from interviewer.feedback.values import (
    CompetencyFeedback,
    CriterionFeedback,
    Described,
    Feedback,
    ItemFeedback,
    ItemHeard,
    MadeMistake,
    RatedBy,
    Second,
)

_MOST_MISSING = 2


def compose(card: Scorecard, heard: Sequence[ItemHeard], pack: Pack) -> Feedback:
    """The feedback of an interview; `heard` in the order in which it was asked, `card` the scorecard of its ratings."""
    items = tuple(compose_item(h, pack, number=n) for n, h in enumerate(heard, 1))
    strength, strength_says = choose_strength(items, pack.scale.top)
    work_on, work_on_says = choose_work_on(items, strength)
    return Feedback(
        strength=strength,
        strength_says=strength_says,
        work_on=work_on,
        work_on_says=work_on_says,
        read_next=choose_reading(heard, work_on, pack),
        competencies=_competencies(card, pack),
        level_names=tuple(level.name for level in pack.scale.levels),
        overall=card.overall,
        overall_says=overall_in_words(card.overall, pack.scale.top, card.rated, card.of, elsewhere=_rated_elsewhere(items, pack.scale.top)),
        rated=card.rated,
        of=card.of,
        left_out=card.left_out,
        rated_by=_raters(h.ratings for h in heard),
        beside=_raters(h.second for h in heard),
        items=items,
        second_looks=tuple(_second_look(i, c) for i in items for c in i.criteria if c.far_apart),
    )


def _rated_elsewhere(items: Sequence[ItemFeedback], top: int) -> bool:
    """Whether something is rated on a scale other than the pack's, which no total counts."""
    return any(c.level is not None and c.top != top for i in items for c in i.criteria)


def _second_look(item: ItemFeedback, c: CriterionFeedback) -> str:
    """Where two raters differ by so much that the candidate has to look: neither is averaged away."""
    assert c.second is not None
    levels = level_in_words(c.level or 0, c.top, c.level_name), level_in_words(c.second.level or 0, c.top, c.second.level_name)
    return f"“{c.name}” in question {item.number}: one rater gave {levels[0]}, the other {levels[1]}"


def compose_item(heard: ItemHeard, pack: Pack, *, number: int | None = None) -> ItemFeedback:
    """The feedback on one item, for after its last answer as well as for the whole interview (`number`, from 1)."""
    frame = _Frame(heard=heard, scale=_scale(heard, pack), names={c.id: c.name for c in pack.competencies})
    item, ratings = heard.item, heard.ratings
    return ItemFeedback(
        item_id=item.id,
        number=number,
        question=item.question,
        round=next((r.name for r in pack.rounds if r.id == item.round), None),
        turns=heard.turns,
        skipped=heard.skipped,
        rated_by=RatedBy(rater=ratings.rater, model=ratings.model) if ratings else None,
        fault=heard.rating_fault if ratings and ratings.rater == "embedded" else None,
        criteria=tuple(_criterion(c, frame) for c in item.criteria),
        mistakes=tuple(MadeMistake(says=m.says, evidence=quote) for m in heard.mistakes for quote in as_heard([m.evidence], heard)),
        mistakes_by=heard.mistakes_by if heard.mistakes else None,
        read=note_for(heard, pack, "It goes with this question."),
    )


class _Frame(Frozen):
    """What every criterion of an item is told with: the item, its scale, and the names of competencies by id."""

    heard: ItemHeard
    scale: Scale | None
    names: dict[str, str]

    @property
    def top(self) -> int:
        return self.heard.item.top

    def name_of(self, level: int | None) -> str | None:
        """The level's name; None where there is no such level or no scale of this length to name it."""
        return self.scale.name_of(level) if self.scale and level and level <= self.scale.top else None


def _scale(heard: ItemHeard, pack: Pack) -> Scale | None:
    if heard.item.scale:
        return heard.item.scale
    return pack.scale if pack.scale.top == heard.item.top else None


def _criterion(criterion: Criterion, frame: _Frame) -> CriterionFeedback:
    """One criterion, rated or unrated with its reason."""
    plain = CriterionFeedback(
        criterion=criterion.id,
        name=criterion.title,
        competency=criterion.competency,
        competency_name=frame.names.get(criterion.competency, criterion.competency) if criterion.competency else None,
        looks_for=criterion.looks_for,
        top=frame.top,
        by_reference=not criterion.anchors,
        second=_second(criterion.id, frame),
    )
    rating = frame.heard.ratings.rating(criterion.id) if frame.heard.ratings else None
    reason = _why_unrated(rating, frame)
    if rating is None or rating.level is None or reason:
        kept = (
            {"evidence": as_heard(rating.evidence, frame.heard), "rationale": _said_why(frame.heard.ratings, rating, frame)}
            if rating
            else {}
        )
        return plain.model_copy(update={"reason": reason, **kept})
    return _rated(plain, criterion, rating, frame)


def _rated(plain: CriterionFeedback, criterion: Criterion, rating: Rating, frame: _Frame) -> CriterionFeedback:
    """A criterion with what its level shows and, below the top, what the next one looks like."""
    level = rating.level or 1
    below_top = level < frame.top
    missing = _missing(criterion, frame) if below_top else ()
    likely = _likely(frame.heard.ratings, rating, frame)
    lacks = missing[0] if missing else criterion.reference or ""
    return plain.model_copy(
        update={
            "level": level,
            "level_name": frame.name_of(level),
            "expected": rating.expected,
            "likely": likely,
            "described": _described(criterion.anchors, likely, frame) if likely else (),
            "evidence": as_heard(rating.evidence, frame.heard),
            "beside": rating.beside,
            "shows": _shows(criterion, level, frame),
            "next_level": _next_level(criterion, level, missing) if below_top else None,
            "next_name": frame.name_of(level + 1) if below_top else None,
            "missing": missing,
            "rationale": _said_why(frame.heard.ratings, rating, frame),
            "draws": rating.draws,
            "instead": _instead(criterion, rating, lacks, frame) if below_top else None,
        }
    )


def _missing(criterion: Criterion, frame: _Frame) -> tuple[str, ...]:
    """The key points to name as missing: none that rests on figures of the setting that the candidate was never told."""
    heard = frame.heard
    told = (heard.item.question, *heard.told, *(text for t in heard.turns for text in (t.question, t.answer or "")))
    return tuple(point for point in heard.missing.get(criterion.id, ()) if not is_untold(point, told))[:_MOST_MISSING]


def _described(anchors: Sequence[str], likely: Likely, frame: _Frame) -> tuple[Described, ...]:
    """The anchors of the likely levels, each with what it builds on written out unless that stands among them."""
    if likely.low == likely.high or len(anchors) < likely.high:
        return ()
    levels = range(likely.low, likely.high + 1)
    return tuple(Described(level=n, name=frame.name_of(n), says=_beside_lower(anchors, n, likely.low)) for n in levels)


def _instead(criterion: Criterion, rating: Rating, lacks: str, frame: _Frame) -> str | None:
    """A sentence to say instead; none where the words that it would begin with are no good beginning: below the middle of the scale,
    where they may not be to the point, make a common mistake, were heard unsurely, or wave something aside, which only a model can judge.
    """
    level, heard = rating.level or 1, frame.heard
    sure = heard.ratings is not None and heard.ratings.rater == "model"
    if rating.beside or 2 * (level - 1) < frame.top - 1 or not rating.evidence:
        return None
    first, answers = rating.evidence[0], [t.answer or "" for t in heard.turns]
    start, end = whole_sentence(first, answers)
    unsure = heard.turns[first.turn].unsure if first.turn < len(heard.turns) else ()
    wrong = [whole_sentence(m.evidence, answers) for m in heard.mistakes if m.evidence.turn == first.turn]
    if any(a < end and start < b for a, b in (*unsure, *wrong)) or (not sure and dismisses(first.quote)):
        return None
    return compose_instead(rating.evidence, answers, level, criterion.anchors, lacks, sure=sure)


def _said_why(of: ItemRating | None, rating: Rating, frame: _Frame) -> str:
    """What a rater says of its rating; empty where a model quotes in it what nobody said, or guesses at the person."""
    if of is None or of.rater == "embedded":
        return rating.rationale
    item = frame.heard.item
    ours = [item.question, *item.common_mistakes, *(f.says for f in item.facts)]
    for c in item.criteria:
        ours += [c.title, c.looks_for, c.reference or "", *c.anchors, *c.key_points, *c.examples.high, *c.examples.low]
    asked = [t.question for t in frame.heard.turns]
    return "" if fault_in_note(rating.rationale, [t.answer or "" for t in frame.heard.turns], [*ours, *asked]) else rating.rationale


def _likely(of: ItemRating | None, rating: Rating, frame: _Frame) -> Likely | None:
    """How sure the embedded rater is of a level; a model does not say."""
    return frame.heard.likely.get(rating.criterion) if of and of.rater == "embedded" and rating.level is not None else None


def _why_unrated(rating: Rating | None, frame: _Frame) -> str | None:
    """The reason why a criterion is unrated; None where it is rated."""
    heard = frame.heard
    if rating is None:
        if not any(t.answer for t in heard.turns):
            return SKIPPED if heard.skipped else UNANSWERED
        if heard.rating_fault:
            return heard.rating_fault
        return "The rater left this criterion out." if heard.ratings else "This answer has not been rated yet."
    if rating.level is not None and rating.level > frame.top:
        return f"The rater gave level {rating.level}, and the scale ends at {frame.top}."
    return rating.reason if rating.level is None else None


def _second(criterion_id: str, frame: _Frame) -> Second | None:
    """What the second rater made of a criterion; None where it left it out or went off the scale."""
    ratings = frame.heard.second
    rating = ratings.rating(criterion_id) if ratings else None
    if not ratings or not rating or (rating.level or 1) > frame.top:
        return None
    by = RatedBy(rater=ratings.rater, model=ratings.model)
    return Second(
        by=by,
        level=rating.level,
        level_name=frame.name_of(rating.level),
        reason=rating.reason,
        likely=_likely(ratings, rating, frame),
        evidence=as_heard(rating.evidence, frame.heard),
        beside=rating.beside,
        rationale=_said_why(ratings, rating, frame),
    )


def _shows(criterion: Criterion, level: int, frame: _Frame) -> str | None:
    """What a level means: its anchor in full, else the scale's own meaning."""
    if criterion.anchors:
        return _in_full(criterion.anchors, level)
    meaning = frame.scale.levels[level - 1].meaning if frame.scale else ""
    return meaning or None


def _next_level(criterion: Criterion, level: int, missing: tuple[str, ...]) -> str:
    """The anchor one level up; for a criterion with a reference what is missing from it, else the reference."""
    if not criterion.anchors:
        return " ".join(missing) or criterion.reference or ""
    return _beside_lower(criterion.anchors, level + 1, level)


def _beside_lower(anchors: Sequence[str], level: int, shown: int) -> str:
    """A level's anchor beside those from level `shown` on: one of these that it builds on is named and not said again."""
    builds_on = BUILDS_ON.match(anchors[level - 1])
    rest = anchors[level - 1][builds_on.end() :] if builds_on else ""
    if builds_on and rest and shown <= int(builds_on[1]) < level:
        return f"All of level {builds_on[1]}, and on top of that: {rest}"
    return _in_full(anchors, level)


def _in_full(anchors: Sequence[str], level: int) -> str:
    """A level's anchor, with a lower level that it refers to written out."""
    text = anchors[level - 1]
    builds_on = BUILDS_ON.match(text)
    if not builds_on or not 1 <= int(builds_on[1]) < level:
        return text
    rest = text[builds_on.end() :]
    below = _in_full(anchors, int(builds_on[1]))
    return f"{below} On top of that: {rest}" if rest else below


def _competencies(card: Scorecard, pack: Pack) -> tuple[CompetencyFeedback, ...]:
    """The competencies that were asked about, in the pack's order of groups and then of competencies."""
    groups = {g.id: (n, g.name) for n, g in enumerate(pack.groups)}
    known = {c.id: (n, c) for n, c in enumerate(pack.competencies)}
    rows = []
    for score in (s for s in card.competencies if s.of):
        place, found = known.get(score.competency, (len(known), None))
        group_place, group = groups.get(found.group, (len(groups), found.group)) if found else (len(groups) + 1, "")
        name = found.name if found else score.competency
        row = CompetencyFeedback(competency=score.competency, name=name, group=group, mean=score.mean, rated=score.rated, of=score.of)
        rows.append((group_place, place, row))
    return tuple(row for _, _, row in sorted(rows, key=lambda r: r[:2]))


def _raters(ratings: Iterable[ItemRating | None]) -> tuple[RatedBy, ...]:
    """Who rated, in the order of first appearance, with the number of items of each."""
    counts: dict[tuple[str, str], RatedBy] = {}
    for r in ratings:
        if r is not None:
            seen = counts.get((r.rater, r.model))
            counts[r.rater, r.model] = RatedBy(rater=r.rater, model=r.model, items=seen.items + 1 if seen else 1)
    return tuple(counts.values())
