"""What Python objects are made of: what can change in them, and what cannot be seen."""

from __future__ import annotations

import dis
import enum
import random
import re
import sys
import types
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable, Iterator
from datetime import date, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache, partial
from logging import Logger
from pathlib import PurePath
from typing import Any, TypeVar
from uuid import UUID

import gymnasium
import numpy as np
from minigrid.minigrid_env import MiniGridEnv

from ..levels import Levels
from ..world import World

# What libraries keep in their classes and modules is theirs: no state of an environment
LIBRARIES = frozenset(sys.stdlib_module_names - {"__main__"}) | {
    *("gymnasium", "IPython", "ipykernel", "matplotlib", "minigrid", "numpy", "PIL"),
    *("pygame", "pytest", "_pytest", "robustkit", "sb3_contrib", "stable_baselines3"),
    *("torch", "tqdm", "typing_extensions"),
}
# Nothing in them ever changes, or nothing that an environment does depends on it
CONSTANTS = (
    *(enum.Enum, types.ModuleType),
    *(types.MethodDescriptorType, types.WrapperDescriptorType),
    *(types.GenericAlias, property, type(Ellipsis), type(NotImplemented), Logger),
    *(np.ufunc, type(np.sum)),
    gymnasium.envs.registration.EnvSpec,
)
# They say what they are, and never change
SAYING = (
    *(re.Pattern, range, np.dtype, Decimal, Fraction, date, time, timedelta),
    *(UUID, PurePath, World),
)
GENERATORS = (np.random.Generator, np.random.RandomState, random.Random)
CONTAINERS = (list, OrderedDict, dict, set, deque, bytearray, np.ndarray)
SOLID = (tuple, frozenset, int, str, float, complex, bytes)  # what cannot change
# Attributes that hold how an environment is shown, seeded and described, by class
NO_STATE: dict[type, frozenset[str]] = {
    gymnasium.Env: frozenset({"_np_random_seed", "spec", "metadata"}),
    gymnasium.Wrapper: frozenset({"_cached_spec", "_saved_kwargs", "_metadata"}),
    MiniGridEnv: frozenset(
        {"window", "clock", "render_mode", "render_size", "screen_size"}
    ),
}
# How code reads an attribute, or says its name, as getattr does
READING = ("LOAD_ATTR", "LOAD_METHOD", "LOAD_SUPER_ATTR", "LOAD_CONST")
OBJECT_SIZE, POINTER = object.__basicsize__, 8


T = TypeVar("T")


def remembered(asked: Callable[[Any], T]) -> Callable[[Any], T]:
    """Return a function of a class or function that works out each answer once."""
    return cache(asked)


class Opaque(ValueError):
    """Something, `thing`, that can neither be looked into nor put back."""

    def __init__(self, thing: Any) -> None:
        super().__init__(f"{type(thing).__name__} is opaque")
        self.thing, self.where = thing, ""


EXACTLY: dict[Any, str] = {  # what instances of just this class are
    **dict.fromkeys((int, str, type(None)), "text"),
    **dict.fromkeys((bool, float, complex, bytes), "value"),
    **{tuple: "tuple", frozenset: "frozenset", np.ndarray: "array"},
    **{types.FunctionType: "function", types.MethodType: "method"},
    **{types.CellType: "cell", slice: "slice"},
    **dict.fromkeys((types.BuiltinMethodType, types.MethodWrapperType), "builtin"),
    **{type(lru_cache(len)): "cached", np.void: "opaque"},
}


@remembered
def kind_of(cls: Any) -> str:
    """Return what instances of a class are, a word for each way to read them."""
    if cls in EXACTLY:
        return EXACTLY[cls]
    known: dict[str, Any] = {
        "class": type,
        "number": np.generic,
        "levels": Levels,
        "constant": CONSTANTS,
        "value": SAYING,
        "generator": GENERATORS,
        "space": gymnasium.Space,
        "partial": partial,
    }
    for word, classes in known.items():
        if issubclass(cls, classes):
            return word
    if cls.__module__.startswith("pygame"):
        return "constant"
    return "object" if _is_seen_through(cls) else "opaque"


def _is_seen_through(cls: Any) -> bool:
    """Return whether all that instances hold is in containers, slots and `__dict__`."""
    if issubclass(cls, (*CONTAINERS, *SOLID)):
        return True
    if not (cls.__dictoffset__ or any("__slots__" in vars(c) for c in cls.__mro__)):
        return False
    hidden = cls.__basicsize__ - OBJECT_SIZE - POINTER * len(slots(cls))
    return hidden <= 2 * POINTER  # where __dict__ and weak references hang


@remembered
def base_of(cls: Any) -> type | None:
    """Return which container, or which solid value, a class is a kind of."""
    return next((b for b in (*CONTAINERS, *SOLID) if issubclass(cls, b)), None)


@remembered
def face(cls: Any) -> Any:
    """Return what a class is known by: of one made anew at each reset, its name."""
    return (cls.__module__, cls.__qualname__) if "<locals>" in cls.__qualname__ else cls


@remembered
def slots(cls: Any) -> tuple[str, ...]:
    """Return the names of the slots of a class, as they are stored."""
    found = []
    for part in cls.__mro__:
        given = vars(part).get("__slots__", ())
        for name in (given,) if isinstance(given, str) else given:
            private = name.startswith("__") and not name.endswith("__")
            found.append(f"_{part.__name__.lstrip('_')}{name}" if private else name)
    if issubclass(cls, defaultdict):
        found.append("default_factory")
    return tuple(n for n in found if n not in ("__dict__", "__weakref__"))


@remembered
def no_state(cls: Any) -> frozenset[str]:
    """Return the attributes of a class's instances that make no difference."""
    declared = [vars(c).get("no_state", ()) for c in cls.__mro__]
    known = [names for kind, names in NO_STATE.items() if issubclass(cls, kind)]
    return frozenset().union(*known, *declared)


def is_theirs(module: str | None) -> bool:
    """Return whether a module is somebody's own, none of a known library."""
    return (module or "").partition(".")[0] not in LIBRARIES


@remembered
def own_classes(cls: Any) -> tuple[type, ...]:
    """Return the classes of somebody's own among a class and its bases."""
    return tuple(c for c in cls.__mro__ if is_theirs(c.__module__))


def functions_of(cls: type) -> Iterator[types.FunctionType]:
    """Yield the functions that a class defines, those behind properties included."""
    for member in vars(cls).values():
        parts = [member, *(getattr(member, n, None) for n in ("fget", "fset"))]
        for part in [*parts, getattr(member, "__func__", None)]:
            inner = getattr(part, "__wrapped__", None)
            yield from (f for f in (part, inner) if isinstance(f, types.FunctionType))


def is_data(name: str, value: Any) -> bool:
    """Return whether a class attribute is data, no method and nothing of Python's."""
    dunder = name.startswith("__") and name.endswith("__")
    # A descriptor, as methods and properties are, unless it is of a class of their own.
    cls = type(value)
    code = hasattr(cls, "__get__") and not own_classes(cls)
    return not dunder and not code and name != "_abc_impl"


def codes_of(function: types.FunctionType) -> Iterator[types.CodeType]:
    """Yield the code of a function and of all that is defined in it."""
    todo = [function.__code__]
    while todo:
        code = todo.pop()
        yield code
        todo += [part for part in code.co_consts if isinstance(part, types.CodeType)]


@remembered
def uses(function: types.FunctionType) -> tuple[str, ...]:
    """Return the names of global data and functions that a function may use."""
    used = {
        step.argval
        for code in codes_of(function)
        for step in dis.get_instructions(code)
        if step.opname in ("LOAD_GLOBAL", "LOAD_NAME", "STORE_GLOBAL")
    }
    known = function.__globals__
    return tuple(sorted(n for n in used if n in known and not _is_fixed(known[n])))


@remembered
def modules(function: types.FunctionType) -> tuple[tuple[Any, tuple[str, ...]], ...]:
    """Return modules of somebody's own that a function may use, and what in them."""
    used = {name for code in codes_of(function) for name in code.co_names}
    known = [function.__globals__.get(name, sys.modules.get(name)) for name in used]
    own = {
        each.__name__: each
        for each in known
        if isinstance(each, types.ModuleType) and is_theirs(each.__name__)
    }
    return tuple((own[name], tuple(sorted(used))) for name in sorted(own))


def _is_fixed(value: Any) -> bool:
    """Return whether a global is of a library, so that it holds no state."""
    if isinstance(value, type):
        return not own_classes(value)
    if isinstance(value, types.FunctionType):
        return not is_theirs(value.__module__)
    if isinstance(value, types.BuiltinFunctionType):
        return isinstance(value.__self__, (types.ModuleType, type(None)))
    return isinstance(value, types.ModuleType)


def reads(functions: Iterable[types.FunctionType], name: str) -> bool:
    """Return whether any of these functions reads an attribute, or says its name."""
    return any(
        step.opname in READING and step.argval == name
        for function in functions
        for code in codes_of(function)
        for step in dis.get_instructions(code)
    )
