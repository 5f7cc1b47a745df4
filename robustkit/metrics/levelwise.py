"""What each level says of a policy, whatever the grounding: join it, choose from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, Self

import numpy as np

from ..mdp import Floats

SHARED = ("mixtures",)  # fields that are not one entry a level


class Levelwise:
    """A frozen dataclass of arrays [levels, ...]."""

    room: Floats

    def __len__(self) -> int:
        return len(self.room)

    @classmethod
    def joined(cls, parts: Sequence[Self]) -> Self:
        """Return what several batches of levels say as one."""
        first: Any = parts[0]
        arrays = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in _arrays(first)
        }
        joined: Self = replace(first, **arrays)
        return joined

    def __getitem__(self, index: Any) -> Self:
        """Return what the chosen levels say; an array or a slice."""
        this: Any = self
        chosen: Self = replace(
            this, **{name: getattr(this, name)[index] for name in _arrays(this)}
        )
        return chosen


def _arrays(this: Any) -> list[str]:
    return [field.name for field in fields(this) if field.name not in SHARED]
