"""Training as a widget: press Train, watch it learn, stop and resume."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import traitlets

from .. import arguments, bars
from ..agents import RECIPES, Agent
from ..arguments import quote
from ..metrics import Reading, ShiftCurve
from ..styles import styles
from ..text import number, table
from ..worlds import Levels, World, list_worlds, make, refuse_own
from .base import Widget, casting, checks
from .data import about
from .readings import exact
from .stages import acts_of, parts, row_of, scenes, shown

READINGS = 24  # on the way, the closer together the earlier
KEPT = 8  # earlier runs, to compare with


class Training(Widget, entry="train"):
    """An agent that is trained while you watch.

    world, recipe, seed, diversity: what to train; state: "idle", "running", "stopped"
    or "done". stages: [step, scalar in training, scalar, capability, alignment at full
    goal shift], alignment None where it is unknown; total: steps there will be. where:
    the world as it is drawn; scenes: a training level and a shifted one of it;
    episodes: the agent's in both, for each stage. look: how the present run is called
    and drawn; past: those that are finished, up to eight; beside: index of the one to
    compare with, -1 for none. `agent` is the agent as it is now, `agents` those that
    are finished.
    """

    heard = "world", "recipe", "seed", "diversity", "beside"
    seen = ("state",)

    worlds = traitlets.List(traitlets.Unicode()).tag(sync=True)
    recipes = traitlets.List(traitlets.Unicode(), list(RECIPES)).tag(sync=True)
    world = traitlets.Unicode().tag(sync=True)
    recipe = traitlets.Unicode("network").tag(sync=True)
    seed = traitlets.Int(0, min=0).tag(sync=True)
    diversity = traitlets.Float(0.0, min=0.0, max=1.0).tag(sync=True)
    state = traitlets.Unicode("idle").tag(sync=True)
    stages: Any = traitlets.List().tag(sync=True)
    total = traitlets.Int(0).tag(sync=True)
    where: Any = traitlets.Dict().tag(sync=True)
    scenes: Any = traitlets.List().tag(sync=True)
    episodes: Any = traitlets.List().tag(sync=True)
    look: Any = traitlets.Dict().tag(sync=True)
    beside = traitlets.Int(-1, min=-1, max=KEPT - 1).tag(sync=True)
    past: Any = traitlets.List().tag(sync=True)
    message = traitlets.Unicode("Choose, and press Train.").tag(sync=True)

    def __init__(
        self,
        worlds: Sequence[World] = (),
        options: dict[str, Any] | None = None,
        **traits: Any,
    ) -> None:
        """Offer these worlds, all of 9×9 by default; options: of the recipe."""
        homes = list(worlds) or [make(name) for name in list_worlds()]
        self.homes = {home.name: home for home in homes}
        self.options = dict(options or {})
        self._shown: dict[str, list[Levels]] = {}  # the levels to look at, by world
        self._begun: tuple[World, str, float] | None = None
        self.agent: Agent | None = None
        self.agents: list[Agent] = []
        self._steps: Iterator[tuple[int, Callable[[], Agent]]] = iter(())
        self._wanted: set[int] = set()  # steps at which it is measured
        self._go = threading.Event()
        self._thread: threading.Thread | None = None
        self._turns: Iterator[None] = iter(())  # what is left to do without a thread
        self._task: asyncio.Task[None] | None = None
        names = list(self.homes)
        super().__init__(worlds=names, **{"world": names[0], **traits})
        self._set_scene()
        self.observe(self._set_scene, names=["world"])

    @checks("world", "recipe")
    def _known(self, name: str, given: str) -> str:
        known = list(self.homes) if name == "world" else list(RECIPES)
        return arguments.one_of(name, given, known)

    @checks("seed")
    def _seed(self, name: str, given: int) -> int:
        return arguments.seed(name, given)

    @checks("diversity")
    def _share(self, name: str, given: float) -> float:
        return arguments.fraction(name, given)

    @checks("beside")
    def _earlier(self, name: str, given: int) -> int:
        return arguments.whole(name, given, -1, KEPT - 1)

    def hears(self, name: Any) -> bool:
        """Return whether the front end may set a trait; not what is being trained."""
        free = name == "beside" or self.state != "running"
        return super().hears(name) and free

    def _set_scene(self, _: Any = None) -> None:
        """Show levels of the world that is chosen, until something is trained there."""
        if not self.stages:
            home = self.homes[self.world]
            if home.name not in self._shown:
                self._shown[home.name] = shown(home)
            self.where = about(home)
            self.scenes = scenes(home, self._shown[home.name])

    def _acts(self) -> dict[str, Callable[[Any], None]]:
        acts = {"train": self.train, "stop": self.stop, "resume": self.resume}
        return {name: lambda _, act=act: act() for name, act in acts.items()}  # type: ignore[misc]

    def train(self) -> None:
        """Begin to train what is chosen, unless one runs; the kernel stays free."""
        if self.state == "running":
            return
        home = self.homes[self.world]
        options = {**self.options, "diversity": self.diversity}
        recipe = RECIPES[self.recipe]
        settings = recipe.resolve_settings(home, self.seed, options)
        self.total = recipe.steps(settings)
        stages = recipe.stages(home, settings)
        self._wanted = {int(s) for s in np.geomspace(1, self.total, READINGS).round()}
        self._steps = enumerate(bars.aside(stages), 1)
        what = f"{self.recipe} {self.seed}"
        self._begun = home, what, self.diversity  # whatever is chosen in the meantime
        with self.hold_sync():
            self.stages, self.episodes = [], []
            self._set_scene()
            self.look = self._look(home, what)
        self._run()

    def _look(self, home: World, what: str) -> dict[str, Any]:
        """Return how the present run is called and looks, unlike those before it."""
        look = styles([*(run["what"] for run in self.past), what])[-1]
        where = f"{home.name}, " if len(self.homes) > 1 else ""
        name = f"{what} ({where}{self.diversity:.0%})"
        return {"what": what, "name": name, **asdict(look)}

    def stop(self) -> None:
        """Stop at the next step; what has been learned is kept."""
        self._go.clear()

    def resume(self) -> None:
        """Go on where it was stopped."""
        if self.state == "stopped":
            self._run()

    def wait(self, seconds: float = 600.0) -> None:
        """Wait until it is done or stopped, as a script does.

        Where there are no threads nobody else would go on, and so it trains in here.
        """
        if self._thread is not None:
            self._thread.join(seconds)
        late = time.monotonic() + seconds
        for _ in self._turns:
            if time.monotonic() > late:
                break

    def _run(self) -> None:
        assert self._begun is not None
        home, what, _ = self._begun
        self.state = "running"
        self.message = f"Training {what} in {home.name}."
        self._go.set()
        given = parts(home), self._shown[home.name]
        try:  # traits are set in the kernel's own thread, where there is one
            loop = asyncio.get_running_loop()
        except RuntimeError:
            loop = None
        work = self._work(*given, loop.call_soon_threadsafe if loop else _at_once)
        thread = threading.Thread(target=deque, args=(work, 0), daemon=True)
        try:
            thread.start()
        except RuntimeError:  # as in the browser, see robustkit.alone
            self._thread, self._turns = None, self._work(*given, _at_once)
            self._task = loop.create_task(self._in_turns()) if loop else None
        else:
            self._thread = thread

    async def _in_turns(self) -> None:
        """Train as long as nobody else has something to do: buttons are heard."""
        for _ in self._turns:
            await asyncio.sleep(0)

    def _work(self, levels: Any, few: Any, post: Callable[..., Any]) -> Iterator[None]:
        """Train until it is done or stopped, and yield between the steps."""
        state = "done"
        try:
            for step, stage in self._steps:
                yield
                if step not in self._wanted:
                    continue
                agent = stage()
                row, acts = row_of(step, agent, levels), acts_of(agent, few)
                self.agent = agent
                post(self._learned, row, acts)
                if not self._go.is_set() and step < self.total:
                    state = "stopped"
                    break
        except Exception as problem:  # it belongs to who looks at the widget
            post(self._ended, "idle", f"Training ended in {problem!r}.")
            return
        except KeyboardInterrupt:  # in `wait`
            self._ended("idle", "Training was interrupted.")
            raise
        post(self._ended, state, "")

    def _learned(self, row: list[Any], acts: list[dict[str, Any]]) -> None:
        with self.hold_sync():
            self.episodes = [*self.episodes, acts]
            self.stages = [*self.stages, row]
        step, *values = row
        before, after, capability, alignment = map(number, values)
        self.message = (
            f"Step {step} of {self.total}: scalar {before} in training; "
            f"{self.scenes[1]['title']}: scalar {after}, capability {capability}, "
            f"alignment {alignment}."
        )

    def _ended(self, state: str, message: str) -> None:
        self.state = state
        if message:
            self.message = message
        if state == "done" and self.agent and self.stages and self._begun:
            self.agents = [*self.agents, self.agent]
            run = {**self.look, "stages": self.stages, "total": self.total}
            self.past = [*self.past, run][-KEPT:]

    def __str__(self) -> str:
        return self.table()

    def table(self) -> str:
        """Return the stages as text, a line for each."""
        head = ["step", "training", "scalar", "capability", "alignment"]
        rows = table(self.stages, head, ["4d", "8.2f", "6.2f", "10.2f", "9.2f"])
        return f"{self._what} in {self._where}, {self.state}\n{rows}"

    @property
    def _what(self) -> str:
        return self._begun[1] if self._begun else f"{self.recipe} {self.seed}"

    @property
    def _where(self) -> str:
        return self._begun[0].name if self._begun else self.world

    def picture(self) -> bytes | None:
        """Return the way through the plane as PNG, once there is one."""
        if not self.stages:
            return None
        from ..figures.plane import plane

        name = f"{self._what}, step {self.stages[-1][0]}"
        shown = [
            Reading(exact(scalar), exact(capability), exact(alignment), name)
            for _, _, scalar, capability, alignment in self.stages
        ]
        return plane(ShiftCurve(shown, {}, name)).png()


def train_live(
    recipe: str = "network",
    world: World | str | Sequence[World | str] | None = None,
    seed: int = 0,
    diversity: float = 0.0,
    **options: Any,
) -> Training:
    """Return a widget that trains an agent while you watch: train, stop, resume.

    world: those to choose from; all of them by default. recipe, seed, diversity: the
    first choice; options: of the recipe. Beside the plane, two levels show what the
    agent would do at each stage, and you can go back to any stage; earlier runs stay,
    to compare with. The kernel stays free meanwhile; `.agent` is the agent as it is
    now, and `.train()`, `.stop()`, `.resume()` and `.wait()` do in a script what the
    buttons do.
    Raises ValueError for an unknown world, recipe or option.
    """
    if not isinstance(recipe, str) or recipe in list_worlds():
        raise ValueError(
            f"recipe={recipe!r} is not a recipe; allowed: {', '.join(RECIPES)}, "
            "followed by the world, as in train_live('network', world)."
        )
    recipe = arguments.one_of("recipe", recipe, RECIPES)
    homes = [] if world is None else [home for home, _ in casting(world)]
    if "after" in options:
        raise ValueError(
            f"after={quote(options['after'])} is not possible here, where training "
            "begins anew; allowed: robustkit.train(recipe, world, after=...)."
        )
    seed = arguments.seed("seed", seed)
    diversity = arguments.fraction("diversity", diversity)
    for home in homes or [make(next(iter(list_worlds())))]:
        refuse_own(home, "our recipes do not train")
        RECIPES[recipe].resolve_settings(home, seed, options | {"diversity": diversity})
    return Training(homes, options, recipe=recipe, seed=seed, diversity=diversity)


def _at_once(act: Callable[..., Any], *given: Any) -> None:
    act(*given)
