from __future__ import annotations

import math

import pytest

from benchmarks.ending import FORMS, answers, bare, cut_off, pauses, stopped
from interviewer.speech.ending import CLOSING_S, SAID_SO_S, Verdict, asks_for_time, decide, silence_needed, without_commands

WHOLE = "We measured recall on last year's tickets, and it fell by four points. I rolled the change back the same day."
TWO_SECONDS = 2.0


def spelled(text: str) -> list[str]:
    """A text as different recognisers write it."""
    return [text, bare([text]), stopped([text]), text.replace("'", "\u2019")]


# --------------------------------------------------------------------------- what ends an answer


def test_a_whole_answer_ends_after_a_silence_longer_than_any_pause_of_two_seconds() -> None:
    for text in spelled(WHOLE):
        assert decide(text, TWO_SECONDS + 0.25) is Verdict.GO_ON
        assert decide(text, 5.0) is Verdict.END


@pytest.mark.parametrize(
    "end",
    [
        "That's my answer.",
        "That's my answer, thank you.",
        "So yeah, that would be my answer.",
        "That's it.",
        "Okay, I'm done.",
        "And that's all I have.",
        "That's all from me, thanks.",
        "I have nothing to add.",
        "Next question please.",
    ],
)
def test_who_says_that_the_answer_is_over_waits_less_than_a_second(end: str) -> None:
    for text in (f"{WHOLE} {end}", f"{WHOLE} {end}".replace("'", "\u2019"), stopped([WHOLE, end])):
        assert silence_needed(text) == SAID_SO_S < 1
        assert decide(text, 0.8) is Verdict.END


@pytest.mark.parametrize("end", ["that's my answer", "okay so i'm done", "so yeah i think that's it", "and that's all i have"])
def test_it_is_understood_without_marks_too(end: str) -> None:
    assert silence_needed(f"{bare([WHOLE])} {end}") == SAID_SO_S


@pytest.mark.parametrize(
    "text",
    [
        "I told them that's my answer",
        "I said to the team, that's it",
        "We shipped it because I decided that that's my answer",
        "We only look at recall and that's it",
        "I asked whether that's all I have",
        "For a team of five a note is enough, that's all you need",
        "They asked me twice and I said that's not my answer",
    ],
)
def test_the_same_words_inside_a_story_end_nothing_early(text: str) -> None:
    needed = silence_needed(text)
    assert needed is None or needed >= CLOSING_S
    assert without_commands(text) == text


def test_a_closing_sentence_waits_less_than_another_whole_one_and_still_more_than_two_seconds() -> None:
    closing = silence_needed(f"{WHOLE} So that's how I'd approach it.")
    other = silence_needed(f"{WHOLE} The vendor sent a new file.")
    assert closing is not None and other is not None
    assert TWO_SECONDS < closing < other


def test_a_question_to_the_interviewer_is_not_waited_out() -> None:
    for text in spelled("Before I start, can I ask who the users are?"):
        assert silence_needed(text) == CLOSING_S


# --------------------------------------------------------------------------- what does not


@pytest.mark.parametrize(
    "end",
    [
        "and",
        "because",
        "with the",
        "so what I did was",
        "the metric would be",
        "for example",
        "first of all",
        "the first thing is",
        "I would look at",
        "in terms of",
        "um",
        "and it was, uh",
        "we have",
        "it depends on",
        "let me give you an example",
        "and then",
        "I think that",
    ],
)
def test_an_answer_that_breaks_off_is_never_ended_by_silence(end: str) -> None:
    for text in (f"{WHOLE} {end}", f"{WHOLE} {end.capitalize()}.", f"{bare([WHOLE])} {end.lower()}"):
        assert silence_needed(text) is None, text
        assert decide(text, math.inf) is Verdict.GO_ON


@pytest.mark.parametrize("text", ["If the model is wrong", "When nobody looks at it.", "So if the label is late", "But when it fails."])
def test_a_condition_without_its_consequence_is_not_whole(text: str) -> None:
    assert silence_needed(f"{WHOLE} {text}") is None


@pytest.mark.parametrize("text", ["If the model is wrong, we lose the customer.", "When it fails, somebody has to call them back."])
def test_a_condition_with_its_consequence_is_whole(text: str) -> None:
    assert silence_needed(f"{WHOLE} {text}") is not None


def test_a_list_is_waited_for_until_its_last_entry() -> None:
    said = "I'd check three things before launch."
    assert silence_needed(said) is None
    said += " First, does it work for small customers."
    assert silence_needed(said) is None
    said += " Second, who can undo what it does."
    assert silence_needed(said) is None
    assert silence_needed(f"{said} And third, whether we can switch it off at night.") is not None
    assert silence_needed(f"{said} And finally, whether we can switch it off at night.") is not None


def test_a_list_that_was_lost_does_not_hold_the_answer_open_for_ever() -> None:
    said = "There are three reasons. First, it was slow. " + "We looked at the queue and moved the heavy job to the night shift. " * 6
    assert silence_needed(said) is not None


@pytest.mark.parametrize("text", ["", "   ", "...", "Yes.", "Well, three.", "\n", "?", "um", "\u4f60\u597d"])
def test_hardly_anything_said_is_no_answer_yet(text: str) -> None:
    assert decide(text, math.inf) is Verdict.GO_ON


@pytest.mark.parametrize(
    "end",
    [
        "Let me think.",
        "Hmm, let me see.",
        "Give me a second.",
        "Let me think about that for a moment.",
        "Let me think about how I would cut that.",
        "Hold on.",
        "One moment please.",
        "Just a second.",
        "Bear with me.",
        "Where was I?",
        "I need a minute to think.",
        "Let me think, um, okay.",
        "How do I put this?",
    ],
)
def test_a_request_for_time_is_never_ended_by_silence(end: str) -> None:
    for text in (end, f"{WHOLE} {end}", f"{WHOLE} {stopped([end])}"):
        assert asks_for_time(text)
        for silence in (0.0, 0.7, 3.0, 60.0, math.inf):
            assert decide(text, silence) is Verdict.THINKING


def test_once_the_answer_goes_on_the_request_is_over() -> None:
    assert decide(f"Let me think. {WHOLE}", 5.0) is Verdict.END
    assert decide(f"let me think okay {bare([WHOLE])}", 5.0) is Verdict.END


@pytest.mark.parametrize("text", ["We asked the customers to hold on", "It now answers in just a second", "The target was one second"])
def test_a_second_that_was_measured_asks_for_nothing(text: str) -> None:
    for spelling in spelled(f"{WHOLE} {text}"):
        assert not asks_for_time(spelling)


# --------------------------------------------------------------------------- what holds of every text


def every_beginning() -> list[str]:
    return [pause.text for answer in answers() for form in FORMS.values() for pause in pauses(answer, form)]


def test_no_text_ends_before_six_tenths_of_a_second() -> None:
    texts = [*every_beginning(), WHOLE, f"{WHOLE} That's my answer.", "That's my answer.", "Next question please.", "x " * 3000]
    assert {decide(text, silence) for text in texts for silence in (0.0, 0.3, 0.59, -1.0)} <= {Verdict.GO_ON, Verdict.THINKING}


def test_no_text_is_ended_while_the_last_thing_said_asks_for_time() -> None:
    for text in every_beginning()[::3]:
        for request in ("Let me think.", "let me think about that", "Give me a second."):
            assert decide(f"{text} {request}", math.inf) is not Verdict.END, text


def test_a_longer_silence_never_takes_an_end_back() -> None:
    for text in every_beginning()[::7]:
        verdicts = [decide(text, s) is Verdict.END for s in (0.5, 0.8, 2.1, 2.5, 3.1, 4.5, 60.0)]
        assert verdicts == sorted(verdicts)


def test_the_scripted_answers_are_many_and_a_third_of_them_is_held_out() -> None:
    every = answers()
    assert len({a.id for a in every}) == len(every) >= 60
    assert 3 * sum(a.held_out for a in every) == len(every)
    assert len({a.manner for a in every}) >= 6
    assert all(a.pauses and min(a.pauses) >= 0.3 and max(a.pauses) < 4 for a in every)


def test_few_scripted_answers_are_cut_off_at_pauses_up_to_two_seconds() -> None:
    for form in FORMS.values():
        short = [p for a in answers() if not a.held_out for p in pauses(a, form) if p.seconds is not None and p.seconds <= TWO_SECONDS]
        assert sum(map(cut_off, short)) <= 0.05 * len(short)


# --------------------------------------------------------------------------- commands are no part of the answer


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"{WHOLE} That's my answer.", WHOLE),
        (f"{WHOLE} So yeah, I think that's it.", WHOLE),
        (f"{WHOLE} I have nothing to add to that. Next question please.", WHOLE),
        (f"Hmm, let me think. {WHOLE}", WHOLE),
        (f"Give me a second to think about that. {WHOLE}", WHOLE),
        (f"{WHOLE} Let me think about that for a second.", WHOLE),
        (f"Let me think. {WHOLE} That\u2019s my answer, thanks!", WHOLE),
        ("let me think so i would ask the nurses first that's my answer", "so i would ask the nurses first"),
        ("That's my answer.", ""),
        ("Let me think.", ""),
        ("", ""),
    ],
)
def test_what_is_said_to_the_interviewer_is_cut_off(text: str, left: str) -> None:
    assert without_commands(text) == left


@pytest.mark.parametrize(
    "text",
    [
        WHOLE,
        "I told them that's my answer to churn, and they took it.",
        "Let me think about churn first, because it pays for everything else.",
        "They let me think. Then I wrote the memo.",
        "The target was one second.",
        "How long it took? One second.",
        "We tried rules. Let me think. Then we tried a model.",
        "Let me see what the data says about that.",
        "That's it for the first part, now the second one.",
        "Give me a second model and I can compare them.",
        "I would hold on to the old model for a month.",
        "  We waited a minute.",
        "My boss agreed to let me think about it",
        "The customers had to hold on",
    ],
)
def test_what_only_looks_like_a_command_stays(text: str) -> None:
    assert without_commands(text) == text.strip()


def test_what_is_left_is_a_stretch_of_what_was_said_and_asks_for_no_further_cut() -> None:
    for text in every_beginning():
        left = without_commands(text)
        assert left in text
        assert without_commands(left) == left


def test_scripted_answers_lose_their_commands_alone() -> None:
    spoken_to = ("answer", "it", "done", "please", "have", "thanks", "think", "that", "second", "moment", "add", "question")
    for answer in answers():
        text = " ".join(answer.stretches)
        left = without_commands(text)
        if answer.manner not in ("asks for time", "says that it is over"):
            assert left == text
        else:
            cut = text.replace(left, "", 1).lower()
            assert not cut or any(word in cut for word in spoken_to)
            assert len(cut.split()) <= 14
