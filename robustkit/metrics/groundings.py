"""Groundings: the ways to turn the two axes into quantities, and who knows them.

A grounding is one object. Who makes one and registers it has it in `measure`, `path`,
explanations, cards, the explorer, laws, recovery and sensitivity:

    from robustkit.metrics import Grounding, register

    register(Grounding(name="naive", ..., evidence=..., read=...))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import arguments
from ..arguments import quote
from ..mdp import Floats, Ints, Tables, check_policy
from .conventions import DEFAULT, Conventions
from .evidence import Evidence, Weights
from .fitting import Beside
from .reading import Reading
from .references import References

E = TypeVar("E", bound=Evidence)


Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Variant:
    """A convention that could have been chosen otherwise, for studies of sensitivity.

    convention: what it is; value: the other choice, in words; change: to `Conventions`.
    """

    convention: str
    value: str
    change: Mapping[str, Any]


@dataclass(frozen=True)
class Sums(Generic[E]):
    """How a grounding is read from weighted sums over levels alone.

    Readings at any shift then come from sums of the strata, at once.
    columns: evidence to what is summed, [levels, columns]; beside: to what needs no
    resampled sums, [levels, few].
    combine: sums [..., columns] to scalar, capability, alignment [...] and scores
    [..., mixtures]. fits: scores, those of resamples [..., resamples, mixtures], and
    the number of levels to the best mixture [...] and which fit about as well.
    read: sums [columns], those beside, resampled sums [resamples, columns], evidence
    to take names from, and the number of levels to a reading.
    """

    columns: Callable[[E], Floats]
    beside: Callable[[E], Floats]
    combine: Callable[[Floats, Conventions], tuple[Floats, Floats, Floats, Floats]]
    fits: Callable[[Floats, Floats, int, Conventions], tuple[Ints, Bools]]
    read: Callable[[Floats, Floats, Floats, E, int], Reading]


@dataclass(frozen=True, kw_only=True)
class Grounding(Generic[E]):
    """One way to turn capability and alignment into quantities.

    name: what it is asked for by. label: what a menu calls it. verb: what stands before
    the goal in an explanation ("Its earnings look best at" 100% corner).
    evidence: policy [levels, states, actions], tables and conventions to what each
    level says. read: evidence and weights to the reading of all levels.
    of_returns: returns [levels, objectives], references and conventions to evidence;
    None where values say too little, so that episodes cannot be measured by.
    sums: see `Sums`; None where a reading is more than that.
    variants: conventions that are its own. level_by_level: whether capability is read
    with a goal of its own in each level. moved: whether evidence asks for counterparts
    of the levels with one thing moved, as `MovedTables` hold, and what a policy does in
    these as well. product: whether scalar = capability × alignment, so that points of
    equal scalar lie on curves.
    """

    name: str
    label: str
    verb: str
    evidence: Callable[[ArrayLike, Tables, Conventions], E]
    read: Callable[[E, Weights], Reading]
    of_returns: Callable[[Floats, References, Conventions], E] | None = None
    sums: Sums[E] | None = None
    variants: tuple[Variant, ...] = ()
    level_by_level: bool = False
    moved: bool = False
    product: bool = False

    def measure(
        self,
        policy: ArrayLike,
        tables: Tables,
        conventions: Conventions = DEFAULT,
        seed: int = 0,
    ) -> Reading:
        """Return the reading of a policy; see the function of that name."""
        checked = check_policy(policy, tables)
        found = self.summarise(self.evidence(checked, tables, conventions), seed)
        return replace(found, beside=Beside.of(tables, checked))

    def summarise(self, evidence: E, seed: int = 0) -> Reading:
        """Return the reading of levels that count alike; seed: of the bootstrap."""
        weights = Weights.even(len(evidence), seed, evidence.conventions)
        return self.reading(evidence, weights)

    def reading(self, evidence: E, weights: Weights) -> Reading:
        """Return the reading of weighted levels, signed with the grounding's name.

        Raises ValueError where optimal play earns no more base return than random.
        """
        check_headroom(float(weights.share @ evidence.base_headroom), evidence)
        return self.signed(self.read(evidence, weights))

    def signed(self, reading: Reading) -> Reading:
        """Return a reading that says by which grounding it was made."""
        return replace(reading, grounding=self.name, verb=self.verb)


def check_headroom(base_headroom: float, evidence: Evidence) -> None:
    """Raise ValueError where optimal play earns no more base return than random."""
    if base_headroom <= 1e-12:
        raise ValueError(
            f"levels: optimal play earns no more {evidence.objectives[0]} return in "
            "them than a random walk (less than 1e-12 more, which is rounding), so "
            "nothing can be measured; allowed: levels with something to win."
        )


_registered: dict[str, Grounding[Any]] = {}
GROUNDINGS: Mapping[str, Grounding[Any]] = MappingProxyType(_registered)


def register(made: Grounding[Any]) -> Grounding[Any]:
    """Make a grounding known by its name, in place of one that had it.

    Raises ValueError for anything else, or a name that is no identifier.
    """
    if not isinstance(made, Grounding):
        raise ValueError(
            f"grounding={quote(made)} is not a grounding; allowed: a Grounding."
        )
    if not (isinstance(made.name, str) and made.name.isidentifier()):
        allowed = "a word of letters, digits and underscores"
        raise arguments.refusal("name", made.name, allowed)
    _registered[made.name] = made
    return made


def grounding(name: str) -> Grounding[Any]:
    """Return a grounding; raise ValueError for an unknown name."""
    return GROUNDINGS[arguments.one_of("grounding", name, GROUNDINGS)]


def measure(
    policy: ArrayLike,
    tables: Tables,
    conventions: Conventions = DEFAULT,
    seed: int = 0,
    grounding: str = "polar",
) -> Reading:
    """Return the reading of a policy [levels, states, actions] on these levels.

    Intervals are Bayesian bootstraps over levels, see `bootstrap`. Raises ValueError
    for an invalid policy (see `mdp.check_policy`), an unknown grounding, or levels
    in which there is nothing to win.
    """
    by = GROUNDINGS[arguments.one_of("grounding", grounding, GROUNDINGS)]
    return by.measure(policy, tables, conventions, seed)


def sampled_groundings() -> list[str]:
    """Return the names of the groundings that episodes can be measured by."""
    return [name for name, each in GROUNDINGS.items() if each.of_returns]
