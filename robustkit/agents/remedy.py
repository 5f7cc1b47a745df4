"""Remedies: what training did to move an agent back up, in words.

What it went on from is told by its settings, one within the other, and a file from
anybody may say anything there: `check_begin` is for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .. import arguments
from ..arguments import brief, quote
from ..text import counted

if TYPE_CHECKING:
    from .agent import Agent

CHOSEN = {  # what levels were chosen by, see `choice`
    "regret": "regret",
    "pvl": "positive value loss",
    "maxmc": "maximum Monte Carlo",
}

BEGIN = {"name": str, "settings": dict, "weights": str}  # what tells of a network
AGAIN = 50  # trainings, one after the other


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
        said.append(f"retrained for {counted(steps, 'update')} after {name}{on}")
    elif telling:
        said.append(telling)
    if settings.get("choice") in CHOSEN:
        said.append(f"levels chosen by {CHOSEN[settings['choice']]}")
    return said


def remedy_between(before: Agent, after: Agent) -> str:
    """Return what was done to one agent that was not to another; "" if that is unknown.

    By its name, as in "network 0, retrained", or else by the remedies that it says.
    """
    more = after.name.removeprefix(f"{before.name}, ")
    if more != after.name:
        return more
    said = [each for each in after.remedies if each not in before.remedies]
    return ", ".join(said).replace(", levels chosen", ", chosen")


def check_begin(after: Mapping[str, Any]) -> None:
    """Raise ValueError for what is not told of a network that training went on from.

    after: of an agent's settings; empty where it did not.
    """
    for _ in range(AGAIN + 1):
        if not after:
            return
        if {name: type(value) for name, value in after.items()} != BEGIN:
            allowed = "a dict of a network's name, settings and weights"
            raise arguments.refusal("after", after, allowed)
        after = _check_settings(after["settings"])
    raise ValueError(
        f"after goes back to more than {AGAIN} trainings, one after the other; "
        f"allowed: at most {AGAIN}."
    )


def _check_settings(given: dict[str, Any]) -> Mapping[str, Any]:
    """Return what such a network itself went on from; raise ValueError likewise."""
    rest = dict(given)
    before = rest.pop("after", {})
    if not isinstance(before, dict):
        raise ValueError(f"after={quote(before)} is not possible; allowed: a dict.")
    for name, value in rest.items():
        if not isinstance(value, (str, bool)):
            arguments.number(brief(name), value, -(2.0**63), 2.0**63)
    arguments.fraction("diversity", rest.get("diversity", 0))
    arguments.one_of("choice", rest.get("choice", "uniform"), ("uniform", *CHOSEN))
    steps = "stage" if "stage" in rest else "updates"
    arguments.whole(steps, rest.get(steps, 1), 1, 10**9)
    return before
