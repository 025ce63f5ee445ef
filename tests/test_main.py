"""The command line: every command, what it prints and writes, its exit codes, and one sentence for what can't be used."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from interviewer.__main__ import BAD_INPUT, FAULTS, FINE, main
from interviewer.bank import sound_packs
from interviewer.interview import MOST_CHARACTERS
from interviewer.store import Store
from tests.loopback import Json, LoopbackModel, Status, closed_port

ROOT = Path(__file__).resolve().parent.parent
ANSWER = (
    "I would score yesterday's payments with the old and the new model, because that separates the model from the world. "
    "Then I would tell operations today how many more false alarms to expect each day, and roll back until the cause is known."
)
PART = "I would score yesterday's payments with both models before I say anything about the cause of the drop."
QUOTE = "score yesterday's payments with the old and the new model"
ITEM = "metrics-precision-drop"
SHARED = ("OPENAI_", "INTERVIEWER_", "RATER_", "JUDGE_", "EMBEDDING_", "DATABASE_", "MODEL_", "TOKENS_")


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def sentence(self) -> str:
        """The one sentence about input that can't be used, after nothing was printed and no stage was told."""
        assert self.code == BAD_INPUT and self.out == ""
        assert self.err.startswith("interviewer: ") and self.err.count("\n") == 1 and len(self.err) < 600
        assert "Traceback" not in self.err
        return self.err


Command = Callable[..., Ran]


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for all commands, so that the index is built once."""
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus with the items of three rounds and their notes, so that the index is built in seconds."""
    whole = Path(shutil.copytree(ROOT / "corpus", tmp_path_factory.mktemp("small") / "corpus")) / "packs" / "ml-pm"
    for path in [*(whole / "items").iterdir(), *(whole / "exemplars").iterdir()]:
        if path.stem not in ("screen", "metrics", "ml"):
            path.unlink()
    taught = {n for i in sound_packs(whole.parent.parent)[0].items for n in i.notes}
    for path in (whole / "notes").iterdir():
        if path.stem not in taught:
            path.unlink()
    return whole.parent.parent


@pytest.fixture
def run(data: Path, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run a command in this process, in an empty folder, with no settings but those that are told."""
    for name in [n for n in os.environ if n.startswith(SHARED)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("INTERVIEWER_DATA_DIR", str(data))
    monkeypatch.setenv("INTERVIEWER_CORPUS_DIR", str(corpus))
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path / 'interviews.db'}")
    monkeypatch.chdir(tmp_path)

    def ran(*argv: str | Path, **settings: str | Path) -> Ran:
        with monkeypatch.context() as told:
            for name, value in settings.items():
                told.setenv(name.upper(), str(value))
            capsys.readouterr()
            code = main([str(a) for a in argv])
            out, err = capsys.readouterr()
            return Ran(code, out, err)

    return ran


# --------------------------------------------------------------------------- check


def test_check_finds_the_corpus_sound_and_counts_it(run: Command) -> None:
    told = run("check", "--json", interviewer_corpus_dir=ROOT / "corpus")
    assert told.code == FINE and told.json["faults"] == []
    facts = told.json["packs"]["ml-pm"]
    (pack,) = sound_packs(ROOT / "corpus")
    assert (facts["items"], facts["notes"], facts["exemplars"]) == (len(pack.items), len(pack.notes), len(pack.exemplars))
    assert list(facts["rounds"]) == [r.id for r in pack.rounds] and sum(facts["rounds"].values()) == len(pack.items)
    assert isinstance(facts["uncovered"], list) and set(facts["uncovered"]) <= {d.id for d in pack.domain}
    plain = run("check", interviewer_corpus_dir=ROOT / "corpus")
    assert plain.code == FINE and "no faults" in plain.out and f"{len(pack.items)} items" in plain.out


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the corpus, to break."""
    return Path(shutil.copytree(ROOT / "corpus", tmp_path / "copy"))


def broken(copy: Path) -> str:
    """Break an item, a note and an exemplar of a copy; the path of the item's file as it is shown."""
    folder = copy / "packs" / "ml-pm"
    items = folder / "items" / "metrics.yaml"
    loaded = yaml.safe_load(items.read_text(encoding="utf-8"))
    del loaded[0]["question"]
    items.write_text(yaml.safe_dump(loaded, allow_unicode=True), encoding="utf-8")
    note = folder / "notes" / "star-stories.md"
    note.write_text(note.read_text(encoding="utf-8").replace("covers:", "covers: [no-such-id] #", 1), encoding="utf-8")
    (folder / "exemplars" / "notes.txt").write_text("not read", encoding="utf-8")
    return str(items.relative_to(copy.parent))


def test_check_tells_every_fault_with_path_entry_and_remedy(run: Command, copy: Path) -> None:
    path = broken(copy)
    told = run("check", "--json", interviewer_corpus_dir=copy)
    assert told.code == FAULTS
    faults = told.json["faults"]
    assert all(f.keys() == {"path", "entry", "fault", "remedy"} and all(f.values()) for f in faults)
    assert {"path": path, "entry": ITEM, "fault": "question: is missing", "remedy": "add question"} in faults
    assert any(f["entry"] == "star-stories" and "no-such-id" in f["fault"] for f in faults)
    assert any(f["entry"] == "notes.txt" for f in faults)
    plain = run("check", interviewer_corpus_dir=copy)
    assert plain.code == FAULTS and f"{path}, {ITEM}: question: is missing. Remedy: add question." in plain.out


def test_a_new_item_and_a_new_note_are_whole_but_for_their_todos(run: Command, copy: Path) -> None:
    before = run("check", "--json", interviewer_corpus_dir=copy).json["faults"]
    told = run("new", "item", "metrics-new-one", "--round", "metrics", interviewer_corpus_dir=copy)
    assert told.code == FINE and "items/metrics.yaml" in told.out and "TODO" in told.out
    assert run("new", "note", "a-new-note", interviewer_corpus_dir=copy).code == FINE
    after = run("check", "--json", interviewer_corpus_dir=copy)
    assert after.code == FAULTS
    assert [f["entry"] for f in after.json["faults"] if f not in before] == ["metrics-new-one", "a-new-note"]
    assert all("TODO" in f["fault"] for f in after.json["faults"] if f not in before)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["item", "x"], "a new item needs --round; choose from screen"),
        (["item", "x", "--round", "dance"], "has no such round"),
        (["note", "star-stories"], "has a note of this id already"),
        (["note", "x", "--pack", "none"], "no such pack"),
        (["note", "../x"], "can't be an id"),
    ],
)
def test_what_can_t_be_new_is_told(run: Command, copy: Path, words: list[str], says: str) -> None:
    assert says in run("new", *words, interviewer_corpus_dir=copy).sentence


def test_check_tells_a_broken_prompt(run: Command, tmp_path: Path) -> None:
    prompts = Path(shutil.copytree(ROOT / "prompts", tmp_path / "prompts"))
    (prompts / "probe.md").write_text("Ask something.", encoding="utf-8")
    told = run("check", "--json", interviewer_prompts_dir=prompts)
    assert told.code == FAULTS and told.json["packs"]
    assert any("probe.md" in f["fault"] for f in told.json["faults"])


def test_a_corpus_that_is_not_there_is_told(run: Command, tmp_path: Path) -> None:
    assert "no pack found" in run("check", interviewer_corpus_dir=tmp_path / "none").sentence


@pytest.mark.parametrize("command", [["serve", "--port", "0"], ["sit", "--items", "1"], ["index"], ["search", "recall"]])
def test_a_broken_corpus_stops_the_start_with_the_first_fault(run: Command, copy: Path, command: list[str]) -> None:
    path = broken(copy)
    sentence = run(*command, interviewer_corpus_dir=copy).sentence
    assert path in sentence and "Remedy: " in sentence and "python -m interviewer check" in sentence


# --------------------------------------------------------------------------- index, search, interviews


def test_index_tells_what_is_in_it(run: Command, corpus: Path) -> None:
    told = run("index", "--json")
    (pack,) = sound_packs(corpus)
    assert told.code == FINE and told.json["items"] == len(pack.items) and told.json["notes"] == len(pack.notes)
    assert told.json["passages"] >= len(pack.notes)
    again = run("index")
    assert again.code == FINE and f"{len(pack.items)} items" in again.out and "building" not in again.err


def test_search_shows_the_nearest_first(run: Command) -> None:
    told = run("search", "precision of the fraud model has dropped", "-k", "3", "--json")
    hits = told.json
    assert told.code == FINE and len(hits) == 3 and hits[0]["id"] == ITEM
    assert all(h.keys() == {"kind", "pack", "id", "title", "excerpt", "score"} for h in hits)
    assert [h["score"] for h in hits] == sorted((h["score"] for h in hits), reverse=True)
    plain = run("search", "precision of the fraud model has dropped")
    assert plain.code == FINE and len(plain.out.splitlines()) == 5 and f"item ml-pm/{ITEM}" in plain.out.splitlines()[0]


def test_a_search_in_any_script_finds_something(run: Command) -> None:
    for text in ("Präzision und Trefferquote 🎯", "\u202e\u05d3\u05d9\u05d5\u05e7", "a\x00b", "\udcff not UTF-8"):
        assert run("search", text, "-k", "1", "--json").code == FINE


@pytest.mark.parametrize("argv", [["search", ""], ["search", "  "], ["search", "recall", "-k", "0"], ["search", "recall", "-k", "-2"]])
def test_a_search_for_nothing_is_told(run: Command, argv: list[str]) -> None:
    assert "search needs a TEXT to look for, and -k of at least 1" in run(*argv).sentence


@pytest.mark.parametrize(
    ("argv", "what"),
    [
        ([], "COMMAND"),
        (["nope"], "'nope'"),
        (["search"], "TEXT"),
        (["search", "recall", "-k", "two"], "'two'"),
        (["sit", "--items", "x"], "'x'"),
        (["sit", "--seniority", "boss"], "'boss'"),
        (["sit", "--nope"], "--nope"),
        (["rate", "--items", "a.yaml"], "--answers, --out"),
        (["serve", "--port", "http"], "'http'"),
        (["serve", "--port", "99999"], "INTERVIEWER_PORT=99999"),
    ],
)
def test_arguments_that_can_t_be_used_are_told_in_a_sentence(run: Command, argv: list[str], what: str) -> None:
    assert what in run(*argv).sentence


@pytest.mark.parametrize(
    ("setting", "value"),
    [("model_timeout_s", "0"), ("tokens_per_day", "many"), ("openai_base_url", "not an address"), ("openai_api_key", "a b")],
)
def test_a_setting_that_can_t_be_used_is_told_by_its_name(run: Command, tmp_path: Path, setting: str, value: str) -> None:
    files = rate_files(tmp_path, [{"id": "1", "item_id": "q", "answer": ANSWER}])
    assert setting.upper() in run("rate", *files, "--rater", "model", **{setting: value}).sentence


def test_help_is_no_fault(run: Command, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        run("sit", "--help")
    assert left.value.code == FINE and "--answers" in capsys.readouterr().out


# --------------------------------------------------------------------------- sit


def file(folder: Path, content: object, name: str = "answers.json") -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture
def sit(run: Command, tmp_path: Path) -> Callable[..., tuple[Ran, Any]]:
    """Sit an interview on the item about precision from a file of answers; what was told, and OUT."""

    def sat(answers: object, *more: str, **settings: str) -> tuple[Ran, Any]:
        out = tmp_path / "out.json"
        argv = ("--round", "metrics", "--focus", "precision of the fraud model has dropped", "--items", "1", *more)
        told = run("sit", *argv, "--answers", file(tmp_path, answers), "--json", out, **settings)
        return told, json.loads(out.read_text(encoding="utf-8")) if out.exists() else None

    return sat


Sit = Callable[..., tuple[Ran, Any]]


def follows_the_form(written: Any) -> None:
    """OUT as it is promised: turns, a line for each item asked, and evidence that stands in the answer of its turn."""
    assert {"id", "turns", "ratings", "overall"} <= written.keys()
    by_seq = {t["seq"]: t for t in written["turns"]}
    assert len(by_seq) == len(written["turns"]) and list(by_seq) == sorted(by_seq)
    for turn in written["turns"]:
        assert {"seq", "item_id", "kind", "question", "answer"} <= turn.keys() and turn["kind"] in ("item", "probe")
    assert [r["item_id"] for r in written["ratings"]] == list(dict.fromkeys(t["item_id"] for t in written["turns"]))
    for line in written["ratings"]:
        follows_the_form_of_rate(line)
        for e in (e for one in line["ratings"] for e in one["evidence"]):
            turn = by_seq[e["seq"]]
            assert turn["item_id"] == line["item_id"] and e["quote"] in turn["answer"]


def follows_the_form_of_rate(line: Any) -> None:
    assert line.keys() == {"id", "item_id", "rater", "model", "prompt_hash", "ratings", "overall"}
    for one in line["ratings"]:
        assert {"criterion", "level", "expected", "reason", "evidence", "rationale"} == one.keys()
        assert (one["level"] is None) == bool(one["reason"])
    worths = [w for one in line["ratings"] if (w := one["level"] if one["expected"] is None else one["expected"]) is not None]
    assert line["overall"] == (pytest.approx(sum(worths) / len(worths)) if worths else None)


def test_a_whole_interview_is_sat_from_a_list_of_answers(sit: Sit) -> None:
    told, written = sit([PART, "I would look at the score distribution.", "I would ring operations."])
    assert told.code == FINE and told.out == "" and "interviewer: " not in told.err
    follows_the_form(written)
    assert written["ended"] == "finished" and 1 < len(written["turns"]) <= 3
    assert [t["kind"] for t in written["turns"]] == ["item", "probe", "probe"][: len(written["turns"])]
    assert written["turns"][0]["answer"] == PART
    (line,) = written["ratings"]
    assert line["item_id"] == ITEM and line["rater"] == "embedded" and line["prompt_hash"] is None
    assert any(one["evidence"] for one in line["ratings"]) and written["overall"] is not None


def test_a_mapping_gives_each_item_its_answers_whatever_the_order(sit: Sit) -> None:
    _, written = sit({"another-item": ["No."], ITEM: [ANSWER, "The threshold.", "I would ring them up."]})
    follows_the_form(written)
    assert [t["answer"] for t in written["turns"]] == [ANSWER, "The threshold.", "I would ring them up."][: len(written["turns"])]
    assert written["ended"] == "finished"


def test_where_answers_run_out_the_interview_ends_early_and_what_was_said_is_rated(sit: Sit) -> None:
    told, written = sit([ANSWER], "--items", "2")
    assert told.code == FINE and written["ended"] == "answers exhausted"
    follows_the_form(written)
    assert [t["answer"] for t in written["turns"]] == [ANSWER, None]
    assert [one["level"] is not None for one in written["ratings"][0]["ratings"]] != []


@pytest.mark.parametrize("answers", [[], {}, {"another-item": ["No."]}, {ITEM: []}])
def test_an_item_that_got_no_answer_is_unrated_with_the_reason(sit: Sit, answers: object) -> None:
    told, written = sit(answers)
    assert told.code == FINE and written["ended"] == "answers exhausted"
    follows_the_form(written)
    (line,) = written["ratings"]
    assert line["overall"] is None and written["overall"] is None
    assert {one["reason"] for one in line["ratings"]} == {"The question was not answered."}


def test_blank_answers_and_other_scripts_are_kept_to_the_letter(sit: Sit) -> None:
    answers = ["", "Ich würde 🙂 zuerst\u2028den Schwellenwert prüfen.\r\n\tDann „anrufen“.", "\u202e\u05d4\u05de\u05d5\u05d3\u05dc\u202c"]
    told, written = sit(answers)
    assert told.code == FINE
    follows_the_form(written)
    assert [t["answer"] for t in written["turns"]] == answers[: len(written["turns"])]


def test_without_an_out_the_summary_is_printed(run: Command, tmp_path: Path) -> None:
    told = run("sit", "--items", "1", "--answers", file(tmp_path, [ANSWER] * 3))
    assert told.code == FINE and "What went best" in told.out and "What to work on first" in told.out


def test_one_seed_draws_one_guide(run: Command, tmp_path: Path) -> None:
    nothing, guides = file(tmp_path, []), []
    for name in ("one.db", "other.db"):
        place = {"database_url": f"sqlite:///{tmp_path / name}"}
        assert run("sit", "--items", "5", "--seed", "7", "--answers", nothing, "--json", "out.json", **place).code == FINE
        guides.append(run("interviews", "--json", **place).json[0]["guide"])
    assert guides[0] == guides[1] and len(set(guides[0])) == 5


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ("[", "not valid JSON"),
        ("", "not valid JSON"),
        ('"One."', "write a JSON list of strings"),
        ('["One.", 2]', "answer 2"),
        ('{"' + ITEM + '": ["One.", null]}', f"item '{ITEM}', answer 2"),
        (json.dumps(["x" * (MOST_CHARACTERS + 1)]), "answer 1: has 50,001 characters, and 50,000 is the most"),
    ],
)
def test_answers_that_can_t_be_used_are_told_before_anything_is_loaded(run: Command, tmp_path: Path, content: str, what: str) -> None:
    assert what in (sentence := run("sit", "--answers", file(tmp_path, content)).sentence) and "answers.json" in sentence


@pytest.mark.parametrize(
    ("argv", "what"),
    [
        (["--answers", "none.json"], "none.json: can't be read"),
        (["--pack", "no-such"], "There is no pack 'no-such'; choose from ml-pm"),
        (["--round", "metrics", "--round", "no-such"], "no round 'no-such'; choose from "),
        (["--items", "0"], "--items 0"),
        (["--items", "1000"], "--items 1000"),
        (["--json", "none/out.json"], "there is no folder none; make it first"),
        (["--json", "."], "is a folder"),
    ],
)
def test_a_wish_that_can_t_be_met_is_told_before_anything_is_loaded(run: Command, argv: list[str], what: str) -> None:
    assert what in run("sit", *argv).sentence


def test_the_answers_are_not_written_over(run: Command, tmp_path: Path) -> None:
    answers = file(tmp_path, [ANSWER])
    assert "would be lost" in run("sit", "--answers", answers, "--json", answers).sentence
    assert json.loads(answers.read_text(encoding="utf-8")) == [ANSWER]


def test_an_out_that_can_t_be_written_in_the_end_names_the_interview_that_is_kept(run: Command, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    told = run("sit", "--items", "1", "--answers", file(tmp_path, [ANSWER]), "--json", "/dev/full")
    assert told.code == BAD_INPUT and told.out == ""
    found = re.search(r"interviewer: /dev/full: can't be written \(.+\); the interview is kept as (\S+)\n", told.err)
    assert found and found[1] in {row["id"] for row in run("interviews", "--json").json}


def test_a_model_that_is_away_is_told_and_the_interview_is_sat_all_the_same(sit: Sit) -> None:
    told, written = sit([PART] * 3, openai_base_url=closed_port(), openai_api_key="sk-never-seen", model_retries="0")
    assert told.code == FINE and "can't be reached" in told.err and "sk-never-seen" not in told.err
    follows_the_form(written)
    assert written["ended"] == "finished" and written["ratings"][0]["rater"] == "embedded" and written["overall"] is not None
    assert len(written["notices"]) == 1 and "can't be reached" in written["notices"][0]


def test_the_interviews_are_listed_newest_first(run: Command, sit: Sit) -> None:
    first, second = (sit([ANSWER])[1]["id"] for _ in range(2))
    told = run("interviews", "--json")
    assert told.code == FINE and [row["id"] for row in told.json[:2]] == [second, first]
    assert told.json[0].keys() >= {"id", "began", "ended", "pack", "rounds", "style", "seniority", "guide"}
    assert told.json[0]["ended"] is True and "focus" not in told.json[0]
    plain = run("interviews")
    assert plain.code == FINE and plain.out.splitlines()[0].startswith(f"{second}  ") and "ended" in plain.out.splitlines()[0]


def test_no_interviews_are_an_empty_list(run: Command) -> None:
    told = run("interviews", "--json")
    assert told.code == FINE and told.json == []


# --------------------------------------------------------------------------- rate


def criterion(**changes: Any) -> dict[str, Any]:
    anchors = ["Says nothing of it.", "Names a model.", "Compares models.", "Compares both models on one data set.", "Says why, too."]
    return {"id": "compares", "looks_for": "Compares the old and the new model on the same payments.", "anchors": anchors} | changes


FACT = criterion(id="fact", anchors=None, reference="Precision is the share of the flagged cases that are truly positive.")
FACT = {k: v for k, v in FACT.items() if v is not None and k != "looks_for"}


def item(*criteria: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"id": "q", "question": "Precision fell. What do you do?", "criteria": list(criteria) or [criterion()]} | changes


def rate_files(folder: Path, lines: Sequence[object] | str, *items: dict[str, Any]) -> tuple[str | Path, ...]:
    """The arguments of `rate` for lines of answers and for items."""
    written = lines if isinstance(lines, str) else "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines)
    asked = folder / "items.yaml"
    asked.write_text(yaml.safe_dump(list(items) or [item()], allow_unicode=True), encoding="utf-8")
    return "--items", asked, "--answers", file(folder, written, "answers.jsonl"), "--out", folder / "out.jsonl"


@pytest.fixture
def rate(run: Command, tmp_path: Path) -> Callable[..., tuple[Ran, list[Any]]]:
    """Rate lines of answers; what was told, and the lines out, each in the form that is promised."""

    def rated(lines: Sequence[object], *items: dict[str, Any], rater: str = "embedded", **settings: str) -> tuple[Ran, list[Any]]:
        told = run("rate", *rate_files(tmp_path, lines, *items), "--rater", rater, **settings)
        assert told.code == FINE and told.out == ""
        out = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").split("\n") if line]
        for line in out:
            follows_the_form_of_rate(line)
        return told, out

    return rated


Rate = Callable[..., tuple[Ran, list[Any]]]


def test_answers_and_turns_are_rated_in_the_order_given(rate: Rate) -> None:
    turns = [
        {"question": "Precision fell. What do you do?", "answer": "I would have a look at it with the team."},
        {"question": "How?", "answer": ANSWER},
    ]
    told, out = rate([{"id": "b", "item_id": "q", "answer": ANSWER}, {"id": "a", "item_id": "q", "turns": turns}])
    assert [line["id"] for line in out] == ["b", "a"] and "rated 2 answers, 0 of them unrated" in told.err
    assert all(line["rater"] == "embedded" and line["model"] and line["prompt_hash"] is None for line in out)
    (one,), (other,) = out[0]["ratings"], out[1]["ratings"]
    assert one["evidence"] and all(e["turn"] == 0 and e["quote"] in ANSWER for e in one["evidence"])
    assert other["evidence"] and all(e["quote"] in turns[e["turn"]]["answer"] for e in other["evidence"])
    assert {e["turn"] for e in other["evidence"]} == {1}


@pytest.mark.parametrize("names", [["wrong", "right"], ["wrong", "partly", "right"], ["a", "b", "c", "d", "e", "f"]])
def test_a_reference_on_a_scale_of_its_own_gives_an_index_into_it(rate: Rate, names: list[str]) -> None:
    asked = item(FACT, question="What is precision?", scale=names)
    right = "Precision is the share of all flagged cases that are truly positive."
    wrong = "It says how quickly a model can be trained on new data by the team."
    _, (good, bad) = rate([{"id": "1", "item_id": "q", "answer": right}, {"id": "2", "item_id": "q", "answer": wrong}], asked)
    levels = [line["ratings"][0]["level"] for line in (good, bad)]
    assert all(level in range(1, len(names) + 1) for level in levels) and levels[0] > levels[1]
    assert 1 <= bad["overall"] < good["overall"] <= len(names)


def test_a_scale_may_be_numbered_and_anchors_fit_it(rate: Rate) -> None:
    asked = item(criterion(anchors=["Says nothing of it.", "Compares both models."]), FACT, scale={1: "no", 2: "yes"})
    _, (line,) = rate([{"id": "1", "item_id": "q", "answer": ANSWER}], asked)
    assert [one["criterion"] for one in line["ratings"]] == ["compares", "fact"]
    assert all(one["level"] in (None, 1, 2) for one in line["ratings"])


@pytest.mark.parametrize("answer", ["", " \n", "\u200b", "...", "ok"])
def test_a_blank_answer_is_unrated_with_the_reason(rate: Rate, answer: str) -> None:
    told, out = rate([{"id": "1", "item_id": "q", "answer": answer}, {"id": "2", "item_id": "q", "turns": []}])
    assert "2 of them unrated" in told.err
    for line in out:
        assert line["overall"] is None and all(one["level"] is None and one["reason"] for one in line["ratings"])


def test_what_is_written_is_utf_8_with_the_candidates_own_words(rate: Rate, tmp_path: Path) -> None:
    answer = "Ich würde das alte und das neue Modell auf denselben Zahlungen vergleichen („zuerst“ 🙂) und dann anrufen."
    _, (line,) = rate([{"id": "é-1", "item_id": "q", "answer": answer}])
    assert line["id"] == "é-1" and "é-1".encode() in (tmp_path / "out.jsonl").read_bytes()
    assert all(e["quote"] in answer for one in line["ratings"] for e in one["evidence"])


GOOD = json.dumps({"id": "1", "item_id": "q", "answer": ANSWER})


@pytest.mark.parametrize(
    ("lines", "what"),
    [
        (f"{GOOD}\n{GOOD}\nnot json\n", "answers.jsonl, line 3: "),
        (f"{GOOD}\n\n" + '{"id": "2", "item_id": "q"}\n', "line 3: give either answer or turns"),
        (
            f"{GOOD}\n" + '{"id": "2", "item_id": "none", "answer": "A."}\n',
            "line 2: item_id 'none' is not in the file of items; there are q",
        ),
        (f"{GOOD}\n" + '{"id": "2", "item_id": "q", "answer": 5}\n', "line 2: answer is 5"),
        ("", "no answers in it"),
        ("\n\n", "no answers in it"),
    ],
)
def test_a_line_that_can_t_be_used_is_told_by_its_number_and_out_is_left_as_it_was(
    run: Command, tmp_path: Path, lines: str, what: str
) -> None:
    files = rate_files(tmp_path, lines)
    (tmp_path / "out.jsonl").write_text("from before\n", encoding="utf-8")
    assert what in run("rate", *files).sentence
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8") == "from before\n"


@pytest.mark.parametrize(
    ("items", "what"),
    [
        ("", "nothing is in the file"),
        ("[]", "no items in it"),
        ("- id: q\n  question: [", "not valid YAML"),
        ("- id: q\n  question: What?\n", "q: criteria: is missing. Remedy: add criteria"),
        ("- {id: q, question: What?, criteria: [{id: c}]}", "neither anchors nor a reference"),
        ("- {id: q, question: What?, criteria: [{id: c, anchors: [a, b, c]}]}", "3 anchors for 5 levels"),
        (2 * "- {id: q, question: What?, criteria: [{id: c, reference: R.}]}\n", "2 entries have this item id"),
    ],
)
def test_items_that_can_t_be_used_are_told_with_entry_and_remedy(run: Command, tmp_path: Path, items: str, what: str) -> None:
    files = rate_files(tmp_path, GOOD)
    (tmp_path / "items.yaml").write_text(items, encoding="utf-8")
    sentence = run("rate", *files).sentence
    assert what in sentence and "items.yaml" in sentence


@pytest.mark.parametrize("out", ["none/out.jsonl", ".", "answers.jsonl", "items.yaml"])
def test_an_out_that_can_t_be_written_is_told_and_nothing_is_written_over(run: Command, tmp_path: Path, out: str) -> None:
    files = rate_files(tmp_path, GOOD)
    assert out in run("rate", *files[:4], "--out", out).sentence
    assert (tmp_path / "answers.jsonl").read_text(encoding="utf-8") == GOOD and (tmp_path / "items.yaml").stat().st_size


def test_the_model_rater_needs_a_model(run: Command, tmp_path: Path) -> None:
    sentence = run("rate", *rate_files(tmp_path, GOOD), "--rater", "model").sentence
    assert "set OPENAI_API_KEY, or OPENAI_BASE_URL" in sentence and not (tmp_path / "out.jsonl").exists()


def judged(**changes: Any) -> Json:
    return Json({"points": ["compares"], "quotes": [QUOTE], "level": 4, "cannot_tell": None, "rationale": "It compares."} | changes)


def test_the_model_rater_judges_each_criterion_alone(rate: Rate) -> None:
    lines = [{"id": str(n), "item_id": "q", "answer": ANSWER} for n in range(10)]
    with LoopbackModel(lambda r: judged(level=2 if "truly positive" in r["messages"][-1]["content"] else 4)) as server:
        _, out = rate(lines, item(criterion(), FACT), rater="model", openai_base_url=server.base_url, rater_model="judge-1")
    assert len(server.requests) == 20 and {r["model"] for r in server.requests} == {"judge-1"}
    assert [line["id"] for line in out] == [str(n) for n in range(10)]
    for line in out:
        assert (line["rater"], line["model"], line["overall"]) == ("model", "judge-1", 3) and line["prompt_hash"]
        assert [one["level"] for one in line["ratings"]] == [4, 2]
        assert all(one["evidence"] == [{"turn": 0, "quote": QUOTE}] for one in line["ratings"])


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (judged(level=6), "not on the scale of 1 to 5"),
        (judged(quotes=["nobody said these very words"]), "none of its quotes stands"),
        (Status(401, "sk-never-seen"), "check OPENAI_API_KEY"),
    ],
)
def test_a_model_that_misbehaves_leaves_everything_unrated_with_the_reason(rate: Rate, reply: Any, reason: str) -> None:
    with LoopbackModel(lambda _: reply) as server:
        told, (line,) = rate(
            [{"id": "1", "item_id": "q", "answer": ANSWER}], rater="model", openai_base_url=server.base_url, openai_api_key="sk-never-seen"
        )
    assert line["overall"] is None and reason in line["ratings"][0]["reason"] and "sk-never-seen" not in json.dumps(line) + told.err
    assert "1 of them unrated" in told.err


# --------------------------------------------------------------------------- as a process


@pytest.fixture
def process(data: Path, corpus: Path, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a command as a process of its own, with what it prints and reads as pipes."""
    begun: list[subprocess.Popen[bytes]] = []
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(SHARED)}

    def start(*argv: str, **environment: str) -> subprocess.Popen[bytes]:
        place = {"INTERVIEWER_DATA_DIR": str(data), "INTERVIEWER_CORPUS_DIR": str(corpus), "PYTHONPATH": str(ROOT)}
        whole = inherited | place | environment
        pipe = subprocess.PIPE
        # A job begun in the background hands down an ignored Ctrl-C; at a keyboard it is not ignored.
        before = signal.signal(signal.SIGINT, signal.SIG_DFL)
        try:
            command = [sys.executable, "-m", "interviewer", *argv]
            begun.append(subprocess.Popen(command, cwd=tmp_path, env=whole, stdin=pipe, stdout=pipe, stderr=pipe))
        finally:
            signal.signal(signal.SIGINT, before)
        return begun[-1]

    yield start
    for one in begun:
        one.kill()
        one.communicate()


def test_a_reader_that_goes_away_is_no_fault(process: Callable[..., subprocess.Popen[bytes]]) -> None:
    check = process("check", PYTHONUNBUFFERED="")  # a few lines: they are held back until the end
    assert check.stdout and check.stderr
    check.stdout.close()  # as `| head -0` does
    assert check.stderr.read() == b"" and check.wait(30) == FINE


def test_what_is_printed_is_utf_8_whatever_the_locale_says(process: Callable[..., subprocess.Popen[bytes]], tmp_path: Path) -> None:
    odd = "Präzision-🙂"
    checked = process("check", "--json", PYTHONIOENCODING="ascii", INTERVIEWER_CORPUS_DIR=str(tmp_path / odd))
    out, err = checked.communicate(timeout=30)
    assert checked.returncode == BAD_INPUT and out == b"" and odd.encode() in err


def test_whoever_stops_an_interview_at_the_keyboard_is_let_go_at_once_and_nothing_typed_is_lost(
    process: Callable[..., subprocess.Popen[bytes]], run: Command, tmp_path: Path
) -> None:
    sit = process("sit", "--items", "1", DATABASE_URL=f"sqlite:///{tmp_path / 'interviews.db'}")
    assert sit.stdin and sit.stdout and sit.stderr
    while b"[1 of 1]" not in sit.stdout.readline():
        assert sit.poll() is None
    sit.stdin.write(f"{ANSWER}\n\n".encode())
    sit.stdin.flush()
    while not sit.stdout.readline().strip():
        assert sit.poll() is None
    sit.send_signal(signal.SIGINT)  # the next answer is waited for
    assert sit.wait(60) == FAULTS
    told = sit.stderr.read().decode().splitlines()
    assert told[-1] == "interviewer: stopped; what was done up to here is kept" and "Traceback" not in "".join(told)
    (row,) = run("interviews", "--json").json
    assert row["ended"] is False
    with Store.open(f"sqlite:///{tmp_path / 'interviews.db'}") as store:
        assert [e.body["text"] for e in store.events(row["id"], None) if e.kind == "answered"] == [ANSWER]
