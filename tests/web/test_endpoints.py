"""Every handler is a public HTTP endpoint: over raw HTTP, another's cookie opens nothing, and no cookie opens nothing."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from interviewer.interview import State
from tests.rooms import CANDIDATE, STRONG, run
from tests.web.site import Site

SECRET_WORDS = "Only Ada knows of the purple elephant in the warehouse of payments."
INTERVIEW_INPUTS = {"interview", "past"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = Site(tmp_path_factory.mktemp("site"))
    yield site
    site.stop()


@pytest.fixture(scope="module")
def adas(site: Site) -> State:
    """An interview of somebody who is not among the visitors: one answer given, and rated in part."""

    async def begin() -> State:
        state = await site.room.begin(items=2)
        state = await site.room.answered(state, f"{STRONG} {SECRET_WORDS}")
        await site.room.door.behind.settled(state.id)
        return state

    return run(begin())


def handlers(site: Site) -> dict[str, list[dict[str, Any]]]:
    """Every named handler of the page with its inputs, as the server itself lists them."""
    config = httpx.get(f"{site.address}/config").json()
    parts = {c["id"]: c for c in config["components"]}
    return {d["api_name"]: [parts[i] for i in d["inputs"]] for d in config["dependencies"] if d["api_name"] and d["backend_fn"]}


def forged(inputs: list[dict[str, Any]], interview: str, seq: int) -> list[Any]:
    """Values that name another's interview wherever one can be named."""
    values: list[Any] = []
    for part in inputs:
        kind, named = part["type"], part["props"].get("elem_id")
        if kind == "number":
            values.append(seq)
        elif named == "dispute-what":
            values.append("m-1 compares")
        elif (kind == "textbox" and named is None) or named == "past":
            values.append(interview)
        elif kind == "textbox":
            values.append("An answer that Mallory put in for Ada.")
        else:
            values.append(part["props"].get("value"))
    return values


def test_there_is_a_handler_for_everything_a_person_does(site: Site) -> None:
    expected = {"arrive", "look", "begin", "open_past", "confirm_delete", "send", "clarify", "again", "skip", "end", "next_item", "dispute"}
    assert expected <= handlers(site).keys()


def test_no_handler_opens_another_candidates_interview(site: Site, adas: State) -> None:
    before = site.room.store.events(adas.id, CANDIDATE)
    mallory = site.visitor()
    seq = adas.open_turn.seq if adas.open_turn else 0
    for name, inputs in handlers(site).items():
        said = site.call(mallory, name, forged(inputs, adas.id, seq))
        assert "purple elephant" not in said, name
        assert adas.turns[0].question not in said or name == "begin", name
        assert site.room.store.events(adas.id, CANDIDATE) == before, f"{name} changed another's interview"


def test_the_handlers_that_name_an_interview_say_in_a_sentence_that_it_is_not_there(site: Site, adas: State) -> None:
    mallory = site.visitor()
    listed = handlers(site)
    for name in ("send", "clarify", "again", "skip", "end", "next_item", "open_past", "confirm_delete", "look", "dispute", "rate_again"):
        said = site.call(mallory, name, forged(listed[name], adas.id, 1))
        assert "no interview" in said.lower() or "not yours" in said.lower(), (name, said[:400])


@pytest.mark.parametrize("cookie", [None, "", "candidate", "YWRh.forged-signature", f"{CANDIDATE}.x"])
def test_without_a_cookie_that_we_signed_no_handler_does_anything(site: Site, adas: State, cookie: str | None) -> None:
    client = httpx.Client(base_url=site.address, timeout=30, cookies={"candidate": cookie} if cookie is not None else None)
    listed = handlers(site)
    for name in ("begin", "send", "end", "arrive", "leave"):
        said = site.call(client, name, forged(listed[name], adas.id, 1))
        assert "cookie" in said, (name, said[:400])


@pytest.mark.parametrize("file", ["feedback.md", "feedback.json", "export.json"])
def test_downloads_are_there_for_their_owner_alone(site: Site, adas: State, file: str) -> None:
    mallory = site.visitor()
    for client in (mallory, httpx.Client(base_url=site.address)):
        response = client.get(f"/interviews/{adas.id}/{file}")
        assert response.status_code == 404 and "purple" not in response.text


def test_a_person_can_begin_answer_and_read_over_the_same_endpoints(site: Site) -> None:
    grace = site.visitor()
    listed = handlers(site)
    said = site.call(grace, "begin", [p["props"].get("value") for p in listed["begin"]])
    assert "Question 1 of" in said
    who = site.room.store.interviews(None)[0]
    state = asyncio.run(site.room.door.state(who.id, None))
    assert state.open_turn
    site.call(grace, "send", [who.id, state.open_turn.seq, "I would compare the old model and the new model."])
    site.call(grace, "send", [who.id, state.open_turn.seq, "I would send the same answer twice."])
    after = asyncio.run(site.room.door.state(who.id, None))
    assert [t.answer for t in after.turns if t.answer] == ["I would compare the old model and the new model."]
    site.call(grace, "end", [who.id])
    text = grace.get(f"/interviews/{who.id}/feedback.md")
    assert text.status_code == 200 and "I would compare the old model" in text.text
    assert text.headers["content-disposition"].startswith("attachment")
    kept = json.loads(grace.get(f"/interviews/{who.id}/export.json").text)
    assert kept["turns"][0]["answer"] == "I would compare the old model and the new model."


def test_healthz_answers_200_when_an_interview_can_be_begun(site: Site) -> None:
    deadline = time.monotonic() + 20
    while httpx.get(f"{site.address}/healthz").status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert httpx.get(f"{site.address}/healthz").json() == {"status": "ready"}


def test_nonsense_in_place_of_a_seq_or_a_choice_gets_a_sentence(site: Site) -> None:
    grace = site.visitor()
    listed = handlers(site)
    assert "no interview" in site.call(grace, "send", ["no-such-interview", None, "An answer."]).lower()
    values = [p["props"].get("value") for p in listed["begin"]]
    values[2] = "no-such-seniority"
    assert "error" in site.call(grace, "begin", values).lower() or "choose again" in site.call(grace, "begin", values)
