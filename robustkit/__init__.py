"""robustkit: robustness in two dimensions, measured on agents that are really trained.

The face: what a notebook, a teacher's script or a test needs, and nothing more.
Names are loaded when first used, so that `import robustkit` stays quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOME = {
    "list_worlds": "worlds",
    "make": "worlds",
    "tabulate": "worlds.foreign",
    "agent": "agents.adapters:adapt",
    "train": "agents",
    "plan": "agents:make_planner",
    "device": "agents:make_device",
    "save": "agents.files",
    "load": "agents.files",
    "measure": "measuring",
    "mesa_map": "mesa",
    "value_map": "valuing",
    "path": "measuring",
    "population": "measuring",
    "forecast": "measuring",
    "compare": "comparing",
    "card": "cards",
    "laws": "trials",
    "recovery": "trials",
    "sensitivity": "trials",
    "plane": "figures",
    "draw": "figures",
    "gallery": "figures",
    "curve": "figures",
    "reproduce": "reproductions",
    "study": "studies",
    "explore": "widgets",
    "predict": "widgets",
    "train_live": "widgets",
    "build": "widgets",
    "export_site": "widgets",
    "watch": "widgets",
    "check": "teaching",
    "hint": "teaching",
    "doctor": "teaching.doctor",
}

__all__ = [
    "agent",
    "build",
    "card",
    "check",
    "compare",
    "curve",
    "device",
    "doctor",
    "draw",
    "explore",
    "export_site",
    "forecast",
    "gallery",
    "hint",
    "laws",
    "list_worlds",
    "load",
    "make",
    "measure",
    "mesa_map",
    "path",
    "plan",
    "plane",
    "population",
    "predict",
    "recovery",
    "reproduce",
    "save",
    "sensitivity",
    "study",
    "tabulate",
    "train",
    "train_live",
    "value_map",
    "watch",
]

if TYPE_CHECKING:
    from .agents import make_device as device
    from .agents import make_planner as plan
    from .agents import train
    from .agents.adapters import adapt as agent
    from .agents.files import load, save
    from .cards import card
    from .comparing import compare
    from .figures import curve, draw, gallery, plane
    from .measuring import forecast, measure, path, population
    from .mesa import mesa_map
    from .reproductions import reproduce
    from .studies import study
    from .teaching import check, hint
    from .teaching.doctor import doctor
    from .trials import laws, recovery, sensitivity
    from .valuing import value_map
    from .widgets import build, explore, export_site, predict, train_live, watch
    from .worlds import list_worlds, make
    from .worlds.foreign import tabulate


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'robustkit' has no attribute {name!r}")
    home, _, original = _HOME[name].partition(":")
    value = getattr(importlib.import_module(f".{home}", __name__), original or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


def _register() -> None:
    """Register the worlds with Gymnasium, where it is installed."""
    try:
        from .worlds.register import register
    except (
        ImportError
    ):  # as in a page without NumPy, which has the widgets all the same
        return
    register()


_register()
