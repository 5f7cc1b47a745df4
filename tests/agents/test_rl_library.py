"""Somebody else's library trains on our worlds (needs the extra `rl`).

Without it this is skipped, unless ROBUSTKIT_REQUIRE_RL=1 says that it should be there.
"""

from __future__ import annotations

import importlib
import os
import re

import gymnasium
import numpy as np
import pytest
from minigrid.wrappers import FullyObsWrapper, ImgObsWrapper

import robustkit as rk
from robustkit.course import recorded
from robustkit.worlds.minigrid import GridEnv, SymbolicObs
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
    with pytest.raises(
        ValueError, match="normalised by VecNormalize, which a model loses"
    ):
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

    with pytest.raises(ValueError, match="depend on what else is in the batch"):
        rk.agent(odds, world, batched=True)
    net.eval()
    rk.agent(odds, world, batched=True).policy(levels)
    rk.agent(lambda seen: odds(seen).bfloat16(), world, batched=True).policy(levels)
    with pytest.raises(ValueError, match="of logits or values, give the softmax"):
        rk.agent(ask, world, batched=True).policy(levels)


# One's own environment, from a file that nobody has seen, and a model trained on it

CORRIDOR = """
from minigrid.core.grid import Grid
from minigrid.core.mission import MissionSpace
from minigrid.core.world_object import Goal
from minigrid.minigrid_env import MiniGridEnv


def words():
    return "get there"


class Corridor(MiniGridEnv):
    def __init__(self, shifted=False):
        self.shifted = shifted
        space = MissionSpace(words)
        super().__init__(space, width=7, height=4, max_steps=40)

    def _gen_grid(self, width, height):
        self.mission, self.grid = words(), Grid(width, height)
        self.grid.wall_rect(0, 0, width, height)
        self.put_obj(Goal(), 1 if self.shifted else width - 2, 1)
        self.agent_pos, self.agent_dir = (3, self._rand_int(1, 3)), self._rand_int(0, 4)
"""
SEEN = 7 * 4 * 3


def test_a_fresh_file_and_a_fresh_model_come_to_a_card_with_a_curve(
    tmp_path, monkeypatch
):
    (tmp_path / "corridor.py").write_text(CORRIDOR)
    monkeypatch.syspath_prepend(tmp_path)
    corridor = importlib.import_module("corridor")

    def make(shifted=False):
        env = ImgObsWrapper(FullyObsWrapper(corridor.Corridor(shifted)))
        return gymnasium.wrappers.FlattenObservation(env)

    # As Stable-Baselines3 has it: it wraps in a Monitor, and normalises if asked to.
    plain = sb3.common.env_util.make_vec_env(make, n_envs=2, seed=0)
    normal = sb3.common.vec_env.VecNormalize(plain)
    model = sb3.PPO("MlpPolicy", normal, n_steps=64, batch_size=64, seed=0)
    model.learn(256)

    right = {"right": lambda game: game.agent_pos[0] == game.width - 2}
    pays = {"goal": {"success": 1.0}, "right": {"right": 0.1}}
    asked = {"events": right, "objectives": pays, "discount": 0.95}
    own = rk.tabulate(make(), goal=make(True), seed=[0, 1], **asked)
    agent = rk.agent(model, own, name="mine")
    levels = own.sample()
    level = levels.each[0].level
    seen = normal.normalize_obs(np.stack(level.seen(np.arange(5))))
    assert seen.shape == (5, SEEN)
    likeliest, _ = model.predict(seen, deterministic=True)
    np.testing.assert_array_equal(agent.policy(levels)[0, :5].argmax(-1), likeliest)

    card = rk.card(agent)
    assert len(card.data["paths"]["goal"]) == 2
    assert "shifted (goal)" in card.markdown()
    assert rk.path(agent, own, goal=[0, 1]).drop() is not None
    assert rk.watch(agent, levels[0]).data["steps"]


def test_what_lesson_10_prints_for_stable_baselines3_trains():
    book = recorded.cells()
    (snippet,) = re.findall(r"```python\n(.*?)```", book["libraries"], re.S)
    assert "learn(100_000)" in snippet
    world = rk.make("cheese")
    made = {"rk": rk, "world": world}
    exec(snippet.replace("100_000", "64"), made)
    assert rk.measure(made["trained"], world.sample(4)).capability.value < 1


def test_the_networks_of_lesson_10_are_those_that_its_training_makes():
    told = recorded.lesson((*recorded.CELLS, "tabulate", "recorded"))
    model = told["train"](0, steps=1024)
    told["kept"] = {
        name: layer[None]
        for name, layer in zip(recorded.LAYERS, recorded.weights(model), strict=True)
    }
    own = rk.tabulate(told["make"](), **told["how"])
    one, other = (
        rk.agent(given, own).policy(rk.plan(own).world.sample())
        for given in (model, told["network"](0))
    )
    np.testing.assert_allclose(one, other, atol=2e-3)
