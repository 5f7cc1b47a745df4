"""Remedies: what is done to move agents back up, each as an arrow on the plane.

`python -m robustkit.studies.remedies` trains all agents anew and records what they come
to, which `rk.remedies()` reads.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from .. import arguments
from ..agents import Agent, train
from ..agents.cautious import cautious
from ..analysis.arrow import arrow_between, check_remediable, evaluations
from ..analysis.arrow_data import Arrow
from ..arguments import quote
from ..worlds import World, make
from .plan_values import several, word
from .remedies_data import FILE, NAME, Remedies, plain_data, recorded

RECORDED: dict[str, dict[str, Any]] = {"cheese": {}, "dish": {}, "keys": {"size": 7}}
PLAIN = {"keys": {"updates": 200}}  # of the network that is remedied, where it is short
LEVELS, SEEDS = 256, 8  # of each grade; networks of each remedy

# What is done, to the options of `train` that it adds; "times" are updates as many
TRAINED: dict[str, dict[str, Any]] = {
    "3% telling": {"diversity": 0.03},
    "10% telling": {"diversity": 0.1},
    "3% by regret": {"diversity": 0.03, "choice": "regret"},
    "3% by maxmc": {"diversity": 0.03, "choice": "maxmc"},
    "longer by regret": {"diversity": 0.03, "choice": "regret", "times": 4},
    "trained longer": {"times": 4},
    "bigger": {"channels": 32},
    "no place cue": {"place": False},
}
RETRAINED = {"diversity": 1.0, "updates": 100}
UNSURE = {"stays when unsure": "stay", "asks when unsure": "ask"}
REMEDIES = (*TRAINED, "retrained", *UNSURE)


def remedies(
    world: World | None = None,
    seeds: int | None = None,
    which: Sequence[str] = REMEDIES,
) -> Remedies:
    """Return what each remedy does to plain networks of a world, as arrows.

    The remedies: 3 % or 10 % telling levels, drawn alike, chosen by regret (an oracle)
    or by maximum Monte Carlo (an estimate of it), and by regret for four times the
    updates; 100 more updates on telling levels only; as controls, four times the
    updates, twice the channels, and no place cue; and the same networks staying put, or
    asking the base planner free of charge, where the entropy of their policy is unusual
    (`rk.cautious`). world: one with a goal shift; without it, the results of 8 seeds in
    cheese, dish and keys, as recorded. seeds: how many networks for each, from seed 0;
    8 by default. which: some of `REMEDIES`; all by default. In keys the plain recipe
    has 200 updates, and the recorded results are of `size=7`, so that everything takes
    only minutes.
    Raises ValueError for a world without a goal shift or with too many states to list,
    no seeds, seeds without a world, or an unknown remedy.
    """
    names = _names(which)
    if world is None:
        if seeds is not None:
            raise ValueError(
                f"seeds={quote(seeds)} is not possible without a world, as the "
                "recorded remedies have their own seeds; allowed: seeds together with "
                "a world."
            )
        return recorded(names)
    seeds = arguments.whole("seeds", SEEDS if seeds is None else seeds, 1, 10_000)
    if not isinstance(world, World):
        raise ValueError(
            f"world={quote(world)} is not a world in which networks train; allowed: "
            "what robustkit.make(name) gives."
        )
    check_remediable([], world)
    return _found(world, seeds, names)


def _names(which: Any) -> list[str]:
    """Return the remedies that are asked for; raise ValueError for anything else."""
    some = isinstance(which, Sequence) and not isinstance(which, str)
    if not some or not which:
        allowed = f"a list of {', '.join(map(repr, REMEDIES))}"
        raise arguments.refusal("which", which, allowed)
    return list(several("which", which, word(REMEDIES)))


def _found(world: World, seeds: int, names: Sequence[str]) -> Remedies:
    """Train and measure, a remedy after the other."""
    options = PLAIN.get(world.name, {})
    plain = _networks(world, range(seeds), options)
    before = evaluations(plain, world, LEVELS, 0)
    arrows: dict[str, Arrow] = {}
    telling: dict[str, int] = {}
    for name in names:
        agents = remedied(name, plain)
        after = evaluations(agents, world, LEVELS, 0)
        arrows[name] = arrow_between(before, after, name, world, 0, NAME)
        telling[name] = telling_levels(agents[0])
    return Remedies({world.name: arrows}, {world.name: telling})


def _networks(
    world: World, seeds: Sequence[int], options: dict[str, Any]
) -> list[Agent]:
    """Return a network for each seed; if interrupted, the interruption goes on."""
    trained = train("network", world, seeds=seeds, **options)
    if len(trained) < len(seeds):  # fewer of them would be another study
        raise KeyboardInterrupt("remedies")
    return trained


def remedied(name: str, plain: Sequence[Agent]) -> list[Agent]:
    """Return an agent for each plain network, by a remedy of that name."""
    world, updates = plain[0].world, plain[0].settings["updates"]
    seeds = [agent.settings["seed"] for agent in plain]
    go_on: Any = partial(train, "network", world, **RETRAINED)
    agents: Sequence[Agent]
    if name in UNSURE:
        agents = [cautious(agent, then=UNSURE[name]) for agent in plain]
    elif name in TRAINED:
        options = dict(TRAINED[name])
        options["updates"] = updates * options.pop("times", 1)
        agents = _networks(world, seeds, options)
    else:
        agents = [go_on(s, after=a) for s, a in zip(seeds, plain, strict=True)]
    return [
        replace(agent, name=f"{a.name}, {name}")
        for agent, a in zip(agents, plain, strict=True)
    ]


def telling_levels(agent: Agent) -> int:
    """Return about how many telling levels training had, by the share it asked for.

    Of all levels of its pool, or of as many as it drew where those were fewer. Where
    they are chosen by score they are drawn again and again, which needs no more of
    them.
    """
    told = agent.settings
    if "pool" not in told:  # it was not trained for this
        return 0
    return round(
        told["diversity"] * min(told["pool"], told["updates"] * told["levels"])
    )


def main() -> None:
    """Train all agents, measure them and write the file."""
    arrows: dict[str, Any] = {}
    telling: dict[str, Any] = {}
    for name, options in RECORDED.items():
        found = remedies(make(name, **options))
        arrows |= found.arrows
        telling |= found.telling
        print(found, flush=True)
    held = plain_data(Remedies(arrows, telling))
    FILE.write_text(json.dumps(held, separators=(",", ":")) + "\n", "utf-8")
    print(f"{FILE.name}: {FILE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
