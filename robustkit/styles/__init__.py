"""How everything looks, wherever it is drawn: agents, things, the plane."""

from __future__ import annotations

from .agents import COLOURS, GUESS, MARKERS, Style, styles
from .icons import (
    ICONS,
    LAVA,
    SHADES,
    SPOTS,
    STAYS,
    THINGS,
    glyph,
    polygons,
    shade,
    spots,
)
from .pen import Part
from .plane import EQUAL, PLANE, REGIONS, curve_of

__all__ = [
    "COLOURS",
    "EQUAL",
    "GUESS",
    "ICONS",
    "LAVA",
    "MARKERS",
    "PLANE",
    "REGIONS",
    "SHADES",
    "SPOTS",
    "STAYS",
    "THINGS",
    "Part",
    "Style",
    "curve_of",
    "glyph",
    "polygons",
    "shade",
    "spots",
    "styles",
]
