"""Speeds of the worlds: play, levels and tables, as ratios taken in one run.

Play is that of a random policy. Machines are noisy, so nothing here is asserted.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import gymnasium
import numpy as np
from gymnasium.vector import AsyncVectorEnv, SyncVectorEnv
from minigrid.wrappers import FullyObsWrapper, ImgObsWrapper, RGBImgObsWrapper
from timing import seconds

import robustkit as rk
from robustkit import mdp
from robustkit.worlds import World
from robustkit.worlds.layouts import MAKERS
from robustkit.worlds.minigrid import GridEnv
from robustkit.worlds.vector import VectorGridEnv

BATCHES = (64, 1024, 4096, 16384)
BATCH = 4096  # where one is enough
STEPS = 60
LEVELS = 64
SIZES = (9, 13, 21)


def loop(env: Any, steps: int = 1500) -> float:
    """Return steps/s of a MiniGrid environment; an episode starts in a drawn level."""
    actions = np.random.default_rng(0).integers(4, size=steps).tolist()
    levels = itertools.cycle(rk.make("cheese").sample(LEVELS, "anywhere"))
    ours = isinstance(env.unwrapped, GridEnv)

    def reset() -> None:
        env.reset(options={"level": next(levels)} if ours else None)

    def work() -> None:
        reset()
        for action in actions:
            _, _, ended, cut, _ = env.step(action)
            if ended or cut:
                reset()

    return steps / seconds(work, 3)


def many(envs: Any, repeat: int = 3, steps: int = 20) -> float:
    """Return steps/s of a vector environment."""
    count = envs.num_envs
    actions = np.random.default_rng(0).integers(4, size=(steps, count))
    envs.reset(seed=0)

    def work() -> None:
        for moves in actions:
            envs.step(moves)  # not kept: fresh memory would be what is measured

    rate = count * steps / seconds(work, repeat)
    envs.close()
    return rate


def engine(world: World, batch: int) -> float:
    """Return steps/s of the batched engine, which makes no observation."""
    tables = world.sample(LEVELS, "anywhere").tables()
    uniform, rng = mdp.uniform_policy(tables), np.random.default_rng(0)
    work = partial(mdp.rollout, tables, uniform, STEPS, rng, batch // LEVELS)
    return batch * STEPS / seconds(work)


def watched() -> gymnasium.Env[Any, Any]:
    """Return the cheese environment with all of the grid as observation."""
    return ImgObsWrapper(FullyObsWrapper(GridEnv("cheese")))


def play() -> float:
    """Compare the engine with MiniGrid, step for step; return MiniGrid's own rate."""
    world = rk.make("cheese")
    own = loop(gymnasium.make("MiniGrid-Empty-8x8-v0"))
    slow = {
        "none": loop(GridEnv(world)),
        "minigrid": loop(FullyObsWrapper(GridEnv(world))),
        "image": loop(RGBImgObsWrapper(GridEnv(world), tile_size=8), 200),
    }
    slow["symbolic"] = slow["minigrid"]
    print("random play of cheese, steps/s, and how many times MiniGrid's loop that is")
    print(f"  MiniGrid-Empty-8x8, a loop    {own:>13,.0f}")
    for name, kind in (("Sync", SyncVectorEnv), ("Async", AsyncVectorEnv)):
        rate = many(kind([watched] * 16))
        print(f"  {name + 'VectorEnv of 16 copies':<29} {rate:>13,.0f}")
    for seen in ("none", "symbolic", "minigrid", "image"):
        print(f"  observation {seen}: a loop {slow[seen]:,.0f}")
        for batch in BATCHES:
            if seen == "none":
                rate = engine(world, batch)
            elif seen == "image" and batch > BATCH:
                continue  # a quarter of a gigabyte for each step
            else:
                rate = many(VectorGridEnv(world, batch, observation=seen))
            print(
                f"    batch {batch:>6}: {rate:>13,.0f} = {rate / slow[seen]:>7,.0f} x"
            )
    return slow["none"]


def every_world(slow: float) -> None:
    """Print engine and vector environment for every world, and tables/s."""
    print(f"every world, batch {BATCH}: x MiniGrid's loop with cheese, and tables/s")
    for name in rk.list_worlds():
        world = rk.make(name)
        blind = engine(world, BATCH) / slow
        seeing = many(VectorGridEnv(world, BATCH)) / slow
        levels = world.sample(LEVELS)
        tables = LEVELS / seconds(lambda w=world, k=levels: w.tabulate(k, scaled=False))
        states = levels.tables().shape[1]
        print(
            f"  {name:<8} {states:>5} states: engine {blind:>7,.0f} x, symbolic "
            f"{seeing:>6,.0f} x; {tables:>8,.0f} tables/s"
        )


def limits() -> None:
    """Print how near the engine comes to the machine: random gathers and draws."""
    count = BATCH * STEPS
    rng = np.random.default_rng(0)
    rate = engine(rk.make("cheese"), BATCH)
    follow = np.arange(LEVELS * 82 * 4, dtype=np.int32)
    index = rng.integers(len(follow), size=(STEPS, BATCH))
    parts: dict[str, Callable[[], Any]] = {
        "one gather of an int32": lambda: [follow.take(i) for i in index],
        "a random float32": lambda: [rng.random(BATCH, np.float32) for _ in index],
    }
    print(f"limits, batch {BATCH}: what share of the engine's time would be")
    for name, work in parts.items():
        limit = count / seconds(work)
        print(f"  {name}: {rate / limit:.0%} ({limit:,.0f} a second)")
    # A step reads three edges and a successor, draws, and writes a state and a move.
    moved = 4 * (3 + 1 + 1 + 2) + 1
    block = np.ones(2**25, np.uint8)
    copied = 2 * len(block) / seconds(block.copy)
    print(
        f"  memory: {rate * moved / 1e9:.1f} GB/s of {copied / 1e9:.1f} that a copy "
        f"moves = {rate * moved / copied:.0%}"
    )


def levels() -> None:
    """Print levels/s of every maker and the growth of everything with the size."""
    print("layouts/s by maker at sizes " + ", ".join(map(str, SIZES)))
    for name, maker in MAKERS.items():
        rates = []
        for size in SIZES:
            rng = np.random.default_rng(0)
            rates.append(
                256 / seconds(lambda m=maker, s=size, r=rng: m(256, s, s, r), 3)
            )
        print(f"  {name:<8}" + "".join(f"{rate:>12,.0f}" for rate in rates))
    print("growth with the size (cheese), a second")
    for size in SIZES:
        world = rk.make("cheese", size=size)
        drawn = world.sample(LEVELS)
        parts = {
            "levels": 256 / seconds(lambda w=world: w.strata(64), 3),
            "tables": LEVELS
            / seconds(lambda w=world, k=drawn: w.tabulate(k, scaled=False)),
            "steps": engine(world, BATCH),
            "steps seen": many(VectorGridEnv(world, BATCH)),
        }
        said = ", ".join(f"{name} {rate:,.0f}" for name, rate in parts.items())
        print(f"  size {size:>2}: {said}")


if __name__ == "__main__":
    mine = play()
    every_world(mine)
    limits()
    levels()
