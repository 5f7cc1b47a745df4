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


def test_a_model_that_was_trained_on_normalised_observations_gets_them(tmp_path):
    import robustkit as rk
    from robustkit.worlds.minigrid import GridEnv, SymbolicObs

    world = rk.make("cheese", size=5, layouts=4)
    levels = world.sample(6, goal="anywhere")

    def make():
        return gymnasium.wrappers.FlattenObservation(SymbolicObs(GridEnv(world)))

    normal = sb3.common.vec_env.VecNormalize(
        sb3.common.env_util.make_vec_env(make, n_envs=2, seed=0)
    )
    model = sb3.PPO("MlpPolicy", normal, n_steps=32, batch_size=32, seed=0)
    model.learn(200)
    policy = rk.agent(model, world).policy(levels)
    seen = levels[[3]].seen_from(levels.start[[3]], np.zeros(1, int)).reshape(1, -1)
    likeliest, _ = model.predict(normal.normalize_obs(seen), deterministic=True)
    assert policy[3, levels.start[3]].argmax() == likeliest[0]

    model.save(tmp_path / "model.zip")
    normal.save(tmp_path / "normal.pkl")
    loaded = sb3.PPO.load(tmp_path / "model.zip")
    with pytest.raises(ValueError, match="VecNormalize had normalised, and has lost"):
        rk.agent(loaded, world)
    load = sb3.common.vec_env.VecNormalize.load
    fresh = load(
        tmp_path / "normal.pkl", sb3.common.env_util.make_vec_env(make, n_envs=1)
    )
    again = rk.agent(loaded, world, normalize=fresh).policy(levels)
    np.testing.assert_allclose(again, policy, atol=1e-6)
    bare = rk.agent(loaded, world, normalize=False).policy(levels)
    assert np.abs(bare - policy).max() > 0.01


def test_what_a_model_draws_is_no_policy_and_what_torch_gives_is_read():
    import robustkit as rk
    from robustkit.worlds.minigrid import GridEnv, SymbolicObs

    torch = importlib.import_module("torch")
    world = rk.make("cheese", size=5, layouts=4)
    levels = world.sample(6)
    venv = sb3.common.env_util.make_vec_env(lambda: SymbolicObs(GridEnv(world)))
    model = sb3.PPO("MlpPolicy", venv, seed=0)
    with pytest.raises(ValueError, match="draws its moves or remembers"):
        rk.agent(lambda seen: model.predict(seen)[0], world)
    with pytest.raises(ValueError, match="draws its moves or remembers"):
        rk.agent(lambda seen: model.predict(seen)[0], world, batched=True)
    best = rk.agent(
        lambda seen: model.predict(seen, deterministic=True)[0], world, batched=True
    )
    assert best.policy(levels).max() == 1

    stacked = sb3.common.vec_env.VecFrameStack(venv, 3)
    with pytest.raises(ValueError, match="3 frames stacked it remembers"):
        rk.agent(sb3.PPO("MlpPolicy", stacked), world)

    flat = torch.nn.Flatten()
    layers = flat, torch.nn.Linear(100, 32), torch.nn.BatchNorm1d(32)
    net = torch.nn.Sequential(*layers, torch.nn.Linear(32, 4))
    with pytest.raises(ValueError, match="is a torch module, which takes tensors"):
        rk.agent(net, world)

    def ask(seen):
        return net(torch.as_tensor(seen, dtype=torch.float32))

    def odds(seen):
        return ask(seen).softmax(-1)

    with pytest.raises(ValueError, match="by what else is in the batch"):
        rk.agent(odds, world, batched=True)
    net.eval()
    rk.agent(odds, world, batched=True).policy(levels)
    rk.agent(lambda seen: odds(seen).bfloat16(), world, batched=True).policy(levels)
    with pytest.raises(ValueError, match="of logits or values, give the softmax"):
        rk.agent(ask, world, batched=True).policy(levels)
