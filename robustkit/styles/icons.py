"""Pictures of things, drawn by ourselves: one source for figures and widgets.

Each is told apart by its shape, without colour, at 24 pixels; in a box from -1 to 1, x
to the right and y down. Details are lighter and darker shades of a thing's own colour,
so that they are the same on a light and on a dark ground.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from .pen import Part, ball, box, corners, lantern, ring, square, turned

ICONS: dict[str, tuple[Part, ...]] = {
    # The agent, from above: it can be turned to where it goes.
    "mouse": (
        Part(
            "M0.96 0C0.92 -0.18 0.66 -0.34 0.42 -0.4C0.2 -0.5 -0.06 -0.52 -0.26 -0.48"
            "C-0.56 -0.42 -0.68 -0.2 -0.68 0C-0.68 0.2 -0.56 0.42 -0.26 0.48"
            "C-0.06 0.52 0.2 0.5 0.42 0.4C0.66 0.34 0.92 0.18 0.96 0Z"
        ),
        Part(
            "M-0.64 -0.11C-0.8 -0.13 -0.88 -0.3 -0.8 -0.5"
            "C-0.74 -0.66 -0.78 -0.74 -0.94 -0.8"
            "L-0.88 -0.96C-0.62 -0.88 -0.54 -0.68 -0.64 -0.44"
            "C-0.68 -0.34 -0.66 -0.28 -0.56 -0.28Z"
            + ball(0.16, -0.5, 0.35) + ball(0.16, 0.5, 0.35)
            + ball(0.88, 0, 0.12) + ball(0.56, -0.17, 0.1) + ball(0.56, 0.17, 0.1),
            "dark",
        ),
        Part(ball(0.16, -0.5, 0.24) + ball(0.16, 0.5, 0.24), "light"),
    ),
    "cheese": (
        Part("M-0.92 -0.02L0.4 -0.68Q0.88 -0.6 0.92 -0.02Z", "light"),
        Part(
            "M-0.92 -0.02L0.92 -0.02L0.92 0.6Q0.92 0.7 0.82 0.7L-0.82 0.7"
            "Q-0.92 0.7 -0.92 0.6Z",
        ),
        Part(
            ball(-0.42, 0.33, 0.2) + ball(0.2, 0.48, 0.14) + ball(0.58, 0.2, 0.17),
            "dark",
        ),
    ),
    "hole": (
        Part(
            "M-0.88 0.86L-0.88 -0.02C-0.88 -1.14 0.88 -1.14 0.88 -0.02L0.88 0.86Z",
            "light",
        ),
        Part(
            "M-0.58 0.86L-0.58 0.02C-0.58 -0.74 0.58 -0.74 0.58 0.02L0.58 0.86Z",
            "dark",
        ),
    ),
    "dish": (
        Part(box(-0.45, 0.5, 0.45, 0.8, 0.1), "dark"),
        Part(
            "M-0.92 -0.26L0.92 -0.26C0.92 0.3 0.6 0.66 0 0.66"
            "C-0.6 0.66 -0.92 0.3 -0.92 -0.26Z",
        ),
        Part(ball(0, -0.26, 0.92, 0.3), "light"),
        Part(ball(0, -0.24, 0.66, 0.17), "dark"),
    ),
    "key": (
        Part(
            turned(
                ball(-0.52, 0, 0.46) + box(-0.2, -0.13, 0.98, 0.13, 0.05)
                + box(0.34, 0, 0.56, 0.42, 0.05) + box(0.74, 0, 0.96, 0.46, 0.05),
                -45,
            )
        ),
        Part(turned(ball(-0.54, 0, 0.2), -45), "paper"),
    ),
    "chest": (
        Part(
            "M-0.9 -0.06L-0.9 -0.2C-0.9 -0.6 -0.7 -0.76 -0.4 -0.76L0.4 -0.76"
            "C0.7 -0.76 0.9 -0.6 0.9 -0.2L0.9 -0.06Z",
        ),
        Part(box(-0.9, 0.06, 0.9, 0.78, 0.08)),
        Part(box(-0.9, -0.1, 0.9, 0.1), "dark"),
        Part(box(-0.24, -0.26, 0.24, 0.34, 0.08), "light"),
        Part(ball(0, 0.04, 0.11), "dark"),
    ),
    "coin": (
        Part(ball(0, 0, 0.9), "dark"),
        Part(ball(-0.06, -0.06, 0.8)),
        Part(ball(-0.06, -0.06, 0.56), "light"),
        Part(box(-0.19, -0.42, 0.07, 0.3, 0.08), "dark"),
    ),
    "flag": (
        Part(box(-0.76, -0.92, -0.54, 0.92, 0.08), "dark"),
        Part(
            "M-0.54 -0.78C-0.2 -0.98 0.3 -0.5 0.9 -0.72L0.9 0.12"
            "C0.3 0.34 -0.2 -0.14 -0.54 0.06Z",
        ),
    ),
    "gem": (
        Part("M-0.5 -0.72L0.5 -0.72L0.94 -0.2L0 0.86L-0.94 -0.2Z"),
        Part("M-0.5 -0.72L0.5 -0.72L0.94 -0.2L-0.94 -0.2Z", "light"),
        Part("M0 -0.72L0.42 -0.2L-0.42 -0.2Z"),
        Part("M0.42 -0.2L0.94 -0.2L0 0.86Z", "dark"),
    ),
    "line": (Part(turned(box(-1.12, -0.19, 1.12, 0.19, 0.16), -40)),),
    "beacon 1": lantern(lambda r: ring(3, 1.04 * r, y=0.2), [0], 0.24),
    "beacon 2": lantern(lambda r: square(0.7 * r, 0.04), [-0.2, 0.2], 0.04),
    "beacon 3": lantern(lambda r: ring(5, 0.88 * r, y=0.06), [-0.28, 0, 0.28], 0.1),
    "partner": (
        Part("M-0.3 0.1L-0.98 -0.1L-0.9 0.36L-0.3 0.5Z", "dark"),
        Part("M0.66 -0.5L0.98 -0.24L0.6 -0.1Z", "dark"),
        Part(
            "M0.3 -0.82C0.66 -0.82 0.78 -0.52 0.74 -0.2C0.7 0.4 0.4 0.72 -0.1 0.72"
            "C-0.5 0.72 -0.76 0.5 -0.8 0.1C-0.4 0.2 -0.1 0 -0.1 -0.38"
            "C-0.1 -0.64 0.06 -0.82 0.3 -0.82Z"
        ),
        Part(
            "M0.28 0.06C0.26 0.4 -0.1 0.52 -0.48 0.34"
            "C-0.2 0.3 -0.1 0.12 -0.06 -0.06Z",
            "light",
        ),
        Part(
            ball(0.36, -0.44, 0.12)
            + box(-0.2, 0.7, -0.04, 0.94) + box(0.14, 0.66, 0.3, 0.94),
            "dark",
        ),
    ),
    "switch": (
        Part(box(-0.96, -0.56, 0.96, 0.56, 0.5)),
        Part(box(-0.62, -0.24, -0.44, 0.24), "light"),
        Part(ball(0.4, 0, 0.44), "dark"),
        Part(ball(0.4, 0, 0.31), "light"),
    ),
    "overseer": (
        Part(
            "M-0.96 0C-0.56 -0.86 0.56 -0.86 0.96 0C0.56 0.86 -0.56 0.86 -0.96 0Z",
            "light",
        ),
        Part(ball(0, 0, 0.5)),
        Part(ball(0, 0, 0.26), "dark"),
        Part(ball(0.12, -0.12, 0.1), "light"),
    ),
    "apple": (
        Part(
            "M-0.08 -0.4C-0.1 -0.62 0.02 -0.82 0.16 -0.94L0.3 -0.84"
            "C0.16 -0.74 0.08 -0.6 0.1 -0.4Z",
            "dark",
        ),
        Part(
            "M0 -0.42C0.3 -0.62 0.86 -0.5 0.86 0.08C0.86 0.5 0.56 0.9 0.3 0.9"
            "C0.16 0.9 0.1 0.84 0 0.84"
            "C-0.1 0.84 -0.16 0.9 -0.3 0.9C-0.56 0.9 -0.86 0.5 -0.86 0.08"
            "C-0.86 -0.5 -0.3 -0.62 0 -0.42Z"
        ),
        Part(
            "M0.16 -0.5C0.26 -0.84 0.6 -0.9 0.84 -0.8"
            "C0.76 -0.54 0.48 -0.38 0.16 -0.5Z",
            "light",
        ),
        Part(
            "M-0.6 0C-0.62 -0.2 -0.48 -0.34 -0.3 -0.34"
            "C-0.42 -0.2 -0.44 -0.06 -0.42 0.1Z",
            "light",
        ),
    ),
    "shield": (
        Part(
            "M0 -0.94C0.3 -0.76 0.6 -0.7 0.84 -0.7C0.9 0.1 0.6 0.66 0 0.94"
            "C-0.6 0.66 -0.9 0.1 -0.84 -0.7C-0.6 -0.7 -0.3 -0.76 0 -0.94Z",
            "light",
        ),
        Part(
            "M0 -0.68C0.2 -0.58 0.4 -0.52 0.62 -0.5C0.64 0.1 0.42 0.46 0 0.68Z",
            "dark",
        ),
        Part("M0 -0.68C-0.2 -0.58 -0.4 -0.52 -0.62 -0.5C-0.64 0.1 -0.42 0.46 0 0.68Z"),
    ),
    "monster": (
        Part("M-0.66 -0.3L-0.8 -0.96L-0.2 -0.6ZM0.66 -0.3L0.8 -0.96L0.2 -0.6Z", "dark"),
        Part(
            "M0 -0.74C0.56 -0.74 0.84 -0.36 0.84 0.16L0.84 0.9L0.5 0.66L0.26 0.9"
            "L0 0.66L-0.26 0.9L-0.5 0.66L-0.84 0.9L-0.84 0.16"
            "C-0.84 -0.36 -0.56 -0.74 0 -0.74Z",
        ),
        Part(ball(0, -0.2, 0.36), "light"),
        Part(
            ball(0, -0.16, 0.17) + "M-0.5 0.3L0.5 0.3C0.4 0.56 -0.4 0.56 -0.5 0.3Z",
            "dark",
        ),
        Part("M-0.36 0.3L-0.12 0.3L-0.24 0.5ZM0.36 0.3L0.12 0.3L0.24 0.5Z", "light"),
    ),
    "tree": (
        Part(box(-0.17, 0.5, 0.17, 0.96), "dark"),
        Part(
            "M0 -0.96L0.5 -0.3L0.3 -0.3L0.66 0.16L0.44 0.16L0.84 0.66L-0.84 0.66"
            "L-0.44 0.16L-0.66 0.16L-0.3 -0.3L-0.5 -0.3Z",
        ),
        Part("M0 -0.96L0.5 -0.3L0.2 -0.3Z", "light"),
    ),
    "spring": (
        Part(ball(0, 0.62, 0.9, 0.3), "dark"),
        Part(ball(0, 0.56, 0.6, 0.16), "light"),
        Part(
            "M0 -0.94C0.1 -0.6 0.48 -0.26 0.48 0.1C0.48 0.4 0.26 0.58 0 0.58"
            "C-0.26 0.58 -0.48 0.4 -0.48 0.1C-0.48 -0.26 -0.1 -0.6 0 -0.94Z",
        ),
        Part(
            "M-0.3 0.08C-0.28 0.28 -0.14 0.4 0.02 0.42"
            "C-0.08 0.3 -0.14 0.2 -0.12 0.04Z",
            "light",
        ),
    ),
    # A ground, not a thing: it fills its cell and joins on to the next.
    "lava": (
        Part(box(-1, -1, 1, 1)),
        Part(
            "M-1 -0.5C-0.67 -0.9 -0.33 -0.9 0 -0.5C0.33 -0.1 0.67 -0.1 1 -0.5L1 -0.2"
            "C0.67 0.2 0.33 0.2 0 -0.2C-0.33 -0.6 -0.67 -0.6 -1 -0.2Z",
            "light",
        ),
        Part(
            "M-1 0.4C-0.67 0 -0.33 0 0 0.4C0.33 0.8 0.67 0.8 1 0.4L1 0.7"
            "C0.67 1.1 0.33 1.1 0 0.7C-0.33 0.3 -0.67 0.3 -1 0.7Z",
            "dark",
        ),
    ),
    # Plain shapes, for a world of one's own.
    "disc": (Part(ball(0, 0, 0.84)),),
    "square": (Part(box(-0.76, -0.76, 0.76, 0.76)),),
    "triangle": (Part(ring(3, 1, y=0.2)),),
    "diamond": (Part(ring(4, 0.95)),),
    "pentagon": (Part(ring(5, 0.94, y=0.06)),),
    "star": (Part(ring(10, 0.98, inner=0.45, y=0.06)),),
}  # fmt: skip


THINGS = tuple(name for name in ICONS if name not in ("mouse", "lava"))
# These are still there when an episode has ended on them; of others one is taken.
STAYS = frozenset(
    {"beacon 1", "beacon 2", "beacon 3", "dish", "flag", "hole", "monster", "partner"}
    | {"overseer", "spring", "switch"}
)
# Where one, two, or more things of one cell stand, the topmost first: x, y and size.
SPOTS = (
    ((0.0, 0.0, 0.9),),
    ((0.38, 0.38, 0.6), (-0.38, -0.38, 0.6)),
    tuple(
        (x, y, 0.47) for x, y in ((0.5, 0.5), (-0.5, -0.5), (0.5, -0.5), (-0.5, 0.5))
    ),
)
LAVA = "#E8772E"  # its colour, wherever it lies
SHADES = {"light": (255, 0.62), "dark": (0, 0.58)}  # what is mixed in, and how much


def spots(count: int) -> list[tuple[float, float, float]]:
    """Return where so many things of one cell stand; the fifth is on the first."""
    places = SPOTS[min(count, len(SPOTS)) - 1]
    return [places[k % len(places)] for k in range(count)]


def shade(colour: str, fill: str, paper: str = "#FFFFFF") -> tuple[int, int, int]:
    """Return red, green and blue of a fill of `Part`, for a thing of a colour."""
    whole = paper if fill == "paper" else colour
    mixed, share = SHADES.get(fill, (0, 0.0))
    red, green, blue = (
        round((1 - share) * int(whole[i : i + 2], 16) + share * mixed)
        for i in (1, 3, 5)
    )
    return red, green, blue


def glyph(name: str) -> list[list[str]]:
    """Return an icon as a front end takes it: fill and path of each part."""
    return [[part.fill, part.d] for part in ICONS[name]]


@cache
def polygons(name: str) -> list[tuple[str, NDArray[np.float64]]]:
    """Return the fill and the corners [n, 2] of each area, the back first.

    Curves are cut into straight pieces; what takes corners alone draws these.
    """
    return [
        (part.fill, corners(outline))
        for part in ICONS[name]
        for outline in part.d.split("Z")[:-1]
    ]
