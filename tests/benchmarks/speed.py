"""Speeds of training and measuring, as ratios taken in one run.

Machines are noisy, so nothing here is asserted. The browser's part (slider to picture)
is measured by tests/browser/.
"""

from __future__ import annotations

import subprocess
import sys
import time

import numpy as np
from timing import seconds

import robustkit as rk
from robustkit import mdp
from robustkit.agents import network, usual
from robustkit.agents.training import share_of_optimal
from robustkit.mdp import one_thread
from robustkit.measuring import evaluate_on
from robustkit.widgets.data import GRID, explorer_data


def training() -> None:
    """Print CPU seconds of each recipe, and of the network to 90 and 95 %."""
    world = rk.make("cheese")
    _ = world.scale
    unseen = world.sample(256, seed=999)
    tables = unseen.tables()
    for recipe in ("network", "searcher", "memoriser"):
        start = time.process_time()
        agent = rk.train(recipe, world, seed=0)
        spent = time.process_time() - start
        share = share_of_optimal(tables, agent.policy(unseen))
        print(f"train {recipe}: {spent:.2f} s CPU, {share:.3f} of optimal")
    for updates in (100, 150, 200, 300):
        start = time.process_time()
        agent = rk.train("network", world, seed=0, updates=updates)
        spent = time.process_time() - start
        share = share_of_optimal(tables, agent.policy(unseen))
        print(f"  network, {updates} updates: {spent:.2f} s CPU, {share:.3f}")
    levels = world.sample(network.DEFAULTS["levels"])
    seen = network.see(levels)
    settings = network.DEFAULTS
    rng = np.random.default_rng(0)
    weights = network.initial_weights(seen.shape[-1], 4, settings["channels"], rng)
    policy = mdp.uniform_policy(levels.tables())
    with one_thread():
        there = seconds(lambda: network.forward(weights, seen, settings))
        logits, tape = network.forward(weights, seen, settings)
        back = seconds(lambda: network.backward(weights, tape, logits))
        credit = seconds(lambda: network.sampled_credit(levels, policy, settings, rng))
    whole = there + back + credit
    print(f"  an update: forward {there / whole:.0%}, backward {back / whole:.0%}, "
          f"episodes and credit {credit / whole:.0%}")  # fmt: skip


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
        explorer_data(world, agents, evaluated, seed=3)

    print(f"everything behind explore, 6 agents: {seconds(behind, 1):.2f} s")
    fresh = [sys.executable, "-c", "import time; t = time.time(); import robustkit; "
             "print(time.time() - t)"]  # fmt: skip
    times = [float(subprocess.check_output(fresh)) for _ in range(3)]
    print(f"import robustkit: {min(times):.3f} s")


if __name__ == "__main__":
    training()
    measuring()
