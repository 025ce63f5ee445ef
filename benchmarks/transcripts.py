"""Interviews that are already under way: written straight into the store, so that a run begins where it measures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from interviewer.bank import sound_packs
from interviewer.domain import Item, ItemRating, Pack, Rating, Seniority
from interviewer.interview import Kind, Rated, Started, Style
from interviewer.settings import Settings
from interviewer.store import NewEvent, Store

AN_ITEM = 3  # its question and two probes
WORDS = 150


def shipped_pack(settings: Settings) -> Pack:
    """The first pack that ships."""
    return sound_packs(settings.corpus_dir)[0]


def settings_in(folder: Path) -> Settings:
    """Settings with everything kept in a folder, and nothing taken from the environment or a .env file that would change a figure."""
    return Settings(_env_file=None, interviewer_data_dir=folder, database_url=None, openai_api_key=None, openai_base_url=None)


def answers_of(pack: Pack, words: int = WORDS) -> Iterator[str]:
    """Answers of about so many words without end, all different: the exemplars, each time begun at another sentence."""
    turn = 0
    while True:
        for exemplar in pack.exemplars:
            sentences = exemplar.answer.split(". ")
            begun = turn % max(1, len(sentences) - 1)
            yield " ".join(". ".join([*sentences[begun:], *sentences[:begun]]).split()[:words]) + "."
        turn += 1


def begun(store: Store, pack: Pack, candidate: str, *, turns: int, last_word: str = "") -> str:
    """A coached interview with so many answered turns and every closed item rated, at rest before its next item; its id.

    `last_word` ends the last answer. The guide has the pack's last item after what was talked about, and one more.
    """
    items = pack.items[: -(-turns // AN_ITEM)]
    guide = (*(i.id for i in items), pack.items[-1].id, pack.items[-2].id)
    started = Started(pack=pack.id, rounds=(), seniority=Seniority.EXPERIENCED, style=Style.COACHED, guide=guide)
    interview = store.begin(candidate, [_event(Kind.STARTED, started.model_dump(mode="json"))])
    answers = answers_of(pack)
    left = turns
    for item in items:
        left -= (asked := min(AN_ITEM, left))
        said = [next(answers) for _ in range(asked)]
        _talk(store, interview, candidate, item, said if left else [*said[:-1], f"{said[-1]} {last_word}".strip()])
    return interview


def ask(store: Store, interview: str, candidate: str, item: Item) -> int:
    """Ask an item's question; its seq."""
    return _append(store, interview, candidate, [_asked(item, 0)])


def _talk(store: Store, interview: str, candidate: str, item: Item, answers: Sequence[str]) -> None:
    """An item with its answers, closed and rated by both raters."""
    for n, answer in enumerate(answers):
        seq = _append(store, interview, candidate, [_asked(item, n)])
        _append(store, interview, candidate, [_event(Kind.ANSWERED, {"to": seq, "text": answer})])
    rated = [_event(Kind.RATED, _rated(item, rater).model_dump(mode="json")) for rater in ("embedded", "model")]
    _append(store, interview, candidate, [_event(Kind.CLOSED, {"item": item.id}), *rated])


def _rated(item: Item, rater: str) -> Rated:
    ratings = tuple(Rating(criterion=c.id, reason="written by a benchmark") for c in item.criteria)
    return Rated(rating=ItemRating.model_validate({"item_id": item.id, "rater": rater, "model": "none", "ratings": ratings}))


def _asked(item: Item, nth: int) -> NewEvent:
    """The item's question, or one of its probes."""
    if nth == 0:
        return _event(Kind.ASKED, {"item_id": item.id, "kind": "item", "question": item.question, "by": "authored"})
    criterion = item.criteria[nth - 1]
    about: dict[str, object] = {"item_id": item.id, "kind": "probe", "criterion": criterion.id}
    return _event(Kind.ASKED, about | {"question": criterion.probes[0], "by": "authored"})


def _append(store: Store, interview: str, candidate: str, events: Sequence[NewEvent]) -> int:
    """The seq of the first of the new events."""
    return store.append(interview, candidate, lambda _: events)[-len(events)].seq


def _event(kind: Kind, body: dict[str, object]) -> NewEvent:
    return NewEvent(kind=kind.value, body=body)
