"""Speeds of training and measuring, as ratios taken in one run, in CPU time.

Machines are noisy, so nothing here is asserted. The browser's part (slider to picture)
is measured by tests/browser/.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from timing import cpu, share_of_optimal

import robustkit as rk
from robustkit import mdp, metrics
from robustkit.agents import convolution, credit, network, usual
from robustkit.agents.choice import CHOICES
from robustkit.agents.convolution import Weights
from robustkit.agents.network import Adam, NetworkSettings, policy_gradient
from robustkit.agents.rows import Rows
from robustkit.analysis.curve import evaluate_on
from robustkit.mdp import one_thread
from robustkit.metrics import polar
from robustkit.metrics.bootstrap import bootstrap_weights
from robustkit.widgets.data import explorer_data
from robustkit.worlds import Levels, World

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
    for updates in (50, 100, 200, 300):
        spent, share = trained("network", world, updates=updates)
        print(f"  network, {updates} updates: {spent:.2f} s CPU, {share:.3f}")


def choices() -> None:
    """Print what choosing levels by score costs, against levels drawn alike."""
    print("training with levels chosen by score, as a multiple of plain training")
    for name in ("cheese", "dish", "keys"):
        world = rk.make(name)
        _ = world.scale
        spent = dict.fromkeys(CHOICES, 0.0)
        for seed in range(3):
            for how in CHOICES:
                start = time.process_time()
                rk.train("network", world, seed, diversity=0.01, choice=how)
                spent[how] += time.process_time() - start
        ratios = [f"{how} {t / spent['uniform']:.2f}" for how, t in spent.items()]
        print(f"  {name}: {', '.join(ratios[1:])}", flush=True)


def start_of(world: World) -> tuple[Weights, Levels, NetworkSettings, Adam]:
    """Return what a network's training in a world begins with."""
    recipe = network.RECIPE
    settings: NetworkSettings = recipe.resolve_settings(world, 0, {})  # type: ignore
    levels = world.sample(settings.levels)
    planes = Rows(levels).see(settings.place).shape[1] // 5
    rng = np.random.default_rng(0)
    weights = convolution.initial_weights(planes, 4, settings.channels, rng)
    return weights, levels, settings, Adam(weights, settings)


def update(world: World) -> Callable[[], None]:
    """Return a function that does an update of a network."""
    weights, _, settings, adam = start_of(world)
    rng, pool = np.random.default_rng(0), world.sample(256)

    def work() -> None:
        batch = pool[rng.choice(len(pool), settings.levels)]
        adam.climb(weights, policy_gradient(weights, batch, settings, 0.01, rng), 0.5)

    return work


def limits() -> None:
    """Print what an update consists of, and how near it comes to the machine."""
    world = rk.make("cheese")
    weights, levels, settings, _ = start_of(world)
    rows, rng, steps = Rows(levels), np.random.default_rng(0), settings.iterations
    seen = rows.see(settings.place), rows.neighbours
    logits, hidden = convolution.forward(weights, *seen, steps)
    batch = convolution.softmax(logits), rng, settings.agents, settings.horizon
    bare = bare_work(weights["recurrent"], hidden, rows.neighbours)
    parts: dict[str, Callable[[], Any]] = {
        "forward": partial(convolution.forward, weights, *seen, steps),
        "backward": partial(convolution.backward, weights, *seen, hidden, logits),
        "moves, episodes, credit": lambda: credit.sampled_credit(Rows(levels), *batch),
        **bare,
    }
    with one_thread():
        whole = cpu(update(world), 200)
        spent = {name: cpu(work, 200) for name, work in parts.items()}
    print(f"an update, {len(rows)} rows: {whole * 1e3:.2f} ms")
    print("  " + ", ".join(f"{name} {t / whole:.0%}" for name, t in spent.items()))
    count, channels = (steps - 1) * len(rows), settings.channels
    flops = 3 * count * 2 * 5 * channels**2 / spent["of it matrix products"]
    print(f"  recurrent matrix products: {flops / 1e9:.0f} GFLOP/s")
    # Forward, in widths of a row of channels: gather 10, product 6, sum 3, tanh 2;
    # backward: slope 7, sum 3, gather 10, product 6, and 6 for the product of them all.
    width = channels * hidden.itemsize
    moved = count * (53 * width + 2 * rows.neighbours[0].nbytes)
    used = moved / (spent["forward"] + spent["backward"])
    for where, size in (("in cache", 2**17), ("in memory", 2**26)):
        block = np.ones(size, np.uint8)
        copied = 2 * size / cpu(partial(np.copyto, block.copy(), block), 50)
        print(
            f"  {moved / 1e6:.1f} MB there and back, {used / 1e9:.1f} GB/s of "
            f"{copied / 1e9:.1f} that a copy moves {where} = {used / copied:.0%}"
        )


def bare_work(
    recurrent: np.ndarray, hidden: np.ndarray, neighbours: np.ndarray
) -> dict[str, Callable[[], Any]]:
    """Return what an update cannot do without, on arrays that are ready."""
    steps, count, channels = len(hidden), len(neighbours), hidden.shape[2]
    inner, out = hidden[-1], np.empty((count, channels), np.float32)
    wide = inner.take(neighbours, axis=0)
    around = wide.reshape(count, -1)
    every = np.tile(around, (steps - 1, 1))
    before = hidden[:-1, :-1].reshape(-1, channels).T

    def products() -> None:
        for _ in range(2 * (steps - 1)):  # there and back
            np.matmul(around, recurrent, out=out)
        before @ every

    def gathers() -> None:
        for _ in range(2 * (steps - 1)):
            inner.take(neighbours, axis=0, out=wide, mode="clip")

    def waves() -> None:
        for _ in range(steps):
            np.tanh(out, out=out)

    return {
        "of it matrix products": products,
        "gathering neighbours": gathers,
        "tanh": waves,
    }


def growth() -> None:
    """Print how the time of an update grows with rows, and of training with seeds."""
    print("growth: rows and ms of an update")
    sizes = [("cheese", {"size": size}) for size in (7, 9, 13, 17, 21)]
    memories = [(name, {}) for name in ("coin", "follow", "switch", "keys")]
    for name, options in sizes + memories:
        world = rk.make(name, **options)
        _, levels, _, _ = start_of(world)
        rows = Rows(levels)
        met = len(rows.grids) / len(levels)
        with one_thread():
            spent = cpu(update(world), 50)
        print(
            f"  {name:8}{options.get('size', world.shape[0]):>3}: {len(rows):>6} rows, "
            f"{met:.1f} of {world.flags} memory settings, {spent * 1e3:.2f} ms = "
            f"{spent / len(rows) * 1e6:.2f} us a row"
        )
    world, alone = rk.make("cheese"), 0.0
    for seeds in (1, 4, 16):
        start = time.perf_counter()
        rk.train("network", world, seeds=range(seeds))
        spent = time.perf_counter() - start
        alone = alone or spent
        print(f"  {seeds} seeds: {spent:.1f} s on the clock (x {spent / alone:.1f})")


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
    warm = cpu(lambda: rk.measure(agents[0], levels))
    cold = cpu(
        lambda: rk.measure(agents[0], world.sample(256, 0.5, 0.5, seed=2)), repeat=1
    )
    policy = cpu(lambda: agents[0].policy(levels))
    print(
        f"measure 256 levels: {warm * 1e3:.0f} ms, of which the network itself "
        f"{policy / warm:.0%}; with new references {cold / warm:.1f} x that"
    )

    def behind() -> None:
        evaluated = evaluate_on(agents, world, 128, seed=3)
        explorer_data(world, agents, {"polar": evaluated}, seed=3)

    grades, count = len(world.grid.nodes), len(agents)
    print(
        f"everything behind explore, {count} agents, {grades} grades of 128 levels: "
        f"{cpu(behind, 1):.2f} s"
    )
    fresh = (
        "from time import process_time as t; a = t(); import robustkit; print(t() - a)"
    )
    times = [
        float(subprocess.check_output([sys.executable, "-c", fresh])) for _ in range(3)
    ]
    print(f"import robustkit: {min(times):.3f} s")


def readings() -> None:
    """Print the time of a reading by each grounding, and how it grows with flags."""
    for name, n in (("cheese", 256), ("trees", 64), ("keys", 64), ("switch", 64)):
        world = rk.make(name)
        _ = world.scale
        levels = world.sample(n, goal="anywhere", seed=7)
        tables = levels.tables()
        policy = rk.plan(world, noise=0.3).policy(levels)
        line = f"{name}, {n} levels of {tables.shape[1]} states:"
        for grounding in metrics.GROUNDINGS:

            def read(by: str = grounding) -> None:
                metrics.measure(policy, tables, grounding=by)  # noqa: B023

            start = time.process_time()
            read()
            cold = time.process_time() - start
            warm = cpu(read)
            line += f" {grounding} {warm * 1e3:.0f} ms, first {cold:.2f} s;"
        print(line)
    tables = rk.make("cheese").sample(256, "anywhere").tables()
    each = polar.evidence(mdp.uniform_policy(tables), tables).columns
    weights = bootstrap_weights(256, 0, metrics.DEFAULT.resamples)
    spent = cpu(lambda: polar.combine(weights @ each))
    print(f"1,000 resamples of a polar reading: {spent * 1e3:.1f} ms")


if __name__ == "__main__":
    training()
    choices()
    limits()
    growth()
    recipes()
    measuring()
    readings()
