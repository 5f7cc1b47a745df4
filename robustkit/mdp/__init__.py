"""A batch of exact Markov decision processes: evaluate, occupancy, plan, roll out.

Everything here works on `Tables`, knows no world, and is exact up to rounding.
"""

from .episodes import Episodes, play, rollout
from .soft import soft_optimal, soft_plan
from .solve import (
    action_values,
    along,
    at_start,
    evaluate,
    normalised,
    occupancy,
    one_thread,
    optimal_values,
    plan,
    start_values,
)
from .tables import Floats, Ints, Tables, check_policy, mixture, uniform_policy

__all__ = [
    "Episodes",
    "Floats",
    "Ints",
    "Tables",
    "action_values",
    "along",
    "at_start",
    "check_policy",
    "evaluate",
    "mixture",
    "normalised",
    "occupancy",
    "one_thread",
    "optimal_values",
    "plan",
    "play",
    "rollout",
    "soft_optimal",
    "soft_plan",
    "start_values",
    "uniform_policy",
]
