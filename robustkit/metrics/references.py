"""References: what a random walk and optimal play earn, against which all is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from ..mdp import (
    Floats,
    Tables,
    ask_for_different_moves,
    best_start_values,
    normalised,
    start_values,
    uniform_policy,
)
from .cache import Cache
from .conventions import DEFAULT, Conventions


@dataclass(frozen=True, eq=False)
class References:
    """What random and optimal play earn from the start of each level.

    objectives: their names. mixtures: [mixtures, objectives]. random: [levels,
    objectives]. base_headroom: [levels], base return, optimal less random. headroom:
    [levels, mixtures], the same for every mixture. scale: [objectives], see `Tables`.
    distinguishing: [levels], 1 where the objectives ask for different moves, so that
    no policy is optimal for all mixtures of them, else 0.
    """

    objectives: tuple[str, ...]
    mixtures: Floats
    random: Floats
    base_headroom: Floats
    headroom: Floats
    scale: Floats
    distinguishing: Floats

    @classmethod
    def of(
        cls,
        objectives: tuple[str, ...],
        mixtures: Floats,
        random: Floats,
        best: Floats,
        scale: Floats,
    ) -> Self:
        """Return the references of what random and best play earn.

        random: [levels, objectives]; best: [levels, mixtures], of R_λ.
        """
        headroom = best - (random / scale) @ mixtures.T
        return cls(
            objectives=objectives,
            mixtures=mixtures,
            random=random,
            base_headroom=headroom[:, 0] * scale[0],
            headroom=headroom,
            scale=scale,
            distinguishing=ask_for_different_moves(headroom, mixtures),
        )

    def common(self, values: Floats, conventions: Conventions) -> dict[str, Any]:
        """Return what all evidence holds, by name; values: [levels, objectives]."""
        return {
            "objectives": self.objectives,
            "conventions": conventions,
            "improvement": values[:, 0] - self.random[:, 0],
            "base_headroom": self.base_headroom,
            "distinguishing": self.distinguishing,
        }

    def scores(
        self, values: Floats, rho: float, sampled: bool = False
    ) -> tuple[Floats, Floats]:
        """Return u_λ n_λ / H_λ and u_λ, [levels, mixtures] each.

        values: [levels, objectives], what a policy earns. sampled: they are means over
        episodes, whose noise a clip in each level would turn into bias, so that none
        is made; else the ratio is clipped to [-1, 1].
        n_λ = Σ_g λ_g (V_g - V_g random) / scale_g; H_λ the same for optimal play;
        u_λ = base headroom · min(1, H_λ / (ρ max λ)), so that levels in which there is
        nothing to be won or lost at λ do not count.
        """
        improvement = ((values - self.random) / self.scale) @ self.mixtures.T
        least = rho * self.mixtures.max(1)
        weight = self.base_headroom[:, None] * np.clip(self.headroom / least, 0, 1)
        ratio = improvement / np.where(self.headroom > 1e-9, self.headroom, np.inf)
        return weight * (ratio if sampled else np.clip(ratio, -1, 1)), weight


_references: Cache[References] = Cache(64)  # distributions


def references(tables: Tables, conventions: Conventions = DEFAULT) -> References:
    """Return the references of a batch of levels, kept by content."""

    def make() -> References:
        mixtures = conventions.mixtures(len(tables.objectives))
        random = start_values(tables, uniform_policy(tables))
        best = best_start_values(tables, mixtures)
        return References.of(tables.objectives, mixtures, random, best, tables.units)

    return _references.get((tables.digest, conventions.points), make)


def base_score(tables: Tables, policy: Floats) -> float:
    """Return base return of a policy over levels, from 0 (random) to 1 (optimal)."""
    known, earned = references(tables), start_values(tables, policy)[:, 0]
    random = known.random[:, 0]
    return normalised(earned, random, random + known.base_headroom)
