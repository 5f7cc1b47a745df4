"""What `beside.py` times, in this edition of robustkit or an older one.

Runs as a process of its own, with the edition in PYTHONPATH: python probe.py LINE. It
answers each seed on its input with numbers as JSON. The rooms were called otherwise
once, so what is needed here has public names or is looked for in both places.
"""

from __future__ import annotations

import importlib
import itertools
import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

import robustkit as rk
from robustkit import mdp

ROOT = Path(rk.__file__).resolve().parents[1]
MARK = 0.95
UNSEEN = 999  # seed of the levels that trained networks are judged by

Numbers = dict[str, float]


def moved(name: str, *rooms: str) -> Any:
    """Return what is called so in the first of these rooms that there is."""
    for room in rooms:
        try:
            return getattr(importlib.import_module(f"robustkit.{room}"), name)
        except ImportError:
            continue
    raise ImportError(f"{name} is in none of {rooms}")


def stages(world: Any, seed: int) -> Iterator[Callable[[], Any]]:
    """Return a network's training, update by update."""
    try:
        recipe = moved("RECIPES", "agents.registry")["network"]
    except ImportError:
        return moved("STAGES", "agents")["network"](world, seed=seed)
    return recipe.stages(world, recipe.resolve_settings(world, seed, {}))


def share_of_optimal(tables: Any, policy: Any) -> float:
    """Return base return from the start as a share of the optimal one."""
    start = np.arange(len(tables)), tables.start
    best = mdp.optimal_values(tables, tables.mixture("base"))[start][:, 0]
    got = mdp.evaluate(tables, policy)[start][:, 0]
    return float(got.sum() / (best * tables.scale[0]).sum())


@cache
def warm(name: str, size: int = 0) -> tuple[Any, Any, Any]:
    """Return a world and what is judged by; import what training imports."""
    world = rk.make(name, **({"size": size} if size else {}))
    unseen = world.sample(256, seed=UNSEEN)
    rk.train("network", rk.make("cheese", size=7), seed=UNSEEN, updates=2)
    return world, unseen, unseen.tables()


def train(seed: int, name: str, size: int = 0, judged: bool = False) -> Numbers:
    """Time a network's training; judged: look every ten updates whether it is there."""
    world, unseen, tables = warm(name, size)
    found: Numbers = {}
    start, aside = time.process_time(), 0.0
    for update, agent in enumerate(stages(world, seed), start=1):
        if judged and update % 10 == 0 and "reached" not in found:
            now = time.process_time()
            if share_of_optimal(tables, agent().policy(unseen)) >= MARK:
                found["reached"] = now - start - aside
            aside += time.process_time() - now
    found["s"] = time.process_time() - start - aside
    return {**found, "share": share_of_optimal(tables, agent().policy(unseen))}


def timed(work: Callable[[], Any]) -> Numbers:
    """Return CPU seconds, those of finished children too, and seconds on the clock."""
    begun, start = cpu(), time.perf_counter()
    work()
    return {"s": cpu() - begun, "wall": time.perf_counter() - start}


def cpu() -> float:
    """Return CPU seconds of this process and of children that are finished."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def pool(seed: int, name: str) -> Numbers:
    """Time the drawing of a pool of levels to train on."""
    world = rk.make(name)
    world.sample(8)  # what is worked out once for a world
    return timed(lambda: world.sample(4096, seed=seed))


@cache
def six() -> tuple[Any, list[Any]]:
    """Return cheese and the trained agents that the explorer shows."""
    world = rk.make("cheese")
    return world, moved("usual", "agents")(world)


def explore(seed: int) -> Numbers:
    """Time everything behind the explorer, on levels that nobody has seen."""
    world, agents = six()
    evaluate_on = moved("evaluate_on", "analysis.curve", "measuring")
    data = moved("explorer_data", "widgets.data")
    new = (ROOT / "robustkit/analysis").is_dir()

    def work() -> None:
        evaluated = evaluate_on(agents, world, seed=1000 + seed)
        given = {"polar": evaluated} if new else evaluated
        data(world, agents, given, seed=1000 + seed)

    return timed(work)


def strata(seed: int) -> Numbers:
    """Time six agents on 32 mixtures of strata, of 128 levels each."""
    world, agents = six()
    try:
        of_levels = moved("evidence", "metrics.polar")
    except ImportError:
        of_levels = moved("terms", "axes.polar")
    shifts = [*itertools.product(np.linspace(0, 1, 8), np.linspace(0, 1, 4))]

    def work() -> None:
        for k, shift in enumerate(shifts):
            levels = world.sample(128, *shift, seed=100 * seed + k)
            for agent in agents:
                of_levels(agent.policy(levels), levels.tables())

    return timed(work)


def meg(seed: int) -> Numbers:
    """Time what goal-directedness needs to know of levels: a first reading's excess."""
    world = rk.make("switch")
    levels = world.sample(64, goal=1.0, seed=seed)
    given = rk.plan(world, noise=0.3).policy(levels), levels.tables()
    read = partial(moved("measure", "metrics", "axes"), *given, grounding="meg")
    first, again = (timed(read)["s"] for _ in range(2))
    return {"s": first - again}


def lesson(seed: int, name: str) -> Numbers:
    """Time a lesson in a kernel of its own, nothing being kept from before."""
    import nbformat
    from nbclient import NotebookClient

    (path,) = (ROOT / "notebooks").glob(f"{name}-*.ipynb")
    book = nbformat.read(path, 4)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ROBUSTKIT_AGENTS"] = f"{folder}/nowhere"
        return timed(
            NotebookClient(
                book,
                timeout=900,
                kernel_name="python3",
                resources={"metadata": {"path": folder}},
            ).execute
        )


def lottery(seed: int) -> Numbers:
    """Time a hundred searchers and a hundred networks, on all cores."""
    return timed(lambda: rk.reproduce("lottery", seeds=range(100)))


WORK: dict[str, Callable[[int], Numbers]] = {
    "network, cheese 9 × 9": partial(train, name="cheese", judged=True),
    "network, dish": partial(train, name="dish"),
    "network, colour": partial(train, name="colour"),
    "network, follow": partial(train, name="follow"),
    "network, switch": partial(train, name="switch"),
    "network, keys": partial(train, name="keys"),
    "network, cheese 13 × 13": partial(train, name="cheese", size=13),
    "pool of 4,096 levels, switch": partial(pool, name="switch"),
    "pool of 4,096 levels, dish": partial(pool, name="dish"),
    "explore, six trained agents, new levels": explore,
    "32 strata × 128 levels × 6 agents": strata,
    "MEG references, 64 switch levels": meg,
    "lesson 08": partial(lesson, name="08"),
    "lesson 09": partial(lesson, name="09"),
    "lottery, 100 seeds, both recipes": lottery,
}

if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(WORK[sys.argv[1]](int(line))), flush=True)
