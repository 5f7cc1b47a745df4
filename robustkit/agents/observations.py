"""Observations of other people's environments: many as one, and in another's form.

Gymnasium is imported only where a space asks for it: a function can be asked about our
own worlds where Gymnasium cannot be imported, as in a browser.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

Shape = Callable[[Any], Any]  # observations [n, ...] in the form that a model wants


def planes_of(shape: tuple[int, ...]) -> Any:
    """Return the space of planes of 0 and 1; without Gymnasium, no more than a shape.

    More is asked of it only by models, which cannot be had without Gymnasium.
    """
    try:
        from gymnasium import spaces
    except ImportError:
        return SimpleNamespace(shape=shape)
    return spaces.Box(0, 1, shape, np.uint8)


def is_a(kind: str, space: Any) -> bool:
    """Return whether something is a space of a kind: "Box", "Dict", "Tuple"."""
    from gymnasium import spaces

    return isinstance(space, getattr(spaces, kind))


def stacked(observations: Sequence[Any], space: Any) -> Any:
    """Return observations as one: arrays [n, ...], in a dict or a tuple of them.

    What has no shape (a text, a graph, a sequence) makes a list.
    """
    if space.shape is not None:
        return np.stack([np.asarray(one) for one in observations])
    if is_a("Dict", space):
        return {
            key: stacked([one[key] for one in observations], part)
            for key, part in space.spaces.items()
        }
    if is_a("Tuple", space):
        parts = enumerate(space.spaces)
        return tuple(stacked([one[k] for one in observations], p) for k, p in parts)
    return copy.deepcopy(list(observations))


def fit(ours: Any, theirs: Any) -> Shape | None:
    """Return how observations of one space become those of another, None where not.

    As they are, flattened, or with an image's colours in front, which the model itself
    sees to.
    """
    if is_a("Dict", ours) and is_a("Dict", theirs):
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


def _fit_dict(ours: Any, theirs: Any) -> Shape | None:
    """Return how a dict of observations becomes another, key by key."""
    if {*ours.spaces} != {*theirs.spaces}:
        return None
    parts = {key: fit(part, theirs[key]) for key, part in ours.spaces.items()}
    if any(part is None for part in parts.values()):
        return None
    return lambda seen: {key: part(seen[key]) for key, part in parts.items() if part}
