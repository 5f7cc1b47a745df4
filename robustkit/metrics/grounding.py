"""The groundings by name, and a reading by any of them.

Each has `terms(policy, tables, conventions)`, what every level says of a policy, and
`judge(terms, share, draws, objectives, number, conventions)`, what all of them say
together; `joined` brings the terms of several batches of levels together.
"""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import arguments
from ..mdp import Tables, check_policy
from . import attribution, polar
from . import goal_directedness as directedness
from .conventions import DEFAULT, Conventions
from .reading import Reading

GROUNDINGS: dict[str, ModuleType] = {
    "polar": polar,
    "attribution": attribution,
    "meg": directedness,
}


def named(grounding: str) -> Any:
    """Return the module of a grounding; raise ValueError for an unknown name."""
    return GROUNDINGS[arguments.one_of("grounding", grounding, list(GROUNDINGS))]


def measure(
    policy: ArrayLike,
    tables: Tables,
    conventions: Conventions = DEFAULT,
    seed: int = 0,
    grounding: str = "polar",
) -> Reading:
    """Return the reading of a policy [levels, states, actions] on these levels.

    Intervals are percentile bootstraps over levels. Raises ValueError for a policy
    that is none (see `mdp.check_policy`), an unknown grounding, or levels in which
    there is nothing to win.
    """
    room = named(grounding)
    each = room.terms(check_policy(policy, tables), tables, conventions)
    return summarise(each, tables.objectives, conventions, seed, grounding)


def summarise(
    each: Any,
    objectives: tuple[str, ...],
    conventions: Conventions = DEFAULT,
    seed: int = 0,
    grounding: str = "polar",
) -> Reading:
    """Return the reading of what each level says; see `measure`."""
    levels = len(each.room)
    share = np.full(levels, 1 / levels)
    draws = polar.bootstrap_counts(levels, seed, conventions) / levels
    reading: Reading = named(grounding).judge(
        each, share, draws, objectives, levels, conventions
    )
    return reading
