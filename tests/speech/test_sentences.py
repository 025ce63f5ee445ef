"""Growing text into sentences for a voice."""

from __future__ import annotations

import random

import pytest

from interviewer.speech.sentences import Sentences, clean, sentences_of

LONG = "You said that recall matters more than precision here, which many people would dispute when each false alarm costs a phone call."
TEXTS = [
    'Thank you, e.g. for 3.5 % of it. Dr. Smith vs. Logit. What… then? "Really?" he said. "No!" Yes... And so on.',
    "## Plan\n\n1. First **do this.** Then\n2. Second: see [the doc](https://x.y/z) or https://www.a.com/b?c=1.\n- a_b too\n\n---\n...",
    "soft wrapped\nline goes on. At 10 a.m. we met. U.S. Army. Now No. 5 is alive. I said no. Then.",
    LONG,
    "word " * 60 + "end. And x",
    "a," * 150,
    "\u200b\ud800 broken \x07 text. Next",
]


@pytest.mark.parametrize("text", TEXTS)
def test_text_gives_the_same_sentences_however_it_grows(text: str) -> None:
    for seed in range(30):
        draw, growing, told, at = random.Random(seed), Sentences(), list[str](), 0
        while at < len(text):
            at += draw.randint(1, 9)
            told += growing.feed(text[:at])
        assert told + growing.rest() == sentences_of(text)


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Use a metric, e.g. recall. Then i.e. this vs. that.", ["Use a metric, e.g. recall.", "Then i.e. this vs. that."]),
        ("Dr. Ng said 3.5 of 1,000. Why?", ["Dr. Ng said 3.5 of 1,000.", "Why?"]),
        ("Well… maybe. So… Yes.", ["Well… maybe.", "So…", "Yes."]),
        ('She said "Stop!" Then (so be it.) Go on', ['She said "Stop!"', "Then (so be it.)", "Go on"]),
        ("“Why?” he asked. “No.” Fine.", ["“Why?” he asked.", "“No.”", "Fine."]),
        ("1. First. 2. Second.", ["1. First.", "2. Second."]),
        ("Plan:\n1. First\n2. Second\n\nDone", ["Plan:", "1. First", "2. Second", "Done"]),
        ("It is wrapped\nby an editor. Now", ["It is wrapped by an editor.", "Now"]),
        ("I said no. No. 5 it is. See Fig. 2 or B. Which?", ["I said no.", "No. 5 it is.", "See Fig. 2 or B.", "Which?"]),
        ("Between you and I. Then.", ["Between you and I.", "Then."]),
        ("... ?! --- \n\n * * * \n", []),
        ("", []),
    ],
)
def test_a_sentence_ends_where_a_speaker_would_end_it(text: str, sentences: list[str]) -> None:
    assert sentences_of(text) == sentences


def test_a_sentence_is_told_as_soon_as_the_next_one_begins_and_once() -> None:
    growing = Sentences()
    assert growing.feed("Thank you.") == []  # "Thank you.5" may come yet
    assert growing.feed("Thank you. W") == ["Thank you."]
    assert growing.feed("Thank you. What then?") == []
    assert growing.rest() == ["What then?"]
    assert growing.rest() == []


def test_words_that_are_replaced_drop_what_was_not_told_and_begin_anew() -> None:
    growing = Sentences()
    assert growing.feed("That is fine. You should have sa") == ["That is fine."]
    assert growing.feed("How did you choose? And why") == ["How did you choose?"]
    assert growing.rest() == ["And why"]


def test_words_that_go_on_otherwise_after_what_was_told_are_not_told_twice() -> None:
    growing = Sentences()
    assert growing.feed("Thank you. You should have sa") == ["Thank you."]
    assert growing.feed("Thank you. How did you choose?") + growing.rest() == ["How did you choose?"]


def test_a_long_sentence_is_parted_at_a_clause_before_it_is_whole() -> None:
    assert sentences_of(LONG) == [
        "You said that recall matters more than precision here,",
        "which many people would dispute when each false alarm costs a phone call.",
    ]
    parts = sentences_of("word " * 60)
    assert max(map(len, parts)) <= 100 and " ".join(parts) == ("word " * 60).strip()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("**Recall** and *precision*, `k` = 5, __so__ ~~no~~", "Recall and precision, k = 5, so no"),
        ("the A/B test of snake_case with 2*3 and 2 * 3", "the A/B test of snake_case with 2*3 and 2 * 3"),
        ("# Title", "Title"),
        ("> - quoted point", "quoted point"),
        ("see [the paper](https://a.b/c) ![chart](x.png)", "see the paper chart"),
        ("at https://www.example.com:80/a/b?c=1#d, or <http://x.org>.", "at example.com, or x.org."),
        ("bell\x07 tab\t and\u200b zero\ud800", "bell tab and zero"),
        ("well done \U0001f600", "well done"),
        ("```python\nprint(1)\n```", "print(1)"),
        ("—", ""),
    ],
)
def test_marks_for_the_eye_are_not_said(written: str, said: str) -> None:
    assert clean(written) == said
