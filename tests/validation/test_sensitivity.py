"""What the conventions change."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import robustkit as rk


@cache
def cheese():
    return rk.make("cheese")


@cache
def shifted(n=96):
    return cheese().sample(n, goal=1.0, seed=1)


def test_conventions_that_only_judge_certainty_leave_the_axes_alone():
    found = rk.sensitivity("cheese", n=32)
    assert len(found.variants) > 20
    for variant in found.variants:
        if variant.convention in ("δ, fits as well", "alignment unknown below"):
            assert np.abs(variant.capability).max() == 0
    alone = [v for v in found.variants if v.value == "base alone"]
    assert max(np.abs(v.capability).max() for v in alone) > 0.3
    assert len(found.table().splitlines()) == 2 + len(found.variants)
    assert "candidate objectives" in found.figure().alt
    with pytest.raises(ValueError, match="two objectives"):
        rk.sensitivity("lava")
