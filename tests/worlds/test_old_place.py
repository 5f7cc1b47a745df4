"""Goal and place shifted at once: the place where the proxy lay is a candidate too."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import robustkit as rk
from robustkit import mdp
from robustkit.worlds.minigrid import GridEnv
from robustkit.worlds.old_place import with_old_place
from robustkit.worlds.vector import VectorGridEnv

PLACES = {"cheese": "old corner", "coin": "old end"}
each_world = pytest.mark.parametrize("name", PLACES)
each_end = pytest.mark.parametrize("ends", ["first", "base"])


def made(name, **options):
    return rk.make(name, **options)


def old_cell(world):
    """Return where the proxy thing lies in training, from a training level."""
    return int(world.sample(1).things[world.things[1].name][0])


@each_world
def test_things_lie_in_three_places(name):
    world, shift = made(name), {"goal": "anywhere", "place": 1}
    base, proxy = (thing.name for thing in world.things)
    levels = world.sample(300, **shift, seed=2)
    moved = world.sample(300, place=1, seed=2)
    assert np.array_equal(levels.start, moved.start)
    assert np.array_equal(levels.things[proxy], moved.things[proxy])
    for cell in (levels.things[proxy], levels.start):
        assert (levels.things[base] != cell).all()
    assert (levels.things[base] != old_cell(world)).all()
    assert (levels.things[proxy] != old_cell(world)).all()
    assert levels.goal_shifted.all()
    assert levels.place_shifted.all()
    assert (mdp.best_start_values(levels.tables(), np.eye(3))[:, 0] > 0).all()


@each_world
def test_only_there_are_three_candidates(name):
    world = made(name)
    two, three = list(world.objectives), [*world.objectives, PLACES[name]]
    for shift in ({}, {"goal": 1}, {"place": 1}, {"goal": "anywhere", "layout": 1}):
        assert list(world.sample(4, **shift).tables().objectives) == two
    for shift in ({"goal": 0.1, "place": 0.1}, {"goal": "anywhere", "place": 1}):
        levels = world.sample(4, **shift)
        assert list(levels.tables().objectives) == three
        assert levels.world.home == world
        assert PLACES[name] in repr(levels.world)


@each_world
@each_end
def test_no_two_candidates_are_identical(name, ends):
    """Each is reached by some move that pays no other, in many of the levels."""
    levels = made(name, ends=ends).sample(64, goal="anywhere", place=1, seed=1)
    rewards = levels.tables().rewards.reshape(64, -1, 3)
    for one in range(3):
        others = [k for k in range(3) if k != one]
        alone = (rewards[..., one] > 0) & (rewards[..., others] == 0).all(-1)
        assert alone.any(1).all()


@each_world
@each_end
def test_the_old_place_pays_once_and_ends_nothing(name, ends):
    world = made(name, ends=ends)
    levels = world.sample(48, goal="anywhere", place=1, seed=3)
    tables = levels.tables()
    best, policy = mdp.plan(tables, [[0, 0, 1]])
    events = mdp.rollout(tables, policy[0], 300, np.random.default_rng(0)).events
    came = events[:, 0, :, tables.event_names.index(PLACES[name])]
    wins = mdp.at_start(tables, best)[:, 0] > 0
    assert wins.mean() > 0.8
    assert (came.sum(1) == wins).all()


@each_world
def test_all_else_is_played_and_worth_what_it_is_without_it(name):
    """Values of the two other objectives and what a policy earns do not change."""
    world = made(name)
    levels = world.sample(32, goal=0.6, place=1, seed=5)
    tables, plain = levels.tables(), world.tabulate(levels)
    pair = mdp.best_start_values(plain, np.eye(2))
    assert mdp.best_start_values(tables, np.eye(3)[:2]) == pytest.approx(pair)
    agent = rk.train("network", world)
    assert tables.scale[:2] == pytest.approx(plain.scale)
    assert tables.scale[2] == tables.scale[1]
    earned = mdp.start_values(plain, agent.policy(levels)[:, : plain.shape[1]])
    found = mdp.start_values(tables, agent.policy(levels))
    assert found[:, :2] == pytest.approx(earned)


@pytest.mark.slow_for("coin")
@each_world
def test_every_kind_of_agent_acts_there(name):
    world = made(name)
    levels = world.sample(48, goal="anywhere", place=1, seed=1)
    agents = [rk.train(kind, world) for kind in ("network", "searcher", "memoriser")]
    agents += [rk.plan(world, goal) for goal in world.objectives]
    agents.append(rk.device("random", world))
    for agent in agents:
        for grounding in ("polar", "attribution", "meg", "intervention"):
            reading = rk.measure(agent, levels, grounding)
            assert set(reading.best) == {*world.objectives, PLACES[name]}
    place = mdp.plan(levels.tables(), [[0, 0, 1]])[1][0]
    reading = rk.measure(place, levels)
    assert reading.capability.value == pytest.approx(1)
    assert reading.best[PLACES[name]] == 1


@pytest.mark.slow_for("coin")
@each_world
def test_a_curve_changes_its_candidates_where_both_shifts_begin(name):
    world = made(name)
    agent = rk.train("network", world)
    curve = rk.path(agent, world, goal=[0, 0.4, "anywhere"], place=1, n=48)
    assert [len(reading.best) for reading in curve] == [2, 3, 3]
    for reading, goal in zip(curve, (0, 0.4, "anywhere"), strict=True):
        assert reading.shift == {"goal": goal, "layout": 0, "place": 1}
    alone = rk.measure(agent, world.sample(48, goal=0.4, place=1))
    for axis in ("scalar", "capability", "alignment"):
        one, two = getattr(curve[1], axis), getattr(alone, axis)
        assert one.value == pytest.approx(two.value)


def test_environments_play_such_levels():
    env = GridEnv("cheese", shift=("anywhere", 0, 1))
    env.reset(seed=3)
    cheese, hole = (env.level.things[name][0] for name in ("cheese", "hole"))
    assert len({int(cheese), int(hole), old_cell(env.world)}) == 3
    for move in (0, 1, 2, 3):
        env.step(move)
    many = VectorGridEnv("cheese", 4, shift=("anywhere", 0, 1), pool=8)
    many.reset(seed=1)
    many.step(np.zeros(4, int))
    assert many._levels.goal_shifted.all()


def test_a_world_without_one_place_has_no_old_place():
    with pytest.raises(ValueError, match=r"no old place; allowed: one with a place"):
        with_old_place(rk.make("dish"))
    assert rk.make("cheese", region=2).old_place is None


def test_candidates_are_three_tenths_apart():
    found = rk.metrics.DEFAULT.mixtures(3)
    assert len(found) == 66
    assert found[0].tolist() == [1, 0, 0]
    assert found.sum(1) == pytest.approx(1)
    assert len(np.unique(found, axis=0)) == 66


@each_world
def test_such_a_world_can_be_kept_and_drawn_from_again(name):
    levels = made(name).sample(3, goal=1, place=1, seed=2)
    kept = pickle.loads(pickle.dumps(levels))
    assert kept.world == levels.world
    assert kept.tables().digest == levels.tables().digest
    again = levels.world.sample(3, goal=1, place=1, seed=2)
    assert again.keys == levels.keys
    assert with_old_place(levels.world) is levels.world
