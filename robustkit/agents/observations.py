"""Observations of other people's environments: many as one, and in another's form."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from gymnasium import spaces

Shape = Callable[[Any], Any]  # observations [n, ...] in the form that a model wants


def stacked(observations: Sequence[Any], space: spaces.Space[Any]) -> Any:
    """Return observations as one: arrays [n, ...], in a dict or a tuple of them.

    What has no shape (a text, a graph, a sequence) makes a list.
    """
    if isinstance(space, spaces.Dict):
        return {
            key: stacked([one[key] for one in observations], part)
            for key, part in space.spaces.items()
        }
    if isinstance(space, spaces.Tuple):
        parts = enumerate(space.spaces)
        return tuple(stacked([one[k] for one in observations], p) for k, p in parts)
    if space.shape is None:
        return copy.deepcopy(list(observations))
    return np.stack([np.asarray(one) for one in observations])


def fit(ours: Any, theirs: Any) -> Shape | None:
    """Return how observations of one space become those of another, None where not.

    As they are, flattened, or with an image's colours in front, which the model itself
    sees to.
    """
    if isinstance(ours, spaces.Dict) and isinstance(theirs, spaces.Dict):
        return _fit_dict(ours, theirs)
    there = getattr(theirs, "shape", None)
    if there is None or ours.shape is None or hasattr(theirs, "spaces"):
        return None
    if getattr(ours, "n", None) != getattr(theirs, "n", None):
        return None
    if there == ours.shape:
        return lambda seen: seen
    if there == (ours.shape[-1:] + ours.shape[:-1]) and len(there) == 3:
        return lambda seen: seen
    if there == (int(np.prod(ours.shape)),):
        return lambda seen: seen.reshape(len(seen), -1)
    return None


def _fit_dict(ours: spaces.Dict, theirs: spaces.Dict) -> Shape | None:
    """Return how a dict of observations becomes another, key by key."""
    if {*ours.spaces} != {*theirs.spaces}:
        return None
    parts = {key: fit(part, theirs[key]) for key, part in ours.spaces.items()}
    if any(part is None for part in parts.values()):
        return None
    return lambda seen: {key: part(seen[key]) for key, part in parts.items() if part}
