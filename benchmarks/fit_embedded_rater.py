"""Fits the constants of the embedded rater and prints how well it does; paste the printed constants into interviewer/rating/fitted.py.

    python benchmarks/fit_embedded_rater.py --data FOLDER

FOLDER holds `saf_en_train.jsonl` (Short Answer Feedback, Filighera et al. 2022, MIT), which the head for references is fitted to, and
`semeval2013_train.jsonl` (SemEval-2013 task 7, CC BY-SA 3.0), which is only looked at. Both are read there and never copied.
The heads for anchored criteria are fitted to the packs' own exemplars: weak ones are taken to hold .15 of what is looked for, strong ones
.85, and answers to other items nothing. Whoever wrote an exemplar knew the item's examples; so the two example sentences nearest
to an answer, a high and a low one, are left out where it is fitted. Every figure is for questions that were not fitted to.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray

from interviewer.domain import Criterion, Examples, Exemplar, Item, ItemRating, Turn
from interviewer.embedding import embedded_encoder
from interviewer.embedding.encoder import Encoder
from interviewer.rating.embedded import EmbeddedRater
from interviewer.rating.features import Answer, embed, features, nearest, targets
from interviewer.rating.fitted import HEADS
from interviewer.rating.said import said_of

Numbers = NDArray[np.float64]
WORTH = {"off": 0.0, "weak": 0.15, "strong": 0.85}
PENALTY = 0.01  # on each squared slope of a standardised feature, against the mean loss of a row


class Rows(NamedTuple):
    """Features (n, k), what each is worth (n,) from 0 to 1, its weight (n,), and the question it belongs to (n,)."""

    x: Numbers
    y: Numbers
    weight: Numbers
    group: NDArray[np.str_]
    kind: NDArray[np.str_]


class Logistic(NamedTuple):
    """1 / (1 + exp(-(bias + x @ slopes)))."""

    bias: float
    slopes: Numbers

    def __call__(self, x: Numbers) -> Numbers:
        share: Numbers = 1 / (1 + np.exp(-(self.bias + x @ self.slopes)))
        return share


def fit(rows: Rows, used: NDArray[np.bool_]) -> Logistic:
    """Weighted logistic regression on shares (cross entropy), by Newton's steps on standardised features."""
    x, y, w = rows.x[used], rows.y[used], rows.weight[used] / rows.weight[used].sum()
    mean = w @ x
    spread = np.sqrt(w @ (x - mean) ** 2) + 1e-9
    z = np.column_stack([np.ones(len(y)), (x - mean) / spread])
    ridge = PENALTY * np.diag([0.0, *np.ones(x.shape[1])])
    beta = np.zeros(z.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-z @ beta))
        beta -= np.linalg.solve((z.T * (w * p * (1 - p))) @ z + ridge, z.T @ (w * (p - y)) + ridge @ beta)
    slopes = beta[1:] / spread
    return Logistic(float(beta[0] - mean @ slopes), slopes)


def held_out(rows: Rows) -> Numbers:
    """For each row what a fit without its question predicts."""
    predicted = np.zeros(len(rows.y))
    for group in np.unique(rows.group):
        predicted[rows.group == group] = fit(rows, rows.group != group)(rows.x[rows.group == group])
    return predicted


def correlation(a: Numbers, b: Numbers) -> float:
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 0 and b.std() > 0 else float("nan")


def area(high: Numbers, low: Numbers) -> float:
    """How often a value of the first is above one of the second, ties half; 0 to 1."""
    return float((high[:, None] > low[None]).mean() + 0.5 * (high[:, None] == low[None]).mean())


# --------------------------------------------------------------------------- graded answers with a reference


def graded(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def against_reference(question: str, reference: str, answer: str, encoder: Encoder) -> list[float] | None:
    """Lift and words of one answer; None where nothing in it can be rated."""
    item = Item(id="graded", question=question, criteria=(Criterion(id="reference", reference=reference),))
    what = said_of(item, [Turn(question=question, answer=answer)])
    if not what.pieces:
        return None
    seen = features(item, targets(item.criteria[0]), embed(what.pieces, encoder), encoder)
    return [seen.lift, seen.words]


def saf_rows(rows: list[dict[str, Any]], encoder: Encoder) -> Rows:
    """Each answer with its score, and every fourth also against the next question, where it is worth nothing."""
    by_question = {r["question_id"]: r for r in rows}
    after = dict(zip(by_question, [*list(by_question)[1:], next(iter(by_question))], strict=True))
    made = []
    for i, row in enumerate(rows):
        others = [(by_question[after[row["question_id"]]], 0.0, "off")] if i % 4 == 0 else []
        for asked, score, kind in [(row, float(row["score"]), "graded"), *others]:
            if x := against_reference(asked["question"], asked["reference"], row["answer"], encoder):
                made.append((x, score, 1.0, asked["question_id"], kind))
    return collected(made)


def collected(made: Sequence[tuple[list[float], float, float, str, str]]) -> Rows:
    x, y, weight, group, kind = zip(*made, strict=True)
    return Rows(np.array(x), np.array(y), np.array(weight), np.array(group), np.array(kind))


def report_saf(rows: Rows) -> Logistic:
    predicted, own = held_out(rows), rows.kind == "graded"
    y, p, groups = rows.y[own], predicted[own], rows.group[own]
    within = [correlation(y[groups == g], p[groups == g]) for g in np.unique(groups) if y[groups == g].std() > 0]
    rmse = float(np.sqrt(np.mean((y - p) ** 2)))
    print(f"saf, one question left out: n {len(y)}  r pooled {correlation(y, p):.3f}  r within {np.nanmean(within):.3f}  rmse {rmse:.3f}")
    print(f"  answers to other questions: mean share {predicted[~own].mean():.2f}  own: {p.mean():.2f}  AUC {area(p, predicted[~own]):.3f}")
    return fit(rows, np.ones(len(rows.y), bool))


def report_semeval(rows: list[dict[str, Any]], head: Logistic, encoder: Encoder) -> None:
    """Correct against other with the constants fitted on SAF: at the middle, and with the cut fitted on the other questions."""
    shares, correct, groups = [], [], []
    for row in rows:
        every = [against_reference(row["question"], r, row["answer"], encoder) for r in row["references"] or [row["reference"]]]
        shares.append(max((float(head(np.array([x]))[0]) for x in every if x), default=0.0))
        correct.append(row["label3"] == "correct")
        groups.append(row["question_id"])
    p, y, g = np.array(shares), np.array(correct), np.array(groups)
    folds = {q: i % 5 for i, q in enumerate(np.unique(g))}
    fold = np.array([folds[q] for q in g])
    said = np.zeros(len(y), bool)
    for k in range(5):
        cuts = np.linspace(0.05, 0.95, 91)
        best = max(cuts, key=lambda c, k=k: macro_f1(y[fold != k], p[fold != k] >= c))  # type: ignore[misc]
        said[fold == k] = p[fold == k] >= best
    print(
        f"semeval, n {len(y)}: macro-F1 correct/other at .5 {macro_f1(y, p >= 0.5):.3f}, cut from other questions {macro_f1(y, said):.3f}",
        end="",
    )
    print(f"  AUC {area(p[y], p[~y]):.3f}")


def macro_f1(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    def f1(t: NDArray[np.bool_], s: NDArray[np.bool_]) -> float:
        return 2 * float((t & s).sum()) / max(1.0, float(t.sum() + s.sum()))

    return (f1(truth, said) + f1(~truth, ~said)) / 2


# --------------------------------------------------------------------------- the packs' exemplars


def read_pack(folder: Path) -> tuple[dict[str, Item], list[Exemplar]]:
    items = [Item(**{"round": f.stem, **raw}) for f in sorted(folder.glob("items/*.yaml")) for raw in yaml.safe_load(f.read_text())]
    exemplars = [Exemplar(**raw) for f in sorted(folder.glob("exemplars/*.yaml")) for raw in yaml.safe_load(f.read_text())]
    return {i.id: i for i in items}, [e for e in exemplars if e.intended in WORTH]


def answers(items: dict[str, Item], exemplars: Sequence[Exemplar], encoder: Encoder) -> Iterator[tuple[Item, str, Answer]]:
    """Each exemplar as an answer to its own item, and to the items of three others."""
    asked = list(dict.fromkeys(e.item for e in exemplars))
    for e in exemplars:
        at = asked.index(e.item)
        for other, kind in [(e.item, str(e.intended)), *((asked[(at + k) % len(asked)], "off") for k in (1, 4, 7))]:
            what = said_of(items[other], [Turn(question=items[other].question, answer=e.answer)])
            yield items[other], kind, embed(what.pieces, encoder)


def without_nearest(c: Criterion, answer: Answer, encoder: Encoder) -> Criterion:
    """The criterion without the high and the low example nearest to the answer."""

    def rest(examples: tuple[str, ...]) -> tuple[str, ...]:
        drop = int(nearest(answer.units, encoder.encode_known(examples)).argmax()) if len(examples) > 1 else -1
        return tuple(e for i, e in enumerate(examples) if i != drop)

    return c.model_copy(update={"examples": Examples(high=rest(c.examples.high), low=rest(c.examples.low))})


def only_anchors(c: Criterion, answer: Answer, encoder: Encoder) -> Criterion:
    return c.model_copy(update={"examples": Examples(), "key_points": ()})


def exemplar_rows(
    items: dict[str, Item], exemplars: Sequence[Exemplar], encoder: Encoder, shorn: Callable[[Criterion, Answer, Encoder], Criterion]
) -> Rows:
    found = list(answers(items, exemplars, encoder))
    share = {kind: sum(k == kind for _, k, _ in found) for kind in WORTH}
    made = []
    for item, kind, answer in found:
        for c in item.criteria:
            seen = features(item, targets(shorn(c, answer, encoder)), answer, encoder)
            made.append(([seen.lift, seen.words, seen.contrast], WORTH[kind], 1 / share[kind], item.id, kind))
    return collected(made)


def report_exemplars(name: str, rows: Rows) -> Logistic:
    expected = 1 + 4 * held_out(rows)
    weak, strong, off = (expected[rows.kind == k] for k in ("weak", "strong", "off"))
    print(f"exemplars, {name}, one item left out: n {len(weak)} weak {weak.mean():.2f} (1 to 2.5: {(weak <= 2.5).mean():.0%})", end="  ")
    print(f"strong {strong.mean():.2f} (3.5 and up: {(strong >= 3.5).mean():.0%})  other item {off.mean():.2f}", end="  ")
    print(f"AUC strong/weak {area(strong, weak):.3f} strong/other {area(strong, off):.3f}")
    return fit(rows, np.ones(len(rows.y), bool))


def near_threshold(items: dict[str, Item], exemplars: Sequence[Exemplar], encoder: Encoder) -> float:
    """The cosine that best parts a key point met (in strong answers) from one not met (in answers to other items)."""
    met: list[float] = []
    unmet: list[float] = []
    for item, kind, answer in answers(items, exemplars, encoder):
        points = [p for c in item.criteria for p in c.key_points]
        if points and kind != "weak":
            (met if kind == "strong" else unmet).extend(nearest(answer.units, encoder.encode_known(points)))
    cuts = np.linspace(0.2, 0.7, 51)
    best = float(max(cuts, key=lambda c: float((np.array(met) >= c).mean() - (np.array(unmet) >= c).mean())))
    seen = (np.array(met) >= best).mean(), (np.array(unmet) >= best).mean()
    print(f"key points: near from cosine {best:.2f}; met in strong answers {seen[0]:.0%}, in answers to other items {seen[1]:.0%}")
    return best


def report_shipped(items: dict[str, Item], exemplars: Sequence[Exemplar], encoder: Encoder) -> None:
    """The rater as it ships (fitted to these exemplars): the order of weak and strong by item, and its speed."""
    rater = EmbeddedRater(encoder)
    pairs: dict[str, dict[str, ItemRating]] = {}
    took: list[float] = []
    for e in exemplars:
        turns = [Turn(question=items[e.item].question, answer=e.answer)]
        start = time.perf_counter()
        rater.coverage(items[e.item], turns)
        took.append(time.perf_counter() - start)
        pairs.setdefault(e.item, {})[e.intended] = rater.rate(items[e.item], turns)
    right = total = 0
    for item, by in sorted(pairs.items()):
        worths = [(w.worth or 0.0, s.worth or 0.0) for w, s in zip(by["weak"].ratings, by["strong"].ratings, strict=True)]
        right, total = right + sum(w < s for w, s in worths), total + len(worths)
        print(f"  {item:36s} weak {by['weak'].overall:.2f}  strong {by['strong'].overall:.2f}  by criterion", end=" ")
        print(" ".join(f"{w:.1f}<{s:.1f}" for w, s in worths))
    middle = statistics.median(took) * 1000
    print(f"weak below strong on {right} of {total} criteria; coverage takes {middle:.0f} ms (median of {len(took)} answers)")


def main() -> None:
    parser = argparse.ArgumentParser(description="Fit the embedded rater's constants.")
    parser.add_argument("--data", type=Path, required=True, help="the folder with the graded answers")
    parser.add_argument("--pack", type=Path, default=Path("corpus/packs/ml-pm"), help="the pack whose exemplars are used")
    parser.add_argument("--semeval", type=int, default=3000, help="how many rows of SemEval to look at")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as cache:
        run(told.data, told.pack, told.semeval, embedded_encoder(threads=2, cache=Path(cache)))


def run(data: Path, pack: Path, semeval: int, encoder: Encoder) -> None:
    """Everything: fit, report, print the constants."""
    items, exemplars = read_pack(pack)
    heads = {
        "examples": report_exemplars("key points and examples", exemplar_rows(items, exemplars, encoder, without_nearest)),
        "anchors": report_exemplars("anchors alone", exemplar_rows(items, exemplars, encoder, only_anchors)),
        "reference": report_saf(saf_rows(graded(data / "saf_en_train.jsonl"), encoder)),
    }
    rows = graded(data / "semeval2013_train.jsonl")
    if semeval:
        report_semeval(rows[:: max(1, len(rows) // semeval)][:semeval], heads["reference"], encoder)
    near = near_threshold(items, exemplars, encoder)
    print(f"shipped constants {HEADS}:")
    report_shipped(items, exemplars, encoder)
    for name, head in heads.items():
        print(f'    "{name}": Head({head.bias:.3f}, ' + ", ".join(f"{s:.3f}" for s in head.slopes) + "),")
    print(f"NEAR = {near:.2f}")


if __name__ == "__main__":
    main()
