"""all-MiniLM-L6-v2 in plain numpy: token ids to unit vectors of 384 numbers.

The weights stay where they are, mapped from their file, so that processes share them and an idle one gives its
pages back. Sentences are packed end to end without padding: only attention looks at one length at a time.
"""

from __future__ import annotations

import json
import mmap
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from interviewer.embedding.encoder import Vectors

DIMENSION = 384
MOST_TOKENS = 256
_LAYERS, _HEADS, _HEAD = 6, 12, 32
_SCALE = np.float32(_HEAD**-0.5)
_ROWS = 32  # rows of the widest activation that stay in the processor's cache together
# Gelu is x * P(X < x). P is (1 + tanh(x * poly(x^2))) / 2, fitted to the exact one: off by at most 2.5e-5, where the
# usual tanh form is off by 4.7e-4. Past |x| = 6 tanh is 1 in float32 anyway, and the polynomial is not fitted there.
_GELU = tuple(np.float32(c) for c in (-3.51516792e-04, 3.70056460e-02, 7.97507884e-01))
_GELU_FITTED = np.float32(36.0)

Matrix = NDArray[np.float32]


class _Dense(NamedTuple):
    weight: Matrix  # (outputs, inputs)
    bias: Matrix

    def __call__(self, x: Matrix) -> Matrix:
        y: Matrix = x @ self.weight.T
        y += self.bias
        return y


class _Norm(NamedTuple):
    weight: Matrix
    bias: Matrix

    def __call__(self, x: Matrix) -> Matrix:
        """Each row brought to mean 0 and variance 1, then scaled and moved; writes over `x`."""
        x -= x.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", x, x) / x.shape[1]
        x *= (1 / np.sqrt(variance + 1e-12))[:, None]
        x *= self.weight
        x += self.bias
        return x


class _Layer(NamedTuple):
    qkv: _Dense
    out: _Dense
    out_norm: _Norm
    up: _Dense
    down: _Dense
    down_norm: _Norm


class _Run(NamedTuple):
    """Sentences of one `length` that lie side by side in rows `start` to `end`."""

    start: int
    end: int
    sentences: int
    length: int


class MiniLM:
    """The network with its weights in place. Has no state besides them, so any thread may call it."""

    def __init__(self, safetensors: Path) -> None:
        tensors = _mapped(safetensors)
        self._words = tensors["embeddings.word_embeddings.weight"]
        self._places = tensors["embeddings.position_embeddings.weight"] + tensors["embeddings.token_type_embeddings.weight"][0]
        self._norm = _norm(tensors, "embeddings.LayerNorm")
        self._layers = [_layer(tensors, f"encoder.layer.{i}.") for i in range(_LAYERS)]

    def vectors(self, sentences: Sequence[Sequence[int]]) -> Vectors:
        """Token ids of sentences (1 to 256 each, shortest sentence first) to unit rows, shape (sentences, 384)."""
        return self.rows(sentences)[0]

    def rows(self, sentences: Sequence[Sequence[int]]) -> tuple[Vectors, Vectors]:
        """As `vectors`, and the unit rows of all their tokens, one sentence after the other, shape (tokens, 384)."""
        lengths = np.array([len(s) for s in sentences])
        starts = np.cumsum(lengths) - lengths
        ids = np.concatenate([np.asarray(s) for s in sentences])
        places = np.concatenate([np.arange(n) for n in lengths])
        runs = list(_runs(lengths))
        x = self._norm(self._words[ids] + self._places[places])
        for layer in self._layers:
            x = _through(layer, x, runs)
        pooled: Matrix = np.add.reduceat(x, starts, axis=0)  # the mean's divisor falls out in the norm
        pooled /= np.linalg.norm(pooled, axis=1, keepdims=True)
        x /= np.linalg.norm(x, axis=1, keepdims=True)
        return pooled, x


def _through(layer: _Layer, x: Matrix, runs: Sequence[_Run]) -> Matrix:
    """Rows after one layer: attention within each sentence, then the two dense steps."""
    qkv = layer.qkv(x)
    mixed = np.empty_like(x)
    for run in runs:
        mixed[run.start : run.end] = _attended(qkv[run.start : run.end], run)
    y = layer.out(mixed)
    y += x
    x = layer.out_norm(y)
    wide = layer.up(x)
    _gelu(wide)
    y = layer.down(wide)
    y += x
    return layer.down_norm(y)


def _attended(qkv: Matrix, run: _Run) -> Matrix:
    """What each token of a run takes from the tokens of its own sentence, shape (rows, 384)."""
    query, key, value = qkv.reshape(run.sentences, run.length, 3, _HEADS, _HEAD).transpose(2, 0, 3, 1, 4)
    weights = query @ key.transpose(0, 1, 3, 2)
    weights *= _SCALE
    weights -= weights.max(axis=-1, keepdims=True)
    np.exp(weights, out=weights)
    weights /= weights.sum(axis=-1, keepdims=True)
    taken: Matrix = (weights @ value).transpose(0, 2, 1, 3).reshape(-1, DIMENSION)
    return taken


def _gelu(x: Matrix) -> None:
    """Gelu in place, a few rows at a time."""
    fourth, second, first = _GELU
    for start in range(0, len(x), _ROWS):
        rows = x[start : start + _ROWS]
        square = rows * rows
        np.minimum(square, _GELU_FITTED, out=square)
        inner = square * fourth
        inner += second
        inner *= square
        inner += first
        inner *= rows
        np.tanh(inner, out=inner)
        inner += np.float32(1)
        inner *= np.float32(0.5)
        rows *= inner


def _runs(lengths: NDArray[np.int64]) -> Iterator[_Run]:
    """Neighbours of equal length as runs."""
    start, first = 0, 0
    for at in range(1, len(lengths) + 1):
        if at == len(lengths) or lengths[at] != lengths[first]:
            count, length = at - first, int(lengths[first])
            yield _Run(start, start + count * length, count, length)
            start, first = start + count * length, at


def _mapped(path: Path) -> dict[str, Matrix]:
    """The tensors of a safetensors file, read-only views of the mapped file."""
    with path.open("rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    tensors = {}
    for name, told in header.items():
        if told.get("dtype") == "F32":
            count = int(np.prod(told["shape"]))
            tensors[name] = np.frombuffer(data, np.float32, count, 8 + size + told["data_offsets"][0]).reshape(told["shape"])
    return tensors


def _dense(tensors: dict[str, Matrix], *names: str) -> _Dense:
    weights, biases = [tensors[f"{n}.weight"] for n in names], [tensors[f"{n}.bias"] for n in names]
    return _Dense(weights[0], biases[0]) if len(names) == 1 else _Dense(np.concatenate(weights), np.concatenate(biases))


def _norm(tensors: dict[str, Matrix], name: str) -> _Norm:
    return _Norm(tensors[f"{name}.weight"], tensors[f"{name}.bias"])


def _layer(tensors: dict[str, Matrix], at: str) -> _Layer:
    return _Layer(
        qkv=_dense(tensors, *(f"{at}attention.self.{part}" for part in ("query", "key", "value"))),
        out=_dense(tensors, f"{at}attention.output.dense"),
        out_norm=_norm(tensors, f"{at}attention.output.LayerNorm"),
        up=_dense(tensors, f"{at}intermediate.dense"),
        down=_dense(tensors, f"{at}output.dense"),
        down_norm=_norm(tensors, f"{at}output.LayerNorm"),
    )
