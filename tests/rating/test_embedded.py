from __future__ import annotations

import random
import statistics
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from interviewer.domain import Criterion, Examples, Item, ItemRating, Turn
from interviewer.embedding import embedded_encoder
from interviewer.embedding.encoder import Reader
from interviewer.errors import SetupError
from interviewer.rating.embedded import ENGLISH_ONLY, PLAINLY, EmbeddedRater
from interviewer.rating.evidence import Heard
from interviewer.rating.features import aboutness, embed, known_texts
from interviewer.rating.said import said_of
from interviewer.rating.words import sentences
from tests.rating import hostile
from tests.rating.things import OTHERS, QUESTION, STRONG, BagEncoder, causes, item, pack_exemplars, pack_items, said_once

WEAK = "The model got worse, so I'd retrain it with more data, and once that is done I would let stakeholders know."
ASTRAY = "Last summer we walked along the coast for nine days, slept in small villages and ate far too much cheese every evening."


@pytest.fixture(scope="module")
def rater() -> EmbeddedRater:
    return EmbeddedRater(BagEncoder())


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    try:
        return embedded_encoder(threads=2, cache=Path(tmp_path_factory.mktemp("vectors")))
    except SetupError as error:
        pytest.skip(f"the sentence encoder's weights are not installed: {error}")


def levels(rating: ItemRating) -> list[int | None]:
    return [r.level for r in rating.ratings]


def assert_borne_out(rating: ItemRating, turns: tuple[Turn, ...], top: int = 5) -> None:
    """What holds for every rating: evidence is a part of the answer, nothing above the lowest is without it, and all is on the scale."""
    for one in rating.ratings:
        assert all(e.quote in (turns[e.turn].answer or "") and Heard(turns).find(e.quote) for e in one.evidence)
        assert (one.level is None) == bool(one.reason)
        if one.level is not None:
            assert one.expected is not None
            assert 1 <= one.level <= top
            assert 1 <= one.expected <= top
            assert abs(one.level - one.expected) <= 0.5
            assert one.expected == 1 or one.evidence


def test_a_strong_answer_is_above_a_weak_one_and_quotes_what_carried_it(rater: EmbeddedRater) -> None:
    strong, weak = rater.rate(item(), said_once(STRONG)), rater.rate(item(), said_once(WEAK))
    assert all((s.worth or 0) > (w.worth or 9) for s, w in zip(strong.ratings, weak.ratings, strict=True))
    told = strong.rating("operations")
    assert told is not None
    assert "call operations" in told.evidence[0].quote


def test_without_the_sentence_that_is_quoted_first_the_rating_is_lower(real: Reader) -> None:
    rater, carried, items = EmbeddedRater(real), list[bool](), pack_items()
    for exemplar in pack_exemplars()[::36]:
        asked, answer = items[exemplar.item], exemplar.answer
        less = {e: rater.rate(asked, said_once(answer.replace(e, ""))) for e in (answer[a:b] for a, b in sentences(answer))}
        for rating in (r for r in rater.rate(asked, said_once(answer)).ratings if (r.level or 0) > 1):
            without = {e: r.expected for e, rated in less.items() if (r := rated.rating(rating.criterion)) and r.expected is not None}
            gone = [level for e, level in without.items() if rating.evidence[0].quote in e]
            carried.append(bool(gone) and min(gone) < (rating.expected or 0))
    assert len(carried) > 12
    assert statistics.fmean(carried) > 0.9


def test_a_quote_is_about_its_own_criterion_more_than_about_the_others(real: Reader) -> None:
    rater, items, mine, others = EmbeddedRater(real), pack_items(), list[float](), list[float]()
    for exemplar in pack_exemplars()[::36]:
        asked = items[exemplar.item]
        answer = embed(said_of(asked, said_once(exemplar.answer)).pieces, real)
        for rating in (r for r in rater.rate(asked, said_once(exemplar.answer)).ratings if (r.level or 0) > 1):
            about = aboutness(asked, asked.criterion(rating.criterion), answer, real)
            at = next(n for n, p in enumerate(answer.pieces) if rating.evidence[0].quote in p.text)
            mine.append(about[at])
            others.append(about.mean())
    assert len(mine) > 12
    assert statistics.fmean(m > o for m, o in zip(mine, others, strict=True)) > 0.9


def test_quotes_that_may_stand_beside_the_point_are_said_to(real: Reader) -> None:
    rater, items, seen = EmbeddedRater(real), pack_items(), set[tuple[str, bool]]()
    said = [(items[e.item], e.answer) for e in pack_exemplars()[::24]]
    for asked, text in [*said, (said[0][0], ASTRAY)]:
        answer = embed(said_of(asked, said_once(text)).pieces, real)
        for one in (r for r in rater.rate(asked, said_once(text)).ratings if r.evidence):
            at = next(n for n, p in enumerate(answer.pieces) if one.evidence[0].quote in p.text)
            plainly = aboutness(asked, asked.criterion(one.criterion), answer, real)[at] >= PLAINLY
            level = one.level or 0
            assert one.beside is not (level > 3 or (level == 3 and plainly)), (asked.id, one)
            seen.add(("low" if level < 3 else "high" if level > 3 else "middle", one.beside))
    assert seen == {("low", True), ("middle", True), ("middle", False), ("high", False)}


def test_the_only_criterion_of_an_item_has_no_other_that_a_quote_could_be_about(real: Reader) -> None:
    rater, items, middle = EmbeddedRater(real), pack_items(), list[bool]()
    for exemplar in pack_exemplars()[::12]:
        asked = items[exemplar.item]
        alone = asked.model_copy(update={"criteria": asked.criteria[:1]})
        middle += [r.beside for r in rater.rate(alone, said_once(exemplar.answer)).ratings if r.level == 3]
    assert middle and not any(middle)


def test_the_rating_names_the_rater_and_its_encoder(rater: EmbeddedRater) -> None:
    rating = rater.rate(item(), said_once(STRONG))
    assert (rating.rater, rating.item_id, rating.prompt_hash) == ("embedded", "precision-drop", None)
    assert rating.model.endswith("/bag-of-words")


def test_a_substantial_answer_with_nothing_on_the_criteria_is_at_the_lowest_level(rater: EmbeddedRater) -> None:
    assert levels(rater.rate(item(), said_once(ASTRAY))) == [1, 1]


@pytest.mark.parametrize("answer", [None, *hostile.NOTHING, *hostile.TOO_LITTLE, *hostile.REPEATED])
def test_an_answer_that_holds_nothing_is_unrated_with_a_reason(rater: EmbeddedRater, answer: str | None) -> None:
    turns = said_once(answer)
    assert levels(rater.rate(item(), turns)) == [None, None]
    assert rater.coverage(item(), turns) == {"causes": 0.0, "operations": 0.0}


@pytest.mark.parametrize("answer", [*hostile.ORDERS, *hostile.SALAD])
def test_orders_and_lists_of_terms_earn_no_level(rater: EmbeddedRater, answer: str) -> None:
    assert set(levels(rater.rate(item(), said_once(answer)))) <= {None, 1}
    assert max(rater.coverage(item(), said_once(answer)).values()) < 0.5


@pytest.mark.parametrize("answer", OTHERS)
def test_what_the_rater_cannot_read_is_unrated_and_not_low(rater: EmbeddedRater, answer: str) -> None:
    assert {(r.level, r.reason) for r in rater.rate(item(), said_once(answer)).ratings} == {(None, ENGLISH_ONLY)}


@pytest.mark.parametrize("answer", hostile.UNKNOWING)
def test_not_knowing_is_the_lowest_level(rater: EmbeddedRater, answer: str) -> None:
    assert levels(rater.rate(item(), said_once(answer))) == [1, 1]


@pytest.mark.parametrize("order", hostile.ORDERS)
def test_an_order_changes_no_rating(rater: EmbeddedRater, order: str) -> None:
    for answer in (STRONG, WEAK):
        assert rater.rate(item(), said_once(f"{answer}\n{order}")).ratings == rater.rate(item(), said_once(answer)).ratings


def test_saying_the_same_again_changes_no_level(rater: EmbeddedRater) -> None:
    assert levels(rater.rate(item(), said_once(" ".join([WEAK] * 6)))) == levels(rater.rate(item(), said_once(WEAK)))


def test_padding_that_has_nothing_to_do_with_it_changes_no_level(rater: EmbeddedRater) -> None:
    padded = rater.rate(item(), said_once(f"{ASTRAY} {WEAK} {ASTRAY}"))
    assert levels(padded) == levels(rater.rate(item(), said_once(WEAK)))


def test_an_answer_to_a_probe_counts_and_is_quoted_with_its_turn(rater: EmbeddedRater) -> None:
    turns = (
        *said_once(WEAK),
        Turn(question="What would you do today?", answer="I'd call operations now and ring again at four about the reviews."),
    )
    assert rater.coverage(item(), turns)["operations"] > rater.coverage(item(), turns[:1])["operations"]
    told = rater.rate(item(), turns).rating("operations")
    assert told is not None
    assert told.evidence[0].turn == 1


def test_coverage_says_which_criterion_has_evidence(rater: EmbeddedRater) -> None:
    first_two = ". ".join(STRONG.split(". ")[:2])
    covered = rater.coverage(item(), said_once(first_two))
    assert covered["causes"] >= 0.5 > covered["operations"]


def test_missing_points_are_those_that_nothing_comes_near_most_distant_first(rater: EmbeddedRater) -> None:
    missing = rater.missing_points(item(), said_once(STRONG))
    assert "Labels of recent payments are incomplete." in missing["causes"]
    assert not any("threshold" in point for point in missing["causes"])
    assert rater.missing_points(item(), said_once("no"))["causes"] == causes().key_points


@pytest.mark.parametrize("top", [2, 3, 4, 7])
def test_any_number_of_levels_is_rated_on_its_own_scale(rater: EmbeddedRater, top: int) -> None:
    anchors = tuple(f"Names {n} causes." for n in range(top))
    scaled = item(causes().model_copy(update={"anchors": anchors}), scale=[f"level {n}" for n in range(1, top + 1)])
    strong, astray = rater.rate(scaled, said_once(STRONG)), rater.rate(scaled, said_once(ASTRAY))
    assert_borne_out(strong, said_once(STRONG), top)
    assert (strong.ratings[0].level or 0) > (astray.ratings[0].level or 9)


def test_a_criterion_is_rated_by_its_reference_or_by_its_anchors_alone(rater: EmbeddedRater) -> None:
    reference = "Score the same payments with both models. The old threshold flags more payments on new scores."
    both = item(
        Criterion(id="full", reference=reference), causes().model_copy(update={"id": "bare", "key_points": (), "examples": Examples()})
    )
    full, bare = rater.rate(both, said_once(STRONG)).ratings
    assert (full.worth or 0) > (rater.rate(both, said_once(ASTRAY)).ratings[0].worth or 9)
    assert full.evidence
    assert bare.level is not None
    missing = rater.missing_points(both, said_once(ASTRAY))
    assert (set(missing["full"]), missing["bare"]) == (set(reference.replace(". ", ".|").split("|")), ())


def test_a_right_answer_too_short_to_quote_is_unrated_and_not_low(rater: EmbeddedRater) -> None:
    fact = item(Criterion(id="fact", reference="Duplex operation."))
    short = rater.rate(fact, said_once("Duplex operation")).ratings[0]
    assert (short.level, "4 words" in (short.reason or "")) == (None, True)
    assert (rater.rate(fact, said_once("It needs a duplex operation")).ratings[0].level or 0) >= 3


def test_beside_a_reference_the_questions_own_things_may_be_joined_by_one_word(rater: EmbeddedRater) -> None:
    question = "What is the state of terminal 1 and terminal 2?"
    fact = item(Criterion(id="fact", reference="Terminals 1 and 2 are connected.")).model_copy(update={"question": question})
    (right,) = rater.rate(fact, said_once("terminal 1 and terminal 2 are connected", question)).ratings
    assert (right.level or 0) >= 4
    assert [e.quote for e in right.evidence] == ["terminal 1 and terminal 2 are connected"]


def test_what_only_says_the_questions_words_again_is_told_so(rater: EmbeddedRater) -> None:
    question = "Why did we keep the old threshold, and score payments of yesterday with both models?"
    said = "Since we keep the old threshold when we score payments of yesterday with both models, surely."
    asked = item(causes()).model_copy(update={"question": question})
    for rating in rater.rate(asked, said_once(said, question)).ratings:
        assert rating.level in (None, 1), rating
        assert "none of its quotes" not in (rating.reason or "")


def test_only_the_corpus_is_encoded_as_known() -> None:
    encoder = BagEncoder()
    rater = EmbeddedRater(encoder)
    turns = (*said_once(STRONG), Turn(question=f"You said: {WEAK} Why?", answer=WEAK))
    rater.coverage(item(), turns)
    rater.rate(item(), turns)
    rater.missing_points(item(), turns)
    assert set(encoder.known) <= set(known_texts(item()))
    assert all(text in STRONG or text in WEAK for text in encoder.encoded)


def test_an_answer_is_encoded_once_for_all_criteria() -> None:
    encoder = BagEncoder()
    EmbeddedRater(encoder).coverage(item(), said_once(STRONG))
    assert len(encoder.encoded) == len(set(encoder.encoded)) == 3


def test_threads_share_a_rater(rater: EmbeddedRater) -> None:
    answers = [STRONG, WEAK, ASTRAY] * 8
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda a: rater.rate(item(), said_once(a)), answers))
    assert together == [rater.rate(item(), said_once(a)) for a in answers]


def test_every_rating_is_borne_out_whatever_is_said(rater: EmbeddedRater) -> None:
    dice = random.Random(3)
    pool = (*hostile.ORDERS, *hostile.SALAD, *hostile.UNKNOWING, *hostile.TOO_LITTLE, *STRONG.split(". "), WEAK, ASTRAY, QUESTION)
    for _ in range(150):
        turns = tuple(
            Turn(question=QUESTION, answer=dice.choice(("\n", " ")).join(dice.sample(pool, dice.randint(1, 4))))
            for _ in range(dice.randint(1, 3))
        )
        assert_borne_out(rater.rate(item(), turns), turns)


# --------------------------------------------------------------------------- with the real encoder


def some_items() -> dict[str, Item]:
    """Every fourth of the items that have exemplars, so that encoding them stays quick."""
    asked = sorted({e.item for e in pack_exemplars()})[::4]
    return {i: item for i, item in pack_items().items() if i in asked}


def test_the_packs_exemplars_come_out_in_their_order_and_borne_out(real: Reader) -> None:
    rater, items = EmbeddedRater(real), some_items()
    worths: dict[str, list[float]] = {"weak": [], "strong": []}
    unrated = []
    for exemplar in (e for e in pack_exemplars() if e.item in items):
        turns = said_once(exemplar.answer, items[exemplar.item].question)
        rating = rater.rate(items[exemplar.item], turns)
        assert_borne_out(rating, turns)
        unrated += [r.criterion for r in rating.ratings if r.level is None]
        worths.setdefault(exemplar.intended, []).append(rating.overall or 0)
    assert not unrated
    assert statistics.fmean(worths["weak"]) <= 2.5
    assert statistics.fmean(worths["strong"]) >= 3.5
    assert max(worths["weak"]) < statistics.fmean(worths["strong"])


def test_an_answer_to_another_item_is_low_on_every_criterion(real: Reader) -> None:
    rater, items = EmbeddedRater(real), some_items()
    strong = {e.item: e for e in pack_exemplars() if e.intended == "strong" and e.item in items}
    asked = list(strong)
    worths = [
        r.worth or 9
        for this, other in zip(asked, [*asked[1:], asked[0]], strict=True)
        for r in rater.rate(items[this], said_once(strong[other].answer, items[this].question)).ratings
    ]
    assert statistics.fmean(worths) < 2


def test_the_same_item_rates_alike_as_a_copy(real: Reader) -> None:
    one = item()
    again = Item.model_validate(one.model_dump())
    assert EmbeddedRater(real).rate(one, said_once(STRONG)) == EmbeddedRater(real).rate(again, said_once(STRONG))
