"""Icons in a figure: filled areas with a thin rim around the whole."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from ..styles import polygons, shade

TURN = np.array([[0, 1], [-1, 0]])  # of corners, a quarter clockwise (y down)


def put_icon(
    axes: Axes,
    name: str,
    colour: str,
    place: tuple[float, float, float],
    turns: int = 0,
    rim: float = 1,
    zorder: float = 3,
) -> None:
    """Draw an icon; place: its middle and half its side; turns: quarters, clockwise.

    rim: width of the line around it, in points; half of it is hidden.
    """
    x, y, size = place
    turned = np.linalg.matrix_power(TURN, turns % 4) * size
    fills, areas = zip(*polygons(name), strict=True)
    outlines = [corners @ turned + (x, y) for corners in areas]
    look: Any = {"zorder": zorder, "joinstyle": "round"}
    if rim:
        edge = PolyCollection(outlines, fc="black", ec="black", lw=rim, **look)
        axes.add_collection(edge, autolim=False)
    colours = [np.array(shade(colour, fill)) / 255 for fill in fills]
    whole = PolyCollection(outlines, fc=colours, ec="none", label=name, **look)
    axes.add_collection(whole, autolim=False)
