"""Soft value iteration: Boltzmann play, one recursion for all who plan softly.

Maximum-entropy planning (Ziebart 2010, eq. 9.1) with V the log-mean-exp of Q, so that
doing nothing useful is worth nothing. Rewards are in units of the temperature.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .sweeps import live_successors
from .tables import Floats, Tables


def soft_plan(
    tables: Tables, reward: NDArray[Any], temperature: float, sweeps: int
) -> NDArray[Any]:
    """Return the Boltzmann policies of `sweeps` of soft value iteration.

    reward: [levels, states, branches, mixtures]; sweeps: at least 1. Returns [mixtures,
    levels, states, actions] in the precision of `reward`.
    """
    gain = _gains(tables, reward[tables.live] / temperature, sweeps=sweeps)
    odds = np.exp(gain - gain.max(1, keepdims=True))
    odds /= odds.sum(1, keepdims=True)
    shape = (gain.shape[-1], *tables.shape)
    policies = np.full(shape, 1 / tables.shape[2], gain.dtype)
    policies[:, tables.live] = np.moveaxis(odds, -1, 0)
    return policies


def soft_optimal(tables: Tables, reward: Floats, tolerance: float) -> Floats:
    """Return what soft-optimal play does, log π(a|s) + log |A|.

    The shape is [live states, actions, mixtures]; reward: [levels, states, branches,
    mixtures], in units of the temperature. What `soft_plan` does, until no value of a
    mixture changes by more than `tolerance`.
    """
    gain = _gains(tables, reward[tables.live], tolerance=tolerance)
    top, rest = _soft_max(gain)
    logs: Floats = gain - top[:, None] - rest[:, None]
    return logs


def _gains(
    tables: Tables, pay: NDArray[Any], sweeps: int | None = None, tolerance: float = 0.0
) -> NDArray[Any]:
    """Return what actions are worth [live states, actions, mixtures] at last.

    pay: [live states, branches, mixtures]. sweeps: so many of them; without it each
    mixture is swept until none of its values changes by more than `tolerance`.
    """
    follow = live_successors(tables)
    chance = None if tables.chance is None else tables.chance[tables.live][..., None]
    value = np.zeros((len(follow) + 1, pay.shape[-1]), pay.dtype)  # the last: the end

    def gains(pay: NDArray[Any], value: NDArray[Any]) -> NDArray[Any]:
        gain = pay + tables.discount * value[follow]
        if chance is None:
            return gain
        apart = (gain * chance).astype(pay.dtype, copy=False)
        apart = apart.reshape(len(gain), -1, tables.outcomes, gain.shape[-1])
        mean: NDArray[Any] = apart.sum(2)
        return mean

    for _ in range(1, sweeps or 0):
        value[:-1] = np.add(*_soft_max(gains(pay, value)))
    left = np.arange(0 if sweeps else pay.shape[-1])  # mixtures that still change
    while len(left):
        part, now = pay[..., left], value[:, left]
        done = np.zeros(len(left), bool)
        while not done.any():
            new = np.add(*_soft_max(gains(part, now)))
            done = np.abs(new - now[:-1]).max(0) <= tolerance
            now[:-1] = new
        value[:, left] = now
        left = left[~done]
    return gains(pay, value)


def _soft_max(gain: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the two parts of a soft value, [states, mixtures] each.

    V = log mean exp(Q) = max Q + log mean exp(Q - max Q), in which no exponent can
    overflow.
    """
    top = gain.max(1)
    return top, np.log(np.exp(gain - top[:, None]).mean(1))
