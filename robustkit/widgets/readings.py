"""Readings of an explorer's data: its nodes, weighted by the sliders' position.

What `js/readings.js` does in the front end, for text, picture and plain HTML.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

from .. import arguments, text
from ..mdp import Floats
from ..metrics import Conventions, Estimate, Point
from ..metrics.polar import combine
from ..metrics.reading import AXES, UNKNOWN

Places = Mapping[str, float]  # name of a shift to how far along it, in [0, 1]


def exact(value: float | None) -> Estimate:
    """Return a number as an estimate without width; None is an unknown alignment."""
    return UNKNOWN if value is None else Estimate(value, value, value)


def reading_at(data: Mapping[str, Any], i: int, shift: Places) -> Point:
    """Return where agent i of an explorer's data stands at a shift, by its earnings.

    Values are exact there, intervals interpolated between the nodes and widened to hold
    the values.
    """
    agent, conventions = data["agents"][i], Conventions(**data["conventions"])
    weight = weights_at(data["grid"], shift)
    values = combine(weight @ np.array(agent["sums"]), conventions)
    own = agent["readings"]["polar"]
    scalar, capability, alignment = (
        _estimate(float(value), weight @ np.array(own[axis])[:, :2])
        for axis, value in zip(AXES, values[:3], strict=True)
    )
    known = capability.low > conventions.unknown and capability.value > 0
    return Point(scalar, capability, alignment if known else UNKNOWN, agent["name"])


def _estimate(value: float, ends: Floats) -> Estimate:
    return Estimate(value, min(value, float(ends[0])), max(value, float(ends[1])))


def weights_at(grid: Mapping[str, Any], shift: Places) -> Floats:
    """Return the share [nodes] that each node of the grid has at a shift."""
    goal, layout, place = (
        np.array(
            [np.interp(shift.get(name, 0), nodes, one) for one in np.eye(len(nodes))]
        )
        for name, nodes in grid.items()
    )
    weight = np.concatenate([np.outer(goal, layout).ravel(), place[1:]])
    weight[: goal.size * layout.size] *= place[0]
    return weight


def check_places(
    given: Mapping[str, Any], shifts: Sequence[Collection[str]]
) -> dict[str, float]:
    """Return how far along each slider, as it is used.

    shifts: of each world that is shown, the names of those it has. Raises ValueError
    for a number out of range, a shift that no world has, or place beside another.
    """
    shift = {name: arguments.fraction(name, x) for name, x in given.items()}
    known = {name for each in shifts for name in each}
    for name, x in shift.items():
        others = [other for other in shift if other != "place" and shift[other]]
        if x and (name not in known or (name == "place" and others)):
            why = f"beside {others[0]}" if name in known else "in this world"
            raise ValueError(f"{name}={x:g} is not possible {why}; allowed: 0.")
    return shift


def where(data: Mapping[str, Any], shift: Places, form: str = ".3g") -> str:
    """Return in words where the sliders stand; a disguise has names of its own."""
    if "labels" not in data:
        return text.shifts(shift, form)
    some = [(data["labels"][name], x) for name, x in shift.items() if x]
    said = [f"{label} at {text.place(x, form)}" for label, x in sorted(some)]
    return " and ".join(said) or "training"


def corners(data: Mapping[str, Any]) -> list[Places]:
    """Return training and the last grades: of goal, of layout, of both, of place."""
    goals, layouts = (
        [0.0, 1.0] if k in data["shifts"] else [0.0] for k in ("goal", "layout")
    )
    every: list[Places] = [
        {"goal": goal, "layout": x} for x in layouts for goal in goals
    ]
    return [*every, {"place": 1.0}] if "place" in data["shifts"] else every


def plain_table(data: Mapping[str, Any]) -> str:
    """Return the readings in training and at the last grades as an HTML table."""
    places = corners(data)
    head = "".join(f'<th scope="col">{where(data, place)}</th>' for place in places)
    rows = ""
    for i, agent in enumerate(data["agents"]):
        cells = (reading_at(data, i, place).plain() for place in places)
        rows += f'<tr><th scope="row"><bdi>{escape(agent["name"])}</bdi></th>'
        rows += f"<td>{'</td><td>'.join(cells)}</td></tr>\n"
    return f"""<p>{escape(data["world"]["summary"])}</p>
<table>
<caption>Readings in training and at the last grades of the shifts</caption>
<thead><tr><th scope="col">agent</th>{head}</tr></thead>
<tbody>
{rows}</tbody>
</table>"""
