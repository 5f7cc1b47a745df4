"""Numbers: what the face takes as one may be NumPy's, a whole float, or a 0-d array.

What comes out can be saved, and is what Python's own number gives.
"""

from __future__ import annotations

import dataclasses
import inspect
import json
import re
from contextlib import suppress
from functools import cache

import numpy as np
import pytest
from ipywidgets import DOMWidget

import robustkit as rk

SPELLINGS = {
    "np.int8": np.int8,
    "np.int64": np.int64,
    "np.float32": np.float32,
    "float": float,
    "0-d array": np.array,
}
# A number that will do for each argument of the face that is one, by its name.
VALUES = {
    "count": 2, "discount": 0.5, "diversity": 1, "diversities": [0, 1], "episodes": 4,
    "goal": 1, "jobs": 1, "layout": 1, "limit": 1000, "n": 8, "noise": 0.5, "points": 3,
    "place": 0, "price": 1, "scalar": 1, "share": 1, "seed": 1, "seeds": [0, 1],
    "shifts": [(0, 0), (1, 0)],
    "snapshots": [1, 2], "threshold": 0.5, "thresholds": [0.5], "updates": 2,
    "start": (0.5, 1), "number": (0, 1), "objective": {"cheese": 1, "corner": 0.5},
    "objectives": {"base": {"success": 1}},
}  # fmt: skip
POLICIES = {(name, "agent") for name in ("card", "measure", "regret")}  # no numbers
NUMBER = re.compile(r"\b(int|float|ArrayLike)\b")
SMALL = {"size": 7, "layouts": 4}
QUICK = {
    "network": {"updates": 3, "levels": 4, "agents": 4, "pool": 16},
    "searcher": {"generations": 1, "candidates": 4, "parents": 2, "pool": 16},
    "memoriser": {"episodes": 8, "pool": 16},
}


def numeric(function):
    """Return the arguments of a function of the face that are numbers, or hold some."""
    name, given = function.__name__, inspect.signature(function).parameters.values()
    found = [p.name for p in given if NUMBER.search(str(p.annotation))]
    return [argument for argument in found if (name, argument) not in POLICIES]


FACE = {n: found for n in rk.__all__ if (found := numeric(getattr(rk, n)))}


def spelt(value, kind):
    """Return a value with its numbers spelt as another kind, where that holds them."""
    if isinstance(value, dict):
        return {key: spelt(each, kind) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(spelt(each, kind) for each in value)
    if isinstance(value, str | bool) or value is None:
        return value
    with suppress(OverflowError):
        other = kind(value)
        return other if float(other) == value else value
    return value


def cheese():
    return rk.make("cheese", **SMALL)


def agent():
    return rk.plan(cheese(), "corner")


def bare_cheese():
    """Return what `tabulate` takes: a MiniGrid environment."""
    from robustkit.worlds.minigrid import GridEnv

    return GridEnv(cheese())


def trained(live):
    """Let the widget train, and return its agent."""
    live.train()
    live.wait()
    return live.agent


# How each function is called, so that it takes no time.
CALLS = {
    "arrow": lambda **k: rk.arrow(agent(), rk.plan(cheese()), **k),
    "best_remedies": lambda **k: rk.best_remedies([[agent(), rk.plan(cheese())]], **k),
    "card": lambda **k: rk.card(agent(), **k),
    "cautious": lambda **k: rk.measure(
        rk.cautious(agent(), then="ask", **k), cheese().sample(8)
    ),
    "draw": lambda **k: rk.draw(cheese().sample(4), **k),
    "explore": lambda **k: rk.explore(cheese(), [agent()], **k),
    "export_site": None,  # `explore` for every world
    "forecast": lambda **k: rk.forecast(agent(), cheese(), **k),
    "gallery": lambda **k: rk.gallery([cheese()], **k),
    "laws": lambda **k: rk.laws(cheese(), ("polar",), **k),
    "measure": lambda **k: rk.measure(agent(), cheese().sample(8), **k),
    "mesa_map": lambda **k: rk.mesa_map(cheese(), ("cheese", "hole"), **k),
    "mystery": None,  # trains for seconds; its seeds are those of `train`
    "path": lambda **k: rk.path(agent(), cheese(), **k),
    "plan": lambda **k: rk.plan(cheese(), **k),
    "plane": lambda **k: rk.plane(rk.measure(agent(), cheese().sample(8)), **k),
    "population": lambda **k: rk.population([agent()], cheese().sample(8), **k),
    "predict": lambda start, number, **k: (
        rk.predict("Where?", start=start, **k),
        rk.predict("How many?", number=number, **k),
    ),
    "pull": lambda **k: rk.pull(agent(), cheese().sample(8), **k),
    "recovery": lambda **k: rk.recovery([cheese()], ("polar",), **k),
    "remedies": None,  # the same
    "retraining": lambda **k: rk.retraining(
        rk.train("network", cheese(), **QUICK["network"]), **k
    ),
    "reproduce": None,  # trains for minutes; its seeds are those of `train`
    "sensitivity": lambda **k: rk.sensitivity(cheese(), [agent()], **k),
    "stopping": lambda **k: rk.stopping(agent(), then="ask", **k),
    "study": lambda **k: rk.study("cheese", "searcher", **k),
    "tabulate": lambda **k: rk.tabulate(bare_cheese(), **k),
    "train": lambda seed, seeds, snapshots: (
        rk.train("searcher", cheese(), seed, **QUICK["searcher"]),
        rk.train("searcher", cheese(), seeds=seeds, **QUICK["searcher"]),
        rk.train("network", cheese(), snapshots=snapshots, **QUICK["network"]),
    ),
    "train_live": lambda **k: trained(rk.train_live("searcher", cheese(), **k)),
    "value_map": lambda **k: rk.value_map(cheese(), "corner", **k),
    "watch": lambda **k: rk.watch(agent(), cheese().sample(1)[0], **k),
    "wish": lambda **k: rk.wish(cheese(), **k),
}


def stored(made, folder):
    """Return what is in the files that something is saved to, or its words."""
    if isinstance(made, list | tuple):
        return [stored(each, folder) for each in made]
    if isinstance(made, rk.agents.Agent):
        return rk.save(made, folder / "agent.npz").read_bytes()
    if isinstance(made, rk.worlds.World):
        return stored(rk.plan(made), folder), json.dumps(made.options), repr(made)
    if isinstance(made, rk.mdp.Tables):
        return made.rewards.tolist(), json.dumps([made.discount, made.objectives])
    for ending in (".json", ".html", ".png", ".parquet"):
        try:
            path = made.save(folder / f"made{ending}")
        except (AttributeError, ValueError, TypeError):
            continue
        return path.read_bytes()
    if isinstance(made, DOMWidget):
        state = made.get_state([name for name in made.keys if name[0] != "_"])
        return json.dumps({key: state[key] for key in state if key != "layout"})
    return repr(made), str(made)


each_spelling = pytest.mark.parametrize("kind", SPELLINGS.values(), ids=SPELLINGS)


def assert_same(call, given, kind, folder):
    before = stored(call(**given), folder)
    assert stored(call(**spelt(given, kind)), folder) == before


def test_every_function_of_the_face_that_takes_numbers_is_tried_here():
    assert set(CALLS) == set(FACE)
    assert {argument for found in FACE.values() for argument in found} <= set(VALUES)


@cache
def plainly(name, folder):
    """Return what a function's result is stored as, given Python's own numbers."""
    return stored(called(name, folder), folder)


def called(name, folder, kind=None):
    given = {argument: VALUES[argument] for argument in FACE[name]}
    given = spelt(given, kind) if kind else given
    if name == "study":
        options = {"cheese": SMALL, "searcher": QUICK["searcher"]}
        given |= {"store": folder / str(kind), "options": options}
    return CALLS[name](**given)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("numbers")


@each_spelling
@pytest.mark.slow_for(
    *("recovery-*", "sensitivity-*", "tabulate-np.int*", "tabulate-float"),
    *("card-np.int*", "card-float", "explore-np.*", "study-np.*", "wish-np.*"),
)
@pytest.mark.parametrize("name", [name for name in FACE if CALLS[name]])
def test_the_face_takes_a_number_however_it_is_spelt(name, kind, folder):
    assert stored(called(name, folder, kind), folder) == plainly(name, folder)


@each_spelling
@pytest.mark.parametrize("name", rk.list_worlds())
def test_a_world_takes_a_number_however_it_is_spelt(name, kind, tmp_path):
    fields = dataclasses.fields(rk.make(name))
    options = {f.name: f.default for f in fields if NUMBER.search(str(f.type))}
    options["layouts"] = min(options["layouts"], 4)
    assert {"size", "layouts", "discount"} <= set(options)
    assert_same(lambda **k: rk.make(name, **k), options, kind, tmp_path)


@each_spelling
def test_a_built_level_prints_code_that_runs(kind):
    world = rk.make("cheese", **spelt(SMALL, kind))
    code = rk.build(world, rk.plan(world)).code()
    assert code == rk.build(cheese(), rk.plan(cheese())).code()


@each_spelling
@pytest.mark.parametrize("recipe", QUICK)
def test_a_recipe_takes_a_number_however_it_is_spelt(recipe, kind, tmp_path):
    """Every setting is given; `start` is what a search begins with."""
    settings = dict(rk.train(recipe, cheese(), **QUICK[recipe]).settings)
    if "start" in settings:
        settings["start"] = {"cheese": 1, "row": 0.5}
    assert_same(lambda **k: rk.train(recipe, cheese(), **k), settings, kind, tmp_path)
