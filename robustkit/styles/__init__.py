"""How everything looks, wherever it is drawn: agents, things, the plane."""

from __future__ import annotations

from .agents import COLOURS, GUESS, MARKERS, Style, styles
from .icons import LETTER_AT, SHAPES, Outline
from .plane import EQUAL, PLANE, REGIONS, UNKNOWN_LANE, Region, curve_of

__all__ = [
    "COLOURS",
    "EQUAL",
    "GUESS",
    "LETTER_AT",
    "MARKERS",
    "PLANE",
    "REGIONS",
    "SHAPES",
    "UNKNOWN_LANE",
    "Outline",
    "Region",
    "Style",
    "curve_of",
    "styles",
]
