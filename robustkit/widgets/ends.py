"""How episodes end, for pictures of many levels: marks, words, and which goes first."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..styles import glyph
from ..worlds import World, is_own

NUMBER = re.compile(r" \d+$")
LAVA = "#E8772E"
# Of a level's picture, and of all of them. An episode of some worlds is over with the
# first thing that is reached, in others there is much to do before.
REACHES = {
    "level": "Level {level}: reached {ends}",
    "neither": "Level {level}: reached nothing in {steps} steps",
    "end": "the {name}",
    "all": "In these {levels} levels, {agent} reaches {parts}.",
    "part": "{ends} in {count}",
    "nothing": "nothing in {count}",
}
COLLECTS = {
    "level": "Level {level}: {ends}",
    "neither": "Level {level}: nothing in {steps} steps",
    "end": "{name} {count}",
    "all": "In these {levels} levels, {agent} has: {parts}.",
    "part": "{ends}",
    "nothing": "nothing",
}
OWN = {
    "level": "Level {level}: ended: {ends}",
    "neither": "Level {level}: not over after {steps} steps",
    "end": "{name}",
    "all": "Of these {levels} levels, {agent} ends {parts}.",
    "part": "{count} with {ends}",
    "nothing": "{count} not at all",
}


def ends_of(world: World, levels: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return how a front end marks and words what happens in the levels of a world.

    events: name to how it is drawn, with the icon of what mostly lies where it happens.
    once: whether an episode is over with its first event; what it ended on is then what
    lies there.
    """
    own, told = is_own(world), list(_told(levels))
    lain: dict[str, Counter[str]] = {name: Counter() for name in world.events}
    for stratum, episode in told:
        for step, event in episode["events"]:
            if event in lain:
                lain[event].update(_lying(stratum, episode, step))
    once = not any(
        step < len(episode["cells"]) - 1
        for _, episode in told
        for step, _ in episode["events"]
    )
    return {
        "events": {name: _mark(world, name, lain[name]) for name in world.events},
        "once": own or once,
        "sentences": OWN if own else REACHES if once else COLLECTS,
    }


def _told(levels: Sequence[Mapping[str, Any]]) -> Any:
    for level in levels:
        for stratum in level["nodes"]:
            for episode in stratum["episodes"]:
                yield stratum, episode


def _lying(
    stratum: Mapping[str, Any], episode: Mapping[str, Any], step: int
) -> list[str]:
    """Return what lay where the agent went with a step, before that changed it."""
    lies = dict(stratum["things"])
    for when, name, cell in sorted(episode["moved"], key=lambda each: each[0]):
        if when < step:
            lies[name] = cell
    return [name for name, cell in lies.items() if cell == episode["cells"][step]]


def _mark(world: World, event: str, lain: Counter[str]) -> dict[str, Any]:
    """Return the icon and colour of the thing with which an event happens, if any.

    Where base and proxy lie together both lie where either happens: what has the
    event's own name goes first.
    """
    if event == "lava":
        return {"icon": glyph("lava"), "colour": LAVA}
    things = {thing.name: thing for thing in world.things}
    own = next((name for name in things if NUMBER.sub("", name) == event), None)
    named = [name for name, _ in lain.most_common() if name not in world.events]
    name = own or next(iter(named), None)
    if name is None:
        return {}
    return {"icon": glyph(things[name].shape), "colour": things[name].colour}


def first_level(
    levels: Sequence[Mapping[str, Any]], grid: Mapping[str, Sequence[float]]
) -> int:
    """Return the level that shows the contrast between agents best.

    At the last grade of the goal shift, or of the layout shift where there is none: the
    one in which episodes end in the most different ways; of these the one in which even
    the shortest way of those that end is the longest.
    """
    width = len(grid["layout"])
    last = (len(grid["goal"]) - 1) * width if len(grid["goal"]) > 1 else width - 1

    def contrast(i: int) -> tuple[int, int]:
        episodes = levels[i]["nodes"][last]["episodes"]
        ways = [len(each["cells"]) for each in episodes if each["end"] != "time"]
        return len({each["end"] for each in episodes}), min(ways, default=0)

    return max(range(len(levels)), key=contrast, default=0)
