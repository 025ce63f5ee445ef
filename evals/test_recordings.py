"""A recording answers exactly the request that it was made for, and what is not recorded is told so that it can be mended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from evals.recordings import Recording, Recordings, difference, read_recordings, sent_of
from evals.wires import Replayed, Tape
from interviewer.errors import AuthorError
from interviewer.model import Ask, Fault, Place, Reply, Role, Shape
from interviewer.model.tokens import TokenCount


class Level(BaseModel):
    level: int


class OtherLevel(BaseModel):
    level: int
    why: str


def ask(system: str = "Rate.", said: str = "I asked them.", *, role: Role = "rater", seed: int | None = 1) -> Ask:
    messages = (("system", system), ("human", f"<candidate-words ab12>\n{said}\n</candidate-words ab12>"))
    return Ask(Place("host", "a-model", role), messages, Level, seed)  # type: ignore[arg-type]


def recording(of: Ask, reply: str = '{"level": 2}', repeat: int = 0) -> Recording:
    return Recording(sent=sent_of(of, repeat), author="a person", model="a-model", recorded="2026-11-22", reply=reply, usage=(7, 3))


def recordings(*made: Recording, journal: Path | None = None) -> Recordings:
    return Recordings({r.sent.key: r for r in made}, {r.sent.key: "ratings" for r in made}, journal)


def tape(found: Recordings, folder: Path) -> Tape:
    return Tape(found, TokenCount(folder, None))


def test_everything_that_is_sent_is_part_of_the_key() -> None:
    one = sent_of(ask()).key
    others = [
        sent_of(ask("Rate kindly.")).key,
        sent_of(ask(said="I asked her.")).key,
        sent_of(ask(role="judge")).key,
        sent_of(ask(seed=2)).key,
        sent_of(ask(seed=None)).key,
        sent_of(ask(), repeat=1).key,
        sent_of(Ask(ask().place, ask().messages, OtherLevel, 1)).key,
        sent_of(Ask(ask().place, ask().messages, None, 1)).key,
    ]
    assert len({one, *others}) == 1 + len(others)
    assert sent_of(ask()).key == one


def test_another_model_or_host_is_no_other_request() -> None:
    assert sent_of(Ask(Place("elsewhere", "another-model", "rater"), ask().messages, Level, 1)).key == sent_of(ask()).key


def test_what_is_written_is_read_back_and_written_the_same_again(tmp_path: Path) -> None:
    made = recordings(recording(ask()), recording(ask(said="Ünïcödé \u2028 and <marks>")), recording(ask("Other system."), repeat=1))
    made.write(tmp_path)
    first = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    found = read_recordings(tmp_path)
    assert {r.sent.key: r for r in found.every()} == {r.sent.key: r for r in made.every()}
    found.write(tmp_path)
    assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == first


async def replayed(found: Tape, asked: Ask) -> Reply:
    reply = Reply()
    await Replayed(found).whole(asked, Shape(), reply)
    return reply


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_a_recorded_request_gets_its_reply_and_is_counted(tmp_path: Path) -> None:
    found = tape(recordings(recording(ask())), tmp_path)
    assert (await replayed(found, ask())).text == '{"level": 2}'
    assert [(c.role, c.prompt_tokens, c.completion_tokens) for c in found.called[""]] == [("rater", 7, 3)]
    assert found.recordings.unused() == ()


@pytest.mark.anyio
async def test_a_request_that_is_not_recorded_is_refused_and_noted(tmp_path: Path) -> None:
    found = tape(recordings(recording(ask())), tmp_path)
    with pytest.raises(Fault):
        await replayed(found, ask("Rate kindly."))
    assert list(found.missing.values()) == [sent_of(ask("Rate kindly."))]
    assert len(found.recordings.unused()) == 1


@pytest.mark.anyio
async def test_a_repeat_has_a_seed_and_a_recording_of_its_own(tmp_path: Path) -> None:
    again = ask(seed=1001)
    found = tape(recordings(recording(ask()), recording(again, '{"level": 4}', repeat=1)), tmp_path)
    found.repeat = 1
    assert (await replayed(found, ask())).text == '{"level": 4}'


def test_the_nearest_recording_shows_what_has_changed() -> None:
    found = recordings(recording(ask("Rate.\nBe strict.")), recording(ask("Something else altogether.", "Other words.")))
    sent = sent_of(ask("Rate.\nBe kind."))
    nearest = found.nearest(sent)
    assert nearest is not None
    told = difference(sent, nearest)
    assert told.splitlines() == ["-Be strict.", "+Be kind."]


def test_what_nothing_asks_for_is_named_and_can_be_taken_out() -> None:
    found = recordings(recording(ask()), recording(ask("An old prompt.")))
    assert found.find(sent_of(ask())) is not None
    assert [r.sent.system for r in found.unused()] == ["An old prompt."]
    assert found.drop_unused() == 1
    assert len(found) == 1


def test_what_only_a_run_with_more_repeats_asks_for_is_not_unused() -> None:
    found = recordings(recording(ask()), recording(ask(seed=1001), repeat=1))
    assert found.find(sent_of(ask())) is not None
    assert found.unused() == ()
    assert [r.sent.repeat for r in found.unused(repeats=2)] == [1]


def test_what_a_killed_run_had_recorded_is_taken_up(tmp_path: Path) -> None:
    recordings(recording(ask())).write(tmp_path)
    read_recordings(tmp_path).keep("interviews", recording(ask("New.")))
    journal = next(p for p in tmp_path.iterdir() if p.suffix not in (".jsonl", ".json"))
    with journal.open("a", encoding="utf-8") as file:
        file.write('{"suite": "interviews", "recor')  # killed in the middle of a line
    found = read_recordings(tmp_path)
    assert {r.sent.system for r in found.every()} == {"Rate.", "New."}
    found.write(tmp_path)
    assert not journal.exists()
    assert len(read_recordings(tmp_path)) == 2


def test_a_file_that_holds_something_else_is_named_with_its_line(tmp_path: Path) -> None:
    recordings(recording(ask())).write(tmp_path)
    with (tmp_path / "ratings.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"sent": {}}) + "\n")
    with pytest.raises(AuthorError, match=r"ratings\.jsonl, line 2"):
        read_recordings(tmp_path)
