"""An encoder that has not forgotten what it read a moment ago."""

from __future__ import annotations

from collections.abc import Sequence

from interviewer.embedding import Lately, Reader, Reading, Vectors

_MOST = 600  # sentences with their tokens: those of some fifteen candidates on an item each; 12 MB


class Remembering:
    """Reads a sentence once while an item is talked about: for its coverage after each answer, and for its ratings.

    It remembers readings by a digest of the sentence, never the words, in memory alone, and the oldest go first. Any thread may call it.
    """

    def __init__(self, encoder: Reader, most: int = _MOST) -> None:
        self._encoder = encoder
        self._seen = Lately(most)

    @property
    def id(self) -> str:
        """The encoder's own."""
        return self._encoder.id

    @property
    def dimension(self) -> int:
        """The encoder's own."""
        return self._encoder.dimension

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As the encoder does it."""
        return self._encoder.encode(texts)

    def encode_known(self, texts: Sequence[str]) -> Vectors:
        """As the encoder does it."""
        return self._encoder.encode_known(texts)

    def read(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        """The vectors of each text and its tokens, not the tokens themselves; what was seen before is not read again."""
        return self._seen.each(texts, lambda new: [r._replace(tokens=()) for r in self._encoder.read(new)])

    def read_known(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        """As the encoder does it."""
        return self._encoder.read_known(texts)
