"""Which levels tell objectives apart: where no one policy serves them all."""

from __future__ import annotations

import numpy as np

from .tables import Floats

DIFFERENT = 0.01  # relative gap above which objectives differ in a level


def ask_for_different_moves(headroom: Floats, mixtures: Floats) -> Floats:
    """Return [levels], 1 where objectives ask for different moves, else 0.

    headroom: [levels, mixtures], what optimal play earns of a mixture over random play;
    mixtures: [mixtures, objectives], with each objective alone among them. Optimal
    value is convex in the reward, and linear exactly where one policy is optimal
    throughout.
    """
    alone = [
        int(np.argmax((mixtures == one).all(1))) for one in np.eye(mixtures.shape[1])
    ]
    linear = headroom[:, alone] @ mixtures.T
    gap = (linear - headroom).max(1)
    return (gap > DIFFERENT * np.abs(linear).max(1)).astype(float)
