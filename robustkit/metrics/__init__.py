"""The metrics: what is measured of a policy, and how sure one can be.

To add a grounding of your own, register it: see `Grounding` and `register`.
"""

from .assembly import assemble
from .attribution import ATTRIBUTION
from .bootstrap import iqm
from .conventions import DEFAULT, Conventions
from .curve import Drop, ShiftCurve, Split
from .evidence import SHARED, Evidence, Weights
from .goal_directedness import MEG
from .groundings import (
    GROUNDINGS,
    Grounding,
    Variant,
    grounding,
    measure,
    register,
    sampled_groundings,
)
from .intervention import INTERVENTION
from .polar import POLAR
from .population import Population, pool
from .reading import Estimate, Point, Reading
from .strata import StratifiedEvaluation, evaluate_strata

for _each in (POLAR, ATTRIBUTION, MEG, INTERVENTION):
    register(_each)

__all__ = [
    "DEFAULT",
    "GROUNDINGS",
    "SHARED",
    "Conventions",
    "Drop",
    "Estimate",
    "Evidence",
    "Grounding",
    "Point",
    "Population",
    "Reading",
    "ShiftCurve",
    "Split",
    "StratifiedEvaluation",
    "Variant",
    "Weights",
    "assemble",
    "evaluate_strata",
    "grounding",
    "iqm",
    "measure",
    "pool",
    "register",
    "sampled_groundings",
]
