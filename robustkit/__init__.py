"""robustkit: robustness in two dimensions, measured on agents that we train.

The face: what a notebook, a teacher's script or a test needs, and nothing more.
Names are loaded when first used, so that `import robustkit` stays quick.
"""

# ruff: noqa: F401 (what only type checkers import)
from __future__ import annotations

import importlib
from contextlib import suppress
from typing import TYPE_CHECKING, Any

__version__ = "0.2.0"

_HOME = {  # name of the face: the module it lives in, and its name there if another
    "list_worlds": "worlds",
    "make": "worlds",
    "tabulate": "worlds.foreign",
    "agent": "agents.adapters:adapt",
    "train": "agents.training",
    "plan": "agents.planner:make_planner",
    "device": "agents.planner:make_device",
    "cautious": "agents.cautious",
    "save": "agents.store",
    "load": "agents.store",
    "measure": "analysis.measure",
    "mesa_distance": "analysis.mesa_distance",
    "mesa_map": "analysis.mesa_map",
    "value_map": "analysis.value_map",
    "path": "analysis.curve",
    "population": "analysis.measure",
    "pull": "analysis.intervene",
    "regret": "analysis.regret",
    "arrow": "analysis.arrow",
    "forecast": "analysis.forecast",
    "compare": "analysis.compare",
    "stopping": "analysis.stopping",
    "best_remedies": "analysis.best",
    "card": "analysis.card",
    "retraining": "analysis.retraining",
    "laws": "validation.laws",
    "recovery": "validation.recovery",
    "sensitivity": "validation.sensitivity",
    "plane": "figures.plane",
    "mixtures": "figures.mixtures",
    "draw": "analysis.show",
    "gallery": "analysis.show",
    "curve": "figures.curves",
    "reproduce": "studies.published",
    "study": "studies.run",
    "remedies": "studies.remedies",
    "check": "course.check",
    "hint": "course.check",
    "mystery": "course.mystery",
    "progress": "course.progress",
    "class_page": "course.class_page",
    "doctor": "setup.doctor",
    "explore": "widgets.explorer",
    "predict": "widgets.predict",
    "train_live": "widgets.train",
    "compare_runs": "widgets.runs",
    "build": "widgets.build",
    "export_site": "widgets.site",
    "watch": "widgets.watch",
    "wish": "widgets.wish",
}

_ROOMS = ("mdp", "metrics")  # for tables and groundings of one's own

__all__ = sorted(_HOME)

if TYPE_CHECKING:  # the same for editors and type checkers, which read no table
    from .agents.adapters import adapt as agent
    from .agents.cautious import cautious
    from .agents.planner import make_device as device
    from .agents.planner import make_planner as plan
    from .agents.store import load, save
    from .agents.training import train
    from .analysis.arrow import arrow
    from .analysis.best import best_remedies
    from .analysis.card import card
    from .analysis.compare import compare
    from .analysis.curve import path
    from .analysis.forecast import forecast
    from .analysis.intervene import pull
    from .analysis.measure import measure, population
    from .analysis.mesa_distance import mesa_distance
    from .analysis.mesa_map import mesa_map
    from .analysis.regret import regret
    from .analysis.retraining import retraining
    from .analysis.show import draw, gallery
    from .analysis.stopping import stopping
    from .analysis.value_map import value_map
    from .course.check import check, hint
    from .course.class_page import class_page
    from .course.mystery import mystery
    from .course.progress import progress
    from .figures.curves import curve
    from .figures.mixtures import mixtures
    from .figures.plane import plane
    from .setup.doctor import doctor
    from .studies.published import reproduce
    from .studies.remedies import remedies
    from .studies.run import study
    from .validation.laws import laws
    from .validation.recovery import recovery
    from .validation.sensitivity import sensitivity
    from .widgets.build import build
    from .widgets.explorer import explore
    from .widgets.predict import predict
    from .widgets.runs import compare_runs
    from .widgets.site import export_site
    from .widgets.train import train_live
    from .widgets.watch import watch
    from .widgets.wish import wish
    from .worlds import list_worlds, make
    from .worlds.foreign import tabulate


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return importlib.import_module(f".{name}", __name__)
    if name not in _HOME:
        raise AttributeError(f"module 'robustkit' has no attribute {name!r}")
    home, _, original = _HOME[name].partition(":")
    value = getattr(importlib.import_module(f".{home}", __name__), original or name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]


def _register() -> None:
    """Register the worlds with Gymnasium, where it and NumPy can be imported."""
    with suppress(Exception):  # whatever is broken, the doctor speaks all the same
        from .worlds.registry import register

        register()


_register()
