"""A batch of exact Markov decision processes: evaluate, occupancy, plan, roll out.

Everything here works on `Tables`, knows no world, and is exact up to rounding.
"""

from .episodes import Episodes, play_alike, rollout
from .moved import MovedTables
from .soft import soft_optimal, soft_plan
from .solve import (
    action_values,
    along,
    at_start,
    best_start_values,
    evaluate,
    normalised,
    occupancy,
    one_thread,
    optimal_values,
    plan,
    start_values,
)
from .sweeps import Sweep
from .tables import Floats, Ints, Tables, check_policy, mixture, uniform_policy
from .telling import ask_for_different_moves

__all__ = [
    "Episodes",
    "Floats",
    "Ints",
    "MovedTables",
    "Sweep",
    "Tables",
    "action_values",
    "along",
    "ask_for_different_moves",
    "at_start",
    "best_start_values",
    "check_policy",
    "evaluate",
    "mixture",
    "normalised",
    "occupancy",
    "one_thread",
    "optimal_values",
    "plan",
    "play_alike",
    "rollout",
    "soft_optimal",
    "soft_plan",
    "start_values",
    "uniform_policy",
]
