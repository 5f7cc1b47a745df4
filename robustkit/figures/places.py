"""Places for the names of points in a picture: none covers anything else.

What `widgets/js/places.js` does in a page, but for lines that are not to be crossed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Spot = tuple[float, float]
Line = tuple[Spot, Spot]


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels, from its lower left corner."""

    x: float
    y: float
    w: float
    h: float

    def meets(self, other: Box) -> bool:
        """Return whether two rectangles share a point."""
        across = self.x < other.x + other.w and other.x < self.x + self.w
        return across and self.y < other.y + other.h and other.y < self.y + self.h

    def nearest(self, at: Spot) -> Spot:
        """Return where a line to a point begins: the side or the middle of an edge."""
        return min(max(at[0], self.x), self.x + self.w), self.y + self.h / 2

    def within(self, other: Box) -> bool:
        """Return whether it lies inside another."""
        right, top = other.x + other.w, other.y + other.h
        low = self.x >= other.x and self.y >= other.y
        return low and self.x + self.w <= right and self.y + self.h <= top


def around(x: float, y: float, size: float) -> Box:
    """Return a square with a point in its middle."""
    return Box(x - size / 2, y - size / 2, size, size)


def _spots() -> list[tuple[int, int, int]]:
    """Return (side, rows up, columns away) in order of how far they seem from a point.

    side: 1 to the right, -1 to the left, 0 above or below.
    """
    rows = [0, *(sign * n for n in range(1, 11) for sign in (-1, 1))]
    every = [
        (abs(row) + 1.5 * away + (0, 0.6, 0.2)[side], side, row, away)
        for row in rows
        for side in (1, -1, 0)
        for away in (0, 1, 2, 4, 7)
        if (side or not away) and (row or side) and not (away and not row)
    ]
    return [spot[1:] for spot in sorted(every, key=lambda spot: spot[0])]


SPOTS = _spots()


def spot_for(
    at: tuple[float, float],
    size: tuple[float, float],
    taken: Sequence[Box],
    frame: Box,
    gap: float = 10.0,
    lines: Sequence[Line] = (),
) -> Box | None:
    """Return the nearest free place of a name beside its point, None where none is.

    at: of the point. size: of the name. taken: where nothing may stand; frame: where
    all has to stand. gap: between point and name. lines: which a line from the name to
    its point does not cross, as long as another place is free. All in pixels.
    """
    width, height = size
    crossing = None
    for side, row, away in SPOTS:
        shift = gap + 14 * away + (3 if row else 0)
        left = at[0] + shift if side > 0 else at[0] - (shift + width)
        x = left if side else at[0] - width / 2
        box = Box(x, at[1] - height / 2 + row * height, width, height)
        if box.within(frame) and not any(box.meets(other) for other in taken):
            if not any(cross((at, box.nearest(at)), line) for line in lines):
                return box
            crossing = crossing or box
    return crossing


def cross(one: Line, other: Line) -> bool:
    """Return whether two lines cross; to begin or end on one is not to cross it."""

    def side(line: Line, point: Spot) -> float:
        (x, y), (right, up) = line
        return (right - x) * (point[1] - y) - (up - y) * (point[0] - x)

    return (
        side(one, other[0]) * side(one, other[1]) < -1e-6
        and side(other, one[0]) * side(other, one[1]) < -1e-6
    )
