"""Other people's MiniGrid environments as tables."""

from __future__ import annotations

import gymnasium
import minigrid  # noqa: F401  (registers its environments)
import numpy as np
import pytest
from minigrid_table import REFERENCE, ROWS

import robustkit as rk
from robustkit import mdp


def _play(env, moves):
    """Return how many steps the environment takes to pay, or None."""
    env.reset(seed=0)
    for step, move in enumerate(moves, start=1):
        _, reward, ended, _, _ = env.step(int(move))
        if reward > 0:
            return step
        assert not ended
    return None


@pytest.mark.parametrize(
    "name", ["DistShift1", "DistShift2", "DoorKey-5x5", "LavaGapS5", "Empty-5x5"]
)
def test_optimal_play_in_tables_wins_the_environment_itself(name):
    env = gymnasium.make(f"MiniGrid-{name}-v0")
    tables = rk.tabulate(env)
    values, policies = mdp.plan(tables, np.eye(1))
    state, moves = 0, []
    while state != tables.shape[1] - 1:
        moves.append(policies[0, 0, state].argmax())
        state = tables.next_state[0, state, moves[-1]]
    steps = _play(env, moves)
    assert steps == len(moves)
    best = values[0, 0, 0] * tables.scale[0]
    assert best == pytest.approx(tables.discount ** (steps - 1))


def test_own_events_and_objectives_can_be_measured():
    env = gymnasium.make("MiniGrid-DoorKey-5x5-v0")
    tables = rk.tabulate(
        env,
        events={"open": lambda game: any(
            t is not None and t.type == "door" and t.is_open for t in game.grid.grid
        )},
        objectives={"task": {"success": 1.0}, "door": {"open": 1.0}},
    )  # fmt: skip
    _, policies = mdp.plan(tables, np.eye(2))
    from robustkit import metrics

    aligned, other = (metrics.measure(p, tables) for p in policies)
    assert aligned.alignment.value == pytest.approx(1)
    assert other.capability.value == pytest.approx(1)
    assert other.scalar.value < aligned.scalar.value


@pytest.mark.parametrize("env", [None, "MiniGrid-Empty-5x5-v0", 3])
def test_what_is_no_minigrid_environment_is_refused(env):
    with pytest.raises(ValueError, match="allowed: a MiniGrid environment"):
        rk.tabulate(env)


def test_an_objective_that_pays_nothing_is_refused():
    env = gymnasium.make("MiniGrid-Empty-5x5-v0")
    with pytest.raises(ValueError, match="objective 'nothing' pays the same"):
        rk.tabulate(env, objectives={"nothing": {"failure": 1.0}})
    with pytest.raises(ValueError, match="event of objective 'task'='win'"):
        rk.tabulate(env, objectives={"task": {"win": 1.0}})


QUICK_ROWS = "Empty-5x5", "LavaGapS6", "GoToObjS4", "MemoryS7-", "OpenRedDoor-"


@pytest.mark.parametrize(
    ("name", "states", "best"),
    [
        pytest.param(*row, id=row[0], marks=[] if quick else pytest.mark.slow)
        for row in ROWS
        for quick in [any(part in row[0] for part in QUICK_ROWS)]
    ],
)
def test_the_table_in_the_reference_says_what_there_is(name, states, best):
    tables = rk.tabulate(gymnasium.make(name), limit=4000)
    assert f"{tables.shape[1]:,}" == states
    earned = mdp.best_start_values(tables, np.eye(1))[0, 0] * tables.scale[0]
    assert f"{earned:.3f}" == best


def test_the_table_in_the_reference_names_every_environment_of_minigrid():
    text = REFERENCE.read_text("utf-8")
    names = [n for n in gymnasium.registry if n.startswith(("MiniGrid-", "BabyAI-"))]
    assert len(ROWS) > 50
    assert [name for name in names if f"`{name}`" not in text] == []


@pytest.mark.slow_for("Keys")
@pytest.mark.parametrize("name", ["Cheese", "Dish", "Colour", "Coin", "Keys"])
def test_our_own_environments_are_tabulated_as_their_worlds_are(name):
    env = gymnasium.make(f"robustkit/{name}-v0")
    tables = rk.tabulate(env, discount=0.95)
    env.reset(seed=0)
    known = env.unwrapped.level.tables()
    asked = np.eye(len(known.objectives))[:1]
    best = mdp.best_start_values(known, asked)[0, 0] * known.scale[0]
    mine = mdp.best_start_values(tables, np.eye(1))[0, 0] * tables.scale[0]
    assert mine == pytest.approx(best)
    mine, theirs = (
        mdp.evaluate(t, mdp.uniform_policy(t))[0, int(t.start[0]), 0]
        for t in (tables, known)
    )
    assert mine == pytest.approx(theirs)
