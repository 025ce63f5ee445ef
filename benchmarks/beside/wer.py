"""Word errors by jiwer. `wer.py PAIRS.json` prints, for each [reference, hypothesis] of words, what of them is right and how many are not.

A pair's line is {"errors", "words", "right"}: substitutions, deletions and insertions; the reference's words; whether each word of the
hypothesis is right.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def main(pairs: Path) -> None:
    print(json.dumps({"found": [_compared(wanted, heard) for wanted, heard in json.loads(pairs.read_text(encoding="utf-8"))]}))


def _compared(wanted: list[str], heard: list[str]) -> dict[str, Any]:
    import jiwer  # type: ignore[import-not-found]

    if not heard:
        return {"errors": len(wanted), "words": len(wanted), "right": [], "lost": wanted}
    done = jiwer.process_words(" ".join(wanted), " ".join(heard))
    right, lost = [False] * len(heard), list[str]()
    for chunk in done.alignments[0]:
        if chunk.type == "equal":
            right[chunk.hyp_start_idx : chunk.hyp_end_idx] = [True] * (chunk.hyp_end_idx - chunk.hyp_start_idx)
        else:
            lost += wanted[chunk.ref_start_idx : chunk.ref_end_idx]
    errors = done.substitutions + done.deletions + done.insertions
    return {"errors": errors, "words": len(wanted), "right": right, "lost": lost}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
