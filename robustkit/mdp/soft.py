"""Soft value iteration: Boltzmann play, one recursion for all who plan softly.

Maximum-entropy planning (Ziebart 2010, eq. 9.1) with V the log-mean-exp of Q, so that
doing nothing useful is worth nothing. Rewards are in units of the temperature.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..arithmetic import exp
from .sweeps import Sweep
from .tables import Floats, Tables

HELD = 20  # sweeps for which a policy is held


def soft_plan(
    sweep: Sweep, pay: NDArray[Any], temperature: float, sweeps: int
) -> NDArray[Any]:
    """Return the Boltzmann policies of `sweeps` of soft value iteration.

    pay: [actions, rows, columns], see `Sweep`; sweeps: at least 1. The policies have
    its shape and precision.
    """
    sweep, pay = sweep.astype(pay.dtype), pay / temperature
    value = np.zeros((len(sweep) + 1, pay.shape[2]), pay.dtype)
    for _ in range(sweeps):
        odds, total, soft = _soft_max(sweep.worth(pay, value))
        value[:-1] = soft
    return np.stack(odds) / total


def soft_optimal(tables: Tables, mixtures: ArrayLike, tolerance: float) -> Floats:
    """Return what soft-optimal play does, `log π(a|s) + log |A|`.

    mixtures: [mixtures, objectives], weights of R_g / scale_g in units of the
    temperature. The shape is [actions, states, mixtures], the states being those of
    `Tables.reached`. What `soft_plan` does, until a sweep changes no value of a mixture
    by more than `tolerance`.
    """
    sweep = Sweep.of(tables, tables.reached)
    pay = sweep.expect(tables.mixed_rewards(mixtures, tables.reached))
    value = np.zeros((len(sweep) + 1, pay.shape[2]))
    left = np.arange(pay.shape[2])  # mixtures that still change
    while len(left):
        part, now = pay[..., left], value[:, left]
        done = np.zeros(len(left), bool)
        while not done.any():
            done = _improve(sweep, part, now) <= tolerance
        value[:, left] = now
        left = left[~done]
    gains = sweep.worth(pay, value)
    soft = _soft_max([gain.copy() for gain in gains])[2]
    return np.stack([gain - soft for gain in gains])


def _improve(sweep: Sweep, pay: Floats, value: Floats) -> Floats:
    """Sweep `value`, in place, and return how much it changed, [mixtures].

    Then its policy is held for some sweeps, which need no exponentials (modified policy
    iteration, Puterman and Shin 1978): V ← V + what the policy makes of the change.
    """
    odds, total, new = _soft_max(sweep.worth(pay, value))
    change = np.zeros(value.shape, np.float32)  # enough for what will be swept again
    change[:-1] = new - value[:-1]
    most: Floats = np.abs(change).max(0)
    policy = [(each * (sweep.discount / total)).astype(np.float32) for each in odds]
    quick = sweep.astype(np.float32)
    value[:-1] = new
    for _ in range(HELD):
        after = [quick.after(action, change) for action in range(len(policy))]
        change[:-1] = sum(map(np.multiply, policy, after))
        value += change
    return most


def _soft_max(
    gains: list[NDArray[Any]],
) -> tuple[list[NDArray[Any]], NDArray[Any], NDArray[Any]]:
    """Return odds, their sum and the soft value; `gains` [rows, columns] are used up.

    V = log mean exp(Q) = max Q + log mean exp(Q - max Q), in which no exponent can
    overflow.
    """
    top = reduce(np.maximum, gains)
    for gain in gains:
        gain -= top
        exp(gain, out=gain)
    total = reduce(np.add, gains)
    return gains, total, np.log(total / len(gains)) + top
