"""How an answer is nearly right: in per cent, rounded, in another container, ..."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..text import counted
from .answer import UNREADABLE, NotYet, plain, same

Read = Callable[[Any], Any]
Leaf = Callable[[Any], Any]
CLOSE = 0.01  # of the largest right number, within which an answer is near


def each(turn: Leaf, thing: Any) -> Any:
    """Return a thing with `turn` done to everything in it that holds nothing."""
    if isinstance(thing, dict):
        return {key: each(turn, value) for key, value in thing.items()}
    if isinstance(thing, (list, tuple)) or np.ndim(thing):
        return [each(turn, inner) for inner in thing]
    return turn(plain(thing))


def leaves(thing: Any) -> list[Any]:
    """Return everything in a thing that holds nothing."""
    found: list[Any] = []
    each(found.append, thing)
    return found


def _from_text(thing: Any) -> Any:
    """Return the number that a text says."""
    if not isinstance(thing, str):
        return thing
    return float(thing.rstrip(" %")) / (100 if thing.endswith("%") else 1)


def _known(turn: Leaf) -> Leaf:
    """Return what does `turn` to everything in a thing but None."""
    return lambda thing: each(lambda x: None if x is None else turn(x), thing)


def _out_of_one(thing: Any) -> Any:
    (inner,) = thing.values() if isinstance(thing, dict) else thing
    return inner


# what to say, to how such an answer is turned into a right one
TURNS: dict[str, Leaf] = {
    "Yours is in per cent: a hundred times too large.": _known(lambda x: x / 100),
    "Right but for the sign: it is the wrong way round.": _known(lambda x: -x),
    "The values are right, but they come in a dict: return them one after the other, "
    "as in `return one, two`.": lambda thing: [*thing.values()],
    "Right, but it comes wrapped up: return what is in it, by itself.": _out_of_one,
    "The values are right, but in the reverse order.": lambda thing: thing[::-1],
    "Where nothing can be said the answer is `np.nan`; yours gives None.": (
        lambda thing: each(lambda x: np.nan if x is None else x, thing)
    ),
    "Where nothing can be said the answer is `None`; yours gives nan.": (
        lambda thing: each(lambda x: None if x != x else x, thing)
    ),
}
TEXT = "Right, but as text: return numbers, with no quotes and no formatting."


def _fits(
    turn: Callable[[Any], Any], tried: Sequence[Any], slack: float = 1e-6
) -> bool:
    """Return whether every answer is right once it is turned."""
    try:
        turned = [(turn(came), right, read) for came, right, read in tried]
        return all(
            right is None if came is None else same(read(came), right, slack)
            for came, right, read in turned
        )
    except (NotYet, *UNREADABLE, AttributeError, LookupError):
        return False


def _digits(values: Iterable[Any], rights: Iterable[Any]) -> str | None:
    """Say what was done to the numbers of an answer, which are right but for that."""
    all_given, all_right = leaves([*values]), leaves([*rights])
    if [x is None for x in all_given] != [x is None for x in all_right]:
        return None
    given, right = np.array(all_given, float), np.array(all_right, float)
    if given.shape != right.shape or not np.array_equal(
        np.isfinite(given), np.isfinite(right)
    ):
        return None
    given, right = given[np.isfinite(right)], right[np.isfinite(right)]
    for places in range(1 if len(right) > 2 else 2, 6):
        near = np.abs(given - right).max(initial=0) <= 0.5001 * 0.1**places
        if near and np.allclose(given, np.round(given, places), 0, 1e-9):
            places_said = counted(places, "place")
            return f"Nearly: yours is rounded to {places_said}. Return all digits."
    whole = any(np.array_equal(given, cut(right)) for cut in (np.floor, np.trunc))
    if whole and (len(right) > 1 or given.any()):  # a single 0 may be anything
        return "It gives whole numbers only. Is there a `//` where `/` is meant?"
    if len(right) and np.abs(given - right).max() <= CLOSE * np.abs(right).max():
        return (
            "Nearly, but not to six digits. Is something rounded on the way, or does a "
            "loop end before nothing changes any more?"
        )
    return None


def _spelling(value: Any, vocabulary: Sequence[str]) -> str | None:
    if isinstance(value, str) and value in vocabulary:
        return None
    words = ", ".join(map(repr, vocabulary))
    lead = "Spelling: use" if isinstance(value, str) else "It should give a word:"
    return f"{lead} one of {words}, exactly as written here."


def nearly(
    tried: Sequence[tuple[Any, Any, Read]], values: Sequence[Any], words: Sequence[str]
) -> str | None:
    """Return in what way all answers are right but for one thing, or None.

    tried: what came, what is right, and how it is read, for each case. values: what
    came, as read; empty where it cannot be read. words: those an answer may be.
    """
    for said, turn in TURNS.items():
        if _fits(turn, tried):
            return said
    text = any(isinstance(x, str) for came, *_ in tried for x in leaves(came))
    if text and _fits(_known(_from_text), tried, CLOSE):
        return TEXT
    if not values:
        return None
    if words:
        pairs = zip(values, tried, strict=True)
        wrong = (value for value, (_, right, _) in pairs if not same(value, right))
        return _spelling(next(wrong, None), words)
    try:
        return _digits(values, [right for _, right, _ in tried])
    except UNREADABLE:
        return None
