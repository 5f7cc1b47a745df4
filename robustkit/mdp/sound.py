"""Whether tables are what they say: checked when they are made, field by field.

Whatever is read off tables trusts them. Rewards that are not finite, or a state that is
none, would come out as a plausible number or as an error in NumPy's words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import number, quote, whole

if TYPE_CHECKING:
    from .tables import Tables

LARGEST = 1e300  # reward that can be added up


def check_tables(tables: Tables) -> None:
    """Raise ValueError for an invalid field, naming it and what is allowed."""
    _check_names("objectives", tables.objectives)
    _check_names("event_names", tables.event_names)
    _check_shapes(tables)
    _check_moves(tables)
    if tables.chance is not None:
        _check_chance(tables)
    discount = number("discount", tables.discount)
    if not 0 < discount < 1:
        raise _wrong("discount", quote(discount), "a number between 0 and 1")
    for name in ("rewards", "scale"):
        array = getattr(tables, name)
        low, high = array.min(), array.max()  # NaN if any is
        if not (low >= -LARGEST and high <= LARGEST):
            bad = low if not low >= -LARGEST else high
            raise _wrong(name, f"holds {bad}", "finite numbers")
    if tables.scale.min() < 0:
        raise _wrong("scale", f"holds {tables.scale.min():g}", "numbers from 0 up")


def _wrong(name: str, said: str, allowed: str) -> ValueError:
    said = said if said.startswith(("holds", "has")) else f"is {said}"
    return ValueError(f"tables: {name} {said}; allowed: {allowed}.")


def _check_names(field: str, names: Any) -> None:
    strings = isinstance(names, tuple) and all(isinstance(n, str) for n in names)
    if not strings or not names or len(set(names)) < len(names):
        raise _wrong(field, quote(names), "a tuple of names, each of them once")


def _check_shapes(tables: Tables) -> None:
    """Check that every array has the shape and the kind that its field says."""
    next_state = tables.next_state
    if not isinstance(next_state, np.ndarray) or next_state.ndim != 3:
        allowed = "an array [levels, states, branches]"
        raise _wrong("next_state", quote(next_state), allowed)
    if 0 in next_state.shape:
        raise _wrong(
            "next_state", f"has the shape {next_state.shape}", "at least 1 of each"
        )
    each, levels = next_state.shape, len(next_state)
    fields: dict[str, tuple[str, tuple[int, ...]]] = {
        "next_state": ("iu", each),
        "events": ("b", (*each, len(tables.event_names))),
        "rewards": ("iuf", (*each, len(tables.objectives))),
        "start": ("iu", (levels,)),
        "scale": ("iuf", (len(tables.objectives),)),
    }
    if tables.chance is not None:
        fields["chance"] = "iuf", each
    kinds = {"iu": "whole numbers", "b": "truth values", "iuf": "real numbers"}
    for name, (kind, shape) in fields.items():
        array = getattr(tables, name)
        allowed = f"an array of {kinds[kind]} of shape {shape}"
        if not isinstance(array, np.ndarray):
            raise _wrong(name, quote(array), allowed)
        if array.dtype.kind not in kind or array.shape != shape:
            said = f"has the type {array.dtype} and the shape {array.shape}"
            raise _wrong(name, said, allowed)


def _check_moves(tables: Tables) -> None:
    """Check that states are states, and that no move leads to an earlier block."""
    _, states, branches = tables.next_state.shape
    for name in ("next_state", "start"):
        array = getattr(tables, name)
        low, high = array.min(), array.max()
        if low < 0 or high >= states:
            bad = low if low < 0 else high
            raise _wrong(name, f"holds {bad}", f"states from 0 to {states - 1}")
    outcomes = whole("outcomes of tables", tables.outcomes, 1, branches)
    if branches % outcomes or (outcomes > 1 and tables.chance is None):
        allowed = f"a number that divides {branches} branches, 1 without chance"
        raise _wrong("outcomes", str(outcomes), allowed)
    blocks = whole("blocks of tables", tables.blocks, 1, max(1, states - 1))
    if blocks == 1:
        return
    if (states - 1) % blocks:
        allowed = f"a number that divides all {states - 1} states but the end"
        raise _wrong("blocks", str(blocks), allowed)
    size = (states - 1) // blocks
    first = tables.block * size
    if (tables.next_state < first[:, None]).any():
        level, state, branch = np.argwhere(tables.next_state < first[:, None])[0]
        raise _wrong(
            "next_state",
            f"has a move from state {state} of level {level} to an earlier block, "
            f"state {tables.next_state[level, state, branch]}",
            "moves within a block or to a later one, or blocks=1",
        )


def _check_chance(tables: Tables) -> None:
    """Check that the outcomes of every action have chances that add up to 1."""
    chance: Any = tables.chance
    total = chance.reshape(*tables.shape, tables.outcomes).sum(-1)
    if not chance.min() >= 0:
        raise _wrong("chance", f"holds {chance.min()}", "probabilities >= 0")
    off = np.abs(total - 1)
    if not off.max() <= 1e-6:
        place = np.unravel_index(off.argmax(), off.shape)
        raise _wrong(
            "chance",
            f"has the sum {total[place]:.6g} at level {place[0]}, state {place[1]}, "
            f"action {place[2]}",
            "1 over the outcomes of each action",
        )
