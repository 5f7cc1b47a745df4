"""What a learner gives: called, read and compared, whatever it is."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Iterable, Iterator
from inspect import iscoroutinefunction
from traceback import walk_tb
from typing import Any

import numpy as np

from .patience import ELSEWHERE, Late
from .words import in_words, shortened

UNREADABLE = (TypeError, ValueError, OverflowError)  # what an odd value raises


class NotAttempted(Exception):
    """Raised where there is nothing but the stub, in words if these are its own."""


class NotYet(Exception):
    """Raised where an answer is not right, in words for the learner."""


class GivesNone(NotYet):
    """Raised where a function that is no stub gives None."""


class Ended(NotYet):
    """Raised where a learner's function raised something: `how`, and in which line."""

    def __init__(self, how: str) -> None:
        super().__init__(f"Calling it ended in {how}.")
        self.how = how


def look_for_a_function(made: Any) -> None:
    """Raise `NotYet` for what cannot be called, or not without being awaited."""
    if not callable(made):
        raise NotYet(f"It should be a function; it is {in_words(made)}.")
    if iscoroutinefunction(made):
        raise NotYet("It should be a plain function: `def`, not `async def`.")


def call(function: Any, *given: Any) -> Any:
    """Return what a learner's function gives; raise `NotAttempted` for a stub.

    Whatever goes wrong inside is raised as `NotYet`.
    """
    look_for_a_function(function)
    try:
        with np.errstate(all="ignore"):  # what comes of it is looked at
            value = function(*given)
            value = [*value] if isinstance(value, Iterator) else value
    except Late:
        raise
    except BaseException as trouble:
        how = f"{in_words(trouble, 72)}{_line(sys.exc_info()[2])}"
        raise Ended(how) from None
    if value is Ellipsis or (value is None and _is_stub(function)):
        raise NotAttempted
    if value is None:
        raise GivesNone("Is a `return` missing?")
    return value


def _line(trace: Any) -> str:
    """Return the last line of the learner's own code that a traceback goes through."""
    found = ""
    for frame, number in walk_tb(trace):
        file = frame.f_code.co_filename
        if not file.startswith(ELSEWHERE):
            text = linecache.getline(file, number, frame.f_globals).strip()
            found = f" (line {number}: `{shortened(text)}`)" if text else found
    return found


def _stub() -> None: ...


def _is_stub(function: Any) -> bool:
    """Return whether a function's body is nothing but a docstring and `...`."""
    code: Any = getattr(function, "__code__", None)
    short = len(getattr(code, "co_code", b"")) == len(_stub.__code__.co_code)
    return short and not code.co_names


# What came, read as what is asked for


def plain(value: Any) -> Any:
    """Return a value as Python's own where it is NumPy's: what is masked is NaN."""
    if isinstance(value, np.ma.MaskedArray) and value.dtype.kind in "iuf":
        value = np.ma.filled(value.astype(float), np.nan)
    alone = isinstance(value, np.ndarray) and not value.ndim
    return value.item() if alone or isinstance(value, np.generic) else value


def number(value: Any, *case: Any) -> float:
    """Return a learner's value as a float, which may be NaN; raise `NotYet` if none."""
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.item()
    try:
        result = float(value)
    except (OverflowError, Late):
        raise
    except BaseException:
        raise NotYet("It should give one number.") from None
    if isinstance(value, (str, bytes, bool)) or np.isinf(result):
        raise NotYet("It should give a finite number.")
    return result


def finite(value: Any, *case: Any) -> float:
    """Return a learner's value as a finite float; raise `NotYet` if it is none."""
    result = number(value)
    if np.isnan(result):
        raise NotYet("It should give a finite number.")
    return result


def array_of(value: Any, shape: tuple[int, ...], words: str) -> Any:
    """Return a learner's value as floats of this shape; raise `NotYet` if it is none.

    words: what it should return. None in it is NaN.
    """
    try:
        if isinstance(value, (dict, set, frozenset, str, bytes)):
            raise TypeError  # which have no order, or are no numbers
        listed = isinstance(value, Iterable) and not isinstance(value, np.ndarray)
        found = np.asarray([*value] if listed else value)
        if found.dtype.kind in "USO" and any(isinstance(x, str) for x in found.flat):
            raise TypeError
        if found.dtype.kind == "c":  # whose imaginary part would go without a word
            raise TypeError
        found = found.astype(float)
    except OverflowError:
        raise
    except (TypeError, ValueError):
        found = np.zeros(())
    if found.shape != shape:
        raise NotYet(f"It should return {words}.")
    return found


def several(count: int) -> Callable[..., tuple[float, ...]]:
    """Return a `read` of so many numbers."""
    words = f"{ {2: 'two', 3: 'three'}.get(count, count) } numbers"
    return lambda value, *case: tuple(array_of(value, (count,), words).tolist())


def word(value: Any, *case: Any) -> Any:
    """Return a learner's value, out of an array if that holds nothing else."""
    alone = isinstance(value, np.ndarray) and value.size == 1
    return value.item() if alone else value


def same(value: Any, right: Any, slack: float = 1e-6) -> bool:
    """Return whether a value is like the right one, with numbers to six digits."""
    if right is None:
        return value is None
    if isinstance(right, str):
        return isinstance(value, str) and value == right
    if isinstance(right, dict):
        return set(value) == set(right) and all(
            same(value[k], right[k], slack) for k in right
        )
    if isinstance(right, (tuple, list)) or (
        isinstance(right, np.ndarray) and right.ndim
    ):
        return len(value) == len(right) and all(
            same(one, other, slack) for one, other in zip(value, right, strict=True)
        )
    try:
        given, other = float(value), float(right)
    except UNREADABLE:
        return False
    unknown = given != given and other != other
    return unknown or abs(given - other) <= slack * max(1.0, abs(other))


def changed(now: Any, before: Any) -> str:
    """Return what of an answer's arguments it has changed, such as "array", or ""."""
    kind = "array" if isinstance(before, np.ndarray) else type(before).__name__
    if type(now) is not type(before):
        return kind
    if isinstance(before, np.ndarray):
        alike = now.shape == before.shape and now.tobytes() == before.tobytes()
        return "" if alike else kind
    if isinstance(before, dict):
        inside = [*before.values()]
        if [*now] != [*before]:
            return kind
        now = [*now.values()]
    elif isinstance(before, (list, tuple)):
        inside = [*before]
        if len(now) != len(before):
            return kind
    else:
        return ""
    for one, other in zip(now, inside, strict=True):
        if isinstance(other, (np.ndarray, dict, list, tuple)):
            if said := changed(one, other):
                return said
        elif type(one) is not type(other) or (
            isinstance(other, (str, int, float)) and one is not other and one != other
        ):
            return kind
    return ""
