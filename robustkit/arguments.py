"""Checks of arguments: an error names the argument, what was given, what is allowed.

Use what a check returns, not what was given: it is Python's own str, int or float,
which can be saved, printed and compared whatever it came as.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from difflib import get_close_matches
from numbers import Integral, Rational, Real
from pathlib import Path
from reprlib import Repr
from typing import Any

LINE = 120  # signs of what was given, or stands in a file, that an error repeats
CUT = Repr()  # which never writes a list of a million things out
CUT.maxlist = CUT.maxtuple = CUT.maxset = CUT.maxfrozenset = CUT.maxdict = 12
CUT.maxlevel, CUT.maxlong, CUT.maxstring, CUT.maxother = 4, 40, LINE, LINE


def quote(given: Any) -> str:
    """Return what was given as code, in one line of at most `LINE` signs.

    For whatever comes from outside: a text of a megabyte, an int of 5,000 digits and
    something that cannot say what it is are all named without harm.
    """
    try:
        return brief(CUT.repr(given))
    except Exception:  # that int, and whatever somebody's own __repr__ raises
        return brief(f"<{type(given).__name__}>")


def brief(said: str, most: int = LINE) -> str:
    r"""Return a text in one line of at most so many signs, all of which can be shown.

    >>> brief("one\ntwo " + 99 * "and so on ", 30)
    'one two and so on... and so on'
    """
    if len(said) > 9 * most:
        said = said[: 4 * most] + said[-4 * most :]
    line = " ".join(said.split())
    line = "".join(c if c.isprintable() else repr(c)[1:-1] for c in line)
    if len(line) <= most:
        return line
    end = most // 3
    return f"{line[: most - end - 3]}...{line[-end:]}"


def refusal(name: str, given: Any, allowed: str) -> ValueError:
    """Return the error that says what was given, and what is allowed."""
    return ValueError(f"{name}={quote(given)} is not possible; allowed: {allowed}.")


def one_of(name: str, given: Any, allowed: Iterable[str]) -> str:
    """Return `given` if it is one of the allowed words; raise `ValueError` if not."""
    words = list(allowed)
    if isinstance(given, str) and given in words:
        return words[words.index(given)]  # NumPy's strings print as np.str_('...')
    said = brief(given) if isinstance(given, str) else quote(given)
    near = get_close_matches(said, words, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise ValueError(
        f"{name}={quote(given)} is not known; allowed: {', '.join(words)}.{hint}"
    )


def plain(given: Any) -> int | float | None:
    """Return a number of Python's or NumPy's, or a 0-d array, as Python's int or float.

    None for whatever else: a bool, a text, a list, and numbers that a float cannot hold
    exactly (complex, Decimal, Fraction), which would silently become others.
    """
    if getattr(given, "shape", None) == () and hasattr(given, "item"):
        given = given.item()
    if isinstance(given, bool):
        return None
    if isinstance(given, Integral):
        return int(given)
    if isinstance(given, Real) and not isinstance(given, Rational):
        return float(given)
    return None


def number(
    name: str, given: Any, low: float = -math.inf, high: float = math.inf
) -> float:
    """Return `given` as a float in [low, high]; raise `ValueError` if it is not one."""
    allowed = f"a number (an int or a float) from {low:g} to {high:g}"
    value = plain(given)
    if value is None:
        raise refusal(name, given, allowed)
    try:
        value = float(value) + 0.0  # which makes -0.0, that prints as "-0.00", 0.0
    except OverflowError:  # an int that no float holds
        value = math.nan
    if not low <= value <= high:
        raise ValueError(f"{name}={quote(given)} is out of range; allowed: {allowed}.")
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
    value = plain(given)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    most = math.inf if high is None else high
    if isinstance(value, int) and low <= value <= most and (value % 2 or not odd):
        return value
    raise refusal(name, given, allowed)


def seed(name: str, given: Any) -> int:
    """Return `given` as a seed, a whole number from 0; raise `ValueError` if not."""
    return whole(name, given, 0, 2**63 - 1)


def path(name: str, given: Any) -> Path:
    """Return `given` as a path; raise `ValueError` if it is not one."""
    if not isinstance(given, (str, os.PathLike)):
        raise refusal(name, given, "a path, as a string")
    return Path(given)


def several(name: str, given: Any, allowed: str) -> list[Any]:
    """Return `given` as a list; raise `ValueError` for an empty one, and for a text."""
    found = list(given) if isinstance(given, Iterable) else []
    if isinstance(given, str) or not found:
        raise refusal(name, given, f"a list of {allowed}")
    return found
