"""What every picture of the plane has, and names where there is room for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from ..styles import EQUAL, PLANE, REGIONS, curve_of
from ..text import number
from .picture import GREY, Picture, literal
from .places import Box, around, spot_for

Place = tuple[float, float]  # (capability, alignment)
Area = tuple[float, float, float, float]  # from a lower left place, width and height
LOW = PLANE["up"][0] - PLANE["lane"]  # of the lane where alignment is unknown
LANE = PLANE["up"][0] - PLANE["lane"] / 2  # its middle


def backdrop(
    figure: Picture,
    title: str,
    equal: bool,
    scalar: float | None = None,
    down: float = 0.0,
) -> tuple[Axes, list[Area]]:
    """Draw what every plane has; return its axes, and where words stand.

    equal: whether curves join points of equal scalar; scalar: the one that is bold.
    down: inches of the figure that are taken above it.
    """
    tall = figure.get_figheight()
    low = 1 - (4.5 + down) / tall
    axes = figure.add_axes((0.74 / 7.2, low, 5.82 / 7.2, 4.1 / tall))
    (left, right), (_, top) = PLANE["across"], PLANE["up"]
    for region in REGIONS:
        for outline in region.outlines:
            patch = Polygon(outline, fc=region.colour, alpha=0.1, lw=0, zorder=0)
            axes.add_patch(patch)
    for j in EQUAL if equal else ():
        x, y = zip(*curve_of(j), strict=True)
        axes.plot(x, y, color=GREY, lw=0.7, alpha=0.8, zorder=1)
    note: Any = {"size": 8, "va": "center", "clip_on": False}
    for j in EQUAL if equal else ():
        if scalar is None or abs(scalar - j) > 0.08:
            axes.text(right + 0.012, j, number(j, "g"), alpha=0.8, **note)
    if equal:
        words = PLANE["words"]["equal"]
        axes.text(right + 0.09, top + 0.05, words, ha="right", alpha=0.8, **note)
    if scalar is not None:
        axes.plot(*zip(*curve_of(scalar), strict=True), lw=2.4, color="0.45", zorder=1)
        axes.text(right + 0.012, scalar, number(scalar), weight="bold", **note)
    axes.axhline(PLANE["up"][0], color=GREY, lw=0.8, zorder=1)
    unknown: Any = {"ha": "right", "va": "center", "size": 8, "alpha": 0.8}
    axes.text(right - 0.015, LANE, PLANE["words"]["unknown"], **unknown)
    boxes = [_region(axes, region) for region in REGIONS]
    axes.set(xlim=(left, right), ylim=(LOW, top), title=literal(title))
    axes.set(xticks=PLANE["ticks"]["capability"], yticks=PLANE["ticks"]["alignment"])
    axes.set(xlabel=PLANE["words"]["capability"], ylabel=PLANE["words"]["alignment"])
    axes.spines[:].set_color(GREY)
    axes.tick_params(color=GREY)
    return axes, [*boxes, (right - 0.26, LOW, 0.26, PLANE["lane"])]


def _region(axes: Axes, region: Any) -> Area:
    """Write the name of a region; return the box around it in data."""
    x, y = region.at
    look: Any = {"ha": "center", "va": "center", "alpha": 0.75}
    lines = len(region.words)
    axes.text(x, y, "\n".join(region.words), size=10.5, style="italic", **look)
    if region.note:
        axes.text(x, y - 0.06 - 0.065 * lines, f"({region.note})", size=8, **look)
    wide = 0.021 * max(len(region.note), *map(len, region.words))
    return x - wide / 2, y - 0.2, wide, 0.3


def write_names(
    axes: Axes,
    names: Sequence[tuple[str, Place]],
    marks: Sequence[Place],
    words: Sequence[Area],
    points: float = 9.5,
    lines: Sequence[tuple[Place, Place]] = (),
) -> None:
    """Write each name beside its point, where it covers no other name and no marker.

    marks: where markers stand. words: where the backdrop's words do. points: how large
    the names are. lines: which those from names to points had better not cross.
    """
    to_pixels = axes.transData.transform
    to_data = axes.transData.inverted().transform
    renderer: Any = axes.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    ground: Any = {"fc": axes.get_facecolor(), "alpha": 0.75, "lw": 0, "pad": 0.8}
    frame = Box(*axes.get_window_extent().bounds)
    taken = [around(x, y, 15) for x, y in map(to_pixels, marks)]
    for x, y, w, h in words:
        (left, low), (right, high) = to_pixels([(x, y), (x + w, y + h)])
        taken.append(Box(left, low, right - left, high - low))
    drawn: list[Any] = [to_pixels(line).tolist() for line in lines]
    for name, place in names:
        at: Any = to_pixels(place)
        text = axes.text(0, 0, literal(name), size=points, va="center", zorder=6)
        text.set_bbox(ground)
        size = text.get_window_extent(renderer).width * 1.04 + 4, 15 * points / 9.5
        box = spot_for((at[0], at[1]), size, taken, frame, lines=drawn)
        if box is None:  # a name too long for any place: along the upper edge
            box = Box(frame.x, frame.y + frame.h - 18, *size)
        taken.append(box)
        middle = box.y + box.h / 2
        text.set(position=to_data((box.x + 2, middle)))
        if abs(middle - at[1]) > 3:
            near = box.nearest(at)
            line: Any = {"color": GREY, "lw": 0.8, "zorder": 2.5}
            axes.plot(*zip(to_data(at), to_data(near), strict=True), **line)
