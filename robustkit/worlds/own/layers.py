"""An environment, wrapper by wrapper, and the MiniGrid environment within."""

from __future__ import annotations

from typing import Any

from gymnasium import Wrapper
from minigrid.minigrid_env import MiniGridEnv

from ...arguments import refusal

# Wrappers that only look on: they are stepped past, so that nothing is recorded
ONLOOKERS = {
    *(("gymnasium", name) for name in ("OrderEnforcing", "PassiveEnvChecker")),
    *(("gymnasium", name) for name in ("RecordEpisodeStatistics", "RecordVideo")),
    *(("gymnasium", name) for name in ("RenderCollection", "HumanRendering")),
    ("stable_baselines3", "Monitor"),
}


GAME = (
    "a MiniGrid environment, or one that hands reset and step on to another, as "
    '"A world of your own" in notebooks/reference.md shows'
)


def game_of(env: Any, argument: str = "env") -> Any:
    """Return the MiniGrid environment within; raise ValueError if there is none."""
    if isinstance(env, type):
        raise ValueError(
            f"{argument}={env.__name__} is a class; allowed: an instance, "
            f"{env.__name__}()."
        )
    game = getattr(env, "unwrapped", None)
    if not isinstance(game, MiniGridEnv):
        raise refusal(argument, env, GAME)
    return game


def layers_of(env: Any) -> list[Any]:
    """Return an environment, wrapper by wrapper, the outermost first."""
    layers = [env]
    while isinstance(layers[-1], Wrapper):
        layers.append(layers[-1].env)
    return layers


def looks_on(layer: Any) -> bool:
    """Return whether a wrapper does nothing but look on."""
    cls = type(layer)
    return (cls.__module__.partition(".")[0], cls.__name__) in ONLOOKERS
