"""A learner's answer: called, read, compared and said in words, whatever it is."""

from __future__ import annotations

from typing import Any

import numpy as np

UNREADABLE = (TypeError, ValueError, OverflowError)  # what an odd value raises


class NotAttempted(Exception):
    """Raised where there is nothing but the stub."""


class NotYet(Exception):
    """Raised where an answer is not right, in words for the learner."""


class GivesNone(NotYet):
    """Raised where a function that is no stub gives None."""


def in_words(thing: Any, longest: int = 80) -> str:
    """Return a thing in words, whatever its own words do."""
    try:
        if isinstance(thing, BaseException):
            words = f"{type(thing).__name__}: {thing}" if str(thing) else repr(thing)
        else:
            words = repr(thing)
        return words if len(words) <= longest else words[: longest - 1] + "…"
    except BaseException:
        return f"a {type(thing).__name__} that cannot be shown"


def call(function: Any, *given: Any) -> Any:
    """Return what a learner's function gives; raise `NotAttempted` for a stub.

    Whatever goes wrong inside is raised as `NotYet`.
    """
    if not callable(function):
        raise NotYet(f"It should be a function; it is {in_words(function)}.")
    try:
        with np.errstate(all="ignore"):  # what comes of it is looked at
            value = function(*given)
    except BaseException as trouble:
        raise NotYet(f"Calling it ended in {in_words(trouble)}.") from None
    if value is Ellipsis or (value is None and _is_stub(function)):
        raise NotAttempted
    if value is None:
        raise GivesNone("It gives None for what it is asked. Is a `return` missing?")
    return value


def _stub() -> None: ...


def _is_stub(function: Any) -> bool:
    """Return whether a function's body is nothing but a docstring and `...`."""
    code = getattr(function, "__code__", None)
    names = getattr(code, "co_names", ("something",))
    body = getattr(code, "co_code", b"")
    return not names and len(body) == len(_stub.__code__.co_code)


def finite(value: Any, *case: Any) -> float:
    """Return a learner's value as a finite float; raise `NotYet` if it is none."""
    try:
        result = float(value)
    except BaseException:
        given = in_words(value)
        raise NotYet(f"It should give one number; it gives {given}.") from None
    if isinstance(value, (str, bool)) or not np.isfinite(result):
        raise NotYet(f"It should give a finite number; it gives {in_words(value)}.")
    return result


def as_it_is(value: Any, *case: Any) -> Any:
    """Return a learner's value, which may be anything."""
    return value


def same(value: Any, right: Any) -> bool:
    """Return whether a value is like the right one, with numbers to six digits."""
    if right is None or isinstance(right, str):
        return type(value) is type(right) and bool(value == right)
    if isinstance(right, dict):
        return set(value) == set(right) and all(same(value[k], right[k]) for k in right)
    if isinstance(right, (tuple, list)):
        return len(value) == len(right) and all(map(same, value, right))
    if isinstance(right, np.ndarray) and right.ndim:
        return np.shape(value) == right.shape and all(map(same, value, right))
    try:
        number, other = float(value), float(right)
    except UNREADABLE:
        return False
    unknown = number != number and other != other
    return unknown or abs(number - other) <= 1e-6 * max(1.0, abs(other))
