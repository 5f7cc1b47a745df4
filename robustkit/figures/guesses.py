"""What a class guessed: a bar for each choice or number, a dot for each place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from textwrap import fill
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..styles import COLOURS, PLANE
from ..text import number as said
from ..text import table
from .backdrop import LANE, Place, backdrop, write_names
from .picture import Picture, literal, open_frame

SIZE = 13  # points, to be read from the back of a room
BINS = 20  # of numbers, unless there are no more whole ones than `MOST`
MOST = 24
APART = 0.17  # inches; dots that are closer become one, with their number in it
CAME = "came out"
BAR, RIGHT = COLOURS[0], COLOURS[2]
Axis = tuple[float, float]


def choices(
    question: str,
    options: Sequence[str],
    guesses: Mapping[str, Sequence[str]],
    answers: Mapping[str, str | None],
) -> Picture:
    """Return how many chose each option, a panel for each part, or for "".

    guesses: part to what was chosen, by everybody. answers: part to what came out, None
    if unknown; its bar is hatched, and says so.
    """
    counts = {part: Counter(chosen) for part, chosen in guesses.items()}
    figure, panels = _panels(len(counts), 0.75 * len(options))
    most = max(max(each.values(), default=1) for each in counts.values())
    for axes, (part, each) in zip(panels, counts.items(), strict=True):
        for row, option in enumerate(options):
            right = option == answers[part]
            look: Any = {"color": RIGHT if right else BAR, "height": 0.7}
            look |= {"hatch": "//", "edgecolor": "white"} if right else {}
            axes.barh(row, each[option], **look)
            end = f" {each[option]}" + (f"  ← {CAME}" if right else "")
            weight = "bold" if right else "normal"
            axes.text(each[option], row, end, va="center", size=SIZE, weight=weight)
        axes.set_yticks(range(len(options)), [literal(fill(o, 34)) for o in options])
        axes.tick_params("y", labelsize=SIZE, length=0)
        axes.set(
            xlim=(0, most * (1.5 if len(counts) < 3 else 2.1)),
            xticks=[],
            title=literal(part),
        )
        axes.title.set_size(SIZE)
        axes.set_ylim(len(options) - 0.5, -0.5)
        open_frame(axes)
        axes.spines["bottom"].set_visible(False)
    rows = [
        [part, option, str(each[option]), CAME if option == answers[part] else ""]
        for part, each in counts.items()
        for option in options
    ]
    return _worded(figure, question, rows)


def numbers(
    question: str,
    ends: Axis,
    whole: bool,
    unit: str,
    guesses: Mapping[str, Sequence[float]],
    answers: Mapping[str, float | None],
    say: Callable[[float], str],
) -> Picture:
    """Return how many guessed which number, a row for each part.

    whole: whether whole things are counted, each with a bar where they are few. What
    came out is a line across, with its number. say: how that is said elsewhere too.
    """
    few = whole and ends[1] - ends[0] < MOST
    edges = (
        np.arange(ends[0] - 0.5, ends[1] + 1) if few else np.linspace(*ends, BINS + 1)
    )
    figure, panels = _panels(len(guesses), 1.5 if len(guesses) > 1 else 3.4, rows=True)
    counts = {part: np.histogram(each, edges)[0] for part, each in guesses.items()}
    most = max(1, *(int(each.max()) for each in counts.values()))
    for axes, (part, each) in zip(panels, counts.items(), strict=True):
        axes.bar(edges[:-1], each, np.diff(edges), align="edge", color=BAR, ec="white")
        middle = (edges[:-1] + edges[1:]) / 2
        for x, count in zip(middle[each > 0], each[each > 0], strict=True):
            words = axes.text(x, count, str(count), ha="center", va="bottom", size=SIZE)
            words.set(zorder=4, bbox=_ground(axes))  # what came out may lie behind it
        came = answers[part]
        if came is not None:
            _line(axes, came, f"{CAME}: {say(came)}", edges)
        axes.set(ylim=(0, 1.75 * most), yticks=[])
        axes.set_ylabel(literal(fill(part, 16)), size=SIZE, rotation=0, ha="right")
        axes.tick_params(labelsize=SIZE)
        open_frame(axes)
        axes.spines["left"].set_visible(False)
    panels[-1].set_xlabel(literal(unit), size=SIZE)
    rows = [
        [part, _bin(low, high, few), str(count), ""]
        for part, each in counts.items()
        for (low, high), count in zip(pairwise(edges), each, strict=True)
        if count
    ]
    known = {part: came for part, came in answers.items() if came is not None}
    rows += [[part, say(came), "", CAME] for part, came in known.items()]
    return _worded(figure, question, rows)


def _bin(low: float, high: float, few: bool) -> str:
    return said((low + high) / 2, "g") if few else f"{low:.3g} to {high:.3g}"


def _line(axes: Axes, at: float, words: str, edges: Any) -> None:
    """Draw what came out across a chart, which is as wide as it needs to be."""
    ink = axes.xaxis.label.get_color()
    axes.axvline(at, color=ink, lw=3, ls=(0, (3, 1.5)))
    low, high = min(edges[0], at), max(edges[-1], at)
    axes.set_xlim(low - 0.02 * (high - low), high + 0.02 * (high - low))
    left = at < (low + high) / 2
    place: Any = {"xytext": (6 if left else -6, -2), "textcoords": "offset points"}
    place |= {"xycoords": axes.get_xaxis_transform(), "weight": "bold", "size": SIZE}
    place |= {"ha": "left" if left else "right", "va": "top", "bbox": _ground(axes)}
    axes.annotate(literal(words), (at, 1), **place)


def _ground(axes: Axes) -> dict[str, Any]:
    return {"fc": axes.get_facecolor(), "alpha": 0.85, "lw": 0, "pad": 1}


def places(
    question: str,
    guesses: Sequence[Place],
    answer: tuple[float, float | None] | None,
    start: tuple[float, float | None] | None = None,
) -> Picture:
    """Return the plane with a dot for each guess; of several in one place, how many.

    guesses: (capability, alignment). answer: what came out, alignment None if unknown.
    start: where arrows begin, if it is arrows that were guessed.
    """
    figure = Picture(7.2, 5.0, fixed=True)
    axes, words = backdrop(figure, "", equal=False)
    dots = together(guesses)
    ink, paper = axes.xaxis.label.get_color(), axes.get_facecolor()
    begin = None if start is None else (start[0], _up(start[1]))
    line: Any = {"color": BAR, "lw": 1, "alpha": 0.6, "zorder": 2}
    for at, count in dots:
        if begin:
            axes.plot(*zip(begin, at, strict=True), **line)
        size = 12 + 5 * (count**0.5 - 1)
        look: Any = {"mfc": BAR, "mec": paper, "mew": 1, "zorder": 3}
        axes.plot(*at, "o", ms=size if count == 1 else max(size, 17), **look)
        if count > 1:
            mid: Any = {"ha": "center", "va": "center_baseline", "zorder": 4}
            axes.text(*at, str(count), color="#fefefe", weight="bold", size=11, **mid)
    axes.tick_params(labelsize=SIZE - 1)
    axes.xaxis.label.set_fontsize(SIZE)
    axes.yaxis.label.set_fontsize(SIZE)
    names = []
    if begin:
        axes.plot(*begin, "o", ms=11, mfc=paper, mec=ink, mew=2, zorder=4)
        names.append(("before", begin))
    if answer is not None:
        end = answer[0], _up(answer[1])
        if begin:
            axes.plot(*zip(begin, end, strict=True), color=ink, lw=2.5, zorder=3.5)
        axes.plot(*end, "X", ms=19, mfc="#E69F00", mec=ink, mew=1.6, zorder=5)
        names.append((CAME, end))
    marks = [*(at for at, _ in dots), *(at for _, at in names)]
    write_names(axes, names, marks, words, SIZE)
    rows = [["", _place(at), str(count), ""] for at, count in dots]
    rows += [["", _place(answer), "", CAME]] if answer is not None else []
    return _worded(figure, question, rows)


def together(places: Sequence[Place]) -> list[tuple[Place, int]]:
    """Return where dots stand, and of how many guesses: those that would overlap."""
    wide = 5.82 / (PLANE["across"][1] - PLANE["across"][0])  # inches, as the backdrop's
    high = 4.1 / (PLANE["up"][1] - PLANE["up"][0] + PLANE["lane"])
    groups: list[list[Place]] = []
    for x, y in sorted(map(tuple, places)):
        for group in groups:
            if ((x - group[0][0]) * wide) ** 2 + ((y - group[0][1]) * high) ** 2 < (
                APART**2
            ):
                group.append((x, y))
                break
        else:
            groups.append([(x, y)])
    return [
        ((float(np.mean([x for x, _ in g])), float(np.mean([y for _, y in g]))), len(g))
        for g in groups
    ]


def _up(alignment: float | None) -> float:
    return LANE if alignment is None else alignment


def _place(at: tuple[float, float | None]) -> str:
    return f"capability {said(at[0])}, alignment {said(at[1])}"


def _panels(count: int, high: float, rows: bool = False) -> tuple[Picture, Any]:
    """Return a picture with panels under one another, or else up to three in a row."""
    across = 1 if rows else min(count, 3)
    down = -(-count // across)
    tall = high if not rows else high + 0.15
    figure = Picture(10, 0.7 + down * (tall + (0.5 if count > 1 and not rows else 0)))
    grid = figure.subplots(down, across, squeeze=False, sharex=True, sharey=True)
    every = grid.ravel()
    for axes in every[count:]:
        axes.set_visible(False)
    return figure, every[:count]


def _worded(figure: Picture, question: str, rows: list[list[str]]) -> Picture:
    """Give a picture its words: the rows as a table and, in sentences, as alt text."""
    head = ["for", "guess", "how many", ""]
    parts = any(row[0] for row in rows)
    figure.table = table(
        [r if parts else r[1:] for r in rows], head if parts else head[1:]
    )
    each = "; ".join(" ".join(filter(None, row)) for row in rows)
    figure.alt = f"{question} Guesses and how many made them: {each}."
    return figure
