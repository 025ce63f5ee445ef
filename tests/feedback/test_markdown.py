from __future__ import annotations

import re

import pytest

from interviewer.domain import Evidence, Likely, Mistake, Turn
from interviewer.feedback import (
    ItemFeedback,
    ItemHeard,
    Written,
    answers_to_markdown,
    compose_item,
    ratings_to_markdown,
    summary_to_markdown,
    to_markdown,
)
from interviewer.feedback.values import about
from tests.feedback.cases import ANSWER, QUOTE, WHEN, heard, item, pack, passage, quotes_shown, rated, shown, tags, told
from tests.feedback.test_escape import HOSTILE

LEVELS = {"cause": 4, "cost": 2, "message": None}
OTHER = "say that we don't know the cause yet"


def document(*items: ItemHeard, **more: object) -> str:
    return to_markdown(told(*items, **more), title="Practice", when=WHEN)  # type: ignore[arg-type]


def item_to_markdown(item: ItemFeedback) -> str:
    """All that the page shows of an item: what was said, and what it was worth."""
    return answers_to_markdown(item) + "\n" + ratings_to_markdown(item)


def headings(markdown: str) -> list[str]:
    return re.findall(r"^#+ .*$", markdown, re.MULTILINE)


def test_the_document_goes_from_the_summary_to_the_competencies_to_each_question() -> None:
    second = heard(item(2), LEVELS)
    assert headings(document(heard(item(1), LEVELS), second)) == [
        "# Practice",
        "## In short",
        "### What went best",
        "### What to work on first",
        "### What to read next",
        "## Every rating",
        "## By competency",
        "## Who rated",
        "## Question 1: Precision fell in case 1. What do you do?",
        "### Your answer",
        "### The cause: level 4 of 5, Solid",
        "### The cost: level 2 of 5, Mentioned",
        "### The message: unrated",
        "### To read",
        "## Question 2: Precision fell in case 2. What do you do?",
        "### Your answer",
        "### The cause: level 4 of 5, Solid",
        "### The cost: level 2 of 5, Mentioned",
        "### The message: unrated",
        "### To read",
    ]


def test_it_says_when_and_what_to_note() -> None:
    fb = told(heard(item(1), LEVELS))
    seen = shown(to_markdown(fb, title="A <b> title", when=WHEN, notices=["the model was *away*"]))
    assert seen[:3] == ["A <b> title", "22 November 2026, 14:05 UTC", "Please note: The model was *away*."]


def test_a_rated_criterion_shows_its_level_its_quote_and_the_next_level() -> None:
    seen = shown(item_to_markdown(told(heard(item(1), LEVELS)).items[0]))
    start = seen.index("The cost: level 2 of 5, Mentioned")
    assert seen[start + 1 : start + 7] == [
        "An answer at level 2 does this: Names the cost in a phrase.",
        "In your words:",
        QUOTE,
        "An answer at level 3, Partial, would do this: Names the cost with one detail.",
        "Full answers also say something like this, and it was not found in yours, or only in part:",
        "The cost has a size.",
    ]


def test_every_rating_stands_in_one_table() -> None:
    second = heard(item(2), {"cause": 3, "cost": 1, "message": 5}).model_copy(update={"likely": {"cause": Likely(2, 4)}})
    table = document(heard(item(1), LEVELS), second).split("## Every rating")[1].split("##")[0]
    assert table.strip().splitlines()[2:] == [
        "| 1 | The cause | 4 of 5 |",
        "| 1 | The cost | 2 of 5 |",
        "| 1 | The message | unrated |",
        "| 2 | The cause | 3 of 5 (likely 2 to 4) |",
        "| 2 | The cost | 1 of 5 |",
        "| 2 | The message | 5 of 5 |",
    ]


def test_a_rater_that_is_not_sure_leaves_it_to_be_read_which_level_fits() -> None:
    h = heard(item(1), {"cause": 4, "cost": 2, "message": 3}).model_copy(
        update={"likely": {"cause": Likely(3, 5), "cost": Likely(2, 2), "message": Likely(2, 3)}}
    )
    cause, cost, message = told(h).items[0].criteria
    assert [(d.level, d.name) for d in cause.described] == [(3, "Partial"), (4, "Solid"), (5, "Strong")]
    assert cause.described[-1].says == "All of level 4, and on top of that: says which cause would change the plan."
    assert cost.described == (), "sure of one level"
    seen = shown(item_to_markdown(told(h).items[0]))
    at = seen.index("The cause: level 4 of 5, Solid (likely 3 to 5)")
    assert seen[at + 1] == "Read which of these your answer does; level 4 is the rater's first guess:"
    assert seen[at + 2 : at + 4] == [
        "Level 3, Partial: Names the cause with one detail.",
        f"Level 4, Solid: {item(1).criteria[0].anchors[3]}",
    ]
    after = seen[at : seen.index("The cost: level 2 of 5, Mentioned (likely 2)")]
    assert not any("does this" in s or "would do this" in s for s in after), "said once"
    above = seen[seen.index("The message: level 3 of 5, Partial (likely 2 to 3)") :]
    assert f"An answer at level 4, Solid, would do this: {message.next_level}" in above, "the next level is not among the likely ones"


def test_an_unrated_criterion_shows_its_reason_and_that_it_is_not_low() -> None:
    for markdown in (document(heard(item(1), LEVELS)), item_to_markdown(compose_item(heard(item(1), LEVELS), pack()))):
        seen = shown(markdown)
        after = seen[seen.index("The message: unrated") + 1]
        assert after == "Reason: Too little was said. That is not a low rating: it counts neither for you nor against you."


def test_no_overall_number_is_shown_where_there_is_none() -> None:
    fb = told(heard(item(1), {"cause": 4, "cost": None, "message": None}), overall=None)
    for markdown in (summary_to_markdown(fb), to_markdown(fb, title="Practice", when=WHEN)):
        assert "There is no overall number: only 1 of 3 criteria was rated, and it takes at least half." in markdown
        assert "mean is" not in markdown
        assert not re.search(r"\d\.\d of 5", markdown)
        assert "no number, too little rated" in markdown


def test_what_the_numbers_leave_out_is_listed() -> None:
    seen = shown(summary_to_markdown(told(heard(item(1), LEVELS), left_out=("question 2 was skipped",))))
    assert seen[seen.index("What these numbers leave out") + 1] == "Question 2 was skipped."


def test_a_skipped_question_says_so_once_and_what_it_looks_for() -> None:
    seen = shown(document(heard(item(1), LEVELS), ItemHeard(item=item(2), turns=(Turn(question=item(2).question),), skipped=True)))
    start = seen.index("Question 2: Precision fell in case 2. What do you do?")
    assert seen[start + 2 : start + 8] == [
        "Your answer",
        "You skipped this question.",
        "Not rated",
        "All 3 criteria are unrated. That is not a low rating: it counts neither for you nor against you.",
        "What this question looks for:",
        "The cause: Names the cause and what follows from it.",
    ]


def test_a_rating_that_failed_says_why_and_shows_the_answer() -> None:
    h = ItemHeard(item=item(1), turns=(Turn(question="?", answer=ANSWER),), rating_fault="The model at example.com did not answer")
    markdown = item_to_markdown(compose_item(h, pack()))
    assert "Reason: The model at example.com did not answer." in shown(markdown)[6]
    assert quotes_shown(markdown) == [ANSWER]


def test_a_fault_of_the_model_is_told_where_the_built_in_rater_stands_in() -> None:
    h = heard(item(1), LEVELS).model_copy(update={"rating_fault": "the model timed out"})
    assert "Please note: The model timed out. So the ratings below are the built-in rater's." in item_to_markdown(compose_item(h, pack()))


def test_follow_ups_are_shown_with_their_answers_and_quotes_say_which() -> None:
    one = item(1)
    probe = Turn(question="What would *you* say to her?", answer="I would tell her the cost.")
    counts = rated(one, {"cause": 4, "cost": 3, "message": 3})
    moved = counts.ratings[2].model_copy(update={"evidence": (Evidence(turn=1, quote="tell her the cost"),)})
    h = heard(one, {}).model_copy(
        update={
            "turns": (Turn(question=one.question, answer=ANSWER), probe, Turn(question="More?")),
            "ratings": counts.model_copy(update={"ratings": (*counts.ratings[:2], moved)}),
        }
    )
    seen = shown(item_to_markdown(compose_item(h, pack())))
    start = seen.index("Follow-up 1")
    assert seen[start : start + 7] == [
        "Follow-up 1",
        "What would *you* say to her?",
        "Your answer:",
        "I would tell her the cost.",
        "Follow-up 2",
        "More?",
        "Your answer:",
    ]
    assert seen[start + 7] == "You gave no answer here."
    assert seen[seen.index("tell her the cost") - 1] == "In your words, from your answer to follow-up 1:"
    assert seen[seen.index(QUOTE) - 1] == "In your words, from your first answer:"


@pytest.mark.parametrize("words", HOSTILE)
def test_a_hostile_answer_shows_as_typed_wherever_it_is_printed(words: str) -> None:
    quote = words.strip()
    one = item(1)
    counts = rated(one, {"cause": 4, "cost": 3, "message": 2})
    hostile = tuple(r.model_copy(update={"evidence": (Evidence(turn=0, quote=quote),), "rationale": words}) for r in counts.ratings)
    h = heard(one, {}, answer=words).model_copy(update={"ratings": counts.model_copy(update={"ratings": hostile})})
    markdown = document(h)
    assert quotes_shown(markdown) == [quote, quote, quote, quote, quote]  # the strength, the answer, and three criteria
    assert set(tags(markdown)) <= {"h1", "h2", "h3", "p", "br", "blockquote", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}
    assert "<" not in markdown


def test_hostile_model_words_and_names_show_as_typed() -> None:
    bad = "<script>x</script> [y](javascript:z)"
    one = item(1)
    counts = rated(one, {"cause": None, "cost": None, "message": 4}, model=bad, reason=bad)
    h = heard(one, {}).model_copy(update={"ratings": counts, "turns": (Turn(question=bad, answer=ANSWER),)})
    fb = told(h, left_out=(bad,))
    fb = fb.with_written(Written(strength=bad, work_on=bad, model=bad, on_strength=about(fb.strength), on_work_on=about(fb.work_on)))
    markdown = to_markdown(fb, title=bad, when=WHEN, notices=(bad,))
    assert "<" not in markdown
    assert "a" not in tags(markdown)
    assert sum(bad in block for block in shown(markdown)) >= 8


def test_each_quote_printed_is_the_evidence() -> None:
    fb = told(heard(item(1), LEVELS))
    printed = quotes_shown(item_to_markdown(fb.items[0]))
    assert printed == [ANSWER, *(e.quote for c in fb.items[0].criteria for e in c.evidence)]


def test_the_page_shortens_a_very_long_answer_and_the_document_does_not() -> None:
    words = " ".join(f"word{n}" for n in range(6_000))[:50_000].rsplit(" ", 1)[0]
    h = heard(item(1), {"cause": 1, "cost": 1, "message": 1}, answer=words)
    page = item_to_markdown(compose_item(h, pack()))
    left = len(words.split()) - 300
    assert f"(… {left:,} more words; the whole answer is in the download)" in page
    assert quotes_shown(page)[0] == " ".join(words.split()[:300])
    whole = document(h)
    assert words in quotes_shown(whole)
    assert "more words" not in whole


def test_one_endless_word_is_shortened_too() -> None:
    page = item_to_markdown(compose_item(heard(item(1), {"cause": 1}, answer="x" * 50_000), pack()))
    assert "(… 1 more word; the whole answer is in the download)" in page
    assert len(page) < 10_000


def test_the_pages_pieces_have_headings_from_level_three_down_and_skip_none() -> None:
    fb = told(heard(item(1), LEVELS).model_copy(update={"passages": (passage("## Part\n\ntext"),)}))
    for piece in (summary_to_markdown(fb), item_to_markdown(fb.items[0])):
        depths = [len(h.split()[0]) for h in headings(piece)]
        assert depths[0] == 3
        assert set(depths) == {3, 4}


def test_the_summary_says_that_a_machine_rated_which_and_what_a_rating_is_not() -> None:
    seen = " ".join(shown(summary_to_markdown(told(heard(item(1), LEVELS)))))
    assert "A machine rated these answers: the built-in rater (embedded, encoder-1), 1 question." in seen
    assert "It can be wrong" in seen
    assert "not a judgement of you as a person" in seen


def test_two_raters_far_apart_are_both_shown_with_their_words_and_the_candidate_is_asked_to_look() -> None:
    one = item(1)
    counts = rated(one, {"cause": 4, "cost": 4, "message": 4}).model_copy(update={"rater": "model", "model": "big"})
    other = rated(one, {"cause": 2, "cost": 3, "message": None})
    told_why = other.ratings[0].model_copy(update={"rationale": "One key point is near", "evidence": (Evidence(turn=0, quote=OTHER),)})
    second = other.model_copy(update={"ratings": (told_why, *other.ratings[1:])})
    h = heard(one, {}).model_copy(update={"ratings": counts, "second": second})
    fb = told(h)
    seen = shown(item_to_markdown(fb.items[0]))
    at = next(n for n, s in enumerate(seen) if s.startswith("Look at this one yourself."))
    assert "the built-in rater (embedded, encoder-1) gave it level 2 of 5, Mentioned. They are not averaged." in seen[at]
    assert seen[at + 1 : at + 4] == ["In your words:", OTHER, "Its reason: One key point is near."]
    beside = [s for s in seen if "built-in rater" in s][1:]
    assert beside == [
        "For comparison only: the built-in rater (embedded, encoder-1) gave it level 3 of 5, Partial.",
        "The built-in rater (embedded, encoder-1) left it unrated: Too little was said.",
    ]
    assert fb.second_looks == ("“The cause” in question 1: one rater gave level 4 of 5, Solid, the other level 2 of 5, Mentioned",)
    assert "Worth a second look" in summary_to_markdown(fb)
    assert fb.items[0].criteria[0].level == 4, "nothing is averaged in silence"


def test_raters_a_level_apart_ask_for_no_second_look() -> None:
    one = item(1)
    counts = rated(one, {"cause": 4, "cost": 4, "message": 4}).model_copy(update={"rater": "model", "model": "big"})
    fb = told(heard(one, {}).model_copy(update={"ratings": counts, "second": rated(one, {"cause": 3, "cost": 5, "message": 4})}))
    assert fb.second_looks == ()
    assert "second look" not in summary_to_markdown(fb)


def test_the_built_in_rater_says_how_far_off_its_levels_may_be() -> None:
    one = item(1)
    likely = {"cause": Likely(3, 5), "cost": Likely(2, 2), "message": Likely(1, 3)}
    seen = shown(item_to_markdown(told(heard(one, LEVELS).model_copy(update={"likely": likely})).items[0]))
    assert "The cause: level 4 of 5, Solid (likely 3 to 5)" in seen
    assert "The cost: level 2 of 5, Mentioned (likely 2)" in seen
    assert "The message: unrated" in seen
    plain = shown(item_to_markdown(told(heard(one, LEVELS)).items[0]))
    assert "The cause: level 4 of 5, Solid" in plain


def test_first_guesses_are_called_so_once_in_the_summary_or_with_an_item_alone() -> None:
    one = item(1)
    h = heard(one, LEVELS).model_copy(update={"likely": {"cause": Likely(3, 5)}})
    said = "The built-in rater's levels are first guesses"
    assert [s.startswith(said) for s in shown(document(h, heard(item(2), LEVELS)))].count(True) == 1
    assert [s.startswith(said) for s in shown(ratings_to_markdown(compose_item(h, pack(one))))].count(True) == 1
    by_model = h.model_copy(update={"ratings": rated(one, LEVELS).model_copy(update={"rater": "model"}), "second": h.ratings})
    assert not any(s.startswith(said) for s in shown(document(by_model)))


def test_words_that_may_stand_beside_the_point_are_shown_as_such_and_nothing_is_built_on_them() -> None:
    one = item(1)
    h = heard(one, {"cause": 3, "cost": 3, "message": 1})
    assert h.ratings
    first, *rest = h.ratings.ratings
    vague = h.model_copy(update={"ratings": h.ratings.model_copy(update={"ratings": (first.model_copy(update={"beside": True}), *rest)})})
    fb = told(vague)
    assert [bool(c.instead) for c in fb.items[0].criteria] == [False, True, False]
    seen = shown(item_to_markdown(fb.items[0]))
    at = seen.index("The closest of your words, which may not be to the point:")
    assert (
        seen.index("The cause: level 3 of 5, Partial") < at < seen.index("The cost: level 3 of 5, Partial") < seen.index("In your words:")
    )
    assert seen[at + 1] == QUOTE
    assert fb.strength and fb.strength.criterion.criterion == "cost", "of equals the one whose quote is to the point"
    alone = told(
        vague.model_copy(update={"ratings": vague.ratings and vague.ratings.model_copy(update={"ratings": vague.ratings.ratings[:1]})})
    )
    assert "The closest of your words, which may not be to the point, from question 1:" in shown(summary_to_markdown(alone))


def test_a_models_level_is_not_given_the_built_in_raters_doubt() -> None:
    one = item(1)
    counts = rated(one, {"cause": 4, "cost": 4, "message": 4}).model_copy(update={"rater": "model", "model": "big"})
    likely = {"cause": Likely(2, 4), "cost": Likely(1, 3)}
    second = rated(one, {"cause": 3, "cost": 2, "message": None})
    seen = shown(item_to_markdown(told(heard(one, {}).model_copy(update={"ratings": counts, "second": second, "likely": likely})).items[0]))
    assert "The cause: level 4 of 5, Solid" in seen
    assert "For comparison only: the built-in rater (embedded, encoder-1) gave it level 3 of 5, Partial (likely 2 to 4)." in seen
    assert any("gave it level 2 of 5, Mentioned (likely 1 to 3). They are not averaged." in s for s in seen)


def test_a_common_mistake_is_named_with_the_words_in_which_it_was_made() -> None:
    made = Mistake(says="Takes the cause for known.", evidence=Evidence(turn=0, quote=OTHER))
    for by, careful in (("embedded", True), ("model", False)):
        h = heard(item(1), LEVELS).model_copy(update={"mistakes": (made,), "mistakes_by": by})
        seen = shown(item_to_markdown(told(h).items[0]))
        at = seen.index("Common mistakes to check")
        assert seen[seen.index("A common mistake here: Takes the cause for known.") + 2] == OTHER
        assert ("can't tell making one from warning of it" in seen[at + 1]) is careful


def test_what_to_say_instead_is_the_candidates_own_words_carried_on_to_the_next_level() -> None:
    h = heard(item(1), {"cause": 5, "cost": 3, "message": 2}).model_copy(update={"missing": {"cost": ("The cost has a date.",)}})
    best, middle, low = told(h).items[0].criteria
    goal = "go on as an answer at level 4 does: names the cost with two details and a check.]"
    assert middle.instead == f"I would {QUOTE}. [Unless you said it elsewhere, {goal}"
    by_model = h.model_copy(update={"ratings": h.ratings and h.ratings.model_copy(update={"rater": "model"})})
    assert told(by_model).items[0].criteria[1].instead == f"I would {QUOTE}. [G{goal[1:]}"
    assert best.instead is None, "nothing is missing at the top"
    assert low.instead is None, "what is low is no beginning"
    unsure = h.turns[0].model_copy(update={"unsure": ((0, 7),)})
    assert told(h.model_copy(update={"turns": (unsure, *h.turns[1:])})).items[0].criteria[1].instead is None, "not sure that it was said"
    made = Mistake(says="Says it.", evidence=Evidence(turn=0, quote=QUOTE))
    assert told(h.model_copy(update={"mistakes": (made,)})).items[0].criteria[1].instead is None, "the mistake itself is none"


def test_a_note_of_a_model_that_quotes_nobody_or_guesses_at_the_person_is_not_shown() -> None:
    invented = "He seems nervous and would not be hired. “We cut churn by half” shows it."
    h = heard(item(1), LEVELS)
    assert h.ratings
    for rater, note, shown_note in (
        ("model", invented, ""),
        ("model", "He seems nervous.", ""),
        ("model", f"It says “{QUOTE}”.", f"It says “{QUOTE}”."),
        ("embedded", "By meaning.", "By meaning."),
    ):
        ratings = tuple(r.model_copy(update={"rationale": note}) for r in h.ratings.ratings)
        of = h.ratings.model_copy(update={"rater": rater, "ratings": ratings})
        assert {c.rationale for c in told(h.model_copy(update={"ratings": of})).items[0].criteria} == {shown_note}


def test_an_item_that_the_end_came_before_was_not_skipped() -> None:
    text = document(heard(item(1), LEVELS), ItemHeard(item=item(2), turns=(Turn(question=item(2).question),)))
    assert "You gave no answer here." in text
    assert "All 3 criteria are unrated. That is not a low rating" in text
    assert "You skipped" not in text


def test_nothing_is_said_about_character_feelings_or_an_offer() -> None:
    text = document(heard(item(1), LEVELS), ItemHeard(item=item(2), skipped=True)).casefold()
    for word in ("personality", "confiden", "nervous", "emotion", "job offer", "hired", "chance", "likely to", "unlikely", "likely that"):
        assert word not in text


def test_the_same_feedback_gives_the_same_document() -> None:
    assert document(heard(item(1), LEVELS)) == document(heard(item(1), LEVELS))


def test_a_long_question_is_cut_in_its_heading_and_stands_whole_below() -> None:
    question = "Tell me about " + "a very long matter " * 10 + "and its end."
    long = item(1).model_copy(update={"question": question})
    page = item_to_markdown(compose_item(heard(long, LEVELS), pack(long)))
    assert headings(page)[0].endswith("…")
    assert len(headings(page)[0]) < 110
    assert question in shown(page)
