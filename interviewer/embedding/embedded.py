"""The embedded encoder: all-MiniLM-L6-v2 on this machine's processor, with no key and no network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]
from tokenizers import Encoding, Tokenizer

from interviewer.embedding.encoder import Reader, Reading, Vectors
from interviewer.embedding.known import Known
from interviewer.embedding.lately import Lately
from interviewer.embedding.minilm import DIMENSION, MOST_TOKENS, MiniLM
from interviewer.embedding.weights import MODEL, TOKENIZER, verified

# A batch of 256 tokens takes about 0.1 s. Larger ones are hardly faster, hold more memory, and make others wait longer.
_BATCH = 256
_READ = 1_500  # texts of the corpus kept with their tokens: about twenty items, 25 MB
_SMALLEST = 48  # tokens below which another thread costs more than it brings


def embedded_encoder(threads: int, cache: Path | None) -> Reader:
    """The encoder from the installed weights, on at most `threads` threads; its files lie in the folder `cache` where one is given.

    Raises SetupError where the weights are missing or are not the published ones. From then on numpy multiplies matrices
    on one thread in the whole process: batches run side by side instead, because the threads of its own matrix library
    spin while they wait, and on a busy machine that made an answer of 0.07 s take seconds.
    """
    checks = cache / "checked.json" if cache else None
    network = MiniLM(verified(MODEL, checks))
    tokenizer = Tokenizer.from_file(str(verified(TOKENIZER, checks)))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_TOKENS)
    threadpool_limits(1, user_api="blas")
    return _Embedded(network, tokenizer, threads, cache)


class _Embedded:
    """One pool does all the work. A large call hands it over a round at a time, so that a small one passes between two rounds."""

    id = f"all-MiniLM-L6-v2@{MODEL.sha256[:16]}"
    dimension = DIMENSION

    def __init__(self, network: MiniLM, tokenizer: Tokenizer, threads: int, cache: Path | None) -> None:
        self._network, self._tokenizer, self._threads = network, tokenizer, threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="encoder")
        self._known = Known(self.id, cache)
        self._read_known = Lately(_READ)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Unit rows of shape (len(texts), 384); of each text the first 256 tokens count. Nothing is kept."""
        tokens = [self._tokens(t).ids for t in texts]
        vectors = np.empty((len(texts), DIMENSION), np.float32)

        def work(batch: list[int]) -> None:
            vectors[batch] = self._network.vectors([tokens[i] for i in batch])

        self._in_batches([len(t) for t in tokens], work)
        return vectors

    def read(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        """Each text with its tokens, without the marks of begin and end; of each text the first 256 tokens count. Nothing is kept."""
        tokens = [self._tokens(t) for t in texts]
        found: dict[int, Reading] = {}

        def work(batch: list[int]) -> None:
            vectors, rows = self._network.rows([tokens[i].ids for i in batch])
            start = 0
            for vector, i in zip(vectors, batch, strict=True):
                end = start + len(tokens[i].ids)
                found[i] = Reading(vector, tuple(tokens[i].tokens[1:-1]), rows[start + 1 : end - 1].astype(np.float16))
                start = end

        self._in_batches([len(t.ids) for t in tokens], work)
        return tuple(found[i] for i in range(len(texts)))

    def read_known(self, texts: Sequence[str]) -> tuple[Reading, ...]:
        """The same; the last texts that were asked for are kept in memory."""
        return self._read_known.each(texts, self.read)

    def _in_batches(self, lengths: Sequence[int], work: Callable[[list[int]], None]) -> None:
        """Do the work for each batch of texts of these lengths, a round at a time."""
        batches = list(_batches(lengths, self._threads))
        for first in range(0, len(batches), self._threads):
            for _ in self._pool.map(work, batches[first : first + self._threads]):
                pass

    def encode_known(self, texts: Sequence[str]) -> Vectors:
        """The same, each text encoded once ever."""
        return self._known.vectors(texts, self.encode)

    def _tokens(self, text: str) -> Encoding:
        """Token ids, marks of begin and end included. Text by text: encode_batch would start a thread for every core."""
        whole = text.encode("utf-8", "replace").decode("utf-8")  # half a surrogate pair, which JSON can hold, is no text
        return self._tokenizer.encode(whole)


def _batches(lengths: Sequence[int], threads: int) -> Iterator[list[int]]:
    """Indices by batch, shortest first, of about equal numbers of tokens, and a multiple of `threads` where that pays."""
    total = sum(lengths)
    rounds = -(-total // (_BATCH * threads))
    count = max(1, min(rounds * threads, total // _SMALLEST))
    order = sorted(range(len(lengths)), key=lengths.__getitem__)
    middles = np.cumsum([lengths[i] for i in order]) - np.array([lengths[i] / 2 for i in order])
    shares = (middles * count / max(total, 1)).astype(int)
    for share in np.unique(shares):
        yield [order[int(i)] for i in np.flatnonzero(shares == share)]
