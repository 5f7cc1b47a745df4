"""CPU seconds to 95 % of optimal: our network beside Stable-Baselines3's PPO.

All learn on the same training levels of `cheese` (9 × 9) with four moves, PPO on our
batched engine, which is faster than any environment it usually meets; all are judged
by exact base return on the same unseen training-distribution levels. Each runs in a
process of its own, on one thread; imports count, judging does not.

Needs the extra `rl`: python tests/benchmarks/rivals.py [--limit 300]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from timing import share_of_optimal

MARKS = (0.9, 0.95)
UNSEEN = 999  # seed of the levels that all are judged by


class Clock:
    """CPU time of this process since it began, without what is spent on judging."""

    def __init__(self, limit: float) -> None:
        self.limit, self.aside = limit, 0.0
        self.reached: dict[str, float] = {}
        self.best = 0.0

    @property
    def now(self) -> float:
        return time.process_time() - self.aside

    def judge(self, share: Callable[[], float]) -> bool:
        """Note what is reached; return whether to go on."""
        now, start = self.now, time.process_time()
        value = share()
        self.best = max(self.best, value)
        for mark in MARKS:
            if value >= mark:
                self.reached.setdefault(str(mark), now)
        self.aside += time.process_time() - start
        return len(self.reached) < len(MARKS) and now < self.limit


def ours(clock: Clock, seed: int) -> None:
    import robustkit as rk
    from robustkit.agents.network import RECIPE, NetworkSettings

    world = rk.make("cheese")
    start = time.process_time()
    unseen = world.sample(256, seed=UNSEEN)
    tables = unseen.tables()
    clock.aside += time.process_time() - start
    settings = NetworkSettings(seed=seed)
    for update, agent in enumerate(RECIPE.stages(world, settings), start=1):
        if update % 10 == 0 and not clock.judge(
            lambda: share_of_optimal(tables, agent().policy(unseen))  # noqa: B023
        ):
            return


def ppo(clock: Clock, seed: int, kind: str) -> None:
    import torch
    from stable_baselines3 import PPO
    from stable_baselines3.common.callbacks import BaseCallback
    from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
    from stable_baselines3.common.vec_env import VecEnv

    import robustkit as rk
    from robustkit.worlds.vector import VectorGridEnv

    torch.set_num_threads(1)
    world = rk.make("cheese")

    class Batched(VecEnv):
        """Our vector environment by the names that Stable-Baselines3 knows."""

        def __init__(self) -> None:
            self.inner = VectorGridEnv(
                world, 64, max_steps=100, pool=4096, autoreset_mode="SameStep"
            )
            inner = self.inner
            super().__init__(
                64, inner.single_observation_space, inner.single_action_space
            )

        def reset(self) -> Any:
            return self.inner.reset(seed=seed)[0].astype(np.float32)

        def step_async(self, actions: Any) -> None:
            self.actions = actions

        def step_wait(self) -> Any:
            seen, reward, ended, cut, infos = self.inner.step(self.actions)
            done = ended | cut
            told: list[dict[str, Any]] = [{} for _ in done]
            for i in np.flatnonzero(done):
                told[i] = {
                    "TimeLimit.truncated": bool(cut[i] and not ended[i]),
                    "terminal_observation": infos["final_obs"][i].astype(np.float32),
                }
            return seen.astype(np.float32), reward, done, told

        def close(self) -> None:
            self.inner.close()

        def get_attr(self, name: str, indices: Any = None) -> Any:
            return [None] * 64

        def set_attr(self, name: str, value: Any, indices: Any = None) -> None: ...

        def env_method(self, *args: Any, **kwargs: Any) -> Any:
            return []

        def env_is_wrapped(self, wrapper: Any, indices: Any = None) -> Any:
            return [False] * 64

    class Cnn(BaseFeaturesExtractor):
        """Three convolutions and a layer: what is usual for small grids."""

        def __init__(self, space: Any) -> None:
            super().__init__(space, 128)
            planes, height, width = space.shape
            self.body = torch.nn.Sequential(
                torch.nn.Conv2d(planes, 32, 3, padding=1),
                torch.nn.ReLU(),
                torch.nn.Conv2d(32, 32, 3, padding=1),
                torch.nn.ReLU(),
                torch.nn.Conv2d(32, 32, 3, padding=1),
                torch.nn.ReLU(),
                torch.nn.Flatten(),
                torch.nn.Linear(32 * height * width, 128),
                torch.nn.ReLU(),
            )

        def forward(self, seen: Any) -> Any:
            return self.body(seen)

    class PolicyMap(BaseFeaturesExtractor):
        """Our network: a recurrent convolution, read where the agent stands."""

        def __init__(self, space: Any) -> None:
            super().__init__(space, 16)
            planes = space.shape[0] - 1 + 2  # the agent's plane goes, the place comes
            self.see = torch.nn.Conv2d(planes, 16, 3, padding=1)
            self.recur = torch.nn.Conv2d(16, 16, 3, padding=1, bias=False)
            rows = torch.linspace(-1, 1, space.shape[1])
            columns = torch.linspace(-1, 1, space.shape[2])
            self.register_buffer(
                "place", torch.stack(torch.meshgrid(rows, columns, indexing="ij"))
            )

        def forward(self, seen: Any) -> Any:
            place = self.place.expand(len(seen), -1, -1, -1)
            drive = self.see(torch.cat([seen[:, :-1], place], 1))
            hidden = torch.tanh(drive)
            for _ in range(9):
                hidden = torch.tanh(self.recur(hidden) + drive)
            return (hidden * seen[:, -1:]).sum((2, 3))

    class Judge(BaseCallback):
        def _on_step(self) -> bool:
            return True

        def _on_rollout_end(self) -> None:
            self.go_on = clock.judge(self.share)

        def _on_rollout_start(self) -> None:
            if not getattr(self, "go_on", True):
                raise StopIteration

        def share(self) -> float:
            unseen = world.sample(128, seed=UNSEEN)
            tables = unseen.tables()
            level, cell = np.nonzero(unseen.vacant)
            policy = np.full(tables.shape, 0.25)
            with torch.no_grad():
                for part in np.array_split(np.arange(len(level)), 8):
                    seen = unseen[level[part]].seen_from(
                        cell[part], np.zeros(len(part), int)
                    )
                    tensor = torch.as_tensor(seen.astype(np.float32))
                    odds = self.model.policy.get_distribution(tensor).distribution.probs
                    policy[level[part], cell[part]] = odds.numpy()
            policy /= policy.sum(-1, keepdims=True)
            return share_of_optimal(tables, policy)

    features: dict[str, Any] = {
        "mlp": {"net_arch": [256, 256]},
        "cnn": {"features_extractor_class": Cnn, "net_arch": []},
        "ours": {"features_extractor_class": PolicyMap, "net_arch": []},
    }[kind]
    features["normalize_images"] = False
    settings: dict[str, Any] = {"learning_rate": 1e-3, "n_steps": 32, "n_epochs": 6}
    if kind == "ours":
        settings["learning_rate"] = 3e-3
    model = PPO(
        "MlpPolicy",
        Batched(),
        batch_size=256,
        gamma=world.discount,
        ent_coef=0.01,
        seed=seed,
        policy_kwargs=features,
        **settings,
    )
    try:
        model.learn(100_000_000, callback=Judge())
    except StopIteration:
        return


CONTENDERS: dict[str, Callable[[Clock, int], None]] = {
    "our trainer": ours,
    "PPO, our network": lambda clock, seed: ppo(clock, seed, "ours"),
    "PPO, convolutions": lambda clock, seed: ppo(clock, seed, "cnn"),
    "PPO, MLP": lambda clock, seed: ppo(clock, seed, "mlp"),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=float, default=300, help="CPU s for each")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        name, seed = asked.one
        clock = Clock(asked.limit)
        CONTENDERS[name](clock, int(seed))
        print(json.dumps({"best": clock.best, "s": clock.now, **clock.reached}))
        return
    print(f"{'':20} seed  CPU s to 90 %   95 %   (ratio to ours)")
    for seed in range(asked.seeds):
        for name in CONTENDERS:
            command = [sys.executable, __file__, "--limit", str(asked.limit)]
            said = subprocess.check_output([*command, "--one", name, str(seed)])
            got = json.loads(said.splitlines()[-1])
            if name == "our trainer":
                mine = got
            cells = [
                f"{got[m]:7.1f} ({got[m] / mine[m]:5.1f})" if m in got else
                f"not in {got['s']:.0f} s ({got['s'] / mine[m]:.0f} at least)"
                for m in map(str, MARKS)
            ]  # fmt: skip
            print(f"{name:20} {seed:4}  {'  '.join(cells)}  best {got['best']:.3f}",
                  flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
