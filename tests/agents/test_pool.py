"""Many agents at once, and agents along their training."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from sameness import assert_same_agent

import robustkit as rk
from robustkit.agents import pool

SHORT = {
    "network": {"updates": 8, "pool": 64},
    "searcher": {"generations": 3, "pool": 32},
    "memoriser": {"episodes": 6, "pool": 16},
}


@pytest.fixture(scope="module")
def world():
    return rk.make("cheese", size=7, layouts=8)


@pytest.mark.parametrize("recipe", SHORT)
def test_many_agents_are_the_same_as_one_by_one(world, recipe):
    seeds = [3, 0, 7]
    many = rk.train(recipe, world, seeds=seeds, **SHORT[recipe])
    for seed, agent in zip(seeds, many, strict=True):
        assert_same_agent(rk.train(recipe, world, seed=seed, **SHORT[recipe]), agent)


def test_one_seed_and_any_number_of_workers_will_do(world):
    for workers, seeds in ((1, [2]), (5, [2, 4])):
        options = SHORT["searcher"]
        many = pool.train_in_processes("searcher", world, seeds, options, workers)
        assert [agent.name for agent in many] == [f"searcher {s}" for s in seeds]


SCRIPT = """
import warnings, robustkit as rk
world = rk.make("cheese", size=7, layouts=8)
print("begin", flush=True)
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    agents = rk.train("network", world, seeds=range(1000), updates=40, pool=64)
print(len(agents), [agent.name for agent in agents] == sorted(
    (agent.name for agent in agents), key=lambda name: int(name.split()[1])))
print(*[warning.message for warning in said])
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows knows no SIGINT for one process")
def test_interrupted_it_returns_what_is_finished(tmp_path):
    path = tmp_path / "script.py"  # without the guard that other pools ask for
    path.write_text(SCRIPT)
    run = subprocess.Popen(
        [sys.executable, str(path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert run.stdout.readline() == "begin\n"
        time.sleep(6)
        run.send_signal(signal.SIGINT)
        words = run.communicate(timeout=30)[0].splitlines()
    finally:
        run.kill()
    number, in_order = words[0].split()
    assert 0 < int(number) < 1000
    assert in_order == "True"
    assert words[1] == f"interrupted: {number} of 1000 agents are trained"
    assert run.returncode == 0


def test_a_worker_that_fails_says_why(world):
    with pytest.raises(RuntimeError, match=r"(?s)a worker ended.*option='no such'"):
        pool.train_in_processes("network", world, [0, 1], {"no such": 1})


@pytest.mark.parametrize("recipe", SHORT)
def test_snapshots_are_the_agent_along_its_training(world, recipe):
    options = SHORT[recipe]
    last = {"network": 8, "searcher": 3, "memoriser": 6}[recipe]
    first, middle, final = rk.train(recipe, world, snapshots=[1, 2, last], **options)
    usual = rk.train(recipe, world, **options)
    for name, array in usual.arrays.items():
        np.testing.assert_array_equal(array, final.arrays[name])
        changed = not np.array_equal(array, first.arrays[name], equal_nan=True)
        assert changed == (name != "keys")  # the levels that a memoriser plays
    assert middle.name == f"{usual.name}, step 2"
    assert final.settings == {**usual.settings, "stage": last}
    assert rk.train(recipe, world, snapshots=[2], **options)[0].name == middle.name


def test_snapshots_can_be_saved(world, tmp_path):
    (one,) = rk.train("searcher", world, snapshots=[2], **SHORT["searcher"])
    assert_same_agent(one, rk.load(rk.save(one, tmp_path / "one.npz")))


def test_competence_comes_along_the_way():
    world = rk.make("cheese")
    levels = world.sample(64, seed=5)
    agents = rk.train("network", world, snapshots=[3, 60, 200])
    scalars = [rk.measure(agent, levels).scalar.value for agent in agents]
    assert scalars == sorted(scalars)
    assert scalars[0] + 0.2 < scalars[2] > 0.8


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"seeds": []}, r"seeds=\[\] is not possible"),
        ({"seeds": [1, 1]}, r"seeds=\[1, 1\] is not possible.*none of them twice"),
        ({"seeds": [0, -1]}, "seeds=-1"),
        ({"seeds": 1.5}, "seeds=1.5"),
        ({"seeds": [0], "seed": 3}, "allowed: seeds alone"),
        ({"seeds": [0], "snapshots": [1]}, "allowed: seeds alone"),
        ({"seeds": [0], "updates": 0}, "updates=0"),
        ({"seeds": [0], "credit": "none"}, "credit='none'"),
        ({"snapshots": [0]}, "snapshots=0"),
        ({"snapshots": [3, 3]}, r"snapshots=\[3, 3\]"),
        ({"snapshots": [401]}, "snapshots=401.*1 to 400"),
        ({"snapshots": "all"}, "snapshots='a'"),
    ],
)
def test_bad_arguments_are_named_before_any_work(world, options, said):
    with pytest.raises(ValueError, match=said):
        rk.train("network", world, **options)
