"""The axes: what is measured of a policy, and how sure one can be."""

from .conventions import DEFAULT, Conventions
from .groundings import GROUNDINGS, measure, named, summarise
from .reading import Estimate, Path, Reading, Split
from .strata import Strata, evaluate_strata, shares
from .uncertainty import Population, iqm, pool

__all__ = [
    "DEFAULT",
    "GROUNDINGS",
    "Conventions",
    "Estimate",
    "Path",
    "Population",
    "Reading",
    "Split",
    "Strata",
    "evaluate_strata",
    "iqm",
    "measure",
    "named",
    "pool",
    "shares",
    "summarise",
]
