"""When two agents are the same one."""

from __future__ import annotations


def assert_same_agent(one, other):
    """Raise AssertionError unless they agree in all, arrays to the byte."""
    about = "name", "settings", "world"
    assert [getattr(one, a) for a in about] == [getattr(other, a) for a in about]
    assert {n: a.tobytes() for n, a in one.arrays.items()} == {
        n: a.tobytes() for n, a in other.arrays.items()
    }
