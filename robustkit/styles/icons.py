"""Shapes of things, wherever they are drawn."""

from __future__ import annotations

import math

Outline = list[tuple[float, float]]


def _ring(
    points: int, radius: float = 0.4, turn: float = 0.0, inner: float = 1
) -> Outline:
    """Return a regular polygon around the middle of a cell; a star if inner < 1."""
    out = []
    for k in range(points):
        reach = radius * (inner if k % 2 and inner < 1 else 1)
        angle = 2 * math.pi * k / points + turn
        out.append((0.5 + reach * math.sin(angle), 0.5 - reach * math.cos(angle)))
    return out


SHAPES: dict[str, Outline] = {  # in a cell of side 1, x to the right and y down
    "chest": [(0.12, 0.3), (0.88, 0.3), (0.88, 0.8), (0.12, 0.8)],
    "diamond": _ring(4, 0.42),
    "disc": _ring(32, 0.36),
    "drop": [
        (0.5, 0.1), (0.78, 0.5), (0.74, 0.74), (0.5, 0.88), (0.26, 0.74), (0.22, 0.5),
    ],
    "fir": [
        (0.5, 0.06), (0.7, 0.36), (0.6, 0.36), (0.84, 0.72), (0.57, 0.72), (0.57, 0.94),
        (0.43, 0.94), (0.43, 0.72), (0.16, 0.72), (0.4, 0.36), (0.3, 0.36),
    ],
    "flag": [(0.2, 0.1), (0.85, 0.3), (0.3, 0.5), (0.3, 0.9), (0.2, 0.9)],
    "gem": [(0.3, 0.2), (0.7, 0.2), (0.9, 0.45), (0.5, 0.88), (0.1, 0.45)],
    "ghost": [
        (0.18, 0.9), (0.18, 0.4), (0.3, 0.18), (0.5, 0.1), (0.7, 0.18), (0.82, 0.4),
        (0.82, 0.9), (0.66, 0.74), (0.5, 0.9), (0.34, 0.74),
    ],
    "hole": _ring(40, 0.46),
    "key": [
        (0.1, 0.35), (0.42, 0.35), (0.42, 0.44), (0.9, 0.44), (0.9, 0.7), (0.8, 0.7),
        (0.8, 0.56), (0.68, 0.56), (0.68, 0.66), (0.6, 0.66), (0.6, 0.56), (0.42, 0.56),
        (0.42, 0.65), (0.1, 0.65),
    ],
    "line": [(0.1, 0.62), (0.8, 0.2), (0.9, 0.36), (0.2, 0.78)],
    "pentagon": _ring(5, 0.42),
    "shield": [(0.16, 0.14), (0.84, 0.14), (0.84, 0.5), (0.5, 0.92), (0.16, 0.5)],
    "square": [(0.18, 0.18), (0.82, 0.18), (0.82, 0.82), (0.18, 0.82)],
    "star": _ring(10, 0.46, inner=0.45),
    "triangle": _ring(3, 0.46),
    "wedge": [(0.12, 0.72), (0.88, 0.72), (0.88, 0.22)],
}  # fmt: skip
LETTER_AT = {  # where a shape is too thin for a letter in its middle
    "flag": (0.68, 0.74),
    "key": (0.78, 0.18),
    "line": (0.72, 0.8),
    "star": (0.86, 0.2),
    "wedge": (0.32, 0.36),
}
