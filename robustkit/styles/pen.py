"""What icons are drawn with: filled outlines as SVG paths, and paths as corners."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Place = tuple[float, float]


@dataclass(frozen=True)
class Part:
    """One filled area of an icon.

    d: an SVG path of M, L, C, Q and Z alone. fill: "colour" (the thing's own), "light"
    and "dark" (shades of it, see `shade`) or "paper" (as the ground).
    """

    d: str
    fill: str = "colour"


def path(corners: Sequence[Place]) -> str:
    """Return an outline of straight lines."""
    return f"M{'L'.join(f'{x:.3g} {y:.3g}' for x, y in corners)}Z"


def ball(x: float, y: float, wide: float, high: float | None = None) -> str:
    """Return an ellipse around a place, of four curves (within 0.03 % of round)."""
    a, b = wide, high or wide
    p, q = 0.5523 * a, 0.5523 * b
    ends = [(x + a, y), (x, y + b), (x - a, y), (x, y - b)]
    pulls = [(0, q), (p, 0), (-p, 0), (0, q), (0, -q), (-p, 0), (p, 0), (0, -q)]
    out = [f"M{ends[0][0]:.3g} {ends[0][1]:.3g}"]
    for k in range(4):
        (x0, y0), (x1, y1) = ends[k], ends[(k + 1) % 4]
        (u0, v0), (u1, v1) = pulls[2 * k : 2 * k + 2]
        places = (x0 + u0, y0 + v0), (x1 + u1, y1 + v1), (x1, y1)
        out.append(f"C{' '.join(f'{u:.3g} {v:.3g}' for u, v in places)}")
    return f"{''.join(out)}Z"


def box(left: float, top: float, right: float, low: float, round_: float = 0) -> str:
    """Return an upright box, whose corners may be rounded."""
    corners = [(left, top), (right, top), (right, low), (left, low)]
    if not round_:
        return path(corners)
    out = ""
    for (x, y), (u, v) in zip(corners, [(0, 1), (-1, 0), (0, -1), (1, 0)], strict=True):
        a, b = (x + round_ * u, y + round_ * v), (x + round_ * v, y - round_ * u)
        out += f"{'L' if out else 'M'}{a[0]:.3g} {a[1]:.3g}"
        out += f"Q{x:.3g} {y:.3g} {b[0]:.3g} {b[1]:.3g}"
    return f"{out}Z"


def ring(points: int, radius: float, inner: float = 1, y: float = 0) -> str:
    """Return a regular polygon with a corner at the top; a star if inner < 1."""
    reach = [radius * (inner if k % 2 else 1) for k in range(points)]
    angles = [2 * math.pi * k / points for k in range(points)]
    places = zip(reach, angles, strict=True)
    return path([(r * math.sin(a), y - r * math.cos(a)) for r, a in places])


def square(r: float, y: float) -> str:
    """Return an upright square of side 2 r, its middle at a height."""
    return box(-r, y - r, r, y + r)


def turned(d: str, degrees: float) -> str:
    """Return a path turned clockwise around the middle."""
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))

    def turn(match: re.Match[str]) -> str:
        x, y = map(float, match.groups())
        return f"{c * x - s * y:.3g} {s * x + c * y:.3g}"

    return re.sub(r"(-?[\d.]+) (-?[\d.]+)", turn, d)


def lantern(
    head: Callable[[float], str], bars: Sequence[float], y: float
) -> tuple[Part, ...]:
    """Return a beacon: a lantern with its number of bars before the light.

    head: its outline in a size. y: the middle of the bars.
    """
    holder = ball(0, -0.78, 0.2) + box(-0.64, 0.7, 0.64, 0.94, 0.08)
    marks = "".join(box(x - 0.085, y - 0.26, x + 0.085, y + 0.26) for x in bars)
    return (
        Part(holder, "dark"),
        Part(head(1)),
        Part(head(0.7), "light"),
        Part(marks, "dark"),
    )


def corners(outline: str, pieces: int = 8) -> NDArray[np.float64]:
    """Return the corners of one closed path, which starts where M says."""
    t = np.arange(1, pieces + 1)[:, None] / pieces
    out: list[NDArray[np.float64]] = []
    for sign, words in re.findall(r"([MLCQ])([^MLCQ]*)", outline):
        p = np.array(words.split(), float).reshape(-1, 2)
        if sign in "ML":
            out.append(p)
            continue
        pulls = np.vstack([out[-1][-1], p])[:, None]
        while len(pulls) > 1:  # de Casteljau: ever shorter lines between lines
            pulls = (1 - t) * pulls[:-1] + t * pulls[1:]
        out.append(pulls[0])
    return np.vstack(out)
