"""What is noted of objects while they are read."""

from __future__ import annotations

import pickle
import random
import re
from operator import is_
from typing import Any, NamedTuple

import gymnasium
import numpy as np

from .kinds import face, kind_of

EMPTY = object()  # what an unset slot holds
PLAIN = frozenset({"text", "value", "number"})


class Names(NamedTuple):
    """Global variables that a function may use."""

    of: dict[str, Any]
    names: tuple[str, ...]


class Known(NamedTuple):
    """An object without pointers as it was last read, such as a wall."""

    thing: Any
    values: tuple[Any, ...]
    held: Any
    key: tuple[Any, ...]

    def still(self, thing: Any, fields: dict[str, Any] | None) -> bool:
        """Return whether it is this object, and holds the same."""
        if self.thing is not thing or face(type(thing)) != self.key[0]:
            return False
        if fields is None or len(fields) != len(self.values):
            return False
        return all(map(is_, fields.values(), self.values))


def fields_of(thing: Any) -> dict[str, Any] | None:
    """Return the attributes of an object, whatever it says of them itself."""
    try:
        fields: dict[str, Any] = object.__getattribute__(thing, "__dict__")
    except AttributeError:
        return None
    return fields


def slot_of(thing: Any, name: str) -> Any:
    """Return what is in a slot of an object, `EMPTY` if nothing is."""
    try:
        return object.__getattribute__(thing, name)
    except AttributeError:
        return EMPTY


def is_plain(value: Any) -> bool:
    """Return whether a value is a number or text, or made of such."""
    if type(value) is tuple:
        return all(map(is_plain, value))
    return kind_of(type(value)) in PLAIN


def come(generator: Any, back_to: Any = None) -> Any:
    """Return how far a generator of random numbers has come; of a space, its own.

    back_to: bring it there again.
    """
    if isinstance(generator, gymnasium.Space):
        if generator._np_random is None or back_to == "new":
            generator._np_random = None  # type: ignore[assignment]
            return "new"
        return come(generator._np_random, back_to)
    if isinstance(generator, random.Random):
        if back_to is not None:
            generator.setstate(back_to)
        return generator.getstate()
    inner = getattr(generator, "_bit_generator", None) or generator.bit_generator
    if back_to is not None:
        inner.state = pickle.loads(back_to)
    return pickle.dumps(inner.state)  # which compares, as arrays in it do not


def named(thing: Any) -> str:
    """Return what a thing says that it is, without where it lies in memory."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(thing))


def draws(where: str, action: Any) -> str:
    """Return the sentence that refuses an environment that draws."""
    return (
        f"env is not deterministic: on action {action} it draws random numbers "
        f"{where}; allowed: a deterministic environment."
    )


def shared_draws() -> dict[str, Any]:
    """Return how far the generators have come that belong to nobody."""
    inner = {"random": random._inst, "numpy.random": np.random.mtrand._rand}
    return {name: come(generator) for name, generator in inner.items()}
