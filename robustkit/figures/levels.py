"""Levels with what lies in them, and with what an agent does there."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Polygon

from ..mdp import Floats
from ..styles import LETTER_AT, SHAPES
from ..worlds import MOVES, STEP, Levels, OwnLevels, Thing
from ..worlds.own.level import OwnLevel
from .picture import Picture, literal

# A world's name, and its level in training and shifted, each with words that say which.
Pair = tuple[str, Sequence[tuple[str, Levels]]]
Walk = tuple[Sequence[int], str]  # cells, the start first; what ended it, or "time"
GROUND = np.array([[243, 241, 236], [84, 84, 94], [240, 178, 122]], np.uint8)


def draw(
    levels: Levels,
    policy: Floats | None = None,
    walks: Sequence[Walk] = (),
    agent: str = "",
) -> Picture:
    """Return a picture of every level, four side by side.

    policy: [levels, states, moves]; arrows show its likeliest move in each cell, the
    paler the less sure. walks: one episode of each level or none, shown as a line.
    agent: whose they are.
    """
    columns = min(4, len(levels))
    rows = -(-len(levels) // columns)
    figure = Picture(2.6 * columns, 2.75 * rows + 0.2)
    for i, axes in enumerate(figure.subplots(rows, columns, squeeze=False).ravel()):
        axes.set_axis_off()
        if i >= len(levels):
            continue
        _level(axes, levels[i])
        if policy is not None and isinstance(levels, Levels):
            _arrows(axes, levels[i], policy[i])
        if walks:
            _walk(axes, levels[i], walks[i])
            axes.set_title(literal(_outcome(walks[i])), size=9)
    ends = [f"; {_outcome(walk)}" for walk in walks] or [""] * len(levels)
    said = [f"level {i + 1}: {_places(levels[i])}{e}" for i, e in enumerate(ends)]
    many = f"{len(levels)} level{'s' * (len(levels) > 1)} of {levels.world.name}"
    who = f" with {agent}" if agent else ""
    figure.alt = f"{many}{who}. {'. '.join(said)}."
    return figure


def gallery(shown: Sequence[Pair]) -> Picture:
    """Return worlds, each with a level of training and beside it a shifted one."""
    columns = 2 if len(shown) < 3 else 4
    rows = -(-2 * len(shown) // columns)
    figure = Picture(2.9 * columns, 2.75 * rows)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid:
        axes.set_axis_off()
    said = []
    for k, (name, both) in enumerate(shown):
        for axes, (words, level) in zip(grid[2 * k :], both, strict=False):
            _level(axes, level)
            axes.set_title(f"{name}: {fill(words, 34)}", size=8)
        first, then = (f"{words} ({_places(level)})" for words, level in both)
        said.append(f"{name}: first, {first}; then, {then}")
    many = f"{len(shown)} worlds, each in training and shifted"
    figure.alt = f"{many}. {'. '.join(said)}."
    return figure


def _outcome(walk: Walk) -> str:
    cells, end = walk
    return f"{'nothing' if end == 'time' else end} in {len(cells) - 1} moves"


def _places(level: Levels | OwnLevels) -> str:
    if isinstance(level, OwnLevels):
        return _own_places(level.each[0].level)
    width = level.walls.shape[2]
    spots = {"start": level.start[0]}
    spots |= {k: v[0] for k, v in level.things.items() if v[0] >= 0}
    return ", ".join(
        f"{k} in row {c // width}, column {c % width}" for k, c in spots.items()
    )


def _own_places(level: OwnLevel) -> str:
    width = level.shape[1]
    lies = ((name, divmod(cell, width)) for name, cell in level.things)
    said = [f"{name} in row {row}, column {column}" for name, (row, column) in lies]
    return ", ".join([f"agent in {level.found.doing[0]}", *said])


def _level(axes: Axes, level: Levels | OwnLevels) -> None:
    if isinstance(level, OwnLevels):
        _own_level(axes, level)
        return
    height, width = level.walls.shape[1:]
    axes.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    axes.imshow(GROUND[level.terrain[0]], extent=(0, width, height, 0))
    for y, x in np.argwhere(level.lava[0]):
        _letter(axes, "~", (x + 0.5, y + 0.55), 9)
    lies: dict[int, list[Thing]] = {}
    for thing in level.world.things:
        lies.setdefault(int(level.things[thing.name][0]), []).append(thing)
    for cell in lies.keys() - {-1}:
        for k, thing in enumerate(lies[cell]):
            _thing(axes, thing, (cell % width, cell // width), k, len(lies[cell]))
    middle = level.start[0] % width + 0.5, level.start[0] // width + 0.5
    axes.add_patch(Circle(middle, 0.3, fc="white", ec="black", lw=1, zorder=4))
    _letter(axes, "A", middle, 7, zorder=5)


def _own_level(axes: Axes, level: OwnLevels) -> None:
    """Draw what the environment itself draws, in the grid of its world."""
    (height, width), own = level.world.shape, level.each[0].level
    axes.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    axes.imshow(own.frames([])[0], extent=(0, own.shape[1], own.shape[0], 0))
    axes.set(xlim=(0, width), ylim=(height, 0))


def _thing(
    axes: Axes, thing: Thing, corner: tuple[int, int], k: int, count: int
) -> None:
    """Draw the k-th of so many things of a cell; they share its diagonal."""
    outline, thin = np.array(SHAPES[thing.shape]), thing.shape in LETTER_AT
    side = 1 if count == 1 else 0.62
    low = np.array(corner) + (0 if count == 1 else (1 - side) * (1 - k / (count - 1)))
    look: Any = {"fc": thing.colour, "ec": "black", "lw": 0.6, "zorder": 3.0}
    axes.add_patch(Polygon(low + side * outline, **look))
    at = low + side * np.array(LETTER_AT.get(thing.shape, outline.mean(0)))
    if count > 1 and thin:  # beside it, off the diagonal
        at = np.array(corner) + ((0.8, 0.22) if k == 0 else (0.2, 0.8))
    size = 6 if count == 1 or axes.get_xlim()[1] < 13 else 4.5
    colour = "white" if _dark(thing.colour) and not thin else "black"
    _letter(axes, thing.letter, at, size, color=colour, zorder=3.5)


def _letter(axes: Axes, letter: str, at: Any, size: float, **look: Any) -> None:
    look = {"ha": "center", "va": "center", "color": "black", "size": size, **look}
    axes.text(at[0], at[1], letter, **look)


def _dark(colour: str) -> bool:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue < 120  # luma of ITU-R BT.601


def _arrows(axes: Axes, level: Levels, policy: Floats) -> None:
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
    look: Any = {"angles": "xy", "scale_units": "xy", "scale": 2.2, "width": 0.011}
    x, y, (down, right) = cells % width + 0.5, cells // width + 0.5, STEP[move].T
    axes.quiver(x, y, right, down, color=colours, pivot="mid", zorder=2.5, **look)


def _walk(axes: Axes, level: Levels | OwnLevels, walk: Walk) -> None:
    cells, width = np.array(walk[0]), level.world.shape[1]
    x, y = cells % width + 0.5, cells // width + 0.5
    # MiniGrid's floor is black.
    colour, alpha = (
        ("#56B4E9", 1) if isinstance(level, OwnLevels) else ("#0072B2", 0.75)
    )
    axes.plot(x, y, color=colour, lw=2, alpha=alpha, zorder=3.2)
