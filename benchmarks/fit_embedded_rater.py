"""Fits the embedded rater's weights, prints how well they do on questions they were not fitted to, and writes them to a file.

    python -m benchmarks.fit_embedded_rater --data FOLDER [--out interviewer/rating/fitted.json]

FOLDER holds `saf_en_train.jsonl` (Short Answer Feedback, Filighera et al. 2022, MIT), which the head for references is fitted to, and
`semeval2013_train.jsonl` (SemEval-2013 task 7, CC BY-SA 3.0), which is only looked at. Both are read there and never copied.
The heads for anchored criteria are fitted to the pack's exemplars and to the answers of `evals/cases`, both with two readers' levels, and
to answers to other items, which hold nothing. Whoever wrote an exemplar knew the item's examples; so the two example sentences nearest
to it, a high and a low one, are left out where it is fitted. Writers of the cases saw the anchors alone.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.fitting import Logistic, Row, Rows, collected, fit, head, held_out, joined
from benchmarks.graded import SAF, SEMEVAL, Numbers, correlation, in_folds, macro_f1, over_references, rows_of, within
from evals.cases import Case, read_cases
from interviewer.bank import sound_packs
from interviewer.domain import Criterion, Examples, Exemplar, Item, Pack, Turn
from interviewer.embedding import Reader, embedded_encoder
from interviewer.rating.features import Answer, Features, embed, features, nearest
from interviewer.rating.fitted import Fitted, Near
from interviewer.rating.likely import around
from interviewer.rating.mistakes import pairs
from interviewer.rating.reference import AgainstReference, against_reference
from interviewer.rating.said import said_of
from interviewer.rating.words import folded

ROOT = Path(__file__).resolve().parents[1]
VERSION = "embedded-4"
FOLDS = 12  # groups of items that the heads for anchors are measured on; a reference's questions are left out one by one
CASE, OTHER = 2.0, 0.5  # weights of a case and of an answer to another item, against 1 for an exemplar
SEMEVAL_WEIGHT = 0.3  # of one of its answers, which are short, against one of SAF
PLANTED = 0.52  # share of the planted mistakes that are to be found: with meaning and words alone each further one costs two false ones
TOP = 5  # levels of the scale on which all of these answers stand
SURE = 0.8  # share of the answers whose level is to lie within the likely ones
REFERENCE = AgainstReference._fields
ANCHORED = Features._fields


# --------------------------------------------------------------------------- graded answers with a reference


def beside(question: str, reference: str, answer: str, encoder: Reader) -> list[float] | None:
    """The features of one answer; None where nothing in it can be rated."""
    item = Item(id="graded", question=question, criteria=(Criterion(id="reference", reference=reference),))
    what = said_of(item, [Turn(question=question, answer=answer)])
    return list(against_reference(question, reference, embed(what.pieces, encoder), encoder)) if what.pieces else None


def saf_rows(rows: list[dict[str, Any]], encoder: Reader) -> Rows:
    """Each answer with its score, and every fourth also against the next question, where it is worth nothing."""
    by_question = {r["question_id"]: r for r in rows}
    after = dict(zip(by_question, [*list(by_question)[1:], next(iter(by_question))], strict=True))
    made: list[Row] = []
    for i, row in enumerate(rows):
        others = [(by_question[after[row["question_id"]]], 0.0, "off")] if i % 4 == 0 else []
        for asked, score, kind in [(row, float(row["score"]), "graded"), *others]:
            if x := beside(asked["question"], asked["reference"], row["answer"], encoder):
                made.append((x, score, 1.0, asked["question_id"], row["item_id"], kind))
    return collected(made)


class Labelled(NamedTuple):
    """An answer of SemEval with its features beside each of its references, at least one; correct is worth 1, all else nothing."""

    question: str
    id: str
    correct: float
    beside: Numbers


def labelled(rows: list[dict[str, Any]], encoder: Reader) -> list[Labelled]:
    """The answers in which something can be rated."""
    made = []
    for n, row in enumerate(rows):
        every = [beside(row["question"], r, row["answer"], encoder) for r in row["references"] or [row["reference"]]]
        if seen := [x for x in every if x]:
            made.append(Labelled(row["question_id"], str(n), float(row["label3"] == "correct"), np.array(seen)))
    return made


def semeval_rows(answers: Sequence[Labelled]) -> Rows:
    """Each answer beside the one of its references that it covers best."""
    cover = REFERENCE.index("cover")
    best = [(list(a.beside[a.beside[:, cover].argmax()]), a) for a in answers]
    return collected([(x, a.correct, SEMEVAL_WEIGHT, a.question, a.id, "semeval") for x, a in best])


def held_out_over(saf: Rows, answers: Sequence[Labelled], folds: int = 18) -> Numbers:
    """What fits to both sets, each without a group of questions, make of SemEval's answers to those."""
    both, told = joined(saf, semeval_rows(answers)), np.zeros(len(answers))
    fold = in_folds(both.group, folds)
    mine = fold[len(saf.y) :]
    for k in np.unique(mine):
        share = fit(both, fold != k)
        told[mine == k] = [over_references(share(a.beside)) for a, at in zip(answers, mine, strict=True) if at == k]
    return told


def spread_of(rows: Rows, held: Numbers, kind: str) -> float:
    """The least spread, in steps of .01, with which the likely levels hold the level of enough rows of a kind.

    `held` is what fits without a row's question predict of it.
    """
    of = rows.kind == kind
    expected, level = 1 + (TOP - 1) * held[of], 1 + (TOP - 1) * rows.y[of]
    for spread in np.arange(0.01, 1.0, 0.01).round(2):
        ends = [around(float(e), float(spread), TOP) for e in expected]
        holds = np.array([low <= y <= high for (low, high), y in zip(ends, level, strict=True)])
        if holds.mean() >= SURE:
            wide = statistics.fmean(high - low + 1 for low, high in ends)
            print(f"likely levels: spread {spread:.2f}, {wide:.1f} of {TOP} levels, hold {holds.mean():.3f} of {len(holds)}, kind {kind}")
            return float(spread)
    raise ValueError(f"no spread holds the level of {SURE:.0%} of the rows of kind {kind!r}")


def report_graded(name: str, rows: Rows) -> float:
    """SAF with a part of all questions left out: each of its own, where there are no others. The spread of what was predicted so."""
    graded, saf = rows.kind == "graded", held_out(rows, 18)
    y, p, groups = rows.y[graded], saf[graded], rows.group[graded]
    print(f"{name}: saf n {len(y)}  r pooled {correlation(y, p):.3f}  r within {within(y, p, groups):.3f}", end="  ")
    print(f"answers to other questions: mean share {saf[rows.kind == 'off'].mean():.2f}, own {p.mean():.2f}")
    return spread_of(rows, saf, "graded")


# --------------------------------------------------------------------------- the pack's exemplars, and the cases


def levels_of(answer: Exemplar | Case) -> Iterator[tuple[str, float]]:
    """The mean level of each criterion on which the readers are not two levels apart."""
    for criterion in {c for r in answer.ratings for c in r.levels}:
        given = [n for n in answer.given(criterion) if n is not None]
        if given and max(given) - min(given) < 2:
            yield criterion, statistics.fmean(given)


def read(item: Item, answer: str, encoder: Reader) -> Answer:
    return embed(said_of(item, [Turn(question=item.question, answer=answer)]).pieces, encoder)


def without_nearest(c: Criterion, answer: Answer, encoder: Reader) -> Criterion:
    """The criterion without the high and the low example nearest to the answer."""

    def rest(examples: tuple[str, ...]) -> tuple[str, ...]:
        drop = int(nearest(answer.units, encoder.encode_known(examples)).argmax()) if len(examples) > 1 else -1
        return tuple(e for i, e in enumerate(examples) if i != drop)

    return c.model_copy(update={"examples": Examples(high=rest(c.examples.high), low=rest(c.examples.low))})


class Rated(NamedTuple):
    """An answer to an item with levels by criterion, and how its row counts."""

    item: Item
    id: str
    answer: str
    levels: Mapping[str, float]
    kind: str
    weight: float


def rated_answers(pack: Pack, cases: Sequence[Case]) -> list[Rated]:
    """The exemplars, the cases, and each exemplar as an answer to two other items; item by item, so that each one's rubric is read once."""
    found = [Rated(pack.item(e.item), e.id, e.answer, dict(levels_of(e)), e.intended, 1.0) for e in pack.exemplars]
    found += [Rated(pack.item(c.item), c.id, c.answer, dict(levels_of(c)), "case", CASE) for c in cases]
    for n, e in enumerate(pack.exemplars):
        for item in _others(pack, e.item, n):
            found.append(Rated(item, f"{e.id}-off", e.answer, {c.id: 1.0 for c in item.criteria}, "off", OTHER))
    return sorted(found, key=lambda r: r.item.id)


def anchored_rows(answers: Sequence[Rated], encoder: Reader) -> tuple[Rows, Rows]:
    """A row for each rated criterion of an answer: as the item has it (exemplars without the nearest examples), and with anchors alone."""
    whole: list[Row] = []
    bare: list[Row] = []
    for told in answers:
        heard = read(told.item, told.answer, encoder)
        for criterion, level in told.levels.items():
            c = told.item.criterion(criterion)
            shorn = c if told.kind in ("case", "off") else without_nearest(c, heard, encoder)
            for made, seen in ((whole, shorn), (bare, c.model_copy(update={"examples": Examples(), "key_points": ()}))):
                x = list(features(told.item, seen, heard, encoder))
                made.append((x, (level - 1) / (told.item.top - 1), told.weight, told.item.id, told.id, told.kind))
    return collected(whole), collected(bare)


def _others(pack: Pack, item_id: str, n: int) -> tuple[Item, Item]:
    """An item of the same round, whose answers are about much the same, and one of another round."""
    mine = pack.item(item_id).round
    near = [i for i in pack.items if i.round == mine and i.id != item_id]
    far = [i for i in pack.items if i.round != mine]
    return near[n % len(near)], far[(7 * n) % len(far)]


def report_anchored(name: str, rows: Rows) -> float:
    """The rows with their items left out. The spread of what was predicted so."""
    held = held_out(rows, FOLDS)
    expected, level = 1 + (TOP - 1) * held, 1 + (TOP - 1) * rows.y
    case = rows.kind == "case"
    r = correlation(level[case], expected[case])
    profile = within(level[case], expected[case], rows.answer[case])
    print(f"{name}, items left out in {FOLDS} groups: cases n {case.sum()}  r {r:.3f}  r within an answer {profile:.3f}", end="  ")
    print("  ".join(f"{kind} {expected[rows.kind == kind].mean():.2f}" for kind in ("off", "weak", "middling", "strong")))
    return spread_of(rows, held, "case")


def near_threshold(pack: Pack, encoder: Reader) -> float:
    """The cosine that best parts a key point met (in strong answers) from one not met (in answers to other items)."""
    met: list[float] = []
    unmet: list[float] = []
    strong = [e for e in pack.exemplars if e.intended == "strong"]
    for n, exemplar in enumerate(strong):
        for item, found in ((pack.item(exemplar.item), met), (pack.item(strong[(n + 9) % len(strong)].item), unmet)):
            points = [p for c in item.criteria for p in c.key_points]
            found.extend(nearest(read(item, exemplar.answer, encoder).units, encoder.encode_known(points)))
    cuts = np.linspace(0.2, 0.7, 51)
    best = float(max(cuts, key=lambda c: float((np.array(met) >= c).mean() - (np.array(unmet) >= c).mean())))
    seen = (np.array(met) >= best).mean(), (np.array(unmet) >= best).mean()
    print(f"key points: near from cosine {best:.2f}; met in strong answers {seen[0]:.0%}, in answers to other items {seen[1]:.0%}")
    return round(best, 2)


def _same_words(one: str, other: str) -> bool:
    """Whether most words of the shorter one stand in the longer one: a sentence may have been cut otherwise."""
    a, b = set(folded(one)), set(folded(other))
    return len(a & b) > 0.6 * min(len(a), len(b))


def mistake_cut(pack: Pack, cases: Sequence[Case], encoder: Reader) -> Near:
    """The weight of words and the cut that find `PLANTED` of the planted mistakes, in the right words, with the fewest others named."""
    asked = [(pack.item(c.item), c.answer, c.planted) for c in cases]
    asked += [(pack.item(e.item), e.answer, None) for e in pack.exemplars]
    heard = [(item, read(item, answer, encoder), planted) for item, answer, planted in sorted(asked, key=lambda a: a[0].id)]
    best = (float("inf"), Near(words=0.0, cut=9.0))
    for words in (0.2, 0.4, 0.6, 0.8, 1.0):
        right: list[float] = []
        other: list[float] = []
        for item, answer, planted in heard:
            nearest_of = {p.mistake: p for p in reversed(pairs(item, answer, encoder, words))}
            for mistake, found in nearest_of.items():
                it = planted is not None and mistake == planted.mistake and _same_words(found.piece.text, planted.quote)
                (right if it else other).append(found.near)
        wanted = math.ceil(PLANTED * sum(p is not None for *_, p in heard))
        cut = sorted(right, reverse=True)[wanted - 1] if len(right) >= wanted else 9.0
        falsely = sum(n >= cut for n in other) / len(heard)
        best = min(best, (falsely, Near(words=words, cut=math.floor(cut * 1000) / 1000)), key=lambda b: b[0])
    print(f"common mistakes: {PLANTED:.0%} of those planted found with {best[0]:.2f} others an answer, at {best[1]} (fitted to these)")
    return best[1]


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the embedded rater's weights.")
    parser.add_argument("--data", type=Path, required=True, help="the folder with the graded answers")
    parser.add_argument("--semeval", type=int, default=3000, help="how many rows of SemEval to look at")
    parser.add_argument("--out", type=Path, help="where to write the weights; left out, they are only measured")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        found = run(told.data, told.semeval, embedded_encoder(threads=2, cache=Path(cache)))
    if told.out:
        told.out.write_text(json.dumps(found.model_dump(mode="json"), indent=1) + "\n", encoding="utf-8")
        print(f"written to {told.out}")


def run(data: Path, semeval: int, encoder: Reader) -> Fitted:
    """Measure and fit every head."""
    pack, cases = sound_packs(ROOT / "corpus")[0], read_cases()
    examples, anchors = anchored_rows(rated_answers(pack, cases), encoder)
    sure = {"examples": report_anchored("key points and examples", examples), "anchors": report_anchored("anchors alone", anchors)}
    saf = saf_rows(rows_of(data / SAF), encoder)
    sure["reference"] = report_graded("fitted to saf alone", saf)
    heads = {
        "examples": head(examples, ANCHORED, sure["examples"]),
        "anchors": head(anchors, ANCHORED, sure["anchors"]),
        "reference": head(saf, REFERENCE, sure["reference"]),
    }
    if semeval:
        rows = rows_of(data / SEMEVAL)
        answers = labelled(rows[:: max(1, len(rows) // semeval)][:semeval], encoder)
        both = joined(saf, semeval_rows(answers))
        report_graded("fitted to both", both)
        shipped = Logistic(heads["reference"].bias, np.array(list(heads["reference"].slopes.values())))
        correct, questions = np.array([a.correct > 0.5 for a in answers]), np.array([a.question for a in answers])
        told = {
            "fitted to saf alone": np.array([over_references(shipped(a.beside)) for a in answers]),
            "fitted to both, its questions left out": held_out_over(saf, answers),
        }
        for of, shares in told.items():
            print(f"  semeval n {len(answers)}, {of}: macro-F1 {macro_f1(correct, shares, questions):.3f}")
        print(f"  weights fitted to both: {head(both, REFERENCE, sure['reference']).slopes}")
    near, mistake = near_threshold(pack, encoder), mistake_cut(pack, cases, encoder)
    return Fitted(version=VERSION, encoder=encoder.id, heads=heads, near=near, mistake=mistake)


if __name__ == "__main__":
    main()
