"""What the trainers share: training levels, progress, one thread."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import arguments
from ..mdp import Floats, Ints, Tables, evaluate, optimal_values
from ..worlds import Levels, World


def settle(
    defaults: dict[str, Any], seed: int, options: dict[str, Any]
) -> dict[str, Any]:
    """Return the settings of a training run: defaults, seed, and what was asked for.

    Raises ValueError for an option that is not among the defaults, a count that is not
    a whole number from 1 up, or a quantity that is negative or no number.
    """
    settings = {**defaults, "seed": arguments.seed("seed", seed)}
    for name, given in options.items():
        kind = type(defaults[arguments.one_of("option", name, defaults)])
        if kind is int:
            given = arguments.whole(name, given, 1)
        elif kind is dict and not isinstance(given, dict):
            raise ValueError(
                f"{name}={given!r} is not possible; allowed: a dict of name to weight."
            )
        elif kind is bool and not isinstance(given, bool):
            raise ValueError(f"{name}={given!r} is not possible; allowed: True, False.")
        elif kind is float:
            given = arguments.number(name, given, 0, 1e6)
        settings[name] = given
    arguments.fraction("diversity", settings["diversity"])
    return settings


def training_pool(world: World, settings: dict[str, Any]) -> Levels:
    """Return the levels to train on, from the training distribution.

    settings: `pool`, their number; `diversity`, the share of them in which base and
    proxies come apart (0 unless asked for); `seed`.
    """
    share = settings["diversity"]
    return world.sample(settings["pool"], goal=share, seed=settings["seed"])


class Progress:
    """Counts steps, with a tqdm bar where the whole takes more than a few seconds."""

    def __init__(self, name: str, total: int) -> None:
        self.name, self.total = name, total

    def __iter__(self) -> Iterator[int]:
        from tqdm.auto import tqdm

        quiet = not sys.stderr.isatty() and "ipykernel" not in sys.modules
        bar = tqdm(
            total=self.total, desc=self.name, delay=4, leave=False, disable=quiet
        )
        try:
            for step in range(self.total):
                yield step
                bar.update()
        finally:
            bar.total = bar.n  # to end early, as snapshots may, is no failure
            bar.close()


def random_starts(levels: Levels, n: int, rng: np.random.Generator) -> Ints:
    """Return [levels, n], cells to begin in, uniform over the vacant ones."""
    count = levels.vacant.sum(1)
    pick = (rng.random((len(levels), n)) * count[:, None]).astype(int)
    order = (~levels.vacant).argsort(1, kind="stable")
    return np.take_along_axis(order, pick, 1)


def share_of_optimal(tables: Tables, policy: NDArray[Any]) -> float:
    """Return base return from the start as a share of the optimal one, over levels."""
    base = tables.mixture("base")
    level = np.arange(len(tables))
    got: Floats = evaluate(tables, policy)[level, tables.start, 0]
    best = optimal_values(tables, base)[level, tables.start, 0] * tables.scale[0]
    return float(got.sum() / best.sum())
