"""Stable-Baselines3's PPO on our worlds: environments and networks for `rivals.py`."""

from __future__ import annotations

from typing import Any

import gymnasium
import numpy as np
import torch
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from stable_baselines3.common.vec_env import DummyVecEnv, SubprocVecEnv, VecEnv
from torch import nn

from robustkit.worlds import Levels, World
from robustkit.worlds.minigrid import SymbolicObs
from robustkit.worlds.vector import VectorGridEnv

STEPS = 100  # moves after which an episode is cut off


class Batched(VecEnv):
    """Our vector environment by the names that Stable-Baselines3 knows."""

    def __init__(self, world: World, copies: int) -> None:
        self.inner = VectorGridEnv(
            world, copies, max_steps=STEPS, pool=4096, autoreset_mode="SameStep"
        )
        spaces = self.inner.single_observation_space, self.inner.single_action_space
        super().__init__(copies, *spaces)

    def reset(self) -> Any:
        return self.inner.reset(seed=self._seeds[0])[0]

    def step_async(self, actions: Any) -> None:
        self.actions = actions

    def step_wait(self) -> Any:
        seen, reward, ended, cut, infos = self.inner.step(self.actions)
        done = ended | cut
        told: list[dict[str, Any]] = [{} for _ in done]
        for i in np.flatnonzero(done):
            told[i] = {
                "TimeLimit.truncated": bool(cut[i] and not ended[i]),
                "terminal_observation": infos["final_obs"][i],
            }
        return seen, reward.astype(np.float32), done, told

    def close(self) -> None:
        self.inner.close()

    def get_attr(self, name: str, indices: Any = None) -> Any:
        return [None] * self.num_envs

    def set_attr(self, name: str, value: Any, indices: Any = None) -> None: ...

    def env_method(self, *args: Any, **kwargs: Any) -> Any:
        return []

    def env_is_wrapped(self, wrapper: Any, indices: Any = None) -> Any:
        return [False] * self.num_envs


def alone() -> gymnasium.Env[Any, Any]:
    """Return one environment, in MiniGrid's own loop, as Gymnasium makes it."""
    return SymbolicObs(gymnasium.make("robustkit/Cheese-v0", max_steps=STEPS))


def environments(engine: str, world: World, copies: int, seed: int) -> VecEnv:
    """Return copies of an environment on one of the engines."""
    if engine == "ours":
        made: VecEnv = Batched(world, copies)
        made.seed(seed)
        return made
    kind = {"DummyVecEnv": DummyVecEnv, "SubprocVecEnv": SubprocVecEnv}[engine]
    return make_vec_env(alone, copies, seed, vec_env_cls=kind)


class Cnn(BaseFeaturesExtractor):
    """Three convolutions and a layer, as is usual for small grids."""

    def __init__(self, space: Any) -> None:
        super().__init__(space, 128)
        planes, height, width = space.shape
        layers: list[nn.Module] = []
        for before in (planes, 32, 32):
            layers += [nn.Conv2d(before, 32, 3, padding=1), nn.ReLU()]
        last = nn.Linear(32 * height * width, 128), nn.ReLU()
        self.body = nn.Sequential(*layers, nn.Flatten(), *last)

    def forward(self, seen: Any) -> Any:
        return self.body(seen)


class PolicyMap(BaseFeaturesExtractor):
    """Our network: a recurrent convolution, read where the agent stands.

    It is computed for the whole grid and used in one cell, as PPO sees one at a time.
    """

    def __init__(self, space: Any) -> None:
        super().__init__(space, 16)
        planes, height, width = space.shape
        # The agent's plane goes, row and column come.
        self.see = nn.Conv2d(planes + 1, 16, 3, padding=1)
        self.recur = nn.Conv2d(16, 16, 3, padding=1, bias=False)
        lines = torch.linspace(-1, 1, height), torch.linspace(-1, 1, width)
        self.register_buffer("place", torch.stack(torch.meshgrid(lines, indexing="ij")))

    def forward(self, seen: Any) -> Any:
        place = self.place.expand(len(seen), -1, -1, -1)
        # Free cells only, as ours: what is known does not flow through walls.
        free = 1 - seen[:, :1]
        drive = self.see(torch.cat([seen[:, :-1], place], 1))
        hidden = torch.tanh(drive) * free
        for _ in range(9):
            hidden = torch.tanh(self.recur(hidden) + drive) * free
        return (hidden * seen[:, -1:]).sum((2, 3))


NETWORKS: dict[str, dict[str, Any]] = {
    "MLP": {"net_arch": [256, 256]},
    "CNN": {"features_extractor_class": Cnn, "net_arch": []},
    "our network": {"features_extractor_class": PolicyMap, "net_arch": []},
}


def policy_of(model: Any, levels: Levels) -> np.ndarray:
    """Return what a model does in every vacant cell, [levels, states, actions]."""
    level, cell = np.nonzero(levels.vacant)
    policy = np.full(levels.tables().shape, 0.25)
    with torch.no_grad():
        for part in np.array_split(np.arange(len(level)), 8):
            seen = levels[level[part]].seen_from(cell[part], np.zeros(len(part), int))
            tensor = torch.as_tensor(seen)
            odds = model.policy.get_distribution(tensor).distribution.probs
            policy[level[part], cell[part]] = odds.numpy()
    return policy / policy.sum(-1, keepdims=True)


def warm_up() -> None:
    """Do once what PyTorch imports when it is first asked to learn."""
    layer = nn.Linear(2, 2)
    torch.optim.Adam(layer.parameters()).zero_grad()
    layer(torch.ones(1, 2)).sum().backward()
