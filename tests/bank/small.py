"""The small pack that corpus/README.md shows, as files to write, break and read."""

from __future__ import annotations

import re
from pathlib import Path

CORPUS = Path(__file__).parents[2] / "corpus"
README = (CORPUS / "README.md").read_text(encoding="utf-8")

PACK = "packs/product-designer"
SCALE = "scale.yaml"
FRAME = f"{PACK}/pack.yaml"
COMPETENCIES = f"{PACK}/competencies.yaml"
DOMAIN = f"{PACK}/domain.yaml"
ITEMS = f"{PACK}/items/research.yaml"
EXEMPLARS = f"{PACK}/exemplars/research.yaml"
NOTE = f"{PACK}/notes/asking-before-shaping.md"

_BLOCK = re.compile(r"^```(\w+)\n(?:# |<!-- )(\S+)(?: -->)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def shown_files() -> dict[str, str]:
    """The README's example files: text by path under the corpus folder."""
    return {path: text for _, path, text in _BLOCK.findall(README)}


def shown_answers() -> str:
    """The README's example of a file of answers."""
    found = re.search(r"^```json\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert found, "the README shows no file of answers"
    return found[1]


class Corpus:
    """A corpus folder with the small pack in it, to be broken."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "corpus"
        for path, text in shown_files().items():
            if path.startswith("packs/") or path == SCALE:
                self.write(path, text)

    def write(self, path: str, text: str | bytes) -> None:
        target = self.path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode() if isinstance(text, str) else text)

    def swap(self, path: str, old: str, new: str) -> None:
        """Put `new` in place of the first `old`, which has to be there."""
        text = (self.path / path).read_text(encoding="utf-8")
        assert old in text, f"{path} holds no {old!r}"
        self.write(path, text.replace(old, new, 1))
