"""What tests of the worlds share: mazes with cheese."""

from __future__ import annotations

from functools import cache

import numpy as np

import robustkit as rk
from robustkit.worlds.layouts import MAKERS

MAZES = [(5, "blocks"), (5, "tree"), (7, "tree"), (9, "blocks"), (13, "dense")]


@cache
def world(size=9, maker="blocks", **options):
    other = {"unfamiliar": "blocks" if maker == "tree" else "tree"}
    return rk.make("cheese", size=size, maker=maker, **other | options)


def layouts(maker, n, size, seed=0):
    return MAKERS[maker](n, size, size, np.random.default_rng(seed))


def same(one, two):
    """Whether two batches hold the same levels, byte for byte."""
    return (
        one.terrain.tobytes() == two.terrain.tobytes()
        and one.start.tobytes() == two.start.tobytes()
        and all(
            mine[name].tobytes() == theirs[name].tobytes()
            for mine, theirs in ((one.things, two.things), (one.grades, two.grades))
            for name in mine
        )
    )
