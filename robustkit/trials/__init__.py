"""Trials of the measurement itself: its laws, planted truth, its conventions."""

from .lawbook import Laws, laws
from .recovering import Recovery, coverage, recovery
from .varying import Sensitivity, sensitivity

__all__ = [
    "Laws",
    "Recovery",
    "Sensitivity",
    "coverage",
    "laws",
    "recovery",
    "sensitivity",
]
