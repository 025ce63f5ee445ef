"""Prompts: load, check their inputs, fill, fence the candidate's words, and name their version.

A prompt is one file `prompts/<name>.md` for one model call. Its front matter declares every input:
`plain` (our own words) or `fenced` (words that came from the candidate, handed over as data). After it
come `# system` and `# user`. `{{name}}` stands for an input; a file whose placeholders and declared
inputs differ does not load.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import yaml
from pydantic import ValidationError

from interviewer.domain import Frozen
from interviewer.errors import AuthorError, DeveloperError

_PARTS = re.compile(r"\A---\n(?P<front>.*?)\n---\n+# system\n(?P<system>.*?)\n# user\n(?P<user>.*)\Z", re.DOTALL)
_PLACE = re.compile(r"\{\{\s*(\w+)\s*\}\}")


class Filled(Frozen):
    """A prompt ready to be sent. `hash` names the version of the file that it came from."""

    name: str
    hash: str
    system: str
    user: str


class _Front(Frozen):
    purpose: str
    inputs: dict[str, Literal["plain", "fenced"]]


class Prompt(Frozen):
    """One prompt file, checked."""

    name: str
    hash: str
    purpose: str
    inputs: Mapping[str, Literal["plain", "fenced"]]
    system: str
    user: str

    def fill(self, **values: str) -> Filled:
        """The prompt with its inputs in place; the fenced ones fenced. Raises DeveloperError on a wrong set of inputs."""
        if values.keys() != self.inputs.keys():
            raise DeveloperError(f"prompt {self.name!r} takes {sorted(self.inputs)}, and got {sorted(values)}")
        ready = {k: fence(v) if self.inputs[k] == "fenced" else v for k, v in values.items()}

        def put(text: str) -> str:
            return _PLACE.sub(lambda m: ready[m[1]], text).strip()

        return Filled(name=self.name, hash=self.hash, system=put(self.system), user=put(self.user))


# The model calls that the program makes, and what each one hands over. A prompt file that is missing or takes something else would
# fail only when its call comes, in the middle of an interview.
CALLS: Mapping[str, frozenset[str]] = {
    "ask_item": frozenset({"question", "last_answer"}),
    "probe": frozenset({"question", "aim", "authored_probe", "answer"}),
    "answer_clarification": frozenset({"question", "facts", "clarification", "asked"}),
    "find_mistakes": frozenset({"question", "mistakes", "answers"}),
    "rate_criterion": frozenset({"question", "criterion", "answers"}),
    "write_feedback": frozenset({"strength", "strength_words", "work_on", "work_on_words"}),
}


def load_calls(folder: Path) -> dict[str, Prompt]:
    """The prompts of every call that the program makes. Raises AuthorError where one is missing or takes other inputs."""
    prompts = load_prompts(folder)
    for name, inputs in CALLS.items():
        if name not in prompts:
            raise AuthorError(f"{folder / name}.md: the prompt is missing; write it with the inputs {', '.join(sorted(inputs))}")
        if prompts[name].inputs.keys() != inputs:
            raise AuthorError(f"{folder / name}.md: its inputs are {sorted(prompts[name].inputs)}; the call hands over {sorted(inputs)}")
    return prompts


def fence(words: str) -> str:
    """The candidate's words between marks that they cannot forge: each mark carries a digest of the words."""
    mark = hashlib.sha256(words.encode()).hexdigest()[:12]
    return f"<candidate-words {mark}>\n{words}\n</candidate-words {mark}>"


def load_prompts(folder: Path) -> dict[str, Prompt]:
    """Every prompt of a folder by its name. Raises AuthorError naming the file and what to mend."""
    files = sorted(folder.glob("*.md"))
    if not files:
        raise AuthorError(f"{folder}: no prompt files here; point INTERVIEWER_PROMPTS_DIR at the prompts folder")
    return {f.stem: load_prompt(f) for f in files}


def load_prompt(path: Path) -> Prompt:
    """One prompt file, read and checked."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise AuthorError(f"{path}: can't be read as UTF-8 text ({error}); save it as UTF-8") from error
    parts = _PARTS.match(text)
    if not parts:
        raise AuthorError(f"{path}: a prompt has front matter between two --- lines, then '# system', then '# user'")
    try:
        front = _Front.model_validate(yaml.safe_load(parts["front"]))
    except (yaml.YAMLError, ValidationError) as error:
        raise AuthorError(f"{path}: the front matter can't be read ({error}); it needs 'purpose' and 'inputs'") from error
    used = set(_PLACE.findall(parts["system"] + parts["user"]))
    if used != front.inputs.keys():
        odd = sorted(used ^ front.inputs.keys())
        raise AuthorError(f"{path}: input {odd[0]!r} is {'used but not declared' if odd[0] in used else 'declared but not used'}")
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return Prompt(name=path.stem, hash=digest, purpose=front.purpose, inputs=front.inputs, system=parts["system"], user=parts["user"])
