"""What a learner gave and what was asked of it, in words that can be read or copied."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import FunctionType
from typing import Any

import numpy as np

from ..arguments import quote
from ..metrics import Estimate, Point
from .patience import Late

MANY = 12  # entries of something that are all shown
# What things of others say of themselves: NumPy's scalars, and where something lies.
SCALAR = re.compile(r"\bnp\.(?:(?:float|int|uint|complex)\d+|str_)\(([^()]*)\)")
TRUTH = re.compile(r"\bnp\.(True|False)_?\b")
PLACE = re.compile(r" at 0x[\da-fA-F]+|\b__main__\.")


def in_words(
    thing: Any, longest: int = 80, code: bool = False, digits: int = 6, many: int = MANY
) -> str:
    """Return a thing in words, whatever its own words do; numbers are Python's own.

    code: as it is written in a notebook. digits: 0 for all. many: entries of a list or
    array that are shown; only the first few where there are more.
    """
    try:
        words = Words(code, digits, many).of(thing)
    except Late:
        raise
    except BaseException:
        return f"a {type(thing).__name__} that cannot be shown"
    return shortened(words, longest)


def shortened(words: str, longest: int = 42) -> str:
    """Return words, cut where they are longer than they may be."""
    return words if len(words) <= longest else words[: longest - 1] + "…"


@dataclass
class Words:
    """How things are said, as `in_words` has it."""

    code: bool
    digits: int
    many: int

    def of(self, thing: Any) -> str:
        """Return a thing in words; raises whatever the thing does."""
        if isinstance(thing, BaseException):
            said = f"{type(thing).__name__}: {thing}" if str(thing) else repr(thing)
            return _tidied(" ".join(said.split()))
        if isinstance(thing, np.ndarray) and thing.ndim:
            inner = self.of(thing.tolist())
            return f"np.array({inner})" if self.code else inner
        if isinstance(thing, (np.ndarray, np.generic)):
            thing = thing.item()
        if isinstance(thing, float):
            return self._number(thing)
        if isinstance(thing, Estimate):
            ends = (thing.value, thing.low, thing.high)
            return f"rk.metrics.Estimate({', '.join(map(self._number, ends))})"
        if isinstance(thing, Point):
            return f"({thing.plain()})"
        if isinstance(thing, (dict, list, tuple)):
            return self._several(thing)
        if isinstance(thing, FunctionType):
            return thing.__name__
        if isinstance(thing, np.random.Generator):
            return "rng"
        return quote(thing) if isinstance(thing, str) else _tidied(quote(thing))

    def _number(self, value: float) -> str:
        if not np.isfinite(value):
            return f"{'-' * (value < 0)}{'np.' * self.code}{abs(value)}"
        return f"{value:.{self.digits}g}" if self.digits else repr(float(value))

    def _several(self, thing: Any) -> str:
        few = self.many if len(thing) <= self.many else max(1, self.many // 2)
        more = [f"… ({len(thing)} in all)"] * (few < len(thing))
        if isinstance(thing, dict):
            pairs = [*thing.items()][:few]
            each = [f"{self.of(key)}: {self.of(value)}" for key, value in pairs]
            return f"{{{', '.join(each + more)}}}"
        inner = ", ".join([self.of(each) for each in thing[:few]] + more)
        alone = "," * (isinstance(thing, tuple) and len(thing) == 1)
        return f"[{inner}]" if isinstance(thing, list) else f"({inner}{alone})"


def _tidied(words: str) -> str:
    """Return words without what only says that a number is NumPy's, or an address."""
    return PLACE.sub("", TRUTH.sub(r"\1", SCALAR.sub(r"\1", words)))


def asked(function: Any, given: tuple[Any, ...], longest: int = 120) -> str:
    """Return the call of a learner's function, to be copied where it is short."""
    name = getattr(function, "__name__", "")
    name = name if isinstance(name, str) and name.isidentifier() else "yours"
    for digits, many in ((0, MANY), (3, 6), (3, 2), (2, 1)):
        each = [in_words(x, longest, True, digits, many) for x in given]
        words = f"{name}({', '.join(each)})"
        if len(words) <= longest:
            return f"`{words}`"
    return f"`{words[: longest - 3]} …)`"


def told_apart(came: Any, right: Any, longest: int = 70) -> tuple[str, str]:
    """Return what came and what is right in words, with digits enough to differ."""
    for digits in (4, 6, 9, 17):
        pair = [in_words(each, longest, digits=digits) for each in (came, right)]
        if pair[0] != pair[1]:
            break
    return pair[0], pair[1]
