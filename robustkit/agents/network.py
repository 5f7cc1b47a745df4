"""The network: a policy map, trained by policy gradient on base return.

A weight-shared recurrent convolution over the level; its output at a cell is the
policy for an agent that stands there, so one forward pass gives the whole policy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .. import arguments
from ..mdp import Floats, evaluate, occupancy, one_thread, play
from ..worlds import Levels, World
from .base import Agent
from .training import (
    Progress,
    random_starts,
    settle,
    training_pool,
)

Array = NDArray[Any]
Weights = dict[str, Array]

DEFAULTS: dict[str, Any] = {
    "credit": "sampled",  # or "exact"
    "updates": 400,
    "channels": 16,
    "iterations": 10,
    "place": True,  # whether every cell is shown its row and column
    "levels": 24,  # a batch: levels × agents, each plays `horizon` moves
    "agents": 16,
    "horizon": 40,
    "rate": 4e-3,  # Adam's, falling linearly to a tenth
    "entropy": 0.01,
    "clip": 1.0,
    "pool": 4096,  # levels drawn from the training distribution, once
    "diversity": 0.0,  # share of them in which base and proxies come apart
}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Network(Agent):
    """A recurrent convolution that has learned to act from base return.

    weights: `recur` [5 * channels, channels], `see` [5 * planes, channels], `bias`
    [channels], `act` [channels, actions], `lean` [actions].
    """

    recipe: ClassVar[str] = "network"
    trained: ClassVar[bool] = True

    weights: Weights

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """What has been learned, by name."""
        return dict(self.weights)

    def policy(self, levels: Levels) -> Floats:
        """Return action probabilities [levels, states, actions]."""
        seen = _every_flag(self.check(levels), self.settings["place"])
        logits, _ = forward(self.weights, seen, self.settings)
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


def neighbourhood(inner: Array) -> Array:
    """Return each inner cell beside its four neighbours: [.., 5 * channels].

    inner: [levels, height, width, channels]; beyond the edge there are zeros.
    """
    n, height, width, channels = inner.shape
    padded = np.zeros((n, height + 2, width + 2, channels), inner.dtype)
    padded[:, 1:-1, 1:-1] = inner
    return _plus(padded)


def _plus(padded: Array) -> Array:
    return np.concatenate(
        [
            padded[:, 1:-1, 1:-1],
            padded[:, 1:-1, 2:],
            padded[:, 2:, 1:-1],
            padded[:, 1:-1, :-2],
            padded[:, :-2, 1:-1],
        ],
        -1,
    )


def _plus_back(gradient: Array) -> Array:
    """Return the gradient by the inner cells of a gradient by their neighbourhoods."""
    n, height, width, five = gradient.shape
    c = five // 5
    padded = np.zeros((n, height + 2, width + 2, c), gradient.dtype)
    padded[:, 1:-1, 1:-1] += gradient[..., :c]
    padded[:, 1:-1, 2:] += gradient[..., c : 2 * c]
    padded[:, 2:, 1:-1] += gradient[..., 2 * c : 3 * c]
    padded[:, 1:-1, :-2] += gradient[..., 3 * c : 4 * c]
    padded[:, :-2, 1:-1] += gradient[..., 4 * c :]
    return padded[:, 1:-1, 1:-1]


def initial_weights(
    planes: int, actions: int, channels: int, rng: np.random.Generator
) -> Weights:
    """Return random weights, each layer scaled by one over the root of its inputs."""

    def normal(rows: int, columns: int) -> Array:
        draw = rng.standard_normal((rows, columns)) / np.sqrt(rows)
        return draw.astype(np.float32)

    return {
        "recur": normal(5 * channels, channels),
        "see": normal(5 * planes, channels),
        "bias": np.zeros(channels, np.float32),
        "act": normal(channels, actions),
        "lean": np.zeros(actions, np.float32),
    }


def forward(
    weights: Weights, seen: Array, settings: dict[str, Any]
) -> tuple[Array, list[Array]]:
    """Return logits [levels, inner height, inner width, actions]. and the tape.

    seen: [levels, height, width, planes]. From zero and `iterations` times,
    h ← tanh(recur · plus(h) + see · plus(x) + b); logits = act · h + lean. The tape is
    what `backward` needs.
    """
    around = _plus(seen)
    drive = around @ weights["see"] + weights["bias"]
    hidden = np.tanh(drive)
    tape = [around, hidden]
    for _ in range(settings["iterations"] - 1):
        around = neighbourhood(hidden)
        hidden = np.tanh(around @ weights["recur"] + drive)
        tape += [around, hidden]
    return hidden @ weights["act"] + weights["lean"], tape


def backward(weights: Weights, tape: list[Array], gradient: Array) -> Weights:
    """Return the gradient by every weight from a gradient by the logits."""
    arounds, hiddens = tape[::2], tape[1::2]
    recur = np.zeros_like(weights["recur"])
    back = gradient @ weights["act"].T
    drive = np.zeros_like(back)
    for step in reversed(range(len(hiddens))):
        inner = back * (1 - hiddens[step] ** 2)
        drive += inner
        if step:
            recur += _outer(arounds[step], inner)
            back = _plus_back(inner @ weights["recur"].T)
    return {
        "recur": recur,
        "see": _outer(arounds[0], drive),
        "bias": drive.sum((0, 1, 2)),
        "act": _outer(hiddens[-1], gradient),
        "lean": gradient.sum((0, 1, 2)),
    }


def _outer(left: Array, right: Array) -> Array:
    product: Array = left.reshape(-1, left.shape[-1]).T @ right.reshape(
        -1, right.shape[-1]
    )
    return product


def softmax(logits: Array) -> Array:
    """Return probabilities over the last axis."""
    odds = np.exp(logits - logits.max(-1, keepdims=True))
    probabilities: Array = odds / odds.sum(-1, keepdims=True)
    return probabilities


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


# What to push up: credit [levels, states, actions], so that the gradient of base
# return by the logits is credit minus policy times the sum of credit over actions.


def sampled_credit(
    levels: Levels,
    policy: Floats,
    settings: dict[str, Any],
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Return credit and visits [levels, states] from episodes and base reward alone.

    REINFORCE (Williams 1992): each visit credits the move made with the return that
    followed, less the mean return of the other agents that passed there (leave-one-out
    baseline; Kool et al. 2019). As is usual, and unlike the gradient of the discounted
    return, late visits count as much as early ones (Thomas 2014).
    """
    tables, n = levels.tables(), settings["agents"]
    start = random_starts(levels, n, rng)
    episodes = play(tables, policy, settings["horizon"], rng, n, start)
    state = np.moveaxis(episodes.states[..., :-1], -1, 0)
    move = np.moveaxis(episodes.actions, -1, 0)
    level, agent = np.ogrid[: len(levels), :n]
    branch = np.moveaxis(episodes.branches, -1, 0)
    reward = tables.rewards[level, state, branch, 0]
    to_go = np.empty_like(reward)
    total = np.zeros(reward.shape[1:])
    for step in reversed(range(len(reward))):
        total = to_go[step] = reward[step] + tables.discount * total
    played = tables.live[level, state]
    place = level * tables.shape[1] + state
    own = (place * n + agent)[played]
    place, gain = place[played], to_go[played]
    size = tables.live.size

    def others(amount: Floats | None) -> Floats:
        every = np.bincount(place, amount, size)[place]
        mine = np.bincount(own, amount, size * n)[own]
        rest: Floats = every - mine
        return rest

    number, sums = others(None), others(gain)
    advantage = gain - np.where(number > 0, sums / np.maximum(number, 1), 0)
    index = place * tables.shape[2] + move[played]
    credit = np.bincount(index, advantage, size * tables.shape[2])
    visits = np.bincount(place, minlength=size).astype(float)
    return credit.reshape(tables.shape), visits.reshape(tables.shape[:2])


def exact_credit(
    levels: Levels,
    policy: Floats,
    settings: dict[str, Any],
    rng: np.random.Generator,
) -> tuple[Floats, Floats]:
    """Return credit and visits as the policy gradient theorem has them, without noise.

    Sutton et al. 2000: discounted visits times probability times advantage. Starts are
    uniform over vacant cells, as for `sampled_credit`.
    """
    tables = levels.tables()
    values = evaluate(tables, policy)[..., 0]
    level = np.arange(len(levels))[:, None, None]
    gain = tables.rewards[..., 0] + tables.discount * values[level, tables.next_state]
    gain = tables.expect(gain)
    start = np.zeros(tables.shape[:2])
    start[:, : levels.vacant.shape[1]] = levels.vacant / levels.vacant.sum(
        1, keepdims=True
    )
    visits = occupancy(tables, policy, start)
    return visits[..., None] * policy * (gain - values[..., None]), visits


CREDITS: dict[str, Callable[..., tuple[Floats, Floats]]] = {
    "sampled": sampled_credit,
    "exact": exact_credit,
}


def by_logits(policy: Array, credit: Array, visits: Array, entropy: float) -> Array:
    """Return the gradient by the logits of base return plus an entropy bonus.

    All are [.., actions] but visits, which is [.., 1].
    """
    surprise = np.log(np.maximum(policy, 1e-12))
    mean = (policy * surprise).sum(-1, keepdims=True)
    push = credit - policy * credit.sum(-1, keepdims=True)
    gradient: Array = push - entropy * visits * policy * (surprise - mean)
    return gradient


def settled(world: World, seed: int, options: dict[str, Any]) -> dict[str, Any]:
    """Return the settings; raise ValueError for one that is not possible."""
    settings = settle(DEFAULTS, seed, options)
    arguments.one_of("credit", settings["credit"], CREDITS)
    return settings


def network_stages(
    world: World, seed: int = 0, **options: Any
) -> Iterator[Callable[[], Network]]:
    """Train a network by policy gradient on base return, on the training distribution.

    It sees rollouts and base reward and nothing else; `credit="exact"` takes the same
    gradient from the tables, without sampling noise. After each update it gives a
    function that returns the network as it is then. Options: see `DEFAULTS`.
    Raises ValueError for an unknown option or one out of range.
    """
    settings = settled(world, seed, options)
    credit = CREDITS[settings["credit"]]
    pool = training_pool(world, settings)
    rng = np.random.default_rng([seed, 12])
    planes = see(pool[:1], place=settings["place"]).shape[-1]
    with one_thread():
        weights = initial_weights(planes, 4, settings["channels"], rng)
        adam = Adam(weights, settings)
        for update in Progress("network", settings["updates"]):
            levels = pool[rng.choice(len(pool), settings["levels"])]
            gradient = policy_gradient(weights, levels, credit, settings, rng)
            adam.climb(weights, gradient, 1 - 0.9 * update / settings["updates"])
            yield lambda: Network(
                world=world,
                name=f"network {seed}",
                settings=settings,
                weights={name: array.copy() for name, array in weights.items()},
            )


def policy_gradient(
    weights: Weights,
    levels: Levels,
    credit: Callable[..., tuple[Floats, Floats]],
    settings: dict[str, Any],
    rng: np.random.Generator,
) -> Weights:
    """Return the gradient of base return by every weight, on a batch of levels."""
    logits, tape = forward(weights, _every_flag(levels, settings["place"]), settings)
    policy = softmax(logits)
    given, visits = credit(levels, _to_states(policy, levels), settings, rng)
    by = by_logits(
        policy,
        _to_cells(given, levels),
        _to_cells(visits[..., None], levels),
        settings["entropy"],
    )
    return backward(weights, tape, by / np.float32(visits.sum()))


class Adam:
    """Adam (Kingma and Ba 2015), climbing, with the gradient clipped to a norm."""

    def __init__(self, weights: Weights, settings: dict[str, Any]) -> None:
        self.rate, self.clip = settings["rate"], settings["clip"]
        self.mean = {name: np.zeros_like(w) for name, w in weights.items()}
        self.square = {name: np.zeros_like(w) for name, w in weights.items()}
        self.steps = 0

    def climb(self, weights: Weights, gradient: Weights, share: float) -> None:
        """Move the weights, in place, by `share` of the full rate."""
        self.steps += 1
        norm = np.sqrt(sum(float((g**2).sum()) for g in gradient.values()))
        scale = min(1.0, self.clip / (norm + 1e-12))
        unbias = np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        for name, g in gradient.items():
            self.mean[name] += 0.1 * (scale * g - self.mean[name])
            self.square[name] += 0.001 * ((scale * g) ** 2 - self.square[name])
            step = self.mean[name] / (np.sqrt(self.square[name]) + 1e-8)
            weights[name] += np.float32(self.rate * share * unbias) * step
