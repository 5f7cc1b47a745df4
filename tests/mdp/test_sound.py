"""Tables of one's own: what a field must be, and what is said of one that is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import robustkit as rk
from robustkit.mdp import Tables

N = 5  # states of a small corridor: 0 to 3, and the end


def corridor(**other):
    """Return two levels of a corridor, with some fields other than they should be."""
    here = np.arange(N)
    right = np.minimum(here + 1, N - 1)
    left = np.where(here == N - 1, here, np.maximum(here - 1, 0))
    next_state = np.stack([np.stack([right, left], 1)] * 2)
    events = np.zeros((2, N, 2, 2), bool)
    events[:, N - 2, 0, 0] = events[:, 1, 1, 1] = True
    fields = {
        "next_state": next_state.astype(np.int32),
        "events": events,
        "rewards": events.astype(float),
        "start": np.array([1, 1]),
        "objectives": ("goal", "back"),
        "event_names": ("goal", "back"),
        "discount": 0.9,
        "scale": np.ones(2),
    }
    return Tables(**{**fields, **other})


def chancy(**other):
    """Return the same with two outcomes to each action, the second being to stay."""
    plain = corridor()
    stay = np.broadcast_to(np.arange(N)[:, None], plain.next_state.shape)
    both = np.stack([plain.next_state, stay], -1).reshape(2, N, 4)
    twice = {
        "events": np.repeat(plain.events, 2, 2),
        "rewards": np.repeat(plain.rewards, 2, 2),
    }
    fields = {"next_state": both, "chance": np.full(both.shape, 0.5), "outcomes": 2}
    return corridor(**{**fields, **twice, **other})


def put(array, place, value):
    """Return a copy of an array with another value at a place."""
    changed = array.astype(np.result_type(array, type(value)), copy=True)
    changed[place] = value
    return changed


PLAIN, CHANCY = corridor(), chancy()
WRONG = {
    "next_state": [
        put(PLAIN.next_state, (0, 0, 0), -2), put(PLAIN.next_state, (1, 2, 1), N),
        PLAIN.next_state.astype(float), PLAIN.next_state[0], [[[0]]], None,
        PLAIN.next_state[:0],
    ],
    "events": [
        PLAIN.events[:1], PLAIN.events.astype(int), PLAIN.events[..., :1], "none"
    ],
    "rewards": [
        put(PLAIN.rewards, (0, 0, 0, 0), np.nan),
        put(PLAIN.rewards, (1, 4, 1, 1), np.inf),
        put(PLAIN.rewards, (1, 4, 1, 1), -np.inf), PLAIN.rewards.astype(object),
        PLAIN.rewards + 0j, PLAIN.rewards[:, 1:], PLAIN.rewards.astype(str), 1.0,
    ],
    "start": [np.array([0, N]), np.array([-1, 0]), np.array([0.0, 1.0]), np.array([0])],
    "objectives": [("goal", "goal"), (), ["goal", "back"], ("goal", 3), "goal"],
    "event_names": [("goal", "goal"), None, ("goal", b"back")],
    "discount": [1, 1.0, 2, 0, -0.5, np.nan, "0.9", None, True, 1j],
    "scale": [
        np.array([np.nan, 1]), np.array([-1.0, 1]), np.array([1, np.inf]), np.ones(3),
        1.0, np.array(["1", "2"]),
    ],
    "blocks": [0, -1, 3, 2.5, "2", N],
    "outcomes": [0, 2, 1.5, None],
}  # fmt: skip
WRONG_CHANCES = {
    "chance": [
        put(CHANCY.chance, (0, 0, 0), np.nan), put(CHANCY.chance, (0, 0, 0), 0.6),
        put(CHANCY.chance, (1, 2, 0), -0.5), CHANCY.chance[:1],
        CHANCY.chance.astype(complex), CHANCY.chance * 0, 0.5,
    ],
    "outcomes": [3, 0, 4, 5],
}  # fmt: skip
EACH = [(corridor, name, value) for name, some in WRONG.items() for value in some]
EACH += [
    (chancy, name, value) for name, some in WRONG_CHANCES.items() for value in some
]


@pytest.mark.parametrize(("make", "name", "value"), EACH)
def test_a_field_that_cannot_be_is_named_with_what_is_allowed(make, name, value):
    what = "(chance|outcomes)" if make is chancy else name
    with pytest.raises(ValueError, match=rf"{what}.*; allowed: ") as problem:
        make(**{name: value})
    assert len(str(problem.value)) < 300


@pytest.mark.parametrize("make", [corridor, chancy])
def test_tables_that_can_be_are_measured(make):
    tables = make(scale=np.array([1.0, 0.0]), rewards=make().rewards.astype(np.int8))
    assert rk.mdp.best_start_values(tables, [1.0, 0.0]) == pytest.approx(
        rk.mdp.best_start_values(make(), [1.0, 0.0])
    )


def test_no_move_leads_back_to_an_earlier_block():
    tables = rk.make("keys", size=5, maker="open").sample(2).tables()
    assert tables.blocks > 1
    back = put(tables.next_state, (1, tables.shape[1] - 2, 3), 0)
    with pytest.raises(ValueError, match=r"next_state has a move .* earlier block"):
        replace(tables, next_state=back)


@pytest.mark.parametrize("name", rk.list_worlds())
def test_tables_of_every_world_are_what_they_say(name):
    world = rk.make(name)
    for levels in world.strata(2, seed=3):
        tables = levels.tables()
        assert replace(tables).digest == tables.digest  # checked again, as all are
        assert len(tables[[1]]) == 1
