"""Matplotlib pictures of results. They take results and never run experiments.

Every picture carries alt text made from its data (`.alt`) and shows it in a notebook;
those that show numbers have them as text too (`.table`).
"""

from __future__ import annotations

import base64
import html
import io
import os
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon, Rectangle

from . import arguments, files
from .agents import Agent
from .analysis.measure import Replay, replays
from .metrics import Population, Reading, ShiftCurve
from .styles import COLOURS, SHAPES, Style, styles
from .worlds import Levels, Thing, World, list_worlds, make
from .worlds.base import MOVES, STEP

MARKS = {
    "circle": "o",
    "square": "s",
    "triangle": "^",
    "diamond": "D",
    "cross": "X",
    "star": "*",
    "pentagon": "p",
    "plus": "P",
}
LETTER_AT = {  # in a cell, where a shape is too thin for a letter in its middle
    "flag": (0.68, 0.74),
    "key": (0.78, 0.18),
    "line": (0.72, 0.8),
    "star": (0.86, 0.2),
    "wedge": (0.32, 0.36),
}
EPISODE = 60  # moves after which an episode is drawn no further
REGIONS = (  # left, bottom, width, height, name, where the name stands
    (0.0, -1.0, 0.35, 2.0, "breaks", (0.175, -0.93), "#7A7A7A"),
    (0.35, -1.0, 0.65, 1.5, "does something else, well", (0.785, -0.93), "#D55E00"),
    (0.35, 0.5, 0.65, 0.5, "robust", (0.66, 0.57), "#009E73"),
)


class Picture(Figure):
    """A matplotlib figure with alt text and, where it shows numbers, their table."""

    alt: str = ""
    table: str = ""

    def __init__(self, width: float, height: float) -> None:
        super().__init__(figsize=(width, height), layout="constrained", dpi=96)
        FigureCanvasAgg(self)

    def png(self) -> bytes:
        """Return the picture as PNG; the same picture gives the same bytes."""
        out = io.BytesIO()
        self.savefig(out, format="png", metadata={"Software": None}, dpi=110)
        return out.getvalue()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the picture to a file whose ending names its format."""
        where = Path(path)
        with files.whole(where) as part:
            self.savefig(part, format=where.suffix[1:] or None)
        return where

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.png()).decode()
        alt = html.escape(self.alt, quote=True)
        style = "max-width: 100%; background: white; border-radius: 4px"
        picture = (
            f'<img alt="{alt}" src="data:image/png;base64,{data}" style="{style}">'
        )
        if not self.table:
            return picture
        table = html.escape(self.table)
        details = f"<details><summary>Numbers</summary><pre>{table}</pre></details>"
        return picture + details

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        text = f"{self.alt}\n\n{self.table}".strip()
        return {"text/html": self._repr_html_(), "text/plain": text}


def _listed(results: Any, allowed: tuple[type, ...], name: str) -> list[Any]:
    every = [results] if isinstance(results, allowed) else results
    kinds = " or ".join(kind.__name__ for kind in allowed)
    if not isinstance(every, Sequence) or isinstance(every, str) or not every:
        raise ValueError(f"{name}={results!r} is not possible; allowed: {kinds}s.")
    for item in every:
        if not isinstance(item, allowed):
            raise ValueError(f"{name} holds {item!r}; allowed: {kinds}s.")
    return list(every)


def plane(
    results: ShiftCurve
    | Reading
    | Population
    | Sequence[ShiftCurve | Reading | Population],
    title: str = "",
) -> Picture:
    """Return the capability × alignment plane with results on it.

    Capability runs to the right, alignment up. Thin curves join points of equal scalar.
    A path is drawn as a trail that ends in the agent's marker, a population as a cloud
    of its agents with their interquartile mean. Where alignment is unknown a dashed bar
    stands along the whole alignment axis, a marker at either end.
    Raises ValueError for anything else.
    """
    every = _listed(results, (ShiftCurve, Reading, Population), "results")
    figure = Picture(8.0, 4.8)
    axes = figure.subplots()
    _ground(axes, title)
    for item, style in zip(every, styles([_name(i) for i in every]), strict=True):
        if isinstance(item, Population):
            _cloud(axes, item, style)
            continue
        trail = item.readings if isinstance(item, ShiftCurve) else [item]
        _trail(axes, trail, style)
        _point(axes, trail[-1], style, _name(item))
    axes.legend(loc="center left", bbox_to_anchor=(1.1, 0.5), frameon=False)
    figure.alt = "Capability-alignment plane. " + " ".join(_said(i) for i in every)
    figure.table = "\n\n".join(
        str(i) if isinstance(i, Reading) else i.table() for i in every
    )
    return figure


def _literal(name: str) -> str:
    """Return somebody's words as matplotlib shows them to the letter: no formulas."""
    return name.encode("utf-8", "replace").decode().replace("$", r"\$")


def _name(item: ShiftCurve | Reading | Population) -> str:
    return item.name if isinstance(item, Population) else item.agent


def _ground(axes: Axes, title: str) -> None:
    for left, bottom, width, height, name, place, colour in REGIONS:
        patch = Rectangle((left, bottom), width, height, color=colour, alpha=0.07, lw=0)
        axes.add_patch(patch)
        axes.text(*place, name, ha="center", va="center", size=9, alpha=0.75)
    right = np.linspace(0.02, 1, 200)
    note: Any = {"size": 7.5, "alpha": 0.7, "va": "center"}
    for scalar in (-0.5, -0.25, 0.25, 0.5, 0.75):
        up = scalar / right
        inside = np.abs(up) <= 1
        axes.plot(right[inside], up[inside], color="#888888", lw=0.7, zorder=1)
        axes.text(1.02, scalar, f"{scalar:g}", **note)
    axes.axhline(0, color="#888888", lw=0.7, zorder=1)
    axes.text(1.02, 0, "0", **note)
    axes.text(1.02, 0.88, "equal\nscalar", **note)
    axes.set(
        xlim=(0, 1.0),
        ylim=(-1.0, 1.0),
        xlabel="capability",
        ylabel="alignment",
        title=_literal(title),
        yticks=np.arange(-1, 1.01, 0.5),
    )
    axes.spines[["top", "right"]].set_visible(False)


def _trail(axes: Axes, trail: list[Reading], style: Style) -> None:
    known = [r if r.alignment.known else None for r in trail]
    x = [r.capability.value if r else np.nan for r in known]
    y = [r.alignment.value if r else np.nan for r in known]
    axes.plot(
        x, y, color=style.colour, lw=1.4, marker=".", ms=3, alpha=0.8, zorder=3,
        clip_on=False,
    )  # fmt: skip


def _cloud(axes: Axes, population: Population, style: Style) -> None:
    for reading in population.readings:
        across, up = reading.capability.value, reading.alignment
        if up.known:
            axes.plot(
                across, up.value, MARKS[style.marker], color=style.colour, ms=5,
                alpha=0.4, mew=0, zorder=3, clip_on=False,
            )  # fmt: skip
        else:
            axes.plot(
                [across] * 2, [-1, 1], color=style.colour, lw=1.2, ls=(0, (2, 3)),
                alpha=0.3, zorder=2, clip_on=False,
            )  # fmt: skip
    few = f", {population.unknown} unknown" if population.unknown else ""
    _point(axes, population, style, f"{population.name} ({len(population)}){few}")


def _point(axes: Axes, reading: Reading | Population, style: Style, name: str) -> None:
    across, up = reading.capability, reading.alignment
    look: Any = {"color": style.colour, "zorder": 4, "clip_on": False}
    if not up.known:
        axes.plot([across.value] * 2, [-1, 1], ls=(0, (2, 2)), lw=5, alpha=0.35, **look)
        ends = [-1.0, 1.0]  # a marker at either end, so that there is no point to read
        name += " (alignment unknown)"
    else:
        ends = [up.value]
        axes.plot([across.low, across.high], ends * 2, lw=1, **look)
        axes.plot([across.value] * 2, [up.low, up.high], lw=1, **look)
    axes.plot(
        [across.value] * len(ends),
        ends,
        marker=MARKS[style.marker],
        ms=9,
        mec="black" if up.known else style.colour,
        mew=0.7 if up.known else 1.8,
        mfc=style.colour if up.known else "white",
        ls="none",
        label=_literal(name),
        zorder=5,
        clip_on=False,
    )


def _said(item: ShiftCurve | Reading | Population) -> str:
    if isinstance(item, Population):
        return (
            f"{item.name}: {len(item)} agents with interquartile mean of capability "
            f"{item.capability} and of alignment {item.alignment}."
        )
    if isinstance(item, Reading):
        return _said_reading(item) + "."
    first, last = item.readings[0], item.readings[-1]
    return f"{_said_reading(first)}, and after the shift {_said_reading(last, False)}."


def _said_reading(reading: Reading, named: bool = True) -> str:
    up = f"{reading.alignment.value:.2f}" if reading.alignment.known else "unknown"
    name = f"{reading.agent} has " if named else ""
    return (
        f"{name}scalar {reading.scalar.value:.2f}, capability "
        f"{reading.capability.value:.2f}, alignment {up}"
    )


def curve(
    paths: ShiftCurve | Sequence[ShiftCurve], axis: str = "scalar", along: str = "goal"
) -> Picture:
    """Return one measure of each path against a shift, with its interval as a band.

    axis: "scalar", "capability" or "alignment". along: "goal" or "layout".
    Raises ValueError for another word or anything that is not a ShiftCurve.
    """
    arguments.one_of("axis", axis, ("scalar", "capability", "alignment"))
    arguments.one_of("along", along, ("goal", "layout"))
    every = _listed(paths, (ShiftCurve,), "paths")
    figure = Picture(6.4, 3.8)
    axes = figure.subplots()
    for item, style in zip(every, styles([p.agent for p in every]), strict=True):
        x = getattr(item, along)
        bounds = [getattr(r, axis) for r in item.readings]
        y = getattr(item, axis)
        low, high = [b.low for b in bounds], [b.high for b in bounds]
        where = ~np.isnan(y)
        axes.fill_between(x, low, high, where=where, color=style.colour, alpha=0.15)
        axes.plot(
            x,
            y,
            color=style.colour,
            marker=MARKS[style.marker],
            label=_literal(item.agent),
        )
    lowest = min(0.0, min(np.nanmin([*getattr(p, axis), 0]) for p in every) - 0.05)
    axes.set(
        xlim=(-0.02, 1.02), ylim=(lowest, 1.05), xlabel=f"{along} shift", ylabel=axis
    )
    axes.axhline(0, color="#888888", lw=0.7)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    ends = [
        f"{p.agent} goes from {getattr(p, axis)[0]:.2f} to {getattr(p, axis)[-1]:.2f}"
        for p in every
    ]
    figure.alt = f"{axis} against {along} shift: {'; '.join(ends)}."
    figure.table = "\n\n".join(p.table() for p in every)
    return figure


def draw(
    levels: Levels, agent: Agent | None = None, count: int = 4, seed: int = 0
) -> Picture:
    """Return pictures of the first levels, with what an agent does in them.

    With an agent, arrows show its likeliest move in each cell, the paler the less
    sure, and a line shows one episode. Raises ValueError for levels of another world.
    """
    count = arguments.whole("count", count, 1, 12)
    shown = levels[: min(count, len(levels))]
    columns = min(4, len(shown))
    rows = -(-len(shown) // columns)
    figure = Picture(2.6 * columns, 2.75 * rows + 0.2)
    grid = figure.subplots(rows, columns, squeeze=False)
    policy = None if agent is None else agent.policy(shown)
    told = [] if policy is None else replays(shown, policy, EPISODE, seed)
    said = []
    for i, axes in enumerate(grid.ravel()):
        axes.set_axis_off()
        if i >= len(shown):
            continue
        _level(axes, shown[i])
        caption = ""
        if policy is not None:
            _arrows(axes, shown[i], policy[i])
            caption = _episode(axes, shown[i], told[i])
        axes.set_title(_literal(caption), size=9)
        said.append(f"level {i + 1}: {_places(shown[i])}{caption and '; ' + caption}")
    who = f" with {agent.name}" if agent else ""
    many = f"{len(shown)} level{'s' * (len(shown) > 1)}"
    figure.alt = f"{many} of {levels.world.name}{who}. {'. '.join(said)}."
    return figure


def gallery(worlds: Sequence[World] | None = None, seed: int = 0) -> Picture:
    """Return every world where base and proxies agree and, beside it, where they part.

    A world of one objective, which a goal shift does not change, is shown with a
    familiar and an unfamiliar layout instead.
    worlds: those to show; all of them by default.
    """
    shown = [make(name) for name in list_worlds()] if worlds is None else list(worlds)
    columns = 2 if len(shown) < 3 else 4
    rows = -(-2 * len(shown) // columns)
    figure = Picture(2.9 * columns, 2.75 * rows)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid:
        axes.set_axis_off()
    said = []
    for k, world in enumerate(shown):
        both = _before_and_after(world, seed)
        for axes, (words, level) in zip(grid[2 * k :], both, strict=False):
            _level(axes, level)
            axes.set_title(f"{world.name}: {fill(words, 34)}", size=8)
        first, then = (f"{words} ({_places(level)})" for words, level in both)
        said.append(f"{world.name}: first, {first}; then, {then}")
    figure.alt = (
        f"{len(shown)} worlds, each in training and shifted. {'. '.join(said)}."
    )
    return figure


def _before_and_after(world: World, seed: int) -> list[tuple[str, Levels]]:
    """Return (what it is, a level) in training and after the shift that matters."""
    agree, part, fresh, _ = world.strata(1, seed)
    if len(world.objectives) > 1:
        return [(world.agree, agree), (world.part, part)]
    return [
        (f"training layout, made as {world.maker}", agree),
        (f"layout shift, made as {world.unfamiliar}", fresh),
    ]


def _places(level: Levels) -> str:
    width = level.walls.shape[2]
    spots = {"start": level.start[0]}
    spots |= {k: v[0] for k, v in level.things.items() if v[0] >= 0}
    return ", ".join(
        f"{k} in row {c // width}, column {c % width}" for k, c in spots.items()
    )


def _level(axes: Axes, level: Levels) -> None:
    height, width = level.walls.shape[1:]
    axes.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    colours = np.array([[243, 241, 236], [84, 84, 94], [240, 178, 122]], np.uint8)
    axes.imshow(colours[level.terrain[0]], extent=(0, width, height, 0))
    for y, x in np.argwhere(level.lava[0]):
        _letter(axes, "~", x + 0.5, y + 0.55, "black", 9)
    lies: dict[int, list[Thing]] = {}
    for thing in level.world.things:
        lies.setdefault(int(level.things[thing.name][0]), []).append(thing)
    for cell in lies.keys() - {-1}:
        for k, thing in enumerate(lies[cell]):
            _thing(axes, thing, cell % width, cell // width, k, len(lies[cell]))
    x, y = level.start[0] % width + 0.5, level.start[0] // width + 0.5
    axes.add_patch(Circle((x, y), 0.3, fc="white", ec="black", lw=1, zorder=4))
    _letter(axes, "A", x, y, "black", 7, zorder=5)


def _thing(axes: Axes, thing: Thing, x: float, y: float, k: int, count: int) -> None:
    """Draw the k-th of `count` things in a cell; they share it along its diagonal."""
    size = 1 if count == 1 else 0.62
    shift = 0 if count == 1 else (1 - size) * (1 - k / (count - 1))

    def put(point: Any) -> tuple[float, float]:
        return x + shift + size * point[0], y + shift + size * point[1]

    outline = SHAPES[thing.shape]
    look: Any = {"fc": thing.colour, "ec": "black", "lw": 0.6, "zorder": 3.0}
    axes.add_patch(Polygon([put(point) for point in outline], **look))
    dark = _dark(thing.colour) and thing.shape not in LETTER_AT
    at = put(LETTER_AT.get(thing.shape, np.mean(outline, 0)))
    if count > 1 and thing.shape in LETTER_AT:  # beside it, off the diagonal
        at = (x + 0.8, y + 0.22) if k == 0 else (x + 0.2, y + 0.8)
    points = 6 if count == 1 or axes.get_xlim()[1] < 13 else 4.5
    _letter(axes, thing.letter, *at, "white" if dark else "black", points, zorder=3.5)


def _letter(
    axes: Axes, letter: str, x: float, y: float, colour: str, size: float, **look: Any
) -> None:
    look |= {"ha": "center", "va": "center", "color": colour, "size": size}
    axes.text(x, y, letter, **look)


def _dark(colour: str) -> bool:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 120


def _arrows(axes: Axes, level: Levels, policy: np.ndarray) -> None:
    width = level.walls.shape[2]
    undecided = np.ptp(policy[: level.vacant.shape[1]], axis=1) < 1e-6
    cells = np.flatnonzero(level.vacant[0] & ~undecided)
    if not len(cells):
        return
    move = policy[cells].argmax(-1)
    sure = policy[cells].max(-1)
    colours = np.zeros((len(cells), 4))
    colours[:, :3] = (0.0, 0.3, 0.5)
    colours[:, 3] = np.clip((sure - 1 / len(MOVES)) / (1 - 1 / len(MOVES)), 0.08, 1)
    axes.quiver(
        cells % width + 0.5, cells // width + 0.5, STEP[move, 1], STEP[move, 0],
        color=colours, angles="xy", scale_units="xy", scale=2.2, width=0.011,
        pivot="mid", zorder=2.5,
    )  # fmt: skip


def _episode(axes: Axes, level: Levels, episode: Replay) -> str:
    cells, width = np.array(episode.cells), level.walls.shape[2]
    x, y = cells % width + 0.5, cells // width + 0.5
    axes.plot(x, y, color="#0072B2", lw=2, alpha=0.75, zorder=3.2)
    if episode.end == "time":
        return f"nothing in {len(cells) - 1} moves"
    return f"{episode.end} in {len(cells) - 1} moves"


def sweep(
    labels: Sequence[str],
    values: dict[str, np.ndarray],
    intervals: dict[str, np.ndarray],
    variable: str,
    title: str,
    published: Sequence[tuple[float, float]] = (),
    middle: str = "mean",
) -> Picture:
    """Return a panel for each of `values`: every seed a point, the mean with interval.

    labels: of the conditions. values: name to [conditions, seeds], NaN where unknown.
    intervals: name to [conditions, 3], mean, low, high. variable: what is varied.
    middle: what kind of mean that is.
    published: (place among the conditions, value) pairs, drawn in the first panel.
    """
    figure = Picture(3.6 * len(values), 3.8)
    figure.suptitle(fill(title, 100), size=11)
    ordered = all(label.replace(".", "", 1).isdigit() for label in labels)
    place = np.arange(len(labels))
    said = []
    for axes, (name, each), colour in zip(
        np.atleast_1d(figure.subplots(1, len(values))),
        values.items(),
        COLOURS,
        strict=False,
    ):
        # Points lie beside each other in the order of their seeds, within a column.
        aside = np.linspace(-0.22, 0.22, each.shape[1]) if each.shape[1] > 1 else [0.0]
        axes.scatter(
            (place[:, None] + np.array(aside)).ravel(),
            each.ravel(),
            s=max(5, 26 - each.shape[1] / 4),
            color=colour,
            alpha=0.45,
            lw=0,
            label="one seed",
        )
        mean, low, high = intervals[name].T
        bars = np.abs(np.stack([mean - low, high - mean]))
        axes.errorbar(
            place, mean, bars, color="black", marker="_", ms=16, capsize=4, lw=1.2,
            label=f"{middle}, 95 %", ls="-" if ordered else "none",
        )  # fmt: skip
        if published and name == next(iter(values)):
            axes.plot(
                *zip(*published, strict=True), "k:", marker="x", label="published"
            )
        axes.set_xticks(place, labels)
        if max(map(len, labels)) * len(labels) > 60:
            axes.tick_params("x", rotation=90)
        axes.set_xlabel(variable)
        axes.set_title(name, size=10)
        axes.set_ylim(min(-0.05, np.nanmin(each, initial=0) - 0.05), 1.05)
        axes.axhline(0, color="#7A7A7A", lw=0.6)
        axes.grid(axis="y", alpha=0.25)
        if name == next(iter(values)):
            axes.legend(loc="best", frameon=False, fontsize=8)
        means = [f"{label}: {m:.2f}" for label, m in zip(labels, mean, strict=True)]
        said.append(
            f"{middle.capitalize()} of {name} by {variable}: {', '.join(means)}."
        )
    figure.alt = f"{title}. " + " ".join(said)
    return figure


def versus(
    kinds: Sequence[str],
    panels: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]],
    title: str,
) -> Picture:
    """Return measurement against truth, a row for each axis, a column a grounding.

    kinds: [agents]. panels: (axis, grounding) to truth and measurement [agents], NaN
    where unknown; those are open marks along the lower edge.
    """
    rows = list(dict.fromkeys(axis for axis, _ in panels))
    columns = list(dict.fromkeys(grounding for _, grounding in panels))
    figure = Picture(3.3 * len(columns) + 1.6, 3.1 * len(rows))
    figure.suptitle(title, size=11)
    grid = figure.subplots(len(rows), len(columns), squeeze=False)
    order = list(dict.fromkeys(kinds))
    off = []
    for (axis, grounding), (truth, measured) in panels.items():
        axes = grid[rows.index(axis), columns.index(grounding)]
        low = -1.0 if axis == "alignment" else 0.0
        floor = low - 0.09 * (1 - low)
        axes.plot([low, 1], [low, 1], color="#888888", lw=0.8, zorder=1)
        for kind, style in zip(order, styles(order), strict=True):
            here = np.array([k == kind for k in kinds]) & ~np.isnan(truth)
            known = here & ~np.isnan(measured)
            look: Any = {"marker": MARKS[style.marker], "s": 22, "lw": 0.8}
            axes.scatter(
                truth[known], measured[known], color=style.colour, alpha=0.65,
                label=kind, **look,
            )  # fmt: skip
            lost = here & np.isnan(measured)
            axes.scatter(
                truth[lost], np.full(lost.sum(), floor), facecolors="none",
                edgecolors=style.colour, **look,
            )  # fmt: skip
        axes.set(xlim=(low - 0.05, 1.05), ylim=(floor - 0.06, 1.05))
        axes.set_title(f"{grounding}: {axis}", size=10)
        axes.spines[["top", "right"]].set_visible(False)
        both = ~np.isnan(truth + measured)
        error = np.sqrt(np.mean((truth - measured)[both] ** 2))
        off.append(f"{axis} by {grounding} {error:.3f}")
        if axis == "alignment":
            axes.text(low, floor, "unknown", size=7, alpha=0.7, ha="left", va="bottom")
    for axes in grid[-1]:
        axes.set_xlabel("truth")
    for axes in grid[:, 0]:
        axes.set_ylabel("measured")
    handles, names = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside right upper", frameon=False)
    figure.alt = f"{title}. Root mean square errors: {', '.join(off)}."
    return figure


def changes(
    labels: Sequence[str], values: dict[str, list[np.ndarray]], title: str
) -> Picture:
    """Return a line for each label with the changes of all agents as points.

    values: name to [labels][agents], a panel each; NaN is left out.
    """
    figure = Picture(5.2 + 2.6 * len(values), 1.1 + 0.24 * len(labels))
    figure.suptitle(title, size=11)
    every = np.atleast_1d(figure.subplots(1, len(values), sharey=True))
    said = []
    for axes, (name, each), colour in zip(every, values.items(), COLOURS, strict=False):
        for row, change in enumerate(each):
            known = change[~np.isnan(change)]
            axes.plot(
                known, np.full(len(known), row), "o", ms=4.5, alpha=0.5, color=colour,
                mew=0,
            )  # fmt: skip
        axes.axvline(0, color="#888888", lw=0.8, zorder=0)
        axes.set_title(f"change of {name}", size=10)
        axes.grid(axis="x", alpha=0.25)
        axes.spines[["top", "right"]].set_visible(False)
        most = [float(np.nanmax(np.abs(c), initial=0)) for c in each]
        top = int(np.argmax(most))
        said.append(f"{name} changes most, by {most[top]:.2f}, with {labels[top]}")
    every[0].set_yticks(range(len(labels)), labels, size=8)
    every[0].invert_yaxis()
    figure.alt = f"{title}. {'; '.join(said)}."
    return figure


def valuation(
    shares: np.ndarray,
    competence: np.ndarray,
    scores: np.ndarray,
    objectives: tuple[str, str],
    title: str,
) -> Picture:
    """Return a map of base return over competence and goal.

    shares: [goals] of the base objective; competence: [steps], 0 random to 1 flawless;
    scores: [goals, steps], 0 random, 1 optimal. The line is where base return is that
    of a random walk.
    """
    figure = Picture(6.4, 4.6)
    axes = figure.subplots()
    size = max(0.1, float(np.abs(scores).max()))
    image = axes.pcolormesh(
        competence, shares, scores, cmap="cividis", vmin=-size, vmax=size,
        shading="nearest",
    )  # fmt: skip
    some = scores[:, 1:]  # without competence all goals earn the same
    if some.min() < 0 < some.max():
        axes.contour(competence[1:], shares, some, [0], colors="white", linewidths=2.2)
        axes.plot([], [], "w", lw=2.2, label="earns what a random walk does")
    less = np.gradient(scores, competence, axis=1) < -1e-9
    if less.any():
        axes.contourf(
            competence, shares, less.astype(float), [0.5, 1.5], colors=["none"],
            hatches=["///"],
        )  # fmt: skip
        axes.add_patch(
            Rectangle((0, -9), 0, 0, fc="none", hatch="///", ec="black", lw=0,
                      label="more competence earns less")
        )  # fmt: skip
    if axes.get_legend_handles_labels()[0]:
        figure.legend(loc="outside lower center", ncols=2, facecolor="#9A9A9A")
    axes.set(
        xlabel="competence (1 - share of random moves)",
        ylabel=f"share of {objectives[0]} in the goal, rest {objectives[1]}",
    )
    axes.set_title(title, size=11)
    figure.colorbar(image, ax=axes, label="base return (0 random, 1 optimal)")
    first, last = scores[:, -1][[shares.argmin(), shares.argmax()]]
    figure.alt = (
        f"{title}. Flawless pursuit earns {last:.2f} with a goal of {objectives[0]} "
        f"alone and {first:.2f} with one of {objectives[1]} alone. Hatched, "
        f"{less.mean():.0%} of the map: more competence earns less."
    )
    return figure


def rewards(
    features: tuple[str, str],
    weights: np.ndarray,
    scores: dict[str, np.ndarray],
    same: np.ndarray,
    trails: dict[str, list[tuple[float, float]]],
) -> Picture:
    """Return a map of scores for each of `scores`, over the weights of two features.

    features: (across, up). weights: [points] along either side. scores: name to [up,
    across]. same: [up, across], what the hatched region holds: rewards that training
    cannot tell apart. trails: name to where a searcher was along its training.
    """
    figure = Picture(5.0 * len(scores), 4.4)
    every = np.atleast_1d(figure.subplots(1, len(scores), sharey=True))
    half = (weights[1] - weights[0]) / 2
    frame = (weights[0] - half, weights[-1] + half) * 2
    for axes, (name, each) in zip(every, scores.items(), strict=True):
        image = axes.imshow(
            each, origin="lower", extent=frame, cmap="cividis", vmin=-0.5, vmax=1
        )
        if not same.all():
            axes.contourf(
                weights, weights, same, [0.5, 1.5], colors="none", hatches=["//"],
                alpha=0,
            )  # fmt: skip
            axes.contour(weights, weights, same, [0.5], colors="black", linewidths=1.6)
        for (agent, trail), style in zip(
            trails.items(), styles(list(trails)), strict=True
        ):
            across, up = np.array(trail).T
            axes.plot(across, up, color=style.colour, lw=1.4)
            axes.plot(
                across[-1], up[-1], MARKS[style.marker], color=style.colour, ms=10,
                mec="white", mew=1.2, label=_literal(agent), ls="none",
            )  # fmt: skip
        axes.set_title(name, size=10)
        axes.set_xlabel(f"reward for {features[0]}")
        axes.set_xticks([-1, -0.5, 0, 0.5, 1])
    every[0].set_ylabel(f"reward for {features[1]}")
    figure.colorbar(image, ax=every.tolist(), label="scalar (0 random, 1 optimal)")
    if trails:
        figure.legend(
            *every[0].get_legend_handles_labels(), loc="outside lower center",
            ncols=min(len(trails), 5), frameon=False,
        )  # fmt: skip
    return figure
