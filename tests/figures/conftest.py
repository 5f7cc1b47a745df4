"""What several pictures are made of."""

from __future__ import annotations

import pytest

import robustkit as rk


@pytest.fixture(scope="package")
def world():
    return rk.make("cheese", size=7, layouts=8)


@pytest.fixture(scope="package")
def paths(world):
    agents = [rk.plan(world), rk.plan(world, "corner"), rk.device("random", world)]
    return [rk.path(a, world, goal=[0, 0.5, 1], n=32) for a in agents]
