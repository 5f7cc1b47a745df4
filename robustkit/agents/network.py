"""The network: a policy map, trained by policy gradient on base return.

A weight-shared recurrent convolution over the level; its output at a cell is the
policy for an agent that stands there, so one forward pass gives the whole policy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from math import isqrt
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from .. import arguments
from ..arguments import quote
from ..mdp import Floats
from ..worlds import MOVES, Levels, World
from .agent import Agent, check_array, check_names
from .choice import CHOICES, ESTIMATES, replay_of
from .convolution import Weights, backward, forward, initial_weights, softmax
from .credit import CREDITS, Credit, by_logits
from .recipe import Learning, Recipe, Settings, clean, training_pool
from .remedy import check_begin
from .rows import Rows

LAYERS = "channels", "iterations", "place", "solid"  # settings that weights fit
FORMER = {"see": "input", "recur": "recurrent", "act": "output", "lean": "output_bias"}

# What a forward pass of one level may take, so that no agent takes hours to act
MOST_HELD = 4_000_000  # states × channels: some 100 MB
MOST_WORK = 4_000_000_000  # products: about a second
MOST_DEEP = 10_000  # iterations


@dataclass(frozen=True, kw_only=True)
class NetworkSettings(Settings):
    """What a network can be asked for.

    The defaults are those of all worlds, but for what a world says of itself. They were
    chosen by the share of optimal base return on unseen levels of the training
    distribution, two to twelve seeds each; the number of levels a batch also with an
    eye on `reproduce("diversity")`. Also tried: fewer and longer episodes (worse in
    `keys`), 16 to 32 levels a batch (slower to 95 %), a fixed entropy bonus of .01 (one
    seed in ten stays on this side of the `lava`) or .003 (worse in `follow`), a linear
    fall (a little slower), 14 iterations (no better).
    """

    credit: str = "sampled"  # or "exact"
    updates: int = 400
    channels: int = 16
    iterations: int = 10
    place: bool = True  # whether every cell is shown its row and column
    solid: bool = False  # whether walls, too, hand on what is known, as in version 0.1
    levels: int = 12  # a batch: levels × agents, each plays `horizon` moves
    agents: int = 64
    horizon: int = 10
    rate: float = 8e-3  # Adam's, falling linearly to a tenth
    entropy: float = 0.02  # weight of the bonus for chance, falling to a hundredth
    clip: float = 1.0
    choice: str = "uniform"  # of levels; or by score: "regret", "pvl", "maxmc"
    replayed: float = 0.5  # share of a batch that is chosen by score
    after: dict[str, Any] = field(default_factory=dict)  # the network it goes on from
    pool: int = 4096

    def checked(self, world: World) -> NetworkSettings:
        """Return them; raise ValueError for credit or a choice that there is not."""
        arguments.one_of("credit", self.credit, CREDITS)
        arguments.one_of("choice", self.choice, CHOICES)
        check_begin(self.after)
        if self.choice in ESTIMATES and self.credit == "exact":
            raise ValueError(
                f"choice={self.choice!r} needs episodes, which credit='exact' does not "
                "play; allowed with it: 'uniform', 'regret'."
            )
        once = isqrt(MOST_WORK // (world.states * 5))
        most = min(MOST_HELD // world.states, once)
        channels = arguments.whole("channels", self.channels, 1, most)
        most = MOST_WORK // (world.states * 5 * channels**2)
        arguments.whole("iterations", self.iterations, 1, min(most, MOST_DEEP))
        return self


def carry_on(begin: Any, world: World, options: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a training that goes on from a network.

    It keeps the network's layers. Raises ValueError for something that is no network,
    one of another world, or options that ask for other layers.
    """
    if not isinstance(begin, Network):
        raise ValueError(
            f"after={quote(begin)} is not a network; allowed: an agent from "
            'train("network", world).'
        )
    ours, theirs = ((w.name, w.features, w.flags) for w in (world, begin.world))
    if ours != theirs:
        raise ValueError(f"after is of {begin.world!r}; allowed here: {world!r}.")
    layers = {}
    for name in LAYERS:
        default = getattr(NetworkSettings, name)
        layers[name] = value = begin.settings.get(name, default)
        if clean(name, options.get(name, value), type(default)) != value:
            raise ValueError(
                f"{name}={quote(options[name])} is not possible after {begin.name!r}; "
                f"allowed: {value}."
            )
    return {**options, **layers, "after": about(begin)}


def about(begin: Network) -> dict[str, Any]:
    """Return what tells a network from others: how it came about, and its weights."""
    parts = sorted(begin.weights.items())
    content = b"".join(np.ascontiguousarray(array).tobytes() for _, array in parts)
    digest = hashlib.blake2b(content, digest_size=16).hexdigest()
    return {"name": begin.name, "settings": begin.settings, "weights": digest}


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Network(Agent):
    """A recurrent convolution that has learned to act from base return.

    weights: `recurrent` [5 * channels, channels], `input` [5 * planes, channels],
    `bias` [channels], `output` [channels, actions], `output_bias` [actions].
    telling: [updates], the share of telling levels among those of each batch; None
    where its file is older than that.
    """

    recipe: ClassVar[str] = "network"
    trained: ClassVar[bool] = True

    weights: Weights
    telling: Floats | None = None

    @property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """What has been learned, and on what, by name."""
        told = {} if self.telling is None else {"telling": self.telling}
        return {**self.weights, **told}

    @classmethod
    def parts(cls, arrays: dict[str, NDArray[Any]]) -> dict[str, Any]:
        """Return its fields; files of 0.1 have `FORMER` names of weights."""
        weights = {FORMER.get(name, name): a for name, a in arrays.items()}
        return {"telling": weights.pop("telling", None), "weights": weights}

    def check_parts(self) -> None:
        """Raise ValueError for weights of other layers than its settings say."""
        channels, seen = self.settings["channels"], 1 + len(self.world.features)
        shapes = {
            "recurrent": (5 * channels, channels),
            "input": (5 * (seen + 2 * self.settings["place"]), channels),
            "bias": (channels,),
            "output": (channels, len(MOVES)),
            "output_bias": (len(MOVES),),
        }
        check_names("weights", self.weights, shapes)
        for name, shape in shapes.items():
            check_array(name, self.weights[name], shape)
        if self.telling is not None:
            updates = self.settings.get("stage", self.settings["updates"])
            check_array("telling", self.telling, (updates,))
            if self.telling.min() < 0 or self.telling.max() > 1:
                raise ValueError("telling holds numbers that are not shares")

    def policy(self, levels: Levels) -> Floats:
        """Return action probabilities [levels, states, actions]."""
        rows, logits, _ = self._forward(levels)
        return rows.to_states(softmax(logits.astype(float)))

    def in_mind(self, levels: Levels) -> Floats:
        """Return its last hidden state, [levels, states, channels].

        It is 0 where there is none: in walls, and at the end.
        """
        rows, _, hidden = self._forward(levels)
        shape = len(levels), levels.world.states, hidden.shape[1]
        states = np.zeros(shape, hidden.dtype)
        states[rows.states] = hidden
        return states

    def _forward(self, levels: Levels) -> tuple[Rows, Floats, Floats]:
        """Return rows, and their logits and last hidden states, [rows, ...] each."""
        rows = Rows(self.check(levels), self.settings.get("solid", False))
        seen = rows.see(self.settings["place"])
        steps = self.settings["iterations"]
        logits, hidden = forward(self.weights, seen, rows.neighbours, steps, keep=False)
        return rows, logits, hidden[(steps - 1) % len(hidden), :-1]


def learn(
    world: World, settings: NetworkSettings, begin: Network | None = None
) -> Learning:
    """Learn by policy gradient on base return, on the training distribution.

    begin: the network to go on from; random weights unless given.

    It sees rollouts and base reward and nothing else; `credit="exact"` takes the
    gradient from the tables, without sampling noise.
    """
    pool = training_pool(world, settings)
    rng = np.random.default_rng([settings.seed, 12])
    planes = Rows(pool[:1]).see(settings.place).shape[1] // 5
    weights = initial_weights(planes, 4, settings.channels, rng)
    if begin is not None:
        weights = {name: array.copy() for name, array in begin.weights.items()}
    adam = Adam(weights, settings)
    replay = replay_of(settings, pool)
    tells, telling = pool.grades["goal"] > 0, np.zeros(settings.updates)

    def known() -> dict[str, Any]:
        copies = {name: array.copy() for name, array in weights.items()}
        return {"weights": copies, "telling": telling[: update + 1].copy()}

    for update in range(settings.updates):
        share = 1 - 0.9 * update / settings.updates
        chosen = replay.choose(settings.levels, rng)
        telling[update] = tells[chosen].mean()
        # Much chance at first, so that no seed settles for a way that is merely safe,
        # and hardly any at the end.
        entropy = share**2 * settings.entropy
        tell = partial(replay.tell, chosen)
        batch = weights, pool[chosen], settings, entropy, rng
        gradient = policy_gradient(*batch, tell)
        adam.climb(weights, gradient, share)
        yield known


def policy_gradient(
    weights: Weights,
    levels: Levels,
    settings: NetworkSettings,
    entropy: float,
    rng: np.random.Generator,
    tell: Callable[[Rows, Floats, Credit], None] | None = None,
) -> Weights:
    """Return the gradient of base return by every weight, on a batch of levels.

    entropy: the weight of the bonus for moves at random. tell: is given what was done.
    """
    rows = Rows(levels, settings.solid)
    seen = rows.see(settings.place), rows.neighbours
    logits, hidden = forward(weights, *seen, settings.iterations)
    policy = softmax(logits)
    earned = CREDITS[settings.credit](
        rows, policy, rng, settings.agents, settings.horizon
    )
    if tell is not None:
        tell(rows, policy, earned)
    by = by_logits(policy, earned.credit, earned.visits, entropy)
    # The mean over visits, so that the rate means the same for any batch.
    by = (by / earned.visits.sum()).astype(np.float32)
    return backward(weights, *seen, hidden, by)


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


RECIPE = Recipe(Network, NetworkSettings, "updates", learn, carry_on)
