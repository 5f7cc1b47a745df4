"""The network: a policy map, trained by policy gradient on base return.

A weight-shared recurrent convolution over the level; its output at a cell is the
policy for an agent that stands there, so one forward pass gives the whole policy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .. import arguments
from ..mdp import Floats
from ..worlds import Levels, World
from .agent import Agent
from .convolution import Array, Weights, backward, forward, initial_weights, softmax
from .credit import CREDITS, by_logits
from .recipe import Learning, Recipe, Settings, training_pool

FORMER = {"see": "input", "recur": "recurrent", "act": "output", "lean": "output_bias"}


@dataclass(frozen=True, kw_only=True)
class NetworkSettings(Settings):
    """What a network can be asked for."""

    credit: str = "sampled"  # or "exact"
    updates: int = 400
    channels: int = 16
    iterations: int = 10
    place: bool = True  # whether every cell is shown its row and column
    levels: int = 24  # a batch: levels × agents, each plays `horizon` moves
    agents: int = 16
    horizon: int = 40
    rate: float = 4e-3  # Adam's, falling linearly to a tenth
    entropy: float = 0.01
    clip: float = 1.0
    pool: int = 4096

    def checked(self, world: World) -> NetworkSettings:
        """Return them; raise ValueError for a kind of credit that there is not."""
        arguments.one_of("credit", self.credit, CREDITS)
        return self


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Network(Agent):
    """A recurrent convolution that has learned to act from base return.

    weights: `recurrent` [5 * channels, channels], `input` [5 * planes, channels],
    `bias` [channels], `output` [channels, actions], `output_bias` [actions].
    """

    recipe: ClassVar[str] = "network"
    trained: ClassVar[bool] = True

    weights: Weights

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """What has been learned, by name."""
        return dict(self.weights)

    @classmethod
    def parts(cls, arrays: dict[str, NDArray[Any]]) -> dict[str, Any]:
        """Return the weights by their names; files of 0.1 have `FORMER` ones."""
        return {"weights": {FORMER.get(name, name): a for name, a in arrays.items()}}

    def policy(self, levels: Levels) -> Floats:
        """Return action probabilities [levels, states, actions]."""
        seen = _every_flag(self.check(levels), self.settings["place"])
        logits, _ = forward(self.weights, seen, self.settings["iterations"])
        return _to_states(softmax(logits), levels)


def see(levels: Levels, flag: int = 0, place: bool = True) -> Array:
    """Return what the network is shown, [levels, height, width, planes].

    Walls and things as planes of 0 and 1, then, with `place`, row and column from -1
    to 1.
    """
    planes = np.moveaxis(levels.planes(flag), 1, -1)
    if not place:
        return planes.astype(np.float32)
    n, height, width, _ = planes.shape
    row, column = np.linspace(-1, 1, height), np.linspace(-1, 1, width)
    cue = np.stack(np.meshgrid(row, column, indexing="ij"), -1)
    cue = np.broadcast_to(cue, (n, height, width, 2))
    return np.concatenate([planes, cue], -1).astype(np.float32)


def _every_flag(levels: Levels, place: bool) -> Array:
    """Return what is seen under every setting of the flags, [flags * levels, ...]."""
    return np.concatenate([see(levels, f, place) for f in range(levels.world.flags)])


def _to_states(inner: Array, levels: Levels) -> Floats:
    """Return [levels, states, actions] from inner cells; uniform everywhere else."""
    n, height, width = levels.walls.shape
    flags, actions = len(inner) // n, inner.shape[-1]
    states = np.full((n, flags * height * width + 1, actions), 1 / actions)
    grid = states[:, :-1].reshape(n, flags, height, width, actions)
    inner = inner.reshape(flags, n, *inner.shape[1:])
    grid[:, :, 1:-1, 1:-1] = np.moveaxis(inner, 0, 1)
    states[:, :-1] = grid.reshape(n, -1, actions)
    return states / states.sum(-1, keepdims=True)


def _to_cells(states: Floats, levels: Levels) -> Array:
    """Return states as [flags * levels, inner height, inner width, ...]."""
    n, height, width = levels.walls.shape
    grid = states[:, :-1].reshape(n, -1, height, width, states.shape[-1])
    inner = np.moveaxis(grid, 1, 0)[:, :, 1:-1, 1:-1]
    return inner.reshape(-1, *inner.shape[2:]).astype(np.float32)


def learn(world: World, settings: NetworkSettings) -> Learning:
    """Learn by policy gradient on base return, on the training distribution.

    It sees rollouts and base reward and nothing else; `credit="exact"` takes the same
    gradient from the tables, without sampling noise.
    """
    credit = CREDITS[settings.credit]
    pool = training_pool(world, settings)
    rng = np.random.default_rng([settings.seed, 12])
    planes = see(pool[:1], place=settings.place).shape[-1]
    weights = initial_weights(planes, 4, settings.channels, rng)
    adam = Adam(weights, settings)
    for update in range(settings.updates):
        levels = pool[rng.choice(len(pool), settings.levels)]
        gradient = policy_gradient(weights, levels, credit, settings, rng)
        adam.climb(weights, gradient, 1 - 0.9 * update / settings.updates)
        yield lambda: {"weights": {n: array.copy() for n, array in weights.items()}}


def policy_gradient(
    weights: Weights,
    levels: Levels,
    credit: Callable[..., tuple[Floats, Floats]],
    settings: NetworkSettings,
    rng: np.random.Generator,
) -> Weights:
    """Return the gradient of base return by every weight, on a batch of levels."""
    seen = _every_flag(levels, settings.place)
    logits, tape = forward(weights, seen, settings.iterations)
    policy = softmax(logits)
    given, visits = credit(
        levels, _to_states(policy, levels), rng, settings.agents, settings.horizon
    )
    by = by_logits(
        policy,
        _to_cells(given, levels),
        _to_cells(visits[..., None], levels),
        settings.entropy,
    )
    # The mean over visits, so that the rate means the same for any batch.
    return backward(weights, tape, by / np.float32(visits.sum()))


class Adam:
    """Adam (Kingma and Ba 2015), climbing, with the gradient clipped to a norm."""

    def __init__(self, weights: Weights, settings: NetworkSettings) -> None:
        self.rate, self.clip = settings.rate, settings.clip
        self.mean = {name: np.zeros_like(w) for name, w in weights.items()}
        self.square = {name: np.zeros_like(w) for name, w in weights.items()}
        self.steps = 0

    def climb(self, weights: Weights, gradient: Weights, share: float) -> None:
        """Move the weights, in place, by `share` of the full rate."""
        self.steps += 1
        norm = np.sqrt(sum(float((g**2).sum()) for g in gradient.values()))
        scale = min(1.0, self.clip / (norm + 1e-12))
        # Both means begin at 0 and are too small at first: m̂ = m / (1 - β₁ᵗ) and
        # v̂ = v / (1 - β₂ᵗ) set that right, here in one factor (their section 2).
        unbias = np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        for name, g in gradient.items():
            self.mean[name] += 0.1 * (scale * g - self.mean[name])
            self.square[name] += 0.001 * ((scale * g) ** 2 - self.square[name])
            step = self.mean[name] / (np.sqrt(self.square[name]) + 1e-8)
            weights[name] += np.float32(self.rate * share * unbias) * step


RECIPE = Recipe(Network, NetworkSettings, "updates", learn)
