"""Trained agents that are kept, so that the same one need not be trained twice.

Only where there is a folder for it: `~/.cache/robustkit/agents`, or the one that the
environment variable ROBUSTKIT_AGENTS names. Nothing makes that folder by itself, so
that on a learner's machine `train` trains; a Binder image has it filled beforehand.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from ..files import TRAINING, code
from ..worlds import WORLDS, World
from .base import Agent

FOLDER = "ROBUSTKIT_AGENTS"
MOST = 2000  # agents that are kept; a study of many thousands has a store of its own


def folder() -> Path | None:
    """Return where trained agents are kept, or None where they are not."""
    named = os.environ.get(FOLDER)
    place = Path(named) if named else Path.home() / ".cache" / "robustkit" / "agents"
    return place if place.is_dir() else None


def place_of(recipe: str, world: World, settings: dict[str, Any]) -> Path | None:
    """Return where an agent is kept, named by all that it depends on; or None."""
    where = folder()
    if where is None or type(world) is not WORLDS.get(world.name):
        return None
    about = [recipe, world.name, world.options, settings, code(TRAINING)]
    content = json.dumps(about, sort_keys=True, default=str).encode()
    return where / f"{hashlib.blake2b(content, digest_size=16).hexdigest()}.npz"


def find(recipe: str, world: World, settings: dict[str, Any]) -> Agent | None:
    """Return the agent that such training gives, where it is kept and sound."""
    from .files import load

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
    from .files import save

    place = place_of(agent.recipe, agent.world, agent.settings)
    if place is not None:
        with suppress(OSError):
            if len(os.listdir(place.parent)) < MOST:
                save(agent, place)
