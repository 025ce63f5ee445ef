"""JSON lines: a line ends at a line feed and nowhere else, for JSON may hold every other mark that Python takes for the end of a line."""

from __future__ import annotations

from pathlib import Path


def lines_of(path: Path) -> list[str]:
    """The lines of a file that hold something; none where there is no file."""
    return [line for line in path.read_text(encoding="utf-8").split("\n") if line.strip()] if path.is_file() else []


def whole_lines_of(path: Path) -> list[str]:
    """The same; a last line that broke off, as when its writer was killed, is taken out of the file."""
    if path.is_file():
        text = path.read_bytes()
        whole = text[: text.rfind(b"\n") + 1]
        if whole != text:
            path.write_bytes(whole)
    return lines_of(path)
