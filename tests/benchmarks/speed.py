"""Speeds of training and measuring, as ratios taken in one run.

Machines are noisy, so nothing here is asserted. The browser's part (slider to picture)
is measured by tests/browser/.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import numpy as np
from timing import seconds, share_of_optimal

import robustkit as rk
from robustkit import mdp, metrics
from robustkit.agents import convolution, credit, network, usual
from robustkit.analysis.curve import evaluate_on
from robustkit.mdp import one_thread
from robustkit.metrics import polar
from robustkit.metrics.bootstrap import bootstrap_counts
from robustkit.widgets.data import GRID, explorer_data
from robustkit.worlds import World

RECIPES = ("network", "searcher", "memoriser")


def trained(recipe: str, world: World, **settings: Any) -> tuple[float, float]:
    """Return CPU seconds of training and the share of optimal on unseen levels."""
    _ = world.scale
    unseen = world.sample(256, seed=999)
    tables = unseen.tables()
    start = time.process_time()
    agent = rk.train(recipe, world, **settings)
    spent = time.process_time() - start
    return spent, share_of_optimal(tables, agent.policy(unseen))


def training() -> None:
    """Print CPU seconds of each recipe, and of the network to 90 and 95 %."""
    world = rk.make("cheese")
    for recipe in RECIPES:
        spent, share = trained(recipe, world)
        print(f"train {recipe}: {spent:.2f} s CPU, {share:.3f} of optimal")
    for updates in (100, 150, 200, 300):
        spent, share = trained("network", world, updates=updates)
        print(f"  network, {updates} updates: {spent:.2f} s CPU, {share:.3f}")
    settings = network.NetworkSettings()
    levels = world.sample(settings.levels)
    seen = network.see(levels)
    rng = np.random.default_rng(0)
    weights = convolution.initial_weights(seen.shape[-1], 4, settings.channels, rng)
    policy = mdp.uniform_policy(levels.tables())
    with one_thread():
        there = seconds(lambda: convolution.forward(weights, seen, settings.iterations))
        logits, tape = convolution.forward(weights, seen, settings.iterations)
        back = seconds(lambda: convolution.backward(weights, tape, logits))
        batch = settings.agents, settings.horizon
        sampled = seconds(lambda: credit.sampled_credit(levels, policy, rng, *batch))
    whole = there + back + sampled
    print(f"  an update: forward {there / whole:.0%}, backward {back / whole:.0%}, "
          f"episodes and credit {sampled / whole:.0%}")  # fmt: skip
    # Its matrix products alone, on arrays that are ready: what no other code saves.
    inner = tape[1].reshape(-1, settings.channels)
    around = tape[2].reshape(-1, 5 * settings.channels)
    recur = weights["recurrent"]

    def products() -> None:
        for _ in range(settings.iterations - 1):
            around @ recur
            inner @ recur.T
            around.T @ inner

    with one_thread():
        bare = seconds(products)
        waves = seconds(lambda: np.tanh(inner)) * settings.iterations
        copies = seconds(lambda: convolution.neighbourhood(tape[1]))
        copies *= 2 * settings.iterations
    print(f"  of it matrix products {bare / whole:.0%}, tanh {waves / whole:.0%}, "
          f"gathering neighbours, there and back, {copies / whole:.0%}")  # fmt: skip


def growth() -> None:
    """Print how the time of a network's training grows, and what comes out."""

    def line(name: str, options: dict[str, Any], seeds: int = 1) -> float:
        world = rk.make(name, **options)
        if seeds == 1:
            spent, share = trained("network", world)
            print(f"  {name} {options}: {share:.3f}, {spent:.1f} s CPU", end="")
            return spent
        start = time.perf_counter()
        rk.train("network", world, seeds=range(seeds))
        spent = time.perf_counter() - start
        print(f"  {name} {options} {seeds} seeds: {spent:.1f} s on the clock", end="")
        return spent

    print("network, growth")
    base = line("cheese", {})
    print(" (x 1)")
    for name, options, seeds in (
        ("cheese", {"size": 7}, 1),
        ("cheese", {"size": 13}, 1),
        ("cheese", {"size": 17}, 1),
        ("cheese", {"ends": "base"}, 1),
        ("switch", {}, 1),
        ("follow", {}, 1),
        ("cheese", {}, 4),
        ("cheese", {}, 16),
    ):
        print(f" (x {line(name, options, seeds) / base:.1f})")


def recipes() -> None:
    """Print what every recipe reaches on every world that can be listed."""
    print("share of optimal on unseen training levels, CPU seconds")
    for name in rk.list_worlds():
        world = rk.make(name)
        if not world.listed:
            continue
        line = f"  {name:8}"
        for recipe in RECIPES:
            spent, share = trained(recipe, world)
            line += f"  {recipe} {share:.3f} {spent:5.1f} s"
        print(line, flush=True)


def measuring() -> None:
    """Print the time of a reading, of everything behind the explorer, and of import."""
    world = rk.make("cheese")
    _ = world.scale
    agents = usual(world)
    levels = world.sample(256, goal=0.5, layout=0.5, seed=1)
    rk.measure(agents[0], levels)
    warm = seconds(lambda: rk.measure(agents[0], levels))
    cold = seconds(
        lambda: rk.measure(agents[0], world.sample(256, 0.5, 0.5, seed=2)), repeat=1
    )
    policy = seconds(lambda: agents[0].policy(levels))
    print(
        f"measure 256 levels: {warm * 1e3:.0f} ms, of which the network itself "
        f"{policy / warm:.0%}; with new references {cold / warm:.1f} x that"
    )

    def behind() -> None:
        evaluated = evaluate_on(agents, world, seed=3)
        for strata in evaluated:
            strata.bounds(GRID, GRID)
        explorer_data(world, agents, {"polar": evaluated}, seed=3)

    print(f"everything behind explore, 6 agents: {seconds(behind, 1):.2f} s")
    fresh = [sys.executable, "-c", "import time; t = time.time(); import robustkit; "
             "print(time.time() - t)"]  # fmt: skip
    times = [float(subprocess.check_output(fresh)) for _ in range(3)]
    print(f"import robustkit: {min(times):.3f} s")


def readings() -> None:
    """Print the time of a reading by each grounding, and how it grows with flags."""
    for name, n in (("cheese", 256), ("trees", 64), ("keys", 64), ("switch", 64)):
        world = rk.make(name)
        _ = world.scale
        levels = world.sample(n, goal=1.0, seed=7)
        tables = levels.tables()
        policy = rk.plan(world, noise=0.3).policy(levels)
        line = f"{name}, {n} levels of {tables.shape[1]} states:"
        for grounding in metrics.GROUNDINGS:

            def read(by: str = grounding) -> None:
                metrics.measure(policy, tables, grounding=by)  # noqa: B023

            start = time.perf_counter()
            read()
            cold = time.perf_counter() - start
            warm = seconds(read)
            line += f" {grounding} {warm * 1e3:.0f} ms, first {cold:.2f} s;"
        print(line)
    tables = rk.make("cheese").sample(256, goal=1.0).tables()
    each = polar.evidence(mdp.uniform_policy(tables), tables).columns
    counts = bootstrap_counts(256, 0, metrics.DEFAULT.resamples)
    spent = seconds(lambda: polar.combine(counts @ each))
    print(f"1,000 resamples of a polar reading: {spent * 1e3:.1f} ms")


if __name__ == "__main__":
    training()
    growth()
    recipes()
    measuring()
    readings()
