"""Widgets: Python holds the data, plain ES modules draw it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..agents import Agent
    from ..metrics import Reading
    from ..worlds import Levels, World
    from .builder import Builder
    from .episode import Watch
    from .explorer import Explorer
    from .guess import Guess
    from .live import Training

__all__ = ["build", "explore", "export_site", "predict", "train_live", "watch"]


def explore(
    world: World | str | Sequence[World | str] = "cheese",
    agents: Sequence[Agent] | Agent | None = None,
    *,
    goal: float = 0.0,
    layout: float = 0.0,
    n: int = 256,
    seed: int = 0,
    groundings: Sequence[str] = ("polar",),
    fresh: bool = False,
) -> Explorer:
    """Return a widget in which agents move through the plane as the shift slides.

    world: a world or the name of one, or several to choose from in place. agents: of
    these worlds; where there is none of a world, the usual ones are trained
    (`agents.usual`). goal, layout: where the sliders begin. n: levels per stratum to
    measure on. groundings: "polar" and those to switch to, which take some seconds an
    agent. fresh: make anew what is shipped, the usual agents of the world `cheese` as
    it is by default. `.save("plane.html")` on the result writes a page that needs no
    kernel and no network.
    Raises ValueError for anything else, before any work is done.
    """
    from .. import arguments, metrics
    from ..worlds import make
    from .explorer import Explorer
    from .ship import WORLD, shipped

    goal, layout = (
        arguments.fraction("goal", goal),
        arguments.fraction("layout", layout),
    )
    n, seed = arguments.whole("n", n, 1), arguments.seed("seed", seed)
    if isinstance(groundings, str):
        groundings = (groundings,)
    for grounding in groundings:
        arguments.one_of("groundings", grounding, list(metrics.GROUNDINGS))
    shown = []
    for home, own in _cast(world, agents):
        usual = own is None and (n, seed) == (256, 0) and not fresh
        if usual and home == make(WORLD):
            shown.append({**shipped(), "shift": {"goal": goal, "layout": layout}})
        else:
            shown.append(_shown(home, own, groundings, n, seed, (goal, layout)))
    explorer = Explorer(shown)
    explorer.picture = lambda: _picture(explorer)
    return explorer


def _cast(
    world: Any, agents: Sequence[Agent] | Agent | None
) -> list[tuple[World, list[Agent] | None]]:
    """Return each world with its agents, None where they are still to be trained."""
    from ..agents import Agent
    from ..worlds import World, make

    given = [world] if isinstance(world, (str, World)) else world
    if not isinstance(given, Sequence) or not given:
        raise ValueError(f"world={world!r} is not a world; allowed: a world or a name.")
    homes = [make(each) if isinstance(each, str) else each for each in given]
    for home in homes:
        if not isinstance(home, World):
            raise ValueError(
                f"world={home!r} is not a world; allowed: a world or a name."
            )
    every = [agents] if isinstance(agents, Agent) else agents
    if every is None:
        return [(home, None) for home in homes]
    for agent in every:
        if not isinstance(agent, Agent):
            raise ValueError(f"agents holds {agent!r}; allowed: agents.")
    if not every:
        raise ValueError("agents is empty; allowed: at least one agent.")
    if len(homes) == 1:
        return [(homes[0], list(every))]
    own = [[a for a in every if a.world.name == home.name] for home in homes]
    return [(home, found or None) for home, found in zip(homes, own, strict=True)]


def _shown(
    world: World,
    agents: list[Agent] | None,
    groundings: Sequence[str],
    n: int,
    seed: int,
    shift: tuple[float, float],
) -> dict[str, Any]:
    """Return what the explorer shows of a world."""
    from ..agents import usual
    from ..analysis.measure import evaluate_on
    from .data import explorer_data

    cast = usual(world) if agents is None else agents
    evaluated = evaluate_on(cast, world, n, seed)
    others = {
        grounding: evaluate_on(cast, world, min(n, 64), seed, grounding=grounding)
        for grounding in groundings
        if grounding != "polar"
    }
    goal, layout = shift
    return explorer_data(
        world, cast, evaluated, seed=seed, goal=goal, layout=layout, others=others
    )


def watch(agent: Agent, level: Levels, seed: int = 0) -> Watch:
    """Return a widget that replays one episode of an agent in a level.

    level: a batch of one level (`levels[0]`); of a larger one the first is taken.
    seed: of the episode. It can be played, stepped and scrubbed, and says what the
    agent saw, did, and was paid by the base objective and by each proxy. `.save(
    "episode.html")` writes a page that needs no kernel.
    Raises ValueError for levels of another world, or states too many to list.
    """
    from .. import arguments
    from ..agents import Agent
    from .data import watch_data
    from .episode import Watch

    if not isinstance(agent, Agent):
        raise ValueError(f"agent={agent!r} is no agent; allowed: an agent.")
    one = agent.check(level)[:1]
    seed = arguments.seed("seed", seed)

    def picture() -> bytes:
        from ..analysis.show import draw

        return draw(one, agent, seed=seed).png()

    return Watch(watch_data(agent, one, seed), picture)


def predict(
    question: str,
    *,
    choices: Sequence[str] | None = None,
    number: tuple[float, float] | None = None,
    start: Reading | tuple[float, float] | None = None,
    value: Any = None,
) -> Guess:
    """Return a widget that takes a guess before the reveal.

    choices: words to choose from. number: the lowest and the highest guess. With
    neither, the guess is a point on the plane, (capability, alignment); with `start`, a
    reading or a pair, it is where an arrow from there ends. value: a guess already, for
    use as a plain variable without a widget. The guess is `.value`; `.reveal(result)`
    shows both and returns them in words.
    Raises ValueError for both at once, no choices, or a guess that cannot be.
    """
    from .guess import Guess, place_of

    if choices is not None and number is not None:
        raise ValueError("choices and number are both given; allowed: one of them.")
    if choices is not None:
        words = [str(word) for word in choices]
        if len(words) < 2 or len(set(words)) < len(words):
            raise ValueError(
                f"choices={choices!r} is not possible; allowed: two words or more, all "
                "different."
            )
        guess = Guess(question=question, kind="choice", options=words)
    elif number is not None:
        low, high = (float(end) for end in number)
        if not low < high:
            raise ValueError(f"number={number!r}; allowed: (lowest, highest).")
        guess = Guess(question=question, kind="number", range=[low, high])
    elif start is not None:
        guess = Guess(question=question, kind="arrow", start=list(place_of(start)))
    else:
        guess = Guess(question=question, kind="point")
    if value is not None:
        guess.value = value
    return guess


def train_live(
    world: World | str | Sequence[World | str] | None = None,
    recipe: str = "network",
    seed: int = 0,
    diversity: float = 0.0,
    **options: Any,
) -> Training:
    """Return a widget that trains an agent while one watches: train, stop, resume.

    world: those to choose from; all of them by default. recipe, seed, diversity: what
    is chosen at first; options: of the recipe. The kernel stays free meanwhile;
    `.agent` is the agent as it is now, and `.train()`, `.stop()`, `.resume()` and
    `.wait()` do in a script what the buttons do.
    Raises ValueError for an unknown world, recipe or option.
    """
    from .. import arguments
    from ..agents import RECIPES
    from .live import Training

    homes = [] if world is None else [home for home, _ in _cast(world, None)]
    recipe = arguments.one_of("recipe", recipe, RECIPES)
    seed = arguments.seed("seed", seed)
    diversity = arguments.fraction("diversity", diversity)
    for home in homes:
        RECIPES[recipe].resolve_settings(
            home, seed, {**options, "diversity": diversity}
        )
    return Training(homes, options, recipe=recipe, seed=seed, diversity=diversity)


def build(
    world: World | str = "cheese",
    agents: Sequence[Agent] | Agent | None = None,
    level: Levels | None = None,
) -> Builder:
    """Return a level editor that says at once what each agent would do.

    agents: of the world; planners for each of its objectives by default. level: to
    begin with, one of the world's own by default. `.level` is what has been laid, to
    measure on, and `.text()` and `.code()` are it as text and as Python.
    Raises ValueError for agents or levels of another world, or states too many to list.
    """
    from ..agents import make_planner
    from .builder import Builder

    ((home, given),) = _cast(world, agents)
    if not home.listed:
        raise ValueError(
            f"world={home!r} has too many states to list; allowed: a smaller one."
        )
    cast = given or [make_planner(home, name) for name in home.objectives]
    first = home.sample(1) if level is None else level[:1]
    for agent in cast:
        agent.check(first)
    return Builder(home, cast, first)


def export_site(
    folder: str | os.PathLike[str],
    worlds: Sequence[World | str] | None = None,
    agents: Sequence[Agent] | None = None,
    n: int = 256,
    seed: int = 0,
) -> Path:
    """Write a static site of explorers that any web host or USB stick can serve.

    folder: made if it is not there. worlds: all of them by default; agents: where there
    is none of a world, the usual ones are trained, which takes some minutes for all.
    Returns the path of its first page. No page loads anything from elsewhere.
    """
    from .. import files
    from .page import index_page

    where = Path(folder)
    where.mkdir(parents=True, exist_ok=True)
    if worlds is None:
        from ..worlds import list_worlds

        worlds = list(list_worlds())
    entries = []
    for home, own in _cast(worlds, agents):
        explorer = explore(home, own, n=n, seed=seed)
        page = explorer.save(where / f"{home.name}.html")
        (where / f"{home.name}.png").write_bytes(_picture(explorer))
        entries.append((home.name, home.summary, page.name, f"{home.name}.png"))
    first = where / "index.html"
    files.text(first, index_page(entries))
    return first


def _picture(explorer: Explorer) -> bytes:
    """Return the plane at the sliders' position as PNG, for where no widget can be."""
    from ..figures.plane import plane
    from .beside import at
    from .page import interval_at, reading_at

    data = explorer.data
    goal, layout = explorer.goal_shift, explorer.layout_shift
    readings = []
    for i, agent in enumerate(data["agents"]):
        point = reading_at(data, i, goal, layout)
        own = agent["readings"]["polar"]
        ends = tuple(interval_at(own, axis, goal, layout) for axis in point._fields)
        place = point.capability, point.alignment
        readings.append(at(agent["name"], place, ends, point.scalar))
    title = f"goal shift {goal:.2f}, layout shift {layout:.2f}"
    return plane(readings, title).png()
