from __future__ import annotations

import json

from interviewer.domain import Criterion, Evidence, Item, ItemRating, Rating, Scale, ScaleLevel, Turn
from interviewer.feedback import ItemHeard, compose, compose_item, to_json
from interviewer.feedback.sentences import overall_in_words
from tests.feedback.cases import ANSWER, QUOTE, card, heard, item, pack, passage, rated, told


def test_the_strength_is_the_highest_rating_with_its_quote() -> None:
    fb = told(heard(item(1), {"cause": 2, "cost": 3, "message": 4}))
    assert fb.strength is not None
    assert (fb.strength.criterion.criterion, fb.strength.evidence.quote) == ("message", QUOTE)
    assert fb.strength_says == "Your highest rating is level 4 of 5, Solid, for “The message” in question 1."


def test_the_expected_level_decides_between_equal_levels() -> None:
    one = item(1)
    ratings = tuple(
        Rating(criterion=c, level=4, expected=e, evidence=(Evidence(turn=0, quote=QUOTE),))
        for c, e in (("cause", 3.6), ("cost", 4.3), ("message", 4.1))
    )
    h = heard(one, {}).model_copy(update={"ratings": ItemRating(item_id="q1", rater="embedded", model="m", ratings=ratings)})
    fb = told(h)
    assert fb.strength and fb.strength.criterion.criterion == "cost"
    assert fb.work_on and fb.work_on.criterion.criterion == "cause"


def test_nothing_above_level_two_is_called_a_strength() -> None:
    fb = told(heard(item(1), {"cause": 2, "cost": 1, "message": 2}))
    assert fb.strength is None
    assert fb.strength_says == "Nothing was rated above level 2 of 5, so no strength is named this time."
    assert fb.work_on and fb.work_on.criterion.criterion == "cost"


def test_a_level_without_a_quote_is_named_no_strength() -> None:
    ratings = ItemRating(item_id="q1", rater="embedded", model="m", ratings=(Rating(criterion="cause", level=4),))
    fb = told(heard(item(1), {}).model_copy(update={"ratings": ratings}))
    assert fb.strength is None
    assert "quote of yours" in fb.strength_says


def test_the_lowest_rating_comes_first_with_the_next_level() -> None:
    fb = told(heard(item(1), {"cause": 2, "cost": 3, "message": 4}))
    assert fb.work_on is not None
    assert fb.work_on_says == "Start with “The cause”: in question 1 it was rated level 2 of 5, Mentioned."
    assert (fb.work_on.criterion.next_level, fb.work_on.criterion.next_name) == ("Names the cause with one detail.", "Partial")


def test_what_recurs_in_a_competency_outweighs_one_level() -> None:
    apart = item(3, ("evaluation", "evaluation", "communication"))
    levels = {"cause": 2, "cost": 4, "message": 4}
    fb = told(heard(item(1), levels), heard(item(2), levels), heard(apart, {"cause": 2, "cost": 4, "message": 1}))
    assert fb.work_on and (fb.work_on.item_id, fb.work_on.criterion.criterion) == ("q1", "cause")
    assert fb.work_on.recurs == 3
    assert "“Evaluating models” was rated below the middle of the scale in 3 answers." in fb.work_on_says


def test_one_recurrence_does_not_outweigh_one_level() -> None:
    levels = {"cause": 2, "cost": 4, "message": 4}
    fb = told(heard(item(1), levels), heard(item(2), {"cause": 2, "cost": 4, "message": 1}))
    assert fb.work_on and fb.work_on.criterion.criterion == "message"
    assert "scale in" not in fb.work_on_says


def test_the_strength_is_not_what_to_work_on_where_there_is_a_choice() -> None:
    fb = told(heard(item(1), {"cause": 3, "cost": 3, "message": 3}))
    assert fb.strength and fb.strength.criterion.criterion == "cause"
    assert fb.work_on and fb.work_on.criterion.criterion == "cost"


def test_with_everything_at_the_top_nothing_comes_first() -> None:
    fb = told(heard(item(1), {"cause": 5, "cost": 5, "message": 5}))
    assert fb.work_on is None
    assert fb.work_on_says == "Every rated criterion is at the top of its scale, so nothing comes first."
    assert all(c.next_level is None and c.missing == () for c in fb.items[0].criteria)


def test_a_level_that_builds_on_another_is_written_out() -> None:
    criteria = compose_item(heard(item(1), {"cause": 5, "cost": 4, "message": 3}), pack()).criteria
    assert criteria[0].shows == "Names the cause with two details and a check. On top of that: says which cause would change the plan."
    assert criteria[1].next_level == "All of level 4, and on top of that: says which cost would change the plan."
    assert criteria[2].next_level == "Names the message with two details and a check."


def test_at_most_two_missing_points_are_named() -> None:
    (first, *_) = compose_item(heard(item(1), {"cause": 2, "cost": 4, "message": 3}), pack()).criteria
    assert first.missing == ("The cause has a size.", "The cause has an owner.")


def test_what_rests_on_a_figure_that_was_never_told_is_not_called_missing() -> None:
    points = (
        "It grows from 40 to 45 in 100.",
        "Two thirds of it are lost.",
        "Ask fifteen of them.",
        "Read a hundred, in two days, in the canteen.",
    )
    h = heard(item(1), {"cause": 3, "cost": 2, "message": 2}).model_copy(update={"missing": {"cause": points}})
    assert told(h).items[0].criteria[0].missing == points[3:]
    asked = h.model_copy(update={"told": ("Of 45 users, 40 answered, a rate of 89 in 100.",)})
    assert told(asked).items[0].criteria[0].missing == (points[0], points[3])


def test_what_is_low_and_beside_the_point_is_named_with_a_doubt() -> None:
    h = heard(item(1), {"cause": 5, "cost": 4, "message": 2})
    assert "may have missed it" not in told(h).work_on_says
    assert h.ratings
    doubtful = tuple(r.model_copy(update={"beside": r.criterion == "message"}) for r in h.ratings.ratings)
    unsure = told(h.model_copy(update={"ratings": h.ratings.model_copy(update={"ratings": doubtful})}))
    assert "“The message”" in unsure.work_on_says and "may have missed it" in unsure.work_on_says


def test_an_unrated_criterion_keeps_its_reason_and_gets_no_number() -> None:
    criteria = compose_item(heard(item(1), {"cause": None, "cost": 4, "message": 3}), pack()).criteria
    assert (criteria[0].level, criteria[0].expected, criteria[0].reason) == (None, None, "too little was said")
    assert criteria[0].shows is criteria[0].next_level is criteria[0].level_name is None
    assert criteria[0].missing == ()


def test_why_nothing_is_rated_is_said_for_each_cause() -> None:
    one, turn = item(1), Turn(question="?", answer=ANSWER)

    def reasons(h: ItemHeard) -> set[str | None]:
        return {c.reason for c in compose_item(h, pack()).criteria}

    assert reasons(ItemHeard(item=one, skipped=True)) == {"You skipped this question."}
    assert reasons(ItemHeard(item=one, skipped=True, turns=(Turn(question="?"),), rating_fault="It broke.")) == {
        "You skipped this question."
    }
    assert reasons(ItemHeard(item=one, turns=(turn,), rating_fault="The model timed out.")) == {"The model timed out."}
    assert reasons(ItemHeard(item=one, turns=(turn,))) == {"This answer has not been rated yet."}
    assert reasons(ItemHeard(item=one, turns=(turn,), ratings=rated(one, {}))) == {"The rater left this criterion out."}


def test_a_level_off_the_scale_is_unrated() -> None:
    (first, *_) = compose_item(heard(item(1), {"cause": 7, "cost": 4, "message": 3}), pack()).criteria
    assert (first.level, first.reason) == (None, "The rater gave level 7, and the scale ends at 5.")


def test_a_fault_beside_ratings_that_stand_in_is_told() -> None:
    h = heard(item(1), {"cause": 3, "cost": 3, "message": 3}).model_copy(update={"rating_fault": "The model timed out."})
    told_item = compose_item(h, pack())
    assert told_item.fault == "The model timed out."
    assert all(c.level == 3 for c in told_item.criteria)


def test_nothing_rated_gives_no_number_no_strength_and_no_advice() -> None:
    fb = told(ItemHeard(item=item(1), skipped=True), overall=None)
    assert (fb.overall, fb.strength, fb.work_on) == (None, None, None)
    assert fb.overall_says == "There is no overall number, because nothing was rated."
    assert fb.strength_says == "Nothing was rated, so no strength can be named."
    assert fb.work_on_says == "Nothing was rated, so no advice can be drawn from this interview."
    assert fb.rated_by == ()


def test_too_few_ratings_give_no_overall_number_and_say_how_many() -> None:
    fb = told(heard(item(1), {"cause": 4, "cost": None, "message": None}), overall=None)
    assert fb.overall_says == "There is no overall number: only 1 of 3 criteria was rated, and it takes at least half."


def test_enough_ratings_that_cannot_be_added_up_say_so() -> None:
    fb = told(heard(item(1), {"cause": 4, "cost": 4, "message": None}), overall=None)
    assert fb.overall_says == "There is no overall number: 2 of 3 criteria were rated, but too few of them can be added up."


def test_the_overall_mean_says_what_it_is_over() -> None:
    fb = told(heard(item(1), {"cause": 4, "cost": 3, "message": None}), overall=3.46)
    assert fb.overall_says == "Your overall mean is 3.5 of 5, over 2 of 3 criteria."


def test_competencies_stand_in_the_order_of_their_groups_and_unasked_ones_are_left_out() -> None:
    one = heard(item(1), {"cause": 4, "cost": 3, "message": 2})
    whole = card([one])
    first = whole.competencies[0]
    unasked = first.model_copy(update={"competency": "nothing", "of": 0})
    strange = first.model_copy(update={"competency": "strange"})
    other = first.model_copy(update={"competency": "communication"})
    fb = compose(whole.model_copy(update={"competencies": (strange, other, unasked, first)}), [one], pack())
    assert [(c.group, c.name) for c in fb.competencies] == [
        ("Tech fluency", "Evaluating models"),
        ("Influencing", "Explaining clearly"),
        ("", "strange"),
    ]


def test_reading_goes_with_what_to_work_on_first() -> None:
    high = heard(item(1), {"cause": 5, "cost": 5, "message": 5})
    low = heard(item(2), {"cause": 2, "cost": 5, "message": 5})
    low = low.model_copy(update={"passages": (passage("worse", 0.2), passage("better", 0.7))})
    fb = told(high, low)
    assert fb.read_next and (fb.read_next.note, fb.read_next.text) == ("reading-a-drop", "better")
    assert fb.read_next.why == "It goes with what to work on first, “The cause”."


def test_a_passage_that_was_looked_up_for_another_criterion_says_no_more_than_its_question() -> None:
    competencies = ("communication", "evaluation", "communication")
    first = heard(item(1, competencies), {"cause": 1, "cost": 2, "message": 4}).model_copy(update={"passages": (passage("better", 0.7),)})
    fb = told(first, *(heard(item(n, competencies), {"cause": 5, "cost": 2, "message": 5}) for n in (2, 3)))
    assert fb.work_on and (fb.work_on.number, fb.work_on.criterion.name) == (1, "The cost")
    assert fb.read_next and fb.read_next.why == "It goes with question 1."


def test_where_all_is_rated_on_another_scale_the_missing_number_says_so() -> None:
    assert overall_in_words(None, 5, 0, 0, elsewhere=True).endswith("because nothing that was rated is on the scale of 5 levels.")
    assert overall_in_words(None, 5, 0, 3).endswith("because nothing was rated.")


def test_without_a_passage_the_items_own_note_is_named() -> None:
    fb = told(heard(item(1), {"cause": 2, "cost": 3, "message": 3}))
    assert fb.read_next and (fb.read_next.title, fb.read_next.text) == ("Reading a drop", "")


def test_without_any_note_nothing_is_named() -> None:
    bare = item(1).model_copy(update={"notes": ("gone",)})
    assert told(heard(bare, {"cause": 2, "cost": 3, "message": 3})).read_next is None


def test_a_criterion_with_a_reference_says_what_is_missing() -> None:
    one = Item(id="q1", question="Why?", criteria=(Criterion(id="a", reference="Sun warms air. Air rises."),))
    h = ItemHeard(
        item=one,
        turns=(Turn(question="Why?", answer="The sun warms the air."),),
        ratings=ItemRating(item_id="q1", rater="embedded", model="m", ratings=(Rating(criterion="a", level=3),)),
        missing={"a": ("Air rises.",)},
    )
    (c,) = compose_item(h, pack()).criteria
    assert (c.shows, c.next_level, c.by_reference) == ("What Partial means.", "Air rises.", True)
    (bare,) = compose_item(h.model_copy(update={"missing": {}}), pack()).criteria
    assert bare.next_level == "Sun warms air. Air rises."


def test_an_item_with_its_own_scale_is_told_in_its_own_levels() -> None:
    scale = Scale(levels=(ScaleLevel(name="No"), ScaleLevel(name="Nearly"), ScaleLevel(name="Yes")))
    one = Item(id="q1", question="Why?", scale=scale, criteria=(Criterion(id="a", anchors=("none", "part", "all")),))
    (c,) = compose_item(heard(one, {"a": 2}), pack()).criteria
    assert (c.level, c.top, c.level_name, c.next_level, c.next_name) == (2, 3, "Nearly", "all", "Yes")


def test_the_second_rater_stands_beside_and_counts_nowhere() -> None:
    one = item(1)
    counts = rated(one, {"cause": 4, "cost": 4, "message": 4}).model_copy(update={"rater": "model", "model": "big"})
    h = heard(one, {}).model_copy(update={"ratings": counts, "second": rated(one, {"cause": 1, "cost": None, "message": 4})})
    fb = told(h)
    (cause, cost, _) = fb.items[0].criteria
    assert cause.level == 4 and cause.second and cause.second.level == 1
    assert cost.second and (cost.second.level, cost.second.reason) == (None, "too little was said")
    assert [(r.rater, r.model) for r in (*fb.rated_by, *fb.beside)] == [("model", "big"), ("embedded", "encoder-1")]
    assert fb.work_on and fb.work_on.criterion.level == 4


def test_who_rated_is_counted_by_question() -> None:
    levels = {"cause": 4, "cost": 3, "message": 2}
    fb = told(heard(item(1), levels), heard(item(2), levels), ItemHeard(item=item(3), skipped=True))
    assert [(r.model, r.items) for r in fb.rated_by] == [("encoder-1", 2)]


def test_every_quote_is_the_evidence_letter_by_letter() -> None:
    fb = told(heard(item(1), {"cause": 4, "cost": 3, "message": 2}))
    for c in fb.items[0].criteria:
        assert [e.quote for e in c.evidence] == [QUOTE]
        assert all(e.quote in (fb.items[0].turns[e.turn].answer or "") for e in c.evidence)


def test_the_same_ratings_give_the_same_feedback() -> None:
    one, two = (told(heard(item(1), {"cause": 4, "cost": 3, "message": None}), left_out=("One was left out.",)) for _ in range(2))
    assert json.dumps(to_json(one)) == json.dumps(to_json(two))


def test_json_holds_words_as_typed_and_the_reason_of_what_is_unrated() -> None:
    body = json.loads(json.dumps(to_json(told(heard(item(1), {"cause": None, "cost": 3, "message": 2}, answer=f"<b> {ANSWER}")))))
    assert body["format"] == 1
    assert body["items"][0]["turns"][0]["answer"].startswith("<b>")
    assert body["items"][0]["criteria"][0] | {"level": None, "reason": "too little was said"} == body["items"][0]["criteria"][0]
