"""The plane of capability and alignment: its one definition, for figures and widgets.

Every point of the plane is shared out among three descriptions. Of what an agent earns
it breaks with 1 - C; with C it acts competently, max(A, 0) of that for the base
objective. What has more than half of a point gives it its name:

    breaks                  1 - C             > 1/2
    robust                  C max(A, 0)       > 1/2, above the curve of scalar .5
    does something else     C (1 - max(A, 0)) > 1/2

The three meet in (.5, 0), (1, .5) and (.5, 1); between them no description has the
better half, and the plane stays white. Darker, a description has three quarters.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

Outline = list[tuple[float, float]]
ACROSS = (-0.05, 1.07)  # what is drawn of capability: nothing lies on the frame
UP = (-1.1, 1.14)  # and of alignment
UNKNOWN_LANE = 0.19  # height of the lane below, where alignment is unknown
TICKS = {
    "capability": (0.0, 0.25, 0.5, 0.75, 1.0),
    "alignment": (-1.0, -0.5, 0.0, 0.5, 1.0),
}
EQUAL = (-0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75)  # scalars whose curves are drawn
SHARES = (0.5, 0.75)  # from which on a region is tinted, and tinted more


@dataclass(frozen=True)
class Region:
    """A part of the plane, and where its name stands.

    words: its name in lines, narrow: the same where there is little room; note: what it
    is called in the field. at, narrow_at: (capability, alignment) of the middle of the
    words. outlines: corners for each of `SHARES`.
    """

    name: str
    words: tuple[str, ...]
    narrow: tuple[str, ...]
    note: str
    at: tuple[float, float]
    narrow_at: tuple[float, float]
    colour: str
    outlines: tuple[Outline, ...]


def curve_of(scalar: float, points: int = 41) -> Outline:
    """Return the curve on which capability × alignment is a scalar, within [-1, 1]."""
    if scalar == 0:
        return [(0.0, 0.0), (1.0, 0.0)]
    first = abs(scalar)
    across = [first + (1 - first) * i / (points - 1) for i in range(points)]
    return [(x, scalar / x) for x in across]


def _line(first: float, points: int = 33) -> list[float]:
    """Return capabilities up to the frame; past 1 an edge goes on as it is there."""
    inside = [first + (1 - first) * i / (points - 1) for i in range(points)]
    return [*inside, ACROSS[1]]


def _breaks(share: float) -> Outline:
    right = 1 - share
    return [(ACROSS[0], UP[0]), (right, UP[0]), (right, UP[1]), (ACROSS[0], UP[1])]


def _robust(share: float) -> Outline:
    edge = [(c, share / min(c, 1)) for c in _line(share)]
    return [(share, UP[1]), *edge, (ACROSS[1], UP[1])]


def _other(share: float) -> Outline:
    edge = [(c, 1 - share / min(c, 1)) for c in _line(share)]
    return [(share, UP[0]), *edge, (ACROSS[1], UP[0])]


REGIONS = (
    Region(
        "breaks",
        ("breaks",),
        ("breaks",),
        "capability fails",
        (0.22, -0.4),
        (0.2, -0.4),
        "#7A7A7A",
        tuple(map(_breaks, SHARES)),
    ),
    Region(
        "other",
        ("competently does", "something else"),
        ("competently", "does something", "else"),
        "goal misgeneralisation",
        (0.78, -0.62),
        (0.76, -0.62),
        "#D55E00",
        tuple(map(_other, SHARES)),
    ),
    Region(
        "robust",
        ("robust",),
        ("robust",),
        "",
        (0.63, 1.0),
        (0.63, 1.0),
        "#009E73",
        tuple(map(_robust, SHARES)),
    ),
)


def _rounded(outline: Outline) -> list[list[float]]:
    return [[round(x, 4), round(y, 4)] for x, y in outline]


PLANE: dict[str, Any] = {  # the same as JSON, for the front end
    "across": ACROSS,
    "up": UP,
    "lane": UNKNOWN_LANE,
    "ticks": TICKS,
    "equal": [{"scalar": j, "curve": _rounded(curve_of(j))} for j in EQUAL],
    "regions": [
        asdict(region) | {"outlines": [*map(_rounded, region.outlines)]}
        for region in REGIONS
    ],
    "words": {
        "capability": "capability →",
        "alignment": "alignment ↑",
        "equal": "equal scalar",
        "unknown": "alignment unknown",
    },
}
