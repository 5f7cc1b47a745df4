"""Checks of arguments: an error names the argument, what was given, what is allowed."""

from __future__ import annotations

import math
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any


def one_of(name: str, given: Any, allowed: Iterable[str]) -> str:
    """Return `given` if it is one of the allowed words; raise `ValueError` if not."""
    words = list(allowed)
    if isinstance(given, str) and given in words:
        return given
    near = get_close_matches(str(given), words, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(
        f"{name}={given!r} is not known; allowed: {', '.join(words)}.{hint}"
    )


def number(
    name: str, given: Any, low: float = -math.inf, high: float = math.inf
) -> float:
    """Return `given` as a float in [low, high]; raise `ValueError` if it is not one."""
    allowed = f"a number from {low:g} to {high:g}"
    try:
        value = float(given)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name}={given!r} is not a number; allowed: {allowed}."
        ) from None
    if isinstance(given, (str, bool)) or not low <= value <= high:
        raise ValueError(f"{name}={given!r} is out of range; allowed: {allowed}.")
    return value


def fraction(name: str, given: Any) -> float:
    """Return `given` as a float in [0, 1]; raise `ValueError` if it is not one."""
    return number(name, given, 0.0, 1.0)


def whole(
    name: str, given: Any, low: int, high: int | None = None, odd: bool = False
) -> int:
    """Return `given` as an int in [low, high]; raise `ValueError` if it is not one."""
    kind = "an odd whole number" if odd else "a whole number"
    allowed = f"{kind} from {low}" + (f" to {high}" if high is not None else " up")
    problem = ValueError(f"{name}={given!r} is not possible; allowed: {allowed}.")
    if isinstance(given, (str, bool)):
        raise problem
    try:
        value = int(given)
        exact = value == given
    except (TypeError, ValueError, OverflowError):
        raise problem from None
    if not exact or value < low or (high is not None and value > high):
        raise problem
    if odd and value % 2 == 0:
        raise problem
    return value


def seed(name: str, given: Any) -> int:
    """Return `given` as a seed, a whole number from 0; raise `ValueError` if not."""
    return whole(name, given, 0, 2**63 - 1)
