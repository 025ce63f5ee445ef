"""What an interviewer may say, and what is dropped before anybody sees it."""

from __future__ import annotations

import itertools

import pytest

from interviewer.interview.guard import MOST_CHARACTERS, MOST_WORDS, Guard, Unfit, keeps_numbers, keeps_question, one_question
from tests.interview.talking import ANSWER, QUESTION, ROOT, item

NEUTRAL = [
    "Could you walk me through how you would find the cause?",
    "How would you correct it?",
    "Who would correct the labels, and how often?",
    "What would you do about missed fraud?",
    "How would you know that a prediction was wrong?",
    "Suppose that is wrong: what would you look at next?",
    "Tell me about a time you were wrong.",
    "Tell me about a deadline you missed.",
    "Where exactly did the options differ?",
    "What could go wrong, and for whom?",
    "Thank you. What happened next?",
    "Thanks for that. Let us turn to another topic.",
    "You mentioned the threshold; how would you choose a new one?",
    "You said that you would roll back. What would make you do it?",
    "How would you check that the labels are correct?",
    "What would make the strongest case against your plan?",
    "How would you handle a wrong answer from the assistant in front of a customer?",
    "In a case like that, who decides?",
    "How would you explain a weak signal to the head of sales?",
    "Which of those would you do first, and why?",
    "What would poor data look like here?",
    "Who would find that helpful?",
    "What is the right threshold for this team, and how would you find it?",
    "And if the model failed to load, what would the page show?",
    "What would customers love about it, and what would they hate?",
    "Okay. Let us say that recall rose. What changes for you?",
    "How sure are you of that, and what would make you surer?",
    "What does the team do when that is not true?",
    "How bad would it have to get before you stopped the launch?",
    "If you missed the target by half, what would you tell the board?",
    "How would you find out whether you are right?",
    "What did you do when it turned out that you were mistaken?",
    "Which features are nice-to-have, in your view?",
    "What would you absolutely not ship?",
    "I see. What would you measure?",
    "I would like to hear how you would decide.",
]
VERDICTS = [
    "Great answer! What else?",
    "Good point. How would you check it?",
    "That's a really strong plan. What would you do first?",
    "That\u2019s right. What next?",
    "Exactly. And what would you tell operations?",
    "Exactly, so what would you tell operations?",
    "Exactly \u2014 and what would you tell operations?",
    "Correct, and what else could it be?",
    "That is not quite right. What else could it be?",
    "Hmm, I'm not sure that's correct. What else could it be?",
    "You missed the threshold. What about it?",
    "You didn't mention recall. What about it?",
    "You should have asked about recall. What would you do with it?",
    "Interesting! Which metric would you pick?",
    "I like that. How would you test it?",
    "Love that. What comes next?",
    "Thanks, that's helpful. What would you do next?",
    "Thank you for the clear answer. What would you do next?",
    "You're wrong about recall; what is it?",
    "Unfortunately that does not hold. What else?",
    "Well done. Let us go on: what is recall?",
    "well\ndone, what next?",
    "That makes sense. How would you start?",
    "Okay, solid answer. What would you do about labels?",
    "You correctly named the threshold. What else?",
    "Your answer was a bit vague. What would you measure?",
    "I appreciate the detail. What would you measure?",
    "Right. What would you tell operations?",
    "Spot-on, and then?",
    "Spot on - and then?",
    "Sounds good. What would you measure first?",
    "I think you're right about the labels. What else?",
    "**Great**, and then?",
    "_Great_, and then?",
    "Nice\u200b, and then?",
    "\uff27\uff32\uff25\uff21\uff34, and then?",
    "\U0001f44d What next?",
]


def guard(*allowed: str) -> Guard:
    return Guard(item(), [QUESTION, *allowed])


@pytest.mark.parametrize("words", NEUTRAL)
def test_a_plain_question_passes(words: str) -> None:
    guard().check(words, end=True)


@pytest.mark.parametrize("words", VERDICTS)
def test_a_verdict_is_refused(words: str) -> None:
    with pytest.raises(Unfit, match="judges"):
        guard().check(words, end=True)


@pytest.mark.parametrize("words", NEUTRAL)
def test_a_plain_question_passes_as_it_grows(words: str) -> None:
    growing = guard()
    for n in range(1, len(words) + 1):
        if words[n - 1].isspace():
            growing.check(words[:n])
    growing.check(words, end=True)


def test_a_verdict_that_the_question_holds_may_be_repeated() -> None:
    said = "Let us play a scene: the customer says, that's a great answer. What do you reply?"
    guard(said).check(said, end=True)


def test_a_word_that_the_candidate_used_may_be_taken_up() -> None:
    guard("We had an excellent week and a perfect launch.").check("You spoke of an excellent week. What made it so?", end=True)


@pytest.mark.parametrize(
    "words", ["Excellent. What else?", "That's excellent. What else?", "Right. What else?", "You're right. What else?"]
)
def test_a_word_that_the_candidate_used_is_still_no_verdict_to_give(words: str) -> None:
    with pytest.raises(Unfit):
        guard("Right, so we had an excellent week and a right mess.").check(words, end=True)


@pytest.mark.parametrize(
    "words",
    [
        "Could it be that an unchanged threshold on another score scale flags more payments?",
        "And what of an unchanged\nthreshold on another -- score?",
        "Would scoring yesterday\u2019s payments twice tell you?",
        "Would SCORING YESTERDAY'S PAYMENTS TWICE tell you?",
        "Do you mean distinct explanations of the number?",
    ],
)
def test_four_words_in_a_row_of_the_rubric_give_it_away(words: str) -> None:
    with pytest.raises(Unfit, match="gives away"):
        guard().check(words, end=True)


def test_words_of_the_rubric_that_the_candidate_said_first_give_nothing_away() -> None:
    guard("With an unchanged threshold on another score scale we flag more.").check(
        "You said: an unchanged threshold on another score scale. What follows?", end=True
    )


def test_texts_that_may_be_repeated_are_read_though_they_come_only_once() -> None:
    once = iter(["An excellent week with an unchanged threshold on another score scale."])
    Guard(item(), once).check("That excellent week, with an unchanged threshold on another score scale: what followed?", end=True)


@pytest.mark.parametrize("cut", range(1, 30))
def test_what_is_refused_is_refused_wherever_the_pieces_are_cut(cut: int) -> None:
    words = "You spoke of labels before now. And what of an unchanged threshold on another score scale? That is a great idea, by the way."
    pieces = [words[i : i + cut] for i in range(0, len(words), cut)]
    growing = guard()
    with pytest.raises(Unfit):
        for text in itertools.accumulate(pieces):
            growing.check(text)


def test_a_secret_far_behind_what_is_new_is_still_found() -> None:
    growing = guard()
    growing.check("What ")
    with pytest.raises(Unfit):
        growing.check("What of an unchanged" + " " * 300 + "threshold on another?")


def test_a_word_within_a_longer_one_is_no_verdict_however_the_text_is_cut() -> None:
    growing, words = guard(), "And " + "then " * 30 + "the unhelpful, ungood, goodwill and greatest parts?"
    for n in range(1, len(words) + 1):
        if words[n - 1].isspace():
            growing.check(words[:n])


def test_numbers_that_nobody_said_are_refused() -> None:
    with pytest.raises(Unfit, match="number 2500"):
        guard("It flagged 2,000 a day.").check("It flagged about 2,500 a day.", end=True)
    guard("It flagged 2,000 a day in two weeks.").check("So 2000 a day over 2 weeks: what follows?", end=True)


def test_whoever_runs_on_is_stopped_blanks_or_not() -> None:
    for text in ("word " * (MOST_WORDS + 1), "word\n" * (MOST_WORDS + 1), "x" * (MOST_CHARACTERS + 1)):
        with pytest.raises(Unfit, match="more than"):
            guard().check(text)


def test_the_interviewer_does_not_speak_of_rubrics_nor_shows_the_marks_of_its_prompt() -> None:
    for text in ("The rubric asks for more, what else?", "</candidate-words 12ab> What else?", "As an AI, I ask: what else?"):
        with pytest.raises(Unfit):
            guard().check(text, end=True)
    guard("Every rubric has a flaw.").check("Which flaw does a rubric have?", end=True)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("What else? And who decides?", "What else?"),
        ("What else?? And who decides?", "What else??"),
        ("What else?! Who decides?", "What else?!"),
        ("Walk me through it.", "Walk me through it."),
        ("", ""),
        ("You said 65%? What of 80?", "You said 65%?"),
        ("Is it 0.5? Or more?", "Is it 0.5?"),
        (
            "Which metric, e.g. recall or approx. 3.5 of it, would you pick? And why?",
            "Which metric, e.g. recall or approx. 3.5 of it, would you pick?",
        ),
        ('She asks, "why?" What do you say? And then?', 'She asks, "why?" What do you say?'),
        ("She asks, \u201cwhy?\u201d What do you say? And then?", "She asks, \u201cwhy?\u201d What do you say?"),
        ("It dropped (really?) last week. What then? And who?", "It dropped (really?) last week. What then?"),
        ("Look at page?id=3 first. What then? And who?", "Look at page?id=3 first. What then?"),
        ('"What else? And who decides?"', '"What else?'),
    ],
)
def test_one_question_is_asked_at_a_time(words: str, kept: str) -> None:
    assert one_question(words) == kept


def test_a_question_that_was_written_as_two_may_be_asked_as_two() -> None:
    assert one_question("What? Why? Who?", most=2) == "What? Why?"


@pytest.mark.parametrize(
    ("words", "keeps"),
    [
        ("Precision fell from 80 to 65 percent: why?", True),
        ("Precision fell from 80% to 65%: why?", True),
        ("Precision fell from eighty to 65 percent: why?", True),
        ("Precision fell to 65 percent: why?", False),
        ("Precision fell from 80 to 56 percent: why?", False),
        ("Of 2,000 flags a day, precision fell from 80 to 65 percent: why?", False),
        ("Precision fell: why?", False),
    ],
)
def test_the_numbers_of_a_question_stay_as_they_are(words: str, keeps: bool) -> None:
    assert keeps_numbers(words, "Precision fell from 80 to 65 percent. Why?") is keeps


def test_numbers_are_the_same_however_they_are_written() -> None:
    assert keeps_numbers(
        "Orders rose by 3 percent in two weeks to 20000, at 0.5.", "In two weeks orders rose three percent to 20,000, at 0.50."
    )
    assert not keeps_numbers("Orders rose by five percent in two weeks.", "In two weeks orders rose three percent.")


def test_a_rewording_keeps_the_question_and_a_remark_does_not() -> None:
    reworded = "From the threshold to another matter: precision of the fraud model fell from 80 to 65 percent. How do you find out why?"
    assert keeps_question(reworded + " And what do you tell operations today?", QUESTION)
    assert not keeps_question("Shall we move on?", QUESTION)


def test_no_authored_probe_or_fact_of_the_shipped_pack_is_refused_as_a_verdict_unless_the_guard_is_told_of_it() -> None:
    from interviewer.bank import sound_packs

    for pack in sound_packs(ROOT / "corpus"):
        for about in pack.items:
            for text in [
                about.question,
                about.clarification,
                *(f.says for f in about.facts),
                *(p for c in about.criteria for p in c.probes),
            ]:
                if len(text.split()) <= MOST_WORDS:
                    Guard(about, [text]).check(text, end=True)
    guard(ANSWER).check("You would look at the threshold. What else?", end=True)
