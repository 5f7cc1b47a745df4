"""What is remembered in any kind of thing is in the tables, or they are refused."""

from __future__ import annotations

from functools import cache

import pytest
import tricky_kinds
from judges import play
from tricky_state import ErrandByClassDefault

import robustkit as rk

QUICK = {"order of a dict", "slice", "brackets as text", "locked array", "partial"}
QUICK |= {"thing in a set", "function of another module", "window of its own"}
QUICK |= {"slot of the room", "equal to everything", "thing that lies nowhere"}
QUICK |= {"colour of a floor", "class of the room", "function that remembers"}
QUICK |= {"forgotten by copies"}


@cache
def plainest():
    """Return the tables of the same errand in an attribute, as a walk finds them."""
    return rk.tabulate(ErrandByClassDefault())


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=[] if name in QUICK else pytest.mark.slow)
        for name in tricky_kinds.READ
    ],
)
def test_an_errand_in_a_thing_that_can_be_read_is_exact(name):
    make = tricky_kinds.KINDS[name]
    tables = rk.tabulate(make(), limit=100)
    assert tables.shape == (1, 4 * 4 + 5 * 4 + 1, 3)
    assert tables.digest == plainest().digest
    assert play(make, tables, episodes=40, steps=60) > 0


@pytest.mark.parametrize("name", tricky_kinds.REFUSED)
def test_an_errand_that_cannot_be_read_is_refused(name):
    with pytest.raises(ValueError, match=tricky_kinds.REFUSED[name]) as refusal:
        rk.tabulate(tricky_kinds.KINDS[name](), limit=100)
    assert len(str(refusal.value)) < 500
