"""Agents as files: arrays and a JSON header in .npz, read without pickle.

Trained ones can be kept, so that the same one need not be trained twice: where there
is a folder for it, `~/.cache/robustkit/agents`, or the one that the environment
variable ROBUSTKIT_AGENTS names. Nothing makes that folder by itself, so that on a
learner's machine `train` trains; a Binder image has it filled beforehand.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import __version__, files
from ..arguments import quote
from ..worlds import WORLDS, World, make
from .adapters import Recorded
from .agent import Agent
from .network import Network
from .registry import KINDS

# 1: a network's weights had other names. 2: its walls handed on what is known.
FORMAT, VERSION = "robustkit-agent", 3
LARGEST = 512 * 2**20  # bytes; a file that unpacks to more is refused
LONGEST = 1000  # letters of a name
MOST = 100_000  # what a setting may be; more would take hours, or all memory

FOLDER = "ROBUSTKIT_AGENTS"
ROOM = 2000  # agents that are kept; a study of many thousands has a store of its own


def save(agent: Agent, path: str | os.PathLike[str]) -> Path:
    """Write an agent to a file ending in .npz and return its path.

    The file is complete or not there at all. Raises ValueError for another ending, a
    missing folder, or something that is no agent of ours.

    >>> import robustkit as rk
    >>> agent = rk.train("searcher", rk.make("cheese", size=7), generations=1)
    >>> rk.load(rk.save(agent, "mouse.npz")).mesa_objective == agent.mesa_objective
    True
    """
    if type(agent) not in KINDS.values():
        raise ValueError(
            f"agent={quote(agent)} cannot be saved; allowed: an agent of robustkit, or "
            "the policy of another one recorded on levels."
        )
    where = files.check_path(path, ".npz")
    arrays = agent.arrays
    header = {
        "format": FORMAT,
        "version": VERSION,
        "robustkit": __version__,
        "recipe": agent.recipe,
        "name": agent.name,
        "world": {"name": agent.world.name, "options": agent.world.options},
        "settings": agent.settings,
    }
    header["digest"] = _digest(header, arrays)
    text = np.frombuffer(json.dumps(header, sort_keys=True).encode(), np.uint8)
    named: dict[str, Any] = {f"array_{name}": a for name, a in arrays.items()}
    named["header"] = text
    with files.whole(where) as part, part.open("wb") as file:
        np.savez(file, **named)
    return where


def load(path: str | os.PathLike[str]) -> Agent:
    """Read an agent from a file that `save` wrote; nothing in it is executed.

    Raises FileNotFoundError where there is no file, and ValueError for one that is
    truncated, foreign, changed, or written by a newer version.
    """
    if not Path(path).is_file():
        raise FileNotFoundError(f"path={str(path)!r}: there is no such file.")
    header, arrays = _read(path)
    if header.get("format") != FORMAT:
        raise _refuse(path, "it is not an agent that robustkit saved")
    version = header.get("version")
    if type(version) is not int or not 1 <= version <= VERSION:
        raise _refuse(
            path, f"its format {version!r} is newer than {VERSION}, or none; upgrade"
        )
    if header.pop("digest", None) != _digest(header, arrays):
        raise _refuse(path, "its content was changed after it was saved")
    try:
        _plausible(header, arrays)
        return _build(header, arrays)
    except Exception as problem:  # whatever a file asks for that cannot be
        raise _refuse(path, f"its content does not fit together ({problem})") from None


def _plausible(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
    """Raise ValueError for what would take hours or all memory, or is no number."""
    if not isinstance(header["name"], str) or len(header["name"]) > LONGEST:
        raise ValueError(f"its name has more than {LONGEST} letters")
    given = {**header["settings"], **header["world"]["options"]}
    for name, value in given.items():
        if not isinstance(value, (int, float)) or name == "seed":
            continue
        lowest = 0 if isinstance(value, int) else -MOST
        if not lowest <= value <= MOST:
            raise ValueError(f"{name}={value} is not from {lowest} to {MOST}")
    for name, array in arrays.items():
        if array.dtype.kind == "c":
            raise ValueError(f"{name} is complex")


class BadFile(ValueError):
    """A file that is no agent that `save` wrote."""


def _refuse(path: Any, why: str) -> BadFile:
    return BadFile(f"path={str(path)!r} cannot be loaded: {why}.")


def _read(path: Any) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    import zipfile  # takes as long as a room of ours; who trains does without

    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(part.file_size for part in archive.infolist())
        if size > LARGEST:
            raise _refuse(path, f"it unpacks to {size} bytes, more than {LARGEST}")
        with np.load(path, allow_pickle=False) as file:
            content = {name: file[name] for name in file.files}
        header = json.loads(content.pop("header").tobytes())
    except BadFile:
        raise
    except Exception as problem:  # a damaged file can go wrong in any part of reading
        raise _refuse(path, f"it is damaged or foreign ({problem})") from None
    if not isinstance(header, dict):
        raise _refuse(path, "it is not an agent that robustkit saved")
    return header, {name.removeprefix("array_"): a for name, a in content.items()}


def _digest(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> str:
    content = hashlib.blake2b(digest_size=16)
    content.update(json.dumps(header, sort_keys=True).encode())
    for name, array in sorted(arrays.items()):
        content.update(f"{name}{array.dtype.str}{array.shape}".encode())
        content.update(np.ascontiguousarray(array).tobytes())
    return content.hexdigest()


def _build(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Agent:
    kind, settings = KINDS[header["recipe"]], header["settings"]
    if kind is Network and header["version"] < 3:
        settings = {**settings, "solid": True}
    world = make(header["world"]["name"], **header["world"]["options"])
    parts = kind.parts(arrays)
    agent = kind(world=world, name=header["name"], settings=settings, **parts)
    if isinstance(agent, Recorded):
        shape = len(agent.keys), world.states, 4
        if agent.table.shape != shape or not np.allclose(agent.table.sum(-1), 1):
            raise ValueError(f"its table is no policy of shape {shape}")
    else:  # a file whose arrays do not fit fails here, not later
        agent.policy(world.sample(1))
    return agent


# Agents that are kept


def folder() -> Path | None:
    """Return where trained agents are kept, or None where they are not."""
    named = os.environ.get(FOLDER)
    try:
        place = Path(named) if named else Path.home() / ".cache/robustkit/agents"
    except RuntimeError:  # a user without a home, as in some containers
        return None
    return place if place.is_dir() else None


def place_of(recipe: str, world: World, settings: dict[str, Any]) -> Path | None:
    """Return where an agent is kept, named by all that it depends on; or None."""
    where = folder()
    if where is None or type(world) is not WORLDS.get(world.name):
        return None
    about = [recipe, world.name, world.options, settings, files.code(files.TRAINING)]
    content = json.dumps(about, sort_keys=True, default=str).encode()
    return where / f"{hashlib.blake2b(content, digest_size=16).hexdigest()}.npz"


def find(recipe: str, world: World, settings: dict[str, Any]) -> Agent | None:
    """Return the agent that such training gives, where it is kept and sound."""
    place = place_of(recipe, world, settings)
    if place is None or not place.is_file():
        return None
    try:
        found = load(place)
    except (OSError, ValueError):  # damaged: it is trained again, and written anew
        return None
    asked = recipe, world.name, world.options, settings["seed"]
    ours = found.recipe, found.world.name, found.world.options, found.settings["seed"]
    return found if asked == ours else None


def keep(agent: Agent) -> None:
    """Keep an agent where there is a place for it; a full one is no trouble."""
    place = place_of(agent.recipe, agent.world, agent.settings)
    if place is not None:
        with suppress(OSError):
            if len(os.listdir(place.parent)) < ROOM:
                save(agent, place)
