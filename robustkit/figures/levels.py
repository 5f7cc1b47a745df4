"""Levels with what lies in them, and with what an agent does there."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from ..mdp import Floats
from ..styles import COLOURS, LAVA, spots
from ..text import counted
from ..worlds import MOVES, STEP, Levels, OwnLevels, Thing
from ..worlds.levels import AGENT
from ..worlds.own.level import OwnLevel
from .icons import put_icon
from .picture import Picture, literal

# A world's name, and its level in training and shifted, each with words that say which.
Pair = tuple[str, Sequence[tuple[str, Levels]]]
Walk = tuple[Sequence[int], str]  # cells, the start first; what ended it, or "time"
GROUND = np.array([[243, 241, 236], [84, 84, 94], [243, 241, 236]], np.uint8)
MOUSE = COLOURS[0]
CORNERS = (1, 1), (-1, -1), (1, -1), (-1, 1)  # of a cell, for letters; as `spots`


def draw(
    levels: Levels,
    policy: Floats | None = None,
    walks: Sequence[Walk] = (),
    agent: str = "",
    letters: bool = False,
) -> Picture:
    """Return a picture of every level, four side by side, or two that are long.

    policy: [levels, states, moves]; arrows show its likeliest move in each cell, the
    paler the less sure. walks: one episode of each level or none, shown as a line.
    agent: whose they are. letters: also those of things, as in the levels as text.
    """
    wide = 2 if _is_long(levels) else 1
    columns = min(4 // wide, len(levels))
    rows = -(-len(levels) // columns)
    figure = Picture(2.6 * wide * columns, 2.75 * rows + 0.2)
    grades = [_grade(levels[i]) for i in range(len(levels))]
    titles = grades if len({*grades}) > 1 else [""] * len(levels)
    for i, axes in enumerate(figure.subplots(rows, columns, squeeze=False).ravel()):
        axes.set_axis_off()
        if i >= len(levels):
            continue
        _level(axes, levels[i], walks[i][0] if walks else (), letters)
        if policy is not None and isinstance(levels, Levels):
            _arrows(axes, levels[i], policy[i])
        if walks:
            _walk(axes, levels[i], walks[i])
        words = [titles[i], *([_outcome(walks[i])] if walks else [])]
        axes.set_title(literal("\n".join(filter(None, words))), size=9.5)
    ends = [f"; {_outcome(walk)}" for walk in walks] or [""] * len(levels)
    said = [f"level {i + 1}: {_places(levels[i])}{e}" for i, e in enumerate(ends)]
    many = f"{len(levels)} level{'s' * (len(levels) > 1)} of {levels.world.name}"
    who = f" with {agent}" if agent else ""
    figure.alt = f"{many}{who}. {'. '.join(said)}."
    return figure


def _is_long(levels: Levels | OwnLevels) -> bool:
    """Return whether levels are so long that a quarter of a page is too narrow."""
    if not isinstance(levels, Levels):
        return False
    height, width = levels.walls.shape[1:]
    return bool(width > 2 * height)


def gallery(shown: Sequence[Pair]) -> Picture:
    """Return worlds, each with a level of training and beside it a shifted one."""
    columns = 2 if len(shown) < 3 else 4
    rows = -(-2 * len(shown) // columns)
    # No wider than a notebook on a small screen, which would make its words smaller.
    figure = Picture(2.4 * columns, 3.1 * rows)
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes in grid:
        axes.set_axis_off()
    said = []
    for k, (name, both) in enumerate(shown):
        captions = [fill(words, 24, break_on_hyphens=False) for words, _ in both]
        pair = zip(grid[2 * k :], captions, both, strict=False)
        for axes, caption, (_, level) in pair:
            _level(axes, level)
            axes.set_title(caption, size=11)
        high = 22 + 14 * max(caption.count("\n") for caption in captions)
        above: Any = {"xytext": (0, high), "textcoords": "offset points"}
        above |= {"xycoords": "axes fraction", "size": 14, "weight": "bold"}
        grid[2 * k].annotate(name, (0, 1), **above)
        first, then = (f"{words} ({_places(level)})" for words, level in both)
        said.append(f"{name}: first, {first}; then, {then}")
    many = f"{len(shown)} worlds, each in training and shifted"
    figure.alt = f"{many}. {'. '.join(said)}."
    return figure


def _grade(level: Levels | OwnLevels) -> str:
    """Return of which grades a level is, a batch of one; of none but 0, training."""
    grades = {name: int(grade[0]) for name, grade in level.grades.items()}
    some = [f"{name} shift, grade {grade}" for name, grade in grades.items() if grade]
    return "\n".join(some) or "training"


def _outcome(walk: Walk) -> str:
    cells, end = walk
    return f"{'nothing' if end == 'time' else end} in {counted(len(cells) - 1, 'move')}"


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


def _level(
    axes: Axes,
    level: Levels | OwnLevels,
    cells: Sequence[int] = (),
    letters: bool = False,
) -> None:
    """Draw a level; cells: walked through, so that the mouse looks where it goes."""
    if isinstance(level, OwnLevels):
        _own_level(axes, level)
        return
    height, width = level.walls.shape[1:]
    axes.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    axes.imshow(GROUND[level.terrain[0]], extent=(0, width, height, 0))
    for y, x in np.argwhere(level.lava[0]):
        put_icon(axes, "lava", LAVA, (x + 0.5, y + 0.5, 0.5), rim=0, zorder=1)
    lies: dict[int, list[Thing]] = {}
    for thing in level.world.things:
        lies.setdefault(int(level.things[thing.name][0]), []).append(thing)
    for cell in lies.keys() - {-1}:
        _pile(axes, lies[cell], _middle(cell, width), letters)
    x, y = _middle(int(level.start[0]), width)
    moved = [b - a for a, b in pairwise(cells) if a != b]
    steps = (STEP @ [width, 1]).tolist()
    facing = steps.index(moved[0]) if moved and moved[0] in steps else 0
    put_icon(axes, "mouse", MOUSE, (x, y, 0.48), facing, zorder=4)
    if letters:
        _letter(axes, AGENT, (x + 0.36, y + 0.36), zorder=5)


def _middle(cell: int, width: int) -> tuple[float, float]:
    return cell % width + 0.5, cell // width + 0.5


def _own_level(axes: Axes, level: OwnLevels) -> None:
    """Draw what the environment itself draws, in the grid of its world."""
    (height, width), own = level.world.shape, level.each[0].level
    axes.set(xlim=(0, width), ylim=(height, 0), aspect="equal")
    axes.imshow(own.frames([])[0], extent=(0, own.shape[1], own.shape[0], 0))
    axes.set(xlim=(0, width), ylim=(height, 0))


def _pile(
    axes: Axes, things: Sequence[Thing], middle: tuple[float, float], letters: bool
) -> None:
    """Draw what lies in one cell, the first on top."""
    x, y = middle
    places = list(zip(things, spots(len(things)), CORNERS * len(things), strict=False))
    for thing, (right, down, size), (across, up) in reversed(places):
        place = x + right / 2, y + down / 2, size / 2
        put_icon(axes, thing.shape, thing.colour, place)
        if letters:
            at = x + 0.36 * across, y + 0.36 * up
            _letter(axes, thing.letter, at, zorder=3.5)


def _letter(
    axes: Axes, letter: str, at: tuple[float, float], zorder: float = 3
) -> None:
    rim = [withStroke(linewidth=2, foreground="white")]
    size = 6.5 if axes.get_xlim()[1] < 13 else 4.5
    look: Any = {"ha": "center", "va": "center", "size": size, "path_effects": rim}
    axes.text(*at, letter, color="black", weight="bold", zorder=zorder, **look)


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
    colour, alpha = ("#56B4E9", 1) if isinstance(level, OwnLevels) else (MOUSE, 0.75)
    axes.plot(x, y, color=colour, lw=2, alpha=alpha, zorder=2.8)
