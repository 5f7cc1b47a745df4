"""Remedies: what training did to move an agent back up, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..arguments import brief

CHOSEN = {  # what levels were chosen by, see `choice`
    "regret": "regret",
    "pvl": "positive value loss",
    "maxmc": "maximum Monte Carlo",
}


def remedies(settings: Mapping[str, Any]) -> list[str]:
    """Return what an agent's training, and what it went on from, did to remedy it.

    settings: of the agent. Levels that tell base and proxy apart, how levels were
    chosen, whether training went on after a network.

    >>> remedies({"diversity": 0.03, "choice": "regret"})
    ['3% telling levels', 'levels chosen by regret']
    """
    said, begin = [], settings.get("after")
    share = settings.get("diversity")
    telling = f"{100 * share:.3g}% telling levels" if share else ""
    if begin:
        before = begin.get("settings")
        said += remedies(before) if isinstance(before, dict) else []
        steps = settings.get("stage", settings.get("updates"))
        name = brief(str(begin.get("name", "another network")), 60)
        on = f" on {telling}" if telling else ""
        said.append(f"retrained for {steps} updates after {name}{on}")
    elif telling:
        said.append(telling)
    if settings.get("choice") in CHOSEN:
        said.append(f"levels chosen by {CHOSEN[settings['choice']]}")
    return said
