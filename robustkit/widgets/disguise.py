"""An explorer that names neither its agents nor its shifts.

What would give an agent away is its name, its recipe, and the colour and the marker of
its kind. Its sums, its intervals and what it does in the levels stay: they are what
there is to look at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .data import looks

SAME, FARTHER = "as in training", "unlike training"


def disguised(
    data: Mapping[str, Any], names: Sequence[str], labels: Mapping[str, str]
) -> dict[str, Any]:
    """Return an explorer's data with other names.

    names: of the agents, in their order. labels: name of each shift to what it is
    called instead; the sliders stand in the order of these.
    """
    agents = [
        {**agent, **look, "recipe": ""}
        for agent, look in zip(data["agents"], looks(names), strict=True)
    ]
    order = sorted(data["shifts"], key=lambda name: labels[name])
    return {
        **data,
        "title": f"Mystery agents: {data['world']['name']}",
        "agents": agents,
        "labels": {name: labels[name] for name in order},
        "shifts": {
            name: [SAME, *[FARTHER] * (len(data["shifts"][name]) - 1)] for name in order
        },
    }
