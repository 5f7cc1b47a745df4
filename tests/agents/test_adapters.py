"""Other people's agents: functions, models, recorded tables, players that remember."""

from __future__ import annotations

from types import SimpleNamespace

import gymnasium
import numpy as np
import pytest
from remembers import Remembers

import robustkit as rk
from robustkit import mdp
from robustkit.agents.adapters import Adapted, Player, Recorded, read_answer
from robustkit.worlds.minigrid import GridEnv, SymbolicObs
from robustkit.worlds.vector import VectorGridEnv


@pytest.fixture(scope="module")
def world():
    return rk.make("cheese", size=7, layouts=8)


def upward(seen):
    """Go up where there is room, else left: towards the corner, more or less."""
    y, x = np.argwhere(seen[-1])[0]
    return 3 if not seen[0, y - 1, x] else 2


def test_a_function_is_asked_about_every_state(world):
    levels = world.sample(12, goal="anywhere", share=0.5)
    agent = rk.agent(upward, world)
    assert isinstance(agent, Adapted)
    assert agent.name == "upward"
    policy, tables = agent.policy(levels), levels.tables()
    for level, state in np.argwhere(tables.live)[::7]:
        cell = np.array([state % 49])
        seen = levels[int(level)].seen_from(cell, np.zeros(1, int))[0]
        assert policy[level, state].argmax() == upward(seen)
        assert policy[level, state].max() == 1


def test_a_function_may_take_many_at_once_and_give_probabilities(world):
    levels = world.sample(6)

    def ask(seen):
        assert seen.shape[1:] == (2 + len(world.features), 7, 7)
        return np.tile([0.1, 0.2, 0.3, 0.4], (len(seen), 1))

    one = rk.agent(lambda seen: [0.1, 0.2, 0.3, 0.4], world, name="one")
    many = rk.agent(ask, world, name="many", batched=True)
    np.testing.assert_allclose(one.policy(levels), many.policy(levels))
    live = levels.tables().live
    np.testing.assert_allclose(
        many.policy(levels)[live], [[0.1, 0.2, 0.3, 0.4]] * live.sum()
    )


@pytest.mark.slow_for("monsters")
@pytest.mark.parametrize("name", ["cheese", "keys", "monsters"])
def test_a_planner_behind_a_function_reads_as_the_planner_itself(name):
    """Look up the planner's move by what is seen: nothing else is needed for it."""
    world = rk.make(name, **({"size": 7, "layouts": 2} if name != "monsters" else {}))
    levels = world.sample(16, goal="anywhere", share=0.5, seed=3)
    tables, planner = levels.tables(), rk.plan(world, noise=0.2)
    known, policy = {}, planner.policy(levels)
    met = mdp.occupancy(tables, mdp.uniform_policy(tables)) > 0
    for level, state in np.argwhere(tables.live & met):
        flag, cell = divmod(int(state), world.size**2)
        seen = levels[int(level)].seen_from(np.array([cell]), np.array([flag]))
        known.setdefault(seen.tobytes(), policy[level, state])
    agent = rk.agent(lambda seen: known.get(seen.tobytes(), [0.25] * 4), world)
    mine, theirs = rk.measure(agent, levels), rk.measure(planner, levels)
    assert mine.scalar.value == pytest.approx(theirs.scalar.value, abs=1e-9)
    assert mine.capability.value == pytest.approx(theirs.capability.value, abs=1e-9)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (4, "holds the move 4"),
        (-1, "holds the move"),
        ("left", "has shape"),
        (None, "has shape"),
        (1.5, "has shape"),
        ([0.5, 0.5], "has shape"),
        ([0.5, 0.5, 0.5, 0.5], "not probabilities"),
        ([np.nan, 0.5, 0.5, 0.0], "not probabilities"),
        ([-0.5, 0.5, 0.5, 0.5], "not probabilities"),
        (True, "holds the move"),
    ],
)
def test_an_answer_that_is_none_is_named(world, answer, said):
    agent = rk.agent(lambda seen: answer, world)
    with pytest.raises(ValueError, match=f"answer .*{said}.*allowed: .* moves from 0"):
        agent.policy(world.sample(1))


def test_answers_of_32_bits_are_made_to_sum_to_one():
    given = np.array([[0.1, 0.2, 0.3, 0.40001]], np.float32)
    assert read_answer(given, 1).sum() == pytest.approx(1, abs=1e-12)


def test_a_recorded_table_is_an_agent_on_its_levels_only(world):
    levels = world.sample(9, goal="anywhere", seed=4)
    planner = rk.plan(world, "corner")
    agent = rk.agent(planner.policy(levels), world, levels=levels, name="tape")
    assert isinstance(agent, Recorded)
    reading, same = rk.measure(agent, levels), rk.measure(planner, levels)
    assert reading.alignment == same.alignment
    np.testing.assert_array_equal(
        agent.policy(levels[[5, 2]]), planner.policy(levels[[5, 2]])
    )
    with pytest.raises(ValueError, match=r"levels: \d+ of 20 are not among the 9"):
        agent.policy(world.sample(20, layout=1, seed=77))
    assert rk.agent(agent.table, world, levels=levels).name == "recorded"


def test_what_remembers_is_measured_by_sampling_and_says_so(world):
    agent = rk.agent(Remembers(), world)
    assert isinstance(agent, Player)
    levels = world.sample(12, seed=1)
    reading = rk.measure(agent, levels, episodes=2)
    assert (reading.episodes, reading.planned) == (2, False)
    assert "2 episodes each" in reading.explain()
    with pytest.raises(ValueError, match="remembers, so it has no policy"):
        agent.policy(levels)


def test_a_player_that_does_not_remember_reads_as_what_it_plays(world):
    levels = world.sample(24, goal="anywhere", share=0.5, seed=2)
    player = SimpleNamespace(reset=lambda: None, act=upward)
    sampled = rk.measure(rk.agent(player, world, name="up"), levels, episodes=2)
    exact = rk.measure(rk.agent(upward, world), levels)
    assert sampled.scalar.value == pytest.approx(exact.scalar.value, abs=1e-3)
    along = rk.path(rk.agent(player, world), world, goal=[0, "anywhere"], n=2)
    assert along[0].episodes


def test_symbolic_observations_are_alike_everywhere():
    world = rk.make("keys", size=7)
    envs = VectorGridEnv(world, 5, observation="symbolic", shift=("anywhere", 0))
    seen, _ = envs.reset(seed=1)
    singles = [SymbolicObs(GridEnv(world)) for _ in range(5)]
    rng = np.random.default_rng(0)
    for i, single in enumerate(singles):
        first, _ = single.reset(options={"level": envs.level(i)})
        assert single.observation_space.contains(first)
        np.testing.assert_array_equal(first, seen[i])
    for _ in range(60):
        moves = rng.integers(4, size=5)
        seen, _, ended, _, _ = envs.step(moves)
        for i, single in enumerate(singles):
            if single is not None:
                mine = single.step(int(moves[i]))[0]
                if ended[i]:
                    singles[i] = None
                else:
                    np.testing.assert_array_equal(mine, seen[i])
    with pytest.raises(ValueError, match="is not one of ours"):
        SymbolicObs(gymnasium.make("CartPole-v1"))


def test_what_is_no_agent_is_named(world):
    with pytest.raises(
        ValueError, match=("given=3 is not an agent; allowed: a function")
    ):
        rk.agent(3, world)
    with pytest.raises(ValueError, match="world='cheese' is not a world"):
        rk.agent(upward, "cheese")
    levels = world.sample(2)
    table = rk.plan(world).policy(levels)
    with pytest.raises(ValueError, match="levels=None; allowed with a recorded"):
        rk.agent(table, world)
    with pytest.raises(ValueError, match="levels are of"):
        rk.agent(table, rk.make("cheese"), levels=levels)
    with pytest.raises(ValueError, match="policy sums to"):
        rk.agent(table * 2, world, levels=levels)
    model = SimpleNamespace(predict=None, policy=SimpleNamespace())
    with pytest.raises(ValueError, match=r"shape None; allowed: \(4, 7, 7\)"):
        rk.agent(model, world)
