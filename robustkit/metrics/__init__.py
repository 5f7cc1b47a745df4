"""The axes: what is measured of a policy, and how sure one can be."""

from .bootstrap import Population, iqm, pool
from .conventions import DEFAULT, Conventions
from .grounding import GROUNDINGS, measure, named, summarise
from .reading import Estimate, Reading, ShiftCurve, Split
from .strata import StratifiedEvaluation, evaluate_strata, shares

__all__ = [
    "DEFAULT",
    "GROUNDINGS",
    "Conventions",
    "Estimate",
    "Population",
    "Reading",
    "ShiftCurve",
    "Split",
    "StratifiedEvaluation",
    "evaluate_strata",
    "iqm",
    "measure",
    "named",
    "pool",
    "shares",
    "summarise",
]
