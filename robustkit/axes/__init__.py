"""The axes: what is measured of a policy, and how sure one can be."""

from .conventions import DEFAULT, Conventions
from .groundings import GROUNDINGS, measure, named, summarise
from .reading import Estimate, Path, Reading
from .strata import Strata, evaluate_strata, shares

__all__ = [
    "DEFAULT",
    "GROUNDINGS",
    "Conventions",
    "Estimate",
    "Path",
    "Reading",
    "Strata",
    "evaluate_strata",
    "measure",
    "named",
    "shares",
    "summarise",
]
