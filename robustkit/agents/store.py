"""Agents as files: arrays and a JSON header in .npz, read without pickle.

What `train` has trained is kept, and recalled when the same is asked for again, where
there is a folder for it: `~/.cache/robustkit/agents`, or the one that the environment
variable ROBUSTKIT_AGENTS names. Importing the package never makes that folder;
`robustkit lab` and `robustkit warm` do. The same means the same recipe, world, settings
and seed, trained by the same code: a file is named by all of these and holds the very
arrays, so that nobody can tell a recalled agent from a trained one, except by the time
it took. (Another processor may round otherwise: a folder from elsewhere holds the
agents as they came out there.) `unkept()` trains all the same; so do snapshots, which
are never kept, and what trains before your eyes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any
from unicodedata import category

from numpy.typing import NDArray

from .. import __version__, arguments, files
from ..arguments import brief, quote
from ..worlds import WORLDS, World, is_own, make
from . import archive
from .agent import Agent
from .archive import digest as _digest
from .cautious import Cautious
from .network import Network
from .recipe import Recipe
from .registry import KINDS, RECIPES

# 1: a network's weights had other names. 2: its walls handed on what is known.
FORMAT, VERSION = "robustkit-agent", 3
LONGEST = 1000  # letters of a name
UNSEEN = "Cc", "Cs", "Cn"  # signs that no page can show, as a byte order mark in a PDF
MOST, MOST_LAYOUTS = 10**9, 10**5  # what a setting, and an option of a world, may be

FOLDER = "ROBUSTKIT_AGENTS"
ROOM = 2000  # agents that are kept; a study of many thousands has a store of its own
UNKEPT: ContextVar[bool] = ContextVar("unkept", default=False)


def save(agent: Agent, path: str | os.PathLike[str]) -> Path:
    """Write an agent to a file ending in .npz and return its path.

    The file is complete or not there at all. Raises ValueError for another ending, a
    missing folder, anything but a robustkit agent, and for whatever `load` would not
    read again.

    >>> import robustkit as rk
    >>> agent = rk.train("searcher", rk.make("cheese", size=7), generations=1)
    >>> rk.load(rk.save(agent, "mouse.npz")).mesa_objective == agent.mesa_objective
    True
    """
    if type(agent) not in KINDS.values() or is_own(agent.world):
        raise ValueError(_no_file(agent))
    where = files.check_path(path, ".npz")
    header = {
        "format": FORMAT,
        "version": VERSION,
        "robustkit": __version__,
        "recipe": agent.recipe,
        "name": agent.name,
        "world": {"name": agent.world.name, "options": agent.world.options},
        "settings": agent.settings,
    }
    try:
        if type(agent.world) is not WORLDS.get(agent.world.name):
            raise ValueError(f"{quote(agent.world)} is not a world that `make` gives")
        _build(json.loads(json.dumps(header)), agent.arrays)
        archive.check_size(header, agent.arrays)
    except Exception as problem:  # just what `load` would say
        raise ValueError(
            f"agent={quote(agent)} cannot be saved: {_unfit(problem)}."
        ) from None
    with files.whole(where) as part:
        archive.write(part, header, agent.arrays)
    return where


def _no_file(agent: Any) -> str:
    """Return why something has no file."""
    said = (
        f"agent={quote(agent)} cannot be saved; allowed: an agent of robustkit, or "
        "the policy of another one recorded on levels"
    )
    if not isinstance(agent, Agent):
        return f"{said}."
    if is_own(agent.world):
        return (
            f"agent={quote(agent)} acts in an environment of your own, which no file "
            "can hold; allowed: an agent of a world of robustkit.make(name). Keep the "
            "model in a file of its own library, or policy(tables) by numpy.save."
        )
    if isinstance(agent, Cautious):
        return (
            f"agent={quote(agent)} cannot be saved; allowed: the agent that it was "
            "made from, save(agent.agent, path), to be made cautious again by "
            "robustkit.cautious(load(path), ...)."
        )
    why = "A file that holds code is not safe to load"
    if not agent.tabular:
        return f"{said}. {why}, and an agent that remembers has no policy to record."
    how = "robustkit.agent(agent.policy(levels), world, levels=levels)"
    return f"{said}: {how}. {why}."


def load(path: str | os.PathLike[str]) -> Agent:
    """Read an agent from a file that `save` wrote; nothing in it is executed.

    Nor does the agent act: its parts are checked against each other, and against the
    bounds within which it can act at all. Raises FileNotFoundError where there is no
    file, and ValueError for one that is truncated, foreign, changed, too large, or
    written by a newer version.
    """
    if not arguments.path("path", path).is_file():
        raise FileNotFoundError(f"path={str(path)!r}: there is no such file.")
    header, arrays = archive.read(path)
    if header.get("format") != FORMAT:
        raise archive.refuse(path, "it is not an agent that robustkit saved")
    version = header.get("version")
    if type(version) is not int or not 1 <= version <= VERSION:
        raise archive.refuse(
            path,
            f"its format {quote(version)} is newer than {VERSION}, or none; upgrade",
        )
    if header.pop("digest", None) != _digest(header, arrays):
        raise archive.refuse(path, "its content was changed after it was saved")
    try:
        return _build(header, arrays)
    except Exception as problem:  # whatever a file asks for that cannot be
        raise archive.refuse(path, _unfit(problem)) from None


def _unfit(problem: Exception) -> str:
    return f"its content does not fit together ({brief(str(problem), 300)})"


def _build(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> Agent:
    """Return the agent of which these are the parts; raise an error if there is none.

    No policy is asked for: in a world with too many states to list there is none, and
    a file would say how long that takes.
    """
    kind = KINDS[arguments.one_of("recipe", header["recipe"], KINDS)]
    name = header["name"]
    if not isinstance(name, str) or len(name) > LONGEST:
        raise ValueError(f"its name has more than {LONGEST} letters")
    if "\ufeff" in name or any(category(letter) in UNSEEN for letter in name):
        raise ValueError(f"name={quote(name)} holds signs that cannot be shown")
    settings, of_world = dict(header["settings"]), dict(header["world"]["options"])
    _plausible(settings, MOST)
    _plausible(of_world, MOST_LAYOUTS)
    world = make(header["world"]["name"], **of_world)
    if kind is Network and header["version"] < 3:
        settings["solid"] = True
    if kind.recipe in RECIPES:
        settings = _trained_by(RECIPES[kind.recipe], world, settings)
    agent = kind(world=world, name=name, settings=settings, **kind.parts(arrays))
    agent.check_parts()
    return agent


def _trained_by(recipe: Recipe, world: World, given: dict[str, Any]) -> dict[str, Any]:
    """Return the settings of a training; raise ValueError for what training refuses."""
    seed = given.pop("seed")
    stage = {"stage": given.pop("stage")} if "stage" in given else {}  # of snapshots
    for name, step in stage.items():
        arguments.whole(name, step, 1, MOST)
    return {**recipe.resolve_settings(world, seed, given).plain(), **stage}


def _plausible(given: dict[str, Any], most: float) -> None:
    """Raise ValueError for numbers that no setting can be."""
    for name, value in given.items():
        if isinstance(value, (int, float)) and name != "seed":
            lowest = 0 if isinstance(value, int) else -most
            if not lowest <= value <= most:
                said = f"{quote(name)[1:-1]}={quote(value)}"
                raise ValueError(f"{said} is not from {lowest} to {most}")


# Agents that are kept


def folder() -> Path | None:
    """Return where trained agents are kept, or None where they are not."""
    place = _named()
    return place if place is not None and place.is_dir() else None


def make_folder() -> Path | None:
    """Make the folder in which trained agents are kept; None where it cannot be."""
    place = _named()
    with suppress(OSError):
        if place is not None:
            place.mkdir(parents=True, exist_ok=True)
    return folder()


def _named() -> Path | None:
    named, home = os.environ.get(FOLDER), files.home()
    if named:
        return Path(named)
    return None if home is None else home / ".cache/robustkit/agents"


@contextmanager
def unkept() -> Iterator[None]:
    """Let `train` train here even what is kept, for those who want to see it happen."""
    before = UNKEPT.set(True)
    try:
        yield
    finally:
        UNKEPT.reset(before)


def place_of(recipe: str, world: World, settings: dict[str, Any]) -> Path | None:
    """Return where an agent is kept, named by all that it depends on; or None."""
    where = folder()
    if where is None or type(world) is not WORLDS.get(world.name):
        return None
    content = _content(recipe, world, settings).encode()
    return where / f"{hashlib.blake2b(content, digest_size=16).hexdigest()}.npz"


def _content(recipe: str, world: World, settings: dict[str, Any]) -> str:
    """Return all that a trained agent depends on, as text."""
    about = [recipe, world.name, world.options, settings, files.code(files.TRAINING)]
    return json.dumps(about, sort_keys=True, default=str)


def find(recipe: str, world: World, settings: dict[str, Any]) -> Agent | None:
    """Return the agent that such training gives, where it is kept and sound."""
    place = None if UNKEPT.get() else place_of(recipe, world, settings)
    if place is None or not place.is_file():
        return None
    try:
        found = load(place)
    except (OSError, ValueError):  # damaged: it is trained again, and written anew
        return None
    ours = found.recipe, found.world, found.settings
    return found if _content(recipe, world, settings) == _content(*ours) else None


def keep(agent: Agent) -> None:
    """Keep an agent where there is a place for it; a full one is no trouble."""
    place = place_of(agent.recipe, agent.world, agent.settings)
    if place is not None:
        with suppress(OSError):
            if len(os.listdir(place.parent)) < ROOM:
                save(agent, place)
