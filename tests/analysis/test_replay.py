"""Episodes are retold as they went, one move after another."""

from __future__ import annotations

import numpy as np
import pytest

import robustkit as rk
from robustkit import mdp
from robustkit.analysis.replay import replays
from robustkit.worlds import WORLDS

STEPS = 25


def retold(level, states, branches):
    """Return cells, events and end of one episode, by asking the world move by move."""
    tables = level.tables()
    cells, events = [int(level.start[0])], []
    for step, (state, branch) in enumerate(zip(states, branches, strict=False), 1):
        flag, cell = divmod(int(state), level.walls[0].size)
        move = [np.array([[k]]) for k in (cell, flag, branch // tables.outcomes)]
        cells.append(int(level.world.step(level, *move).cell[0, 0]))
        happened = np.flatnonzero(tables.events[0, state, branch])
        names = [tables.event_names[e] for e in happened]
        events += [[step, name] for name in names]
        if tables.next_state[0, state, branch] == tables.shape[1] - 1:
            return cells, events, " and ".join(names)
    return cells, events, "time"


@pytest.mark.parametrize("name", WORLDS)
def test_a_replay_is_what_the_world_does_move_by_move(name):
    world = rk.make(name)
    goal = 0.5 if "goal" in world.shifts else 0
    levels = world.sample(24, goal=goal, layout=0.5, seed=3)
    policy = rk.plan(world, noise=0.5).policy(levels)
    rng = np.random.default_rng([7, 31])
    played = mdp.rollout(levels.tables(), policy, STEPS, rng)
    every = replays(levels, policy, STEPS, seed=7)
    for i, replay in enumerate(every):
        slow = retold(levels[i], played.states[i, 0], played.branches[i, 0])
        assert (replay.cells, replay.events, replay.end) == slow
    assert any(replay.events for replay in every)


@pytest.mark.parametrize("name", WORLDS)
def test_a_replay_says_what_lies_elsewhere_after_each_move(name):
    world = rk.make(name)
    levels = world.sample(12, goal="anywhere" if "goal" in world.shifts else 0, seed=3)
    policy = rk.plan(world, noise=0.5).policy(levels)
    rng = np.random.default_rng([7, 31])
    played = mdp.rollout(levels.tables(), policy, STEPS, rng)
    for i, replay in enumerate(replays(levels, policy, STEPS, seed=7)):
        level = levels[i]
        lies = {thing: int(cell[0]) for thing, cell in level.things.items()}
        for step in range(1, len(replay.cells)):
            lies |= {thing: to for when, thing, to in replay.moved if when == step}
            state = int(played.states[i, 0, step])
            if state <= world.states - 2:  # the end shows nothing
                seen = world.visible(level, state // level.walls[0].size)
                assert lies == {thing: int(at[0]) for thing, at in seen.items()}


def test_what_is_taken_by_the_last_move_is_gone_as_well():
    world = rk.make("switch")
    levels = world.sample(4, seed=1)
    for replay in replays(levels, rk.plan(world).policy(levels), 60, seed=0):
        assert replay.end == "coin and gem"
        last = len(replay.cells) - 1
        gone = [
            thing for when, thing, cell in replay.moved if (when, cell) == (last, -1)
        ]
        assert sorted(thing.split()[0] for thing in gone) == ["coin", "gem"]
