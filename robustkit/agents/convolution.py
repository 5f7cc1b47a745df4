"""The network's arithmetic: a recurrent convolution over a level, and its gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Weights = dict[str, Array]


def neighbourhood(inner: Array) -> Array:
    """Return each inner cell beside its four neighbours: [.., 5 * channels].

    inner: [levels, height, width, channels]; beyond the edge there are zeros.
    """
    n, height, width, channels = inner.shape
    padded = np.zeros((n, height + 2, width + 2, channels), inner.dtype)
    padded[:, 1:-1, 1:-1] = inner
    return _plus(padded)


def _plus(padded: Array) -> Array:
    return np.concatenate(
        [
            padded[:, 1:-1, 1:-1],
            padded[:, 1:-1, 2:],
            padded[:, 2:, 1:-1],
            padded[:, 1:-1, :-2],
            padded[:, :-2, 1:-1],
        ],
        -1,
    )


def _plus_back(gradient: Array) -> Array:
    """Return the gradient by the inner cells of a gradient by their neighbourhoods."""
    n, height, width, five = gradient.shape
    c = five // 5
    padded = np.zeros((n, height + 2, width + 2, c), gradient.dtype)
    padded[:, 1:-1, 1:-1] += gradient[..., :c]
    padded[:, 1:-1, 2:] += gradient[..., c : 2 * c]
    padded[:, 2:, 1:-1] += gradient[..., 2 * c : 3 * c]
    padded[:, 1:-1, :-2] += gradient[..., 3 * c : 4 * c]
    padded[:, :-2, 1:-1] += gradient[..., 4 * c :]
    return padded[:, 1:-1, 1:-1]


def initial_weights(
    planes: int, actions: int, channels: int, rng: np.random.Generator
) -> Weights:
    """Return random weights, each layer scaled by one over the root of its inputs."""

    def normal(rows: int, columns: int) -> Array:
        draw = rng.standard_normal((rows, columns)) / np.sqrt(rows)
        return draw.astype(np.float32)

    return {
        "recurrent": normal(5 * channels, channels),
        "input": normal(5 * planes, channels),
        "bias": np.zeros(channels, np.float32),
        "output": normal(channels, actions),
        "output_bias": np.zeros(actions, np.float32),
    }


def forward(
    weights: Weights, seen: Array, iterations: int
) -> tuple[Array, list[Array]]:
    """Return logits [levels, inner height, inner width, actions], and the tape.

    seen: [levels, height, width, planes]. From zero and `iterations` times,
    h ← tanh(recurrent · plus(h) + input · plus(x) + bias); logits = output · h +
    output_bias. The tape is what `backward` needs.
    """
    around = _plus(seen)
    # What comes from the level is the same in every iteration: worked out once. Each
    # iteration hands what is known of a cell on to its neighbours, one step farther.
    drive = around @ weights["input"] + weights["bias"]
    hidden = np.tanh(drive)
    tape = [around, hidden]
    for _ in range(iterations - 1):
        around = neighbourhood(hidden)
        hidden = np.tanh(around @ weights["recurrent"] + drive)
        tape += [around, hidden]
    return hidden @ weights["output"] + weights["output_bias"], tape


def backward(weights: Weights, tape: list[Array], gradient: Array) -> Weights:
    """Return the gradient by every weight from a gradient by the logits.

    Backpropagation through time (Werbos 1990).
    """
    arounds, hiddens = tape[::2], tape[1::2]
    recurrent = np.zeros_like(weights["recurrent"])
    back = gradient @ weights["output"].T
    drive = np.zeros_like(back)
    for step in reversed(range(len(hiddens))):
        inner = back * (1 - hiddens[step] ** 2)  # tanh' = 1 - tanh²
        drive += inner  # the level is an input of every iteration
        if step:
            recurrent += _outer(arounds[step], inner)
            back = _plus_back(inner @ weights["recurrent"].T)
    return {
        "recurrent": recurrent,
        "input": _outer(arounds[0], drive),
        "bias": drive.sum((0, 1, 2)),
        "output": _outer(hiddens[-1], gradient),
        "output_bias": gradient.sum((0, 1, 2)),
    }


def _outer(left: Array, right: Array) -> Array:
    product: Array = left.reshape(-1, left.shape[-1]).T @ right.reshape(
        -1, right.shape[-1]
    )
    return product


def softmax(logits: Array) -> Array:
    """Return probabilities over the last axis."""
    odds = np.exp(logits - logits.max(-1, keepdims=True))
    probabilities: Array = odds / odds.sum(-1, keepdims=True)
    return probabilities
