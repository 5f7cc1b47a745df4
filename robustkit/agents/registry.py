"""All recipes, and all kinds of agents that can be kept in files.

A new recipe is a file with its settings, its agent, its stages and `RECIPE`, and a word
here.
"""

from __future__ import annotations

from . import memoriser, network, searcher
from .adapters import Recorded
from .agent import Agent
from .planner import Device, Planner
from .recipe import Recipe

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (network.RECIPE, memoriser.RECIPE, searcher.RECIPE)
}
KINDS: dict[str, type[Agent]] = {
    "device": Device,
    "planner": Planner,
    "recorded": Recorded,
    **{name: recipe.kind for name, recipe in RECIPES.items()},
}
