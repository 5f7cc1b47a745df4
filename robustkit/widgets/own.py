"""Levels of a user's own environments, as front ends take them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..mdp import Episodes

TILE = 24  # pixels of a cell
COLOURS = 64  # of a picture; MiniGrid uses few


def own_data(
    levels: Any, done: Sequence[Sequence[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Return each level, with its picture, and what each agent does in it."""
    return [
        {
            "walls": levels.ground(i),
            "start": int(levels.start[i]),
            "things": {},
            "pictures": [as_url(tables.level.still)],
            "size": [*tables.level.shape],
            "episodes": [each[i] for each in done],
        }
        for i, tables in enumerate(levels.each)
    ]


def as_url(pixels: NDArray[np.uint8]) -> str:
    """Return a picture [height, width, 3] as a PNG in a URL."""
    from PIL import Image

    held = BytesIO()
    Image.fromarray(pixels).quantize(COLOURS).save(held, "PNG", optimize=True)
    return f"data:image/png;base64,{b64encode(held.getvalue()).decode()}"


def film(level: Any, played: Episodes) -> list[str]:
    """Return the pictures of an episode in one level, before and after each move."""
    states, moves = played.states[0, 0], played.actions[0, 0]
    count = int((states[:-1] != played.tables.shape[1] - 1).sum())
    frames = level.each[0].level.frames(moves[:count].tolist(), TILE)
    return [as_url(frame) for frame in frames]


def said_of(level: Any, state: int) -> str:
    """Return where the agent is in a state of one level, and what it holds."""
    return str(level.each[0].level.found.doing[state])
