"""Evidence: what each level says of a policy; weights: how much each level counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

import numpy as np

from ..mdp import Floats
from .bootstrap import bootstrap_weights
from .conventions import Conventions

SHARED = {"shared": True}  # of a field that is the same for all levels, not one each


@dataclass(frozen=True, eq=False, kw_only=True)
class Evidence:
    """What each level says of a policy: arrays [levels, ...] but for what is shared.

    Groundings add fields of their own. objectives: their names, the base first.
    conventions: what it was found by. improvement: [levels], base return over that of a
    random walk; base_headroom: [levels], the most that it can be. distinguishing:
    [levels], 1 where the objectives ask for different moves, else 0.
    """

    objectives: tuple[str, ...] = field(metadata=SHARED)
    conventions: Conventions = field(metadata=SHARED)
    improvement: Floats
    base_headroom: Floats
    distinguishing: Floats

    def __len__(self) -> int:
        return len(self.base_headroom)

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return what several batches of levels say as one."""
        arrays: dict[str, Any] = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in _per_level(cls)
        }
        return replace(parts[0], **arrays)

    def __getitem__(self, index: Any) -> Self:
        """Return what the chosen levels say; an array or a slice."""
        kind = type(self)
        return replace(self, **{k: getattr(self, k)[index] for k in _per_level(kind)})


def _per_level(kind: type[Evidence]) -> list[str]:
    return [each.name for each in fields(kind) if not each.metadata.get("shared")]


@dataclass(frozen=True, eq=False)
class Weights:
    """How much each level counts in a reading.

    share: [levels], with sum 1; resample_weights: [resamples, levels], the same in each
    resample. levels: how many there are to draw from, of each stratum where several
    are weighed against each other.
    """

    share: Floats
    resample_weights: Floats
    levels: int

    @classmethod
    def even(cls, levels: int, seed: int, conventions: Conventions) -> Self:
        """Return the weights of levels that count alike."""
        resampled = bootstrap_weights(levels, seed, conventions.resamples)
        return cls(np.full(levels, 1 / levels), resampled, levels)
