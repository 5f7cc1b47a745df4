"""Somebody else's library trains on our worlds (needs the extra `rl`).

Without it this is skipped, unless ROBUSTKIT_REQUIRE_RL=1 says that it should be there.
"""

from __future__ import annotations

import importlib
import os

import gymnasium
import numpy as np
import pytest
from minigrid.wrappers import FullyObsWrapper, ImgObsWrapper

from robustkit.worlds.registry import register

HOW = 'Stable-Baselines3 is missing: pip install "robustness-2d[rl]"'
if os.environ.get("ROBUSTKIT_REQUIRE_RL") == "1":
    sb3 = importlib.import_module("stable_baselines3")
else:
    sb3 = pytest.importorskip("stable_baselines3", reason=HOW)


@pytest.mark.slow
def test_ppo_of_stable_baselines3_learns_to_reach_the_cheese():
    register()

    def make():
        env = gymnasium.make(
            "robustkit/Cheese-v0", size=5, layouts=2, maker="open", max_steps=30
        )
        return gymnasium.wrappers.FlattenObservation(
            ImgObsWrapper(FullyObsWrapper(env))
        )

    def share_of_wins(model, episodes=40):
        env, wins = make(), 0
        for episode in range(episodes):
            seen, _ = env.reset(seed=1000 + episode)
            ended = cut = False
            while not (ended or cut):
                move, _ = model.predict(seen, deterministic=False)
                seen, reward, ended, cut, _ = env.step(int(move))
                wins += reward > 0
        return wins / episodes

    venv = sb3.common.env_util.make_vec_env(make, n_envs=8, seed=0)
    model = sb3.PPO(
        "MlpPolicy", venv, n_steps=64, batch_size=128, seed=0, ent_coef=0.01
    )
    steps = np.mean([_moves(model, make, k) for k in range(20)])
    model.learn(12_000)
    assert share_of_wins(model) > 0.95
    assert np.mean([_moves(model, make, k) for k in range(20)]) < 0.6 * steps


def _moves(model, make, seed: int) -> int:
    """Return how many moves an episode takes."""
    env = make()
    seen, _ = env.reset(seed=seed)
    for moves in range(1, 100):
        move, _ = model.predict(seen, deterministic=False)
        seen, _, ended, cut, _ = env.step(int(move))
        if ended or cut:
            return moves
    return 100


def test_a_model_of_stable_baselines3_is_an_agent():
    import robustkit as rk
    from robustkit.worlds.minigrid import GridEnv, SymbolicObs

    world = rk.make("cheese", size=7, layouts=4)
    levels = world.sample(6, goal="anywhere", share=0.5)

    def make():
        return gymnasium.wrappers.FlattenObservation(SymbolicObs(GridEnv(world)))

    venv = sb3.common.env_util.make_vec_env(make, n_envs=2, seed=0)
    for algorithm in (sb3.PPO, sb3.DQN):
        model = algorithm("MlpPolicy", venv, seed=0)
        agent = rk.agent(model, world, name="theirs")
        policy = agent.policy(levels)
        seen = levels[[3]].seen_from(levels.start[[3]], np.zeros(1, int))
        row = policy[3, levels.start[3]]
        likeliest, _ = model.predict(seen.reshape(1, -1), deterministic=True)
        assert row.argmax() == likeliest[0]
        assert (row.max() == 1) == (algorithm is sb3.DQN)
        assert rk.measure(agent, levels).agent == "theirs"
    other = rk.make("dish")
    with pytest.raises(ValueError, match="was trained on observations of shape"):
        rk.agent(model, other)
