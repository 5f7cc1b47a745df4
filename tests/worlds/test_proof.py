"""The proof for every world: tables, MiniGrid and the rules said again all agree.

Tables and environment play by the world's one statement of its rules; `rules_oracle`
says them again, one thing at a time, and must come to the same.
"""

from __future__ import annotations

from collections import deque
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rules_oracle import rules_of

import robustkit as rk
from robustkit import mdp
from robustkit.worlds.minigrid import GridEnv

NAMES = list(rk.list_worlds())
SMALL = {
    "coin": {"size": 9, "height": 5},
    "lava": {"size": 7, "height": 5},
    "monsters": {"size": 5, "layouts": 1},
    "trees": {"size": 5, "trees": 2},
}
OTHER = [  # other rules than the usual ones
    ("cheese", {"ends": "base"}),
    ("cheese", {"region": 3}),
    ("cheese", {"region": 3, "ends": "base"}),
    ("cheese", {"region": 5, "size": 7}),
    ("dish", {"ends": "base"}),
    ("coin", {"ends": "base"}),
    ("keys", {"few": 2, "many": 3}),
    pytest.param(
        *("monsters", {"shields": 1, "apples": 2, "chase": 0.8}), marks=pytest.mark.slow
    ),
    pytest.param(*("trees", {"trees": 4}), marks=pytest.mark.slow),
    ("lava", {"maker": "distshift1", "unfamiliar": "distshift2", "layouts": 1}),
]
each_variant = pytest.mark.parametrize(
    ("name", "options"), [(name, {}) for name in NAMES] + OTHER, ids=str
)


MAZES = [  # mazes of all sizes and makers, in which cheese and hole lie
    ("cheese", {"maker": maker, "unfamiliar": other, "size": size, "ends": ends})
    for maker, other, size, ends in (
        ("tree", "blocks", 5, "first"),
        ("tree", "edge", 9, "base"),
        ("blocks", "dense", 7, "base"),
        ("edge", "blocks", 7, "first"),
        ("dense", "rooms", 9, "first"),
        ("rooms", "tree", 9, "base"),
        ("open", "tree", 5, "base"),
    )
]


world = cache(rk.make)  # the same one for the same options


def small(name: str, **options) -> rk.worlds.World:
    """Return a world of few states."""
    return world(name, **SMALL.get(name, {"size": 7}) | {"layouts": 3} | options)


def within(world, goal, layout):
    """Return how far to go along goal and layout, of the shifts that a world has."""
    return goal if "goal" in world.shifts else 0, layout


def started(level):
    env = GridEnv(level.world)
    env.reset(options={"level": level})
    return env


def branches(level, state: int, move: int) -> list[int]:
    """Return the branches that a move can turn out to be."""
    tables = level.tables()
    every = move * tables.outcomes + np.arange(tables.outcomes)
    if tables.chance is None:
        return every.tolist()
    return every[tables.chance[0, state, every] > 0].tolist()


def assert_same_step(
    env, level, state: int, move: int, branch: int
) -> tuple[int, bool]:
    """Take a move in all three and return (state after it, whether it ended).

    branch: how the move turns out; the environment must offer just this chance of it.
    """
    tables, (height, width) = level.tables(), level.world.shape
    flag, cell = divmod(state, height * width)
    outcome = branch % tables.outcomes
    rules = rules_of(level)
    told = rules.play(cell, flag, move, outcome)

    def nature(chance):
        given = tables.chance[0, state, move * tables.outcomes :][: tables.outcomes]
        np.testing.assert_allclose(chance, given, rtol=0, atol=1e-12)
        onto, _, new, _ = rules.step(cell, flag, move)
        np.testing.assert_allclose(chance, rules.chance(onto, new), rtol=0, atol=1e-12)
        return outcome

    env._draw = nature
    _, reward, terminated, _, info = env.step(move)
    after = int(tables.next_state[0, state, branch])
    happens = np.flatnonzero(tables.events[0, state, branch])
    assert sorted(info["events"]) == sorted(tables.event_names[k] for k in happens)
    assert set(info["events"]) == told[1]
    assert reward == tables.rewards[0, state, branch, 0]
    assert terminated == told[3] == (after == tables.shape[1] - 1)
    x, y = env.agent_pos
    assert told[0] == y * width + x
    if not terminated:
        assert divmod(after, height * width) == (env.flag, told[0])
        assert told[2] == env.flag
        seen = level.world.visible(level, env.flag)
        for thing in level.world.things:
            cell = int(seen[thing.name][0])
            assert cell == rules.stands(thing.name, env.flag)
            if cell >= 0 and thing.features:
                here = env.grid.get(cell % width, cell // width).things
                assert thing.features in [other.features for other in here]
    return after, terminated


@pytest.mark.parametrize(
    ("name", "options"), [(name, {}) for name in NAMES] + OTHER + MAZES, ids=str
)
@settings(max_examples=25)
@given(
    st.tuples(st.floats(0, 1), st.floats(0, 1)),
    st.integers(0, 2**32),
    st.lists(st.integers(0, 255), min_size=1, max_size=80),
)
def test_play_in_tables_and_in_minigrid_agrees_step_for_step(
    name, options, shift, seed, wishes
):
    one = world(name, **options)
    level = one.sample(1, *within(one, *shift), seed=seed)
    count = len(level.world.objectives)
    _, ways = mdp.plan(level.tables(), np.eye(count))
    env, state = started(level), int(level.start[0])
    for wish in wishes:  # a move, or what the planner of an objective would do
        way = ways[wish % count, 0, state]
        move = wish % 4 if wish % 8 < 4 else int(way.argmax())
        possible = branches(level, state, move)
        branch = possible[wish // 8 % len(possible)]
        state, ended = assert_same_step(env, level, state, move, branch)
        if ended:
            break


LARGE = {
    "monsters": {"size": 9, "apples": 3, "shields": 3, "monsters": 4, "layouts": 8},
    "trees": {"size": 11, "trees": 10},
}


@pytest.mark.parametrize("name", LARGE)
@settings(max_examples=20)
@given(st.integers(0, 2**32), st.booleans())
def test_a_world_too_large_for_tables_agrees_with_minigrid_as_well(name, seed, apart):
    one = rk.make(name, **LARGE[name])
    assert not one.listed
    level = one.sample(1, goal=float(apart), seed=seed)
    env, rng, rules = started(level), np.random.default_rng(seed), rules_of(level)
    cell, flag = level.start[:, None], np.zeros((1, 1), int)
    for move in rng.integers(4, size=60):
        came = one.step(level, cell, flag, np.array([[move]]))
        chance = one.outcome_chances(level, came.cell, came.flag)[0, 0]
        outcome = int(rng.choice(len(chance), p=chance / chance.sum()))
        onto, new, events, over = one.settle(level, came, np.array([[outcome]]))
        env._draw = lambda given, chance=chance, outcome=outcome: (
            np.testing.assert_allclose(given, chance, rtol=0, atol=1e-12) or outcome
        )
        told = rules.play(int(cell[0, 0]), int(flag[0, 0]), int(move), outcome)
        _, _, terminated, _, info = env.step(int(move))
        assert set(info["events"]) == {name for name in events if events[name][0, 0]}
        assert set(info["events"]) == told[1]
        assert terminated == over[0, 0] == told[3]
        if terminated:
            break
        cell, flag = onto, new
        x, y = env.agent_pos
        assert (env.flag, y * one.shape[1] + x) == (flag[0, 0], cell[0, 0])
        assert (told[2], told[0]) == (flag[0, 0], cell[0, 0])


@pytest.mark.parametrize("part", [0, 1])
@each_variant
def test_every_move_from_every_reachable_state_agrees(name, options, part):
    level = small(name, **options).strata(1, seed=2)[part]
    tables, start = level.tables(), int(level.start[0])
    env, width = started(level), level.world.shape[1]
    known, todo, happened = {start}, deque([start]), set()
    while todo:
        state = todo.popleft()
        ways = [(move, b) for move in range(4) for b in branches(level, state, move)]
        for move, branch in ways:
            env.flag, cell = divmod(state, level.terrain[0].size)
            env.agent_pos, env.step_count = (cell % width, cell // width), 0
            env._lay()
            after, ended = assert_same_step(env, level, state, move, branch)
            happened |= set(np.flatnonzero(tables.events[0, state, branch]))
            if not ended and after not in known:
                known.add(after)
                todo.append(after)
    never = set(range(len(tables.event_names))) - happened
    assert {tables.event_names[k] for k in never} <= NEVER[name][part]


NEVER = {  # what cannot happen in the levels of a stratum, for a reason
    **{name: (set(), set()) for name in NAMES},
    "switch": ({"harm", "switch"}, set()),
    "coin": ({"lava"}, {"lava"}),
    "monsters": (set(), {"caught"}),
}


@each_variant
def test_base_and_proxy_planners_are_fully_capable_at_every_shift(name, options):
    one = world(name, **options)
    for levels in one.strata(24, seed=4):
        for objective in one.objectives:
            reading = rk.measure(rk.plan(one, objective), levels)
            assert reading.capability.value == pytest.approx(1, abs=0.01)
            if objective == one.base:
                assert reading.scalar.value == pytest.approx(1, abs=1e-9)


@pytest.mark.slow_for("monsters", "trees")
@pytest.mark.parametrize("name", [n for n in NAMES if n != "lava"])
def test_a_goal_shift_tells_the_proxy_planner_from_the_base_planner(name):
    one = world(name)
    (proxy,) = list(one.objectives)[1:]
    agree, part = one.strata(48, seed=5)[:2]
    trained = rk.measure(rk.plan(one, proxy), agree).scalar.value
    shifted = rk.measure(rk.plan(one, proxy), part).scalar.value
    assert shifted < (0.7 if name == "trees" else 0.5)
    assert trained > shifted or name == "keys"


@each_variant
def test_every_level_can_be_won(name, options):
    one = world(name, **options)
    for levels in one.strata(64, seed=6):
        tables = levels.tables()
        best = mdp.optimal_values(tables, tables.mixture("base"))
        best = best[np.arange(64), levels.start, 0] * tables.scale[0]
        if name == "monsters":  # some starts are lost, but not all is equally bad
            walk = mdp.evaluate(tables, mdp.uniform_policy(tables))
            best -= walk[np.arange(64), levels.start, 0]
        assert best.min() > 1e-6


@pytest.mark.parametrize("name", NAMES)
def test_agents_do_not_see_what_has_no_features(name):
    one = world(name)
    levels = one.sample(4, *within(one, 1, 0))
    assert levels.planes().shape[1] == 1 + len(one.features)
    assert set(np.unique(levels.planes())) <= {0, 1}


def test_distshift_is_a_special_case_of_lava():
    import gymnasium
    import minigrid  # noqa: F401  (registers)

    one = rk.make(
        "lava", maker="distshift1", unfamiliar="distshift2", layouts=1, start="corner"
    )
    for shift, name in ((0, "MiniGrid-DistShift1-v0"), (1, "MiniGrid-DistShift2-v0")):
        theirs = gymnasium.make(name).unwrapped
        theirs.reset(seed=0)
        env = GridEnv(one, shift=(0, shift))
        env.reset(seed=0)
        kinds = [
            [thing and thing.type for thing in game.grid.grid] for game in (theirs, env)
        ]
        assert kinds[0] == kinds[1]
        assert tuple(theirs.agent_pos) == tuple(env.agent_pos)
