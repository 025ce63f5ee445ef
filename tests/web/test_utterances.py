"""What the interviewer says goes to one page of its interview, sentence by sentence, and is never said twice."""

from __future__ import annotations

import asyncio

from interviewer.web.aloud.utterances import Utterance, Utterances


async def sentences(utterance: Utterance) -> list[str]:
    return [s async for s in utterance.sentences()]


def test_sentences_come_while_the_words_still_grow() -> None:
    async def go() -> None:
        utterance = Utterance()
        coming = utterance.sentences()
        utterance.grow("Precision fell. What do")
        assert await anext(coming) == "Precision fell."
        waiting = asyncio.ensure_future(anext(coming))
        await asyncio.sleep(0)
        assert not waiting.done()
        utterance.grow("Precision fell. What do you do?")
        utterance.end()
        assert await waiting == "What do you do?"
        assert [s async for s in coming] == []

    asyncio.run(go())


def test_a_page_that_connects_a_moment_later_still_hears_it_once() -> None:
    async def go() -> None:
        hub = Utterances()
        hub.say("one", "What do you do?")
        assert await sentences(hub.subscribe("one").get_nowait()) == ["What do you do?"]
        assert hub.subscribe("one").empty()

    asyncio.run(go())


def test_of_two_pages_the_one_that_connected_last_speaks_until_it_goes() -> None:
    async def go() -> None:
        hub = Utterances()
        first, second = hub.subscribe("one"), hub.subscribe("one")
        hub.say("one", "First.")
        assert (first.empty(), second.empty()) == (True, False)
        hub.unsubscribe("one", second)
        hub.say("one", "Second.")
        assert not first.empty()
        hub.unsubscribe("one", first)
        hub.say("two", "To nobody.")
        assert hub.subscribe("one").empty()

    asyncio.run(go())


def test_what_comes_while_a_sentence_is_being_spoken_is_said_after_it() -> None:
    async def go() -> None:
        utterance = Utterances().begin("one")
        utterance.grow("Precision fell. What do")
        coming, said = utterance.sentences(), list[str]()
        async with asyncio.timeout(5):
            async for sentence in coming:
                said.append(sentence)
                if len(said) == 1:  # a voice that takes its time: the rest is there before it has finished
                    utterance.grow("Precision fell. What do you do? Why?")
                    utterance.end()
        assert said == ["Precision fell.", "What do you do?", "Why?"]

    asyncio.run(go())
