"""The colour and the marker of each agent, the same in every picture of the course."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

COLOURS = (  # Okabe and Ito 2008, less the yellow that vanishes on white
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#E69F00",
    "#56B4E9",
    "#7A7A7A",
)
MARKERS = (
    "circle", "square", "star", "triangle", "cross", "pentagon", "plus", "diamond",
)  # fmt: skip
# What a name says of its agent; the marker of a kind, and the colour of its first one,
# are those at the kind's place. What is of no kind here has the last marker.
KINDS = (
    r"networks?\b",
    r"[^ ]+ planner\b",  # of a proxy
    r"base planner\b|flawless\b",
    r"searchers?\b",
    r"memorisers?\b",
    r".+ \+ .+ planner\b",  # of a mixture
    r".+ device\b",
)
OTHER = len(KINDS)


@dataclass(frozen=True)
class Style:
    """The colour and the marker of one agent; 56 differ before one returns."""

    colour: str
    marker: str


GUESS = Style("#E69F00", "diamond")  # of what somebody has predicted


def styles(names: Sequence[str]) -> list[Style]:
    """Return a style for each name, in order.

    It follows from the name alone, so that an agent looks the same everywhere: the kind
    gives the marker, the number (network 0, network 1) the colour. Only where two in
    one picture would look alike does the later one take the next look that is free.
    """
    taken: set[int] = set()
    found = []
    for name in names:
        kind, turn = _kind(name), _turn(name)
        looks = [(kind + k // len(COLOURS), turn + k) for k in range(_LOOKS)]
        slots = [_slot(marker, colour) for marker, colour in looks]
        slot = next((s for s in slots if s not in taken), slots[0])
        taken.add(slot)
        marker, colour = divmod(slot, len(COLOURS))
        found.append(Style(COLOURS[colour], MARKERS[marker]))
    return found


_LOOKS = len(COLOURS) * len(MARKERS)


def _slot(marker: int, colour: int) -> int:
    return marker % len(MARKERS) * len(COLOURS) + colour % len(COLOURS)


def _kind(name: str) -> int:
    """Return the place of its kind; of several that fit, the one that says most."""
    fits = [k for k, pattern in enumerate(KINDS) if re.match(pattern, name)]
    return max(fits, default=OTHER)


def _turn(name: str) -> int:
    """Return how far its colour is from its marker's place among the colours."""
    kind = _kind(name)
    if kind == OTHER:
        return crc32(name.encode("utf-8", "replace"))
    rest = re.sub(KINDS[kind], "", name, count=1).strip()
    if number := re.match(r"\d{1,8}(?=,|$)", rest):  # and what was done to it since
        return kind + int(number[0])
    if not rest:
        return kind
    return kind + 1 + crc32(rest.encode("utf-8", "replace")) % (len(COLOURS) - 1)
