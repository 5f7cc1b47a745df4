"""What was read of objects, written back into them, and said in words."""

from __future__ import annotations

import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from . import kinds
from .noting import Names


def restore(holder: Any, content: Any) -> None:
    """Write back into an object what it held."""
    if isinstance(content, np.ndarray) and isinstance(holder, np.ndarray):
        restore_array(holder, content)
    elif isinstance(holder, Names):
        holder.of.update(zip(holder.names, content, strict=True))
    elif isinstance(holder, types.CellType):
        holder.cell_contents = content
    elif content[0] == "fields":
        fields = object.__getattribute__(holder, "__dict__")
        fields.clear()
        fields.update(content[1])
        if content[2] not in (None, type(holder)):
            holder.__class__ = content[2]
    elif content[0] == "slot":
        object.__setattr__(holder, content[1], content[2])
    elif content[0] == "class":
        restore_class(holder, content[1])
    else:
        refill(holder, *content)


def restore_array(holder: Any, content: Any) -> None:
    """Write back an array, also one that was locked."""
    if holder.shape != content.shape:
        holder.resize(content.shape, refcheck=False)
    if not holder.flags.writeable:
        try:
            holder.flags.writeable = True
        except ValueError:  # it shows somebody else's memory
            return
    holder[...] = content
    holder.flags.writeable = content.flags.writeable


def restore_class(cls: type, data: dict[str, Any]) -> None:
    """Write back the data of a class, and take away what it had not."""
    for name, value in vars(cls).copy().items():
        if name not in data and kinds.is_data(name, value):
            delattr(cls, name)
    for name, value in data.items():
        if vars(cls).get(name) is not value:
            setattr(cls, name, value)


def refill(holder: Any, base: Any, inside: list[Any]) -> None:
    """Write back what lay in a container, past any method of its own class."""
    if issubclass(base, (list, bytearray)):
        base.__setitem__(holder, slice(None), inside)
        return
    base.clear(holder)
    if issubclass(base, dict):
        for key, value in inside:
            base.__setitem__(holder, key, value)
    else:
        (base.update if base is set else base.extend)(holder, inside)


def parts(holder: Any, content: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Yield what an object holds, each with words for where it is."""
    if isinstance(content, np.ndarray):
        pairs = [(f"{name}[...]", x) for x in holder.ravel().tolist()]
    elif isinstance(holder, Names):
        pairs = [(f"global {n}", x) for n, x in zip(holder.names, content, strict=True)]
    elif isinstance(holder, types.CellType):
        pairs = [(name or "a variable of a function", content)]
    elif content[0] == "slot":
        pairs = [(f"{name}.{content[1]}", content[2])]
    elif content[0] in ("fields", "class"):
        name = name if content[0] == "fields" else holder.__name__
        pairs = [(f"{name}.{n}", x) for n, x in content[1].items()]
    elif issubclass(content[0], dict):
        pairs = [(f"{name}[{said_of(key)}]", value) for key, value in content[1]]
        pairs += [(f"a key of {name}", key) for key, _ in content[1]]
    else:
        pairs = [(f"{name}[{i}]", value) for i, value in enumerate(content[1])]
    for said, value in pairs:
        yield said, value
        if isinstance(value, tuple):
            yield from ((said, each) for each in value)


def said_of(key: Any) -> str:
    """Return a key of a dict in few signs."""
    return f"{key!r:.20}" if is_plain(key) else f"a {type(key).__name__}"


def is_plain(value: Any) -> bool:
    """Return whether a value says in a few signs what it is."""
    return isinstance(value, (int, float, str, tuple, np.generic, type(None)))
