"""The network's arithmetic: a recurrent convolution over rows of cells, its gradient.

Every array is [rows, channels]; `neighbours` [rows, 5] names the row of a cell itself
and of those right, down, left and up of it. One more row, of zeros, is that of walls.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arithmetic import matmul, tanh

Array = NDArray[Any]
Weights = dict[str, Array]

MIRRORED = [0, 3, 4, 1, 2]  # the cell right of me has me on its left


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
    weights: Weights, seen: Array, neighbours: Array, iterations: int, keep: bool = True
) -> tuple[Array, Array]:
    """Return logits [rows, actions], and the hidden states that `backward` needs.

    seen: [rows, 5 * planes]. From zero and `iterations` times,
    h ← tanh(recurrent · around(h) + input · seen + bias); logits = output · h +
    output_bias. keep: whether all hidden states are wanted, [iterations, rows + 1,
    channels], or just the last ones.
    """
    rows, channels = len(seen), weights["bias"].size
    # What comes from the level is the same in every iteration: worked out once. Each
    # iteration hands what is known of a cell on to its neighbours, one step farther.
    drive = matmul(seen, weights["input"])
    drive += weights["bias"]
    hidden = np.empty((iterations if keep else 2, rows + 1, channels), drive.dtype)
    hidden[:, rows] = 0
    new = tanh(drive, out=hidden[0, :rows])
    around = np.empty((rows, 5, channels), drive.dtype)
    for step in range(1, iterations):
        old = hidden[(step - 1) % len(hidden)]
        old.take(neighbours, axis=0, out=around, mode="clip")  # "raise" would copy
        new = hidden[step % len(hidden), :rows]
        matmul(around.reshape(rows, -1), weights["recurrent"], out=new)
        new += drive
        tanh(new, out=new)
    return matmul(new, weights["output"]) + weights["output_bias"], hidden


def backward(
    weights: Weights, seen: Array, neighbours: Array, hidden: Array, gradient: Array
) -> Weights:
    """Return the gradient by every weight from a gradient by the logits.

    Backpropagation through time (Werbos 1990).
    """
    steps, rows, channels = len(hidden), len(seen), hidden.shape[2]
    # Who is my neighbour has me as its own, on the other side. So what flows back to a
    # cell is gathered from its neighbours, as in `forward`, through the weights of the
    # other side.
    back_weights = weights["recurrent"].reshape(5, channels, channels)[MIRRORED]
    back_weights = back_weights.swapaxes(1, 2).reshape(5 * channels, channels)
    inner = np.zeros((rows + 1, channels), hidden.dtype)
    drive = np.zeros((rows, channels), hidden.dtype)
    around = np.empty((steps - 1, rows + 1, 5, channels), hidden.dtype)
    around[:, rows] = 0
    back = matmul(gradient, weights["output"].T)
    for step in reversed(range(steps)):
        # tanh' = 1 - tanh²
        np.square(hidden[step, :rows], out=inner[:rows])
        np.subtract(1, inner[:rows], out=inner[:rows])
        inner[:rows] *= back
        drive += inner[:rows]  # the level is an input of every iteration
        if step:
            given = around[step - 1, :rows]
            inner.take(neighbours, axis=0, out=given, mode="clip")
            matmul(given.reshape(rows, -1), back_weights, out=back)
    # The sum over cells and iterations of what a neighbour held times what came back
    # from here, as one product; each block of it belongs to the opposite side.
    held = hidden[:-1].reshape(-1, channels)
    outer = matmul(held.T, around.reshape(-1, 5 * channels))
    recurrent = outer.reshape(channels, 5, channels)[:, MIRRORED].swapaxes(0, 1)
    return {
        "recurrent": recurrent.reshape(5 * channels, channels),
        "input": matmul(seen.T, drive),
        "bias": drive.sum(0),
        "output": matmul(hidden[-1, :rows].T, gradient),
        "output_bias": gradient.sum(0),
    }


def softmax(logits: Array) -> Array:
    """Return probabilities over the last axis."""
    odds = np.exp(logits - logits.max(-1, keepdims=True))
    probabilities: Array = odds / odds.sum(-1, keepdims=True)
    return probabilities
