"""Whole interviews with simulated candidates, through the door that page and terminal use: authored and embedded, and with the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from evals.bench import Bench
from evals.candidates import Persona, Played, Scripted, known_answer, read_personas
from evals.suites.conduct import METRICS as OF_CONDUCT
from evals.suites.conduct import conduct_rows
from evals.suites.kinds import Job, Made, Suite, criteria_made, rating_made, ratings_in, share
from evals.suites.ratings import evidence_metric, evidence_rows, likely_metric, likely_rows
from evals.suites.telling import feedback_metrics, feedback_rows
from evals.values import Metric, Output, Row
from interviewer.bank import Wish
from interviewer.domain import Pack
from interviewer.interview import Door, State, Style, sit_unattended

SUFFIX = ".interviews"  # of measures that other suites have too
LATE = ("second-thoughts", "holds-back")  # manners in which the last answers hold what counts


def jobs(bench: Bench) -> Iterable[Job]:
    """Each persona without a model, and some of them with one."""
    plain = bench.door("interviews", model=False)
    models = bench.models("interviews")
    with_model = bench.door("interviews", model=True) if models else None
    for persona in read_personas():
        if not persona.played:
            yield Job(f"{persona.id}:authored", persona.id, lambda p=persona: _held(bench, plain, p, Scripted(p, bench.pack)))  # type: ignore[misc]
        if with_model and models and persona.with_model:
            candidate = Played(persona, bench.pack, models) if persona.played else Scripted(persona, bench.pack)
            yield Job(f"{persona.id}:model", persona.id, lambda p=persona, c=candidate: _held(bench, with_model, p, c))  # type: ignore[misc]


async def _held(bench: Bench, door: Door, persona: Persona, candidate: Scripted | Played) -> Made:
    """One interview from its first question to its feedback."""
    guide, pack = tuple(persona.answers), bench.pack
    state = await door.begin_with(persona.id, pack.id, guide, Wish(items=len(guide)), Style.REAL)
    state = await sit_unattended(door, state, persona.id, candidate)
    told = {item: known_answer(pack, item, name) for item, name in persona.answers.items()}
    return {
        "persona": persona.model_dump(mode="json"),
        "guide": list(guide),
        "talk": _talk(state),
        "said": {item: list(candidate.script(item)) for item in guide},
        "ratings": {i: {r: rating_made(of.rating) for r, of in state.rated.get(i, {}).items()} for i in guide},
        "criteria": {i: criteria_made(pack.item(i)) for i in guide},
        "references": {i: dict(k.references) for i, k in told.items()},
        "notices": list(state.notices),
        "feedback": (await door.feedback(state.id, persona.id)).model_dump(mode="json"),
    }


def _talk(state: State) -> list[dict[str, Any]]:
    fields = ("item_id", "kind", "criterion", "question", "by", "answer", "skipped")
    return [{f: getattr(t, f) for f in fields} for t in state.turns]


# --------------------------------------------------------------------------- scorers


def rows(outputs: Sequence[Output], pack: Pack) -> Iterator[Row]:
    """What was heard and rated, how the interviewer spoke, and what the feedback says."""
    for output in outputs:
        yield from _heard(output)
        yield from _rated(output, pack)
        yield from conduct_rows(output, pack)
        yield from feedback_rows(output, pack, SUFFIX)


def _heard(output: Output) -> Iterator[Row]:
    """Whether each scripted answer that was given stands whole, and in its turn, in the transcript that the feedback shows."""
    shown = {i["item_id"]: [t["answer"] for t in i["turns"]] for i in output.made["feedback"]["items"]}
    for item, script in output.made["said"].items():
        given = [t["answer"] for t in output.made["talk"] if t["item_id"] == item and t["answer"] is not None]
        for n, answer in enumerate(given):
            there = shown.get(item, [])
            whole = n < len(there) and there[n] == answer and (n >= len(script) or script[n] == answer)
            case = f"{_id(output)}/{item}/{n}"
            why = "" if whole else "the transcript has something else"
            yield Row(measure="heard.whole", case=case, cluster=item, value=share(whole), why=why, at=output.key)


def _rated(output: Output, pack: Pack) -> Iterator[Row]:
    """Agreement with the declared levels, evidence, and whether what came last was used."""
    manner, played = output.made["persona"]["manner"], output.made["persona"]["played"]
    told = {i["item_id"]: i for i in output.made["feedback"]["items"]}
    for item, by_rater in output.made["ratings"].items():
        said = [t["answer"] for t in output.made["talk"] if t["item_id"] == item and t["answer"] is not None]
        for rater, made in by_rater.items():
            found = ratings_in(made)
            yield from evidence_rows(output, f"{rater}{SUFFIX}", found, said, pack.item(item))
            if manner != "gives-up" or item != output.made["guide"][0]:
                yield from _declared(output, item, rater, found, "played" if played else "interviews")
                if rater == "embedded" and not played:
                    yield from likely_rows(output, told[item], output.made["references"][item], "likely.interviews")
            if manner in LATE and len(said) > 1:
                last = any(e.turn > 0 for r in found for e in r.evidence)
                case = f"{_id(output)}/{item}/{rater}"
                yield Row(measure="heard.late-evidence", case=case, cluster=item, value=share(last), at=output.key)


def _declared(output: Output, item: str, rater: str, found: Iterable[Any], kind: str) -> Iterator[Row]:
    told = output.made["references"][item]
    for r in found:
        if r.criterion in told:
            yield Row(
                measure=f"agreement.{rater}.{kind}",
                case=f"{_id(output)}/{item}/{r.criterion}",
                cluster=item,
                value=r.worth,
                reference=told[r.criterion],
                why=r.reason or "",
                at=output.key,
            )


def _id(output: Output) -> str:
    return output.key.partition(":")[2]


def _metrics() -> Iterator[Metric]:
    yield Metric(
        id="heard.whole",
        measure="heard.whole",
        says="every answer stands whole in the transcript that is rated",
        margin=0.0,
        no_exception=True,
    )
    says = "ratings of interviews in which the substance comes late rest on the late answers too"
    yield Metric(id="heard.late-evidence", measure="heard.late-evidence", says=says, margin=0.05)
    for rater in ("embedded", "model"):
        measure = f"agreement.{rater}{SUFFIX}"
        says = f"the {rater} rater on whole interviews with simulated candidates of declared level"
        by_model = rater == "model"
        yield Metric(id=f"{measure}.qwk", measure=measure, says=says, statistic="qwk", margin=0.10, by_model=by_model)
        yield Metric(id=f"{measure}.bias", measure=measure, says=says, statistic="bias", better="zero", margin=0.20, by_model=by_model)
        yield evidence_metric(f"{rater}{SUFFIX}")
    yield likely_metric("interviews", "the levels called likely hold the levels that simulated candidates were to show")
    measure = "agreement.model.played"
    says = "the model rater on an interview with a candidate that a model plays to declared levels"
    yield Metric(id=f"{measure}.exact", measure=measure, says=says, statistic="exact", margin=1.0, by_model=True, decides=False)
    yield from OF_CONDUCT
    yield from feedback_metrics(SUFFIX)


SUITE = Suite("interviews", "whole interviews with simulated candidates", jobs, rows, tuple(_metrics()), repeats=True)
