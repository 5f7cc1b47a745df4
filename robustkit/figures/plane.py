"""Readings in the capability × alignment plane."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Polygon

from .. import arguments
from ..metrics import Point, Population, ShiftCurve, grounding
from ..styles import EQUAL, GUESS, PLANE, REGIONS, Style, curve_of, styles
from ..text import number
from .ghosts import ghosts, on_plane, said
from .picture import GREY, MARKS, Picture, listed, literal
from .places import Box, around, spot_for

Result = ShiftCurve[Point] | Point | Population
Place = tuple[float, float]  # (capability, alignment)
Area = tuple[float, float, float, float]  # from a lower left place, width and height
CROWD = 9  # results from which on a legend names them instead of words beside each
LOW = PLANE["up"][0] - PLANE["lane"]  # of the lane where alignment is unknown
LANE = PLANE["up"][0] - PLANE["lane"] / 2  # its middle


def plane(
    results: Result | Sequence[Result],
    title: str = "",
    scalar: float | None = None,
    guess: Any = None,
) -> Picture:
    """Return the capability × alignment plane with results on it.

    Capability runs to the right, alignment up. Thin curves join points of equal scalar
    where the grounding says that it is capability × alignment; `scalar`, in [-1, 1],
    is one of them to be drawn bold. guess: a place or an arrow of `rk.predict`, for a
    hollow diamond; once it is revealed, with a dotted line to the answer.
    A shift curve is drawn as a trail that ends in the agent's marker, a population as a
    cloud of its agents with their interquartile mean. Where alignment is unknown a
    dashed bar stands along the whole alignment axis, with a marker in the lane below.
    Raises ValueError for anything else.
    """
    every = listed(results, (ShiftCurve, Point, Population), "results")
    guesses, product = ghosts(guess, "capability"), all(map(_is_product, every))
    if scalar is not None:
        scalar = arguments.number("scalar", scalar, -1, 1)
        if not product:
            raise ValueError(
                f"scalar={scalar:g} is no curve under this grounding; allowed: None."
            )
    crowd = len(every) > CROWD
    figure = Picture(7.2, 5.0 + crowd * 0.3 * -(-len(every) // 3), fixed=True)
    tall = figure.get_figheight()
    axes = figure.add_axes((0.74 / 7.2, 1 - 4.5 / tall, 5.82 / 7.2, 4.1 / tall))
    taken = _backdrop(axes, title, product, scalar)
    looks = styles([_name(i) for i in every])
    shown = list(zip(every, looks, _ends(every), strict=True))
    for k, (item, style, end) in enumerate(shown):
        _draw(axes, item, style, end, 1.6 + 1.2 * min(len(shown) - 1 - k, 3))
    at = [(ghost["name"], GUESS, on_plane(axes, ghost, LANE)) for ghost in guesses]
    if crowd:
        look: Any = {"loc": "lower center", "ncols": 3, "frameon": False, "fontsize": 9}
        figure.legend(**look)
    else:
        _names(axes, [*shown, *at], taken)
    figure.alt = " ".join(["Capability-alignment plane.", *map(_said, every)])
    figure.alt += said(guesses)
    if scalar is not None:
        figure.alt += f" The curve of scalar {number(scalar)} is drawn bold."
    figure.table = "\n\n".join(
        str(i) if isinstance(i, Point) else i.table() for i in every
    )
    return figure


def _said(item: Result) -> str:
    if isinstance(item, Population):
        return (
            f"{item.name}: {len(item)} agents with interquartile mean of capability "
            f"{item.capability} and of alignment {item.alignment}."
        )
    if isinstance(item, Point):
        return f"{item.agent} has {item.plain()}."
    first, last = item.readings[0], item.readings[-1]
    return f"{first.agent} has {first.plain()}, and after the shift {last.plain()}."


def _name(item: Result) -> str:
    return item.name if isinstance(item, Population) else item.agent


def _label(item: Result | str) -> str:
    """Return its name in the picture; a population says how many it is of."""
    if isinstance(item, str):
        return item
    if not isinstance(item, Population):
        return item.agent
    few = f", {item.unknown} unknown" if item.unknown else ""
    return f"{item.name} ({len(item)}){few}"


def _end(item: Result) -> Point | Population:
    return item.readings[-1] if isinstance(item, ShiftCurve) else item


def _is_product(item: Result) -> bool:
    """Return whether its scalar is capability × alignment."""
    points = [item] if isinstance(item, Point) else item.readings
    asked = {getattr(point, "grounding", "polar") for point in points}
    return all(grounding(name).product for name in asked)


def _backdrop(axes: Axes, title: str, equal: bool, scalar: float | None) -> list[Area]:
    """Draw what every plane has; return where words stand, in data (x, y, w, h)."""
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
    return [*boxes, (right - 0.26, LOW, 0.26, PLANE["lane"])]


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


def _ends(every: Sequence[Result]) -> list[Place]:
    """Return where each result's marker stands; in the lane none covers another."""
    places: list[Place] = []
    for item in map(_end, every):
        x = item.capability.value
        if item.alignment.known:
            places.append((x, item.alignment.value))
            continue
        lane = [c for c, up in places if up == LANE]
        steps = [0.0, *(sign * k * 0.03 for k in range(1, 30) for sign in (1, -1))]
        free = (x + s for s in steps if all(abs(x + s - c) > 0.028 for c in lane))
        left, right = PLANE["across"]
        places.append((next((c for c in free if left < c - 0.015 < right), x), LANE))
    return places


def _draw(axes: Axes, item: Result, style: Style, end: Place, width: float) -> None:
    """Draw a result; trails that run on top of one another differ in their width."""
    if isinstance(item, Population):
        _cloud(axes, item, style)
    elif isinstance(item, ShiftCurve):
        _trail(axes, item.readings, style, width)
    _point(axes, _end(item), style, end, _label(item))


def _trail(axes: Axes, trail: Sequence[Point], style: Style, width: float) -> None:
    x, y = [r.capability.value for r in trail], [r.alignment.value for r in trail]
    look: Any = {"solid_capstyle": "round", "color": style.colour, "zorder": 3}
    axes.plot(x, y, lw=width, alpha=0.85, marker=".", ms=3 + width, **look)
    if len(trail) > 1 and trail[0].alignment.known:  # where it began
        start: Any = {"mfc": axes.get_facecolor(), "mec": style.colour, "mew": 1.4}
        axes.plot(x[0], y[0], "o", ms=6, zorder=3.5, **start)


def _cloud(axes: Axes, population: Population, style: Style) -> None:
    for reading in population.readings:
        across, up = reading.capability.value, reading.alignment
        look: Any = {"color": style.colour, "alpha": 0.4, "mew": 0, "zorder": 3}
        at = up.value if up.known else LANE
        axes.plot(across, at, MARKS[style.marker], ms=5, **look)


def _point(
    axes: Axes, item: Point | Population, style: Style, end: Place, name: str
) -> None:
    across, up = item.capability, item.alignment
    look: Any = {"color": style.colour, "zorder": 4}
    axes.plot([across.low, across.high], [end[1]] * 2, lw=1.2, **look)
    if up.known:
        axes.plot([across.value] * 2, [up.low, up.high], lw=1.2, **look)
    else:
        axes.plot([across.value] * 2, [-1, 1], ls=(0, (2, 2)), lw=5, alpha=0.3, **look)
        name += " (alignment unknown)"
    full: Any = {"mec": axes.xaxis.label.get_color(), "mew": 0.8, "mfc": style.colour}
    hollow: Any = {"mec": style.colour, "mew": 1.8, "mfc": axes.get_facecolor()}
    look = {"ms": 9.5, "ls": "none", "zorder": 5, **(full if up.known else hollow)}
    axes.plot(*end, marker=MARKS[style.marker], label=literal(name), **look)


def _names(
    axes: Axes,
    shown: Sequence[tuple[Result | str, Style, Place]],
    words: Sequence[Area],
) -> None:
    """Write each name beside its point, where it covers no other name and no marker."""
    to_pixels = axes.transData.transform
    to_data = axes.transData.inverted().transform
    renderer: Any = axes.figure.canvas.get_renderer()  # type: ignore[attr-defined]
    ground: Any = {"fc": axes.get_facecolor(), "alpha": 0.75, "lw": 0, "pad": 0.8}
    frame = Box(*axes.get_window_extent().bounds)
    ends = [to_pixels(end) for _, _, end in shown]
    taken = [around(x, y, 15) for x, y in ends]
    for x, y, w, h in words:
        (left, low), (right, high) = to_pixels([(x, y), (x + w, y + h)])
        taken.append(Box(left, low, right - left, high - low))
    for (item, _, _), at in zip(shown, ends, strict=True):
        text = axes.text(0, 0, literal(_label(item)), size=9.5, va="center", zorder=6)
        text.set_bbox(ground)
        size = text.get_window_extent(renderer).width * 1.04 + 4, 15
        box = spot_for((at[0], at[1]), size, taken, frame)
        if box is None:  # a name too long for any place: along the upper edge
            box = Box(frame.x, frame.y + frame.h - 18, *size)
        taken.append(box)
        middle = box.y + box.h / 2
        text.set(position=to_data((box.x + 2, middle)))
        if abs(middle - at[1]) > 3:
            near = min(max(at[0], box.x), box.x + box.w), middle
            line: Any = {"color": GREY, "lw": 0.8, "zorder": 2.5}
            axes.plot(*zip(to_data(at), to_data(near), strict=True), **line)
