"""The command line: `python -m interviewer …`. Exit 0 fine, 1 done with faults, 2 bad input with one sentence on standard error.

Both outputs are UTF-8, whatever the terminal's locale says.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import logging
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from interviewer.errors import FileError, InterviewerError
from interviewer.settings import Settings, read_settings

if TYPE_CHECKING:
    from interviewer.interview import Door

Command = Callable[[argparse.Namespace, Settings], int]
FINE, FAULTS, BAD_INPUT = 0, 1, 2


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit code."""
    _speak_utf8()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        args = _parser().parse_args(argv)
        command: Command = args.command
        code = command(args, read_settings())
        sys.stdout.flush()  # a reader that went away is met here, not when the interpreter ends
        return code
    except InterviewerError as error:
        print(f"interviewer: {error}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print("interviewer: stopped; what was done up to here is kept", file=sys.stderr)
        return FAULTS
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is still held back goes nowhere
        return FINE


def _speak_utf8() -> None:
    """Write UTF-8 on both outputs; read what is no text in the terminal's encoding with marks in its place."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")


class _Parser(argparse.ArgumentParser):
    """Tells what is wrong with the arguments in one sentence."""

    def error(self, message: str) -> NoReturn:
        raise FileError(f"{message}; {self.prog} --help tells what can be written")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m interviewer", description="Practise a job interview, and get feedback that quotes your own words.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, command: Command, tells: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=tells, description=tells)
        sub.set_defaults(command=command)
        return sub

    serve = add("serve", _serve, "serve the page (http://127.0.0.1:7860 unless told otherwise)")
    serve.add_argument("--host", help="the address to listen on; other than loopback, others on your network can reach it")
    serve.add_argument("--port", type=int, help="the port to listen on; 0 takes a free one")

    check = add("check", _check, "check that the corpus and the prompts are valid")
    check.add_argument("--json", action="store_true", help="print facts and faults as JSON")

    new = add("new", _new, "write the skeleton of a new item or note, complete but for its TODOs")
    new.add_argument("what", choices=["item", "note"])
    new.add_argument("id", metavar="ID", help="its id, such as metrics-search-clicks")
    new.add_argument("--pack", default="ml-pm", help="the pack it belongs to (ml-pm)")
    new.add_argument("--round", metavar="R", help="for an item: the round that asks it")

    index = add("index", _index, "bring the index up to date")
    index.add_argument("--json", action="store_true", help="print what is in it as JSON")

    search = add("search", _search, "search items and notes by meaning")
    search.add_argument("text", metavar="TEXT")
    search.add_argument("-k", type=int, default=5, metavar="N", help="how many to show (5)")
    search.add_argument("--json", action="store_true", help="print the results as JSON")

    interviews = add("interviews", _interviews, "list the interviews kept on this machine")
    interviews.add_argument("--json", action="store_true", help="print the list as JSON")

    sit = add("sit", _sit, "sit an interview in the terminal, or unattended from a file of answers")
    sit.add_argument("--pack", default="ml-pm", help="the pack to ask from (ml-pm)")
    sit.add_argument("--round", action="append", default=[], metavar="R", help="a round to ask from; may be given again (all)")
    sit.add_argument("--items", type=int, default=3, metavar="N", help="how many items (3)")
    sit.add_argument("--seniority", choices=["entering", "experienced", "leading"], default="experienced")
    sit.add_argument("--focus", default="", help="a topic in free words that steers which items are drawn")
    sit.add_argument("--seed", type=int, help="draw the same items every time")
    sit.add_argument("--answers", type=Path, metavar="FILE", help="JSON: a list of answers, or {item id: [first, to the probes …]}")
    sit.add_argument("--json", type=Path, metavar="OUT", dest="out", help="write the interview and its ratings to OUT")

    rate = add("rate", _rate, "rate a file of answers, for measuring a rater")
    rate.add_argument("--items", type=Path, required=True, metavar="FILE.yaml", help="a list of items in the bank's form")
    rate.add_argument(
        "--answers", type=Path, required=True, metavar="FILE.jsonl", help="a line an answer: id, item_id, and answer or turns"
    )
    rate.add_argument("--out", type=Path, required=True, metavar="FILE.jsonl", help="a line a rating, in the same order")
    rate.add_argument("--rater", choices=["embedded", "model"], default="embedded")

    hear = add("hear", _hear, "print what is said in a recording, by the recogniser that the page would use")
    hear.add_argument("file", type=Path, metavar="FILE.wav")
    hear.add_argument("--terms", default="", metavar="A,B", help="words to expect in it, with commas between them")
    hear.add_argument("--json", action="store_true", help="print words with their times and confidence as JSON")

    say = add("say", _say, "read a text aloud into a WAV, by the voice that the page would speak with")
    say.add_argument("text", metavar="TEXT")
    say.add_argument("--out", type=Path, required=True, metavar="FILE.wav", help="the file to write")
    return parser


def _serve(args: argparse.Namespace, settings: Settings) -> int:
    told = {f"interviewer_{k}": v for k in ("host", "port") if (v := getattr(args, k)) is not None}
    from interviewer.web.app import serve  # Gradio takes seconds to import; no other command pays for it

    serve(read_settings(**told) if told else settings, lambda line: print(line, flush=True))
    return FINE


def _check(args: argparse.Namespace, settings: Settings) -> int:
    from interviewer.bank import Fault, faults_of_craft, read_packs, uncovered
    from interviewer.embedding import embedded_encoder
    from interviewer.errors import AuthorError
    from interviewer.prompts import load_calls

    packs: dict[str, dict[str, Any]] = {}
    faults: list[Fault] = []
    encoder = embedded_encoder(settings.encoder_threads, None)
    for read in read_packs(settings.corpus_dir):
        faults += read.faults
        if (pack := read.pack) is not None:
            faults += faults_of_craft(pack, read.folder, read.exemplar_files, encoder)
            rounds = {r.id: sum(i.round == r.id for i in pack.items) for r in pack.rounds}
            counts = {"items": len(pack.items), "notes": len(pack.notes), "exemplars": len(pack.exemplars), "rounds": rounds}
            packs[read.id] = counts | {"uncovered": list(uncovered(pack))}
    try:
        prompts = load_calls(settings.prompts_dir)
    except AuthorError as error:
        prompts = {}
        faults.append(Fault(path=str(settings.prompts_dir), entry="prompts", fault=str(error), remedy="mend the prompt file"))
    if args.json:
        _print_json({"packs": packs, "prompts": {n: p.hash for n, p in prompts.items()}, "faults": [f.model_dump() for f in faults]})
    else:
        for name, facts in packs.items():
            counted = ", ".join(f"{facts[what]} {what}" for what in ("items", "notes", "exemplars"))
            print(f"{name}: {counted}; not covered: {len(facts['uncovered'])} ids of the domain")
        print("\n".join(f.sentence for f in faults) or "no faults")
    return FAULTS if faults else FINE


def _new(args: argparse.Namespace, settings: Settings) -> int:
    from interviewer.bank import new_item, new_note, read_packs

    packs = {read.id: read.pack for read in read_packs(settings.corpus_dir)}
    pack = packs.get(args.pack)
    if pack is None:
        raise FileError(f"--pack {args.pack}: there is no such pack that can be read; there are {', '.join(sorted(packs))}")
    folder = settings.corpus_dir / "packs" / args.pack
    if args.what == "item" and not args.round:
        raise FileError(f"a new item needs --round; choose from {', '.join(r.id for r in pack.rounds)}")
    path = new_item(pack, folder, args.round, args.id) if args.what == "item" else new_note(pack, folder, args.id)
    print(f"{path}: write what stands after each TODO in {args.id!r}, then run: python -m interviewer check")
    return FINE


def _index(args: argparse.Namespace, settings: Settings) -> int:
    from interviewer.interview import open_library

    counts = open_library(settings, _progress).counts()
    _print_json(counts) if args.json else print(", ".join(f"{n} {what}" for what, n in counts.items()))
    return FINE


def _search(args: argparse.Namespace, settings: Settings) -> int:
    from interviewer.interview import open_library

    if not args.text.strip() or args.k < 1:
        raise FileError("search needs a TEXT to look for, and -k of at least 1")
    hits = open_library(settings, _progress).search(args.text, args.k)
    if args.json:
        _print_json([h.model_dump(mode="json") for h in hits])
    else:
        for hit in hits:
            print(f"{hit.score:.2f}  {hit.kind} {hit.pack}/{hit.id}: {hit.title}")
    return FINE


def _interviews(args: argparse.Namespace, settings: Settings) -> int:
    from interviewer.interview import Kind, Started
    from interviewer.store import Store

    with Store.open(settings.store_url) as store:
        listed = store.interviews(None)
    rows = [
        {
            "id": one.id,
            "began": one.began.isoformat(),
            "ended": Kind.ENDED in one.kinds,
            **Started.model_validate(one.first.body).model_dump(mode="json"),
        }
        for one in listed
    ]
    if args.json:
        _print_json(rows)
    else:
        for row in rows:
            print(
                f"{row['id']}  {row['began'][:16]}  {row['pack']}  {len(row['guide'])} items  {'ended' if row['ended'] else 'in progress'}"
            )
    return FINE


def _sit(args: argparse.Namespace, settings: Settings) -> int:
    from pydantic import ValidationError

    from interviewer.bank import Wish, sound_packs
    from interviewer.domain import Seniority
    from interviewer.interview import chosen_pack, read_answers

    try:
        wish = Wish(rounds=tuple(args.round), seniority=Seniority(args.seniority), items=args.items)
    except ValidationError as error:
        raise FileError(f"--items {args.items}: {error.errors()[0]['msg']}") from error
    answers = read_answers(args.answers) if args.answers else None
    if args.out:
        _check_out(args.out, args.answers)
    chosen_pack(sound_packs(settings.corpus_dir), args.pack, wish.rounds)  # told at once, and not after the encoder has loaded
    return _with_door(settings, lambda door: _sat(door, args, wish, answers))


async def _sat(door: Door, args: argparse.Namespace, wish: Any, answers: Any) -> int:
    from interviewer.feedback import summary_to_markdown
    from interviewer.interview import TERMINAL, Style, interview_record, sit_in_terminal, sit_unattended, typed_lines

    state = await door.begin(TERMINAL, args.pack, wish, Style.REAL, focus=args.focus, seed=args.seed)
    if answers:
        state = await sit_unattended(door, state, TERMINAL, answers)
    else:
        state = await sit_in_terminal(door, state, TERMINAL, lambda line: print(line, flush=True), typed_lines())
    if args.out:
        record = json.dumps(interview_record(door, state), ensure_ascii=False, indent=1)
        try:
            args.out.write_text(record + "\n", encoding="utf-8")
        except OSError as error:
            raise FileError(f"{args.out}: can't be written ({error.strerror}); the interview is kept as {state.id}") from error
    else:
        print(summary_to_markdown(door.teller.feedback(state)))
    for notice in state.notices:
        print(f"interviewer: {notice}", file=sys.stderr)
    return FINE


def _rate(args: argparse.Namespace, settings: Settings) -> int:
    from interviewer.bank import read_items
    from interviewer.interview import as_line, rate_all, rater_of, rating_line, read_answered

    items = {i.id: i for i in read_items(args.items)}
    answers = read_answered(args.answers, items)
    _check_out(args.out, args.items, args.answers)
    rate_one = rater_of(args.rater, settings)

    async def rate(out: TextIO) -> None:
        done = unrated = 0
        async for answered, rating in rate_all(answers, items, rate_one):
            out.write(as_line(rating_line(rating, of=answered.id)))
            done, unrated = done + 1, unrated + (rating.overall is None)
            if done % 50 == 0:
                out.flush()
                _progress(f"rated {done} of {len(answers)}")
        print(f"rated {done} answers, {unrated} of them unrated", file=sys.stderr)

    try:
        with args.out.open("w", encoding="utf-8") as out:
            asyncio.run(rate(out))
    except BrokenPipeError:
        raise
    except OSError as error:
        raise FileError(f"{args.out}: can't be written ({error.strerror}); give a path in a folder that is there") from error
    return FINE


def _hear(args: argparse.Namespace, settings: Settings) -> int:
    from interviewer.errors import SetupError
    from interviewer.speech.audio import read_audio
    from interviewer.speech.hearing import heard_once, recognisers

    samples = read_audio(args.file)
    found = recognisers(settings)
    if found.final is None:
        raise SetupError(found.why)
    heard = asyncio.run(heard_once(found.final, samples, [t for term in args.terms.split(",") if (t := term.strip())]))
    if not heard.text.strip():
        raise FileError(f"{args.file}: nothing was said in it")
    if args.json:
        words = [word.model_dump(include={"word", "start", "end", "confidence"}) for word in heard.words]
        _print_json({"text": heard.text, "words": words, "recogniser": heard.recogniser})
    else:
        print(heard.text)
    return FINE


def _say(args: argparse.Namespace, settings: Settings) -> int:
    from interviewer.errors import SetupError
    from interviewer.speech.sentences import MOST_SPOKEN, sentences_of
    from interviewer.speech.voices import spoken, voices

    if len(args.text) > MOST_SPOKEN:
        raise FileError(f"say takes a TEXT of at most {MOST_SPOKEN:,} characters, not {len(args.text):,}: say it in parts")
    if not sentences_of(args.text):
        raise FileError("say needs a TEXT with a word in it")
    _check_out(args.out)
    voice, why = voices(settings)
    if voice is None:
        raise SetupError(why)
    wav = asyncio.run(spoken(voice, args.text))
    try:
        args.out.write_bytes(wav)
    except OSError as error:
        raise FileError(f"{args.out}: can't be written ({error.strerror}); give a path in a folder that is there") from error
    return FINE


def _check_out(out: Path, *read: Path | None) -> None:
    """Raise FileError, before any work is done for it, where a file can't be written at `out` or is one of those that are `read`."""
    if out.is_dir():
        raise FileError(f"{out}: is a folder; give the path of a file to write")
    if not out.parent.is_dir():
        raise FileError(f"{out}: there is no folder {out.parent}; make it first")
    if out.exists() and any(path and out.samefile(path) for path in read):
        raise FileError(f"{out}: is read by this command, and would be lost; write to another file")


def _with_door(settings: Settings, work: Callable[[Door], Awaitable[int]]) -> int:
    from interviewer.interview import assemble

    async def run() -> int:
        return await work(await asyncio.to_thread(assemble, settings, _progress))

    return asyncio.run(run())


def _progress(stage: str) -> None:
    print(f"{stage} …", file=sys.stderr, flush=True)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    sys.exit(main())
