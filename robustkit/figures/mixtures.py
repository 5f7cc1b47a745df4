"""The score of an agent at every mixture of two candidate objectives, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from ..arguments import quote
from ..mdp import Floats
from ..metrics import Reading
from ..styles import COLOURS
from ..text import number, percent, table
from .picture import GREY, Picture, listed, literal, open_frame

MOST = 4  # panels side by side, as many as a screen has room for
ALIKE = 0.005  # two heights that read alike
WIDE = 0.8  # of a bar, where the next one begins at 1
# Of the bars that have a name: they differ by more than colour.
HIGHEST: dict[str, Any] = {"fc": COLOURS[0], "hatch": "//"}
LEFTMOST: dict[str, Any] = {"fc": COLOURS[1], "hatch": ".."}


def mixtures(readings: Reading | Sequence[Reading]) -> Picture:
    """Return the score of each agent at every mixture of base objective and proxy.

    One panel for each of up to four polar readings of levels with two candidate
    objectives, from the base objective alone at the left to the proxy alone at the
    right. The leftmost bar is the scalar, the highest is capability, and their ratio is
    alignment.
    Raises ValueError for anything else.
    """
    every = listed(readings, (Reading,), "readings")
    if len(every) > MOST:
        raise ValueError(
            f"readings holds {len(every)} of them; allowed: at most {MOST}."
        )
    known = [_scores(reading) for reading in every]
    figure = Picture(2.2 + 2.9 * len(every), 3.5)
    panels = np.atleast_1d(figure.subplots(1, len(every), sharey=True))
    for axes, reading, (_, scores) in zip(panels, every, known, strict=True):
        _bars(axes, reading, scores)
    lowest = min(0.0, *(float(scores.min()) for _, scores in known))
    panels[0].set_ylim(lowest - 0.14 * (lowest < 0), 1.14)
    panels[0].set_ylabel("score")
    pairs = list(zip(every, known, strict=True))
    figure.alt = " ".join(_said(reading, *found) for reading, found in pairs)
    figure.table = "\n\n".join(_table(reading, *found) for reading, found in pairs)
    return figure


def _scores(reading: Reading) -> tuple[Floats, Floats]:
    """Return the weight of the base objective and the score, [mixtures] each.

    At the base objective alone that is the scalar, in which no level is clipped.
    """
    found = reading.details.get("by_mixture")
    if found is None:
        raise ValueError(
            f"readings holds one by {quote(reading.grounding)}, which scores no "
            "mixtures; allowed: readings by 'polar'."
        )
    *weights, scores = np.array(found).T
    if len(weights) != 2:
        many = len(weights)
        raise ValueError(
            f"readings holds one of {many} candidate objectives; allowed: of two."
        )
    scores[0] = reading.scalar.value
    return weights[0], scores


def _highest(scores: Floats) -> int:
    """Return which bar is the highest: the first of those that look as high."""
    return int((scores >= scores.max() - ALIKE).argmax())


def _bars(axes: Axes, reading: Reading, scores: Floats) -> None:
    place, best = np.arange(len(scores)), _highest(scores)
    plain: Any = {"ec": axes.get_facecolor(), "width": WIDE}
    axes.set_xlim(-0.6, len(scores) - 0.4)
    axes.bar(place, scores, fc=GREY, alpha=0.55, **plain)
    axes.bar(best, scores[best], **HIGHEST, **plain)
    if best:
        axes.bar(0, scores[0], **LEFTMOST, **plain)
        _line(axes, 0, scores[0], "scalar", "top")
    what = "capability" if best else "scalar =\ncapability"
    _line(axes, best, scores[best], what, "bottom")
    base, proxy = map(literal, reading.best)
    middle = (len(scores) - 1) / 2
    names = [f"all\n{base}", "half\nand half", f"all\n{proxy}"]
    axes.set_xticks([0, middle, 2 * middle], names)
    axes.axhline(0, color=GREY, lw=0.8)
    how = f"alignment {number(reading.alignment.value)}"
    axes.set_title(literal(f"{reading.agent}: {how}"), size=10)
    open_frame(axes)


def _line(axes: Axes, at: int, score: float, what: str, side: str) -> None:
    """Draw a line from the end of a bar to its name, at the right of all bars."""
    ink = axes.xaxis.label.get_color()
    axes.hlines(score, at, axes.get_xlim()[1], ls=":", lw=1.2, color=ink)
    where: Any = {"transform": axes.get_yaxis_transform(), "size": 9, "va": side}
    axes.text(1.01, score, f"{what}\n{number(score)}", **where)


def _said(reading: Reading, weights: Floats, scores: Floats) -> str:
    base, proxy = reading.best
    each = ", ".join(map(number, scores))
    best = _highest(scores)
    return (
        f"{reading.agent}, score from all {base} to all {proxy} in {len(scores)} "
        f"mixtures: {each}. The leftmost, {number(scores[0])}, is the scalar; the "
        f"highest, {number(scores[best])} at {percent(weights[best])} {base}, is "
        "capability."
    )


def _table(reading: Reading, weights: Floats, scores: Floats) -> str:
    rows = [
        (percent(weight), number(score))
        for weight, score in zip(weights, scores, strict=True)
    ]
    base = next(iter(reading.best))
    return f"{reading.agent}\n{table(rows, (base, 'score'), '>')}"
