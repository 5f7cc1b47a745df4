"""The published studies, as plans: what each varies, and what its source reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

from ..worlds import Levels, World, make
from ..worlds.shifts import ANYWHERE
from ..worlds.zoo.cheese import Cheese
from .plan import Condition, Plan, check_plan_shifts
from .plan_values import PlanShift

Trained = tuple[World, str, dict[str, Any]]  # a condition: its recipe and options


@dataclass(frozen=True)
class Case:
    """A published study: what is varied, what its source reports, and our plan of it.

    stages: steps of training that are the conditions instead, of the one condition
    that there is. shape: published (condition's place, scalar) pairs. test: what
    returns so many levels of a world to measure on, where the source tested on others
    than the plan's shift gives. rows: ways of choosing levels that stand side by side
    in every world and for every share, where the plan's conditions are these.
    """

    question: str
    source: str
    published: str
    plan: Plan
    stages: tuple[int, ...] = ()
    shape: tuple[tuple[float, float], ...] = ()
    test: Callable[[Any, int], Levels] | None = None
    rows: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The question, and whose it was."""
        return f"{self.question} After {self.source}" if self.source else self.question


def vary(variable: str, conditions: dict[str, Trained], seeds: int) -> Plan:
    """Return a plan of conditions (world, recipe, options), the goal shifted anywhere.

    Raises ValueError for a world without a goal shift.
    """
    shifts: tuple[PlanShift, ...] = ((ANYWHERE, 0.0),)
    for world, *_ in conditions.values():
        check_plan_shifts(world, shifts)
    named = {label: Condition.of(*each) for label, each in conditions.items()}
    return Plan(variable, named, tuple(range(seeds)), shifts)


def _shares(world: World, *shares: float) -> dict[str, Trained]:
    return {f"{x:g}": (world, "network", {"diversity": x}) for x in shares}


def _recipes(world: World) -> dict[str, Trained]:
    return {recipe: (world, recipe, {}) for recipe in ("network", "searcher")}


CORNER_SIZE_RETURNS = (  # jaxgmg, off the training distribution; the optimum is .882
    0.130, 0.190, 0.260, 0.340, 0.461, 0.517, 0.634, 0.658, 0.678, 0.675, 0.691,
)  # fmt: skip
CORNER_SIZE_SCALE = 0.158, 0.882  # what an untrained agent and the optimum earn there


def corner_size() -> Case:
    """Let the corner region in which the cheese lies grow."""
    worlds = {str(k): make("cheese", region=k, ends="base") for k in range(1, 8)}
    conditions: dict[str, Trained] = {k: (w, "network", {}) for k, w in worlds.items()}
    untrained, best = CORNER_SIZE_SCALE
    return Case(
        "From what size of the corner region on is the cheese meant?",
        "jaxgmg's data",
        "-.04 .04 .14 .25 .42 .50 .66 .69 .72 .71 .74 from untrained to optimal for "
        "regions of 1 to 11 cells in a maze of 11 (13 × 13 with the border), one run "
        "each, measured as here with the cheese anywhere in the maze",
        vary("side of the region (7 is all)", conditions, 8),
        # Their 11 sizes on our 7, by the share of the maze's side that they make up.
        shape=tuple(
            (0.6 * k, (earned - untrained) / (best - untrained))
            for k, earned in enumerate(CORNER_SIZE_RETURNS)
        ),
        test=Cheese.published_test,
    )


def diversity() -> Case:
    """Let a share of the training levels tell the cheese from the corner."""
    conditions = _shares(make("cheese"), 0.0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
    return Case(
        "How many levels must tell the cheese from the corner?",
        "Abdel Sadek et al. 2025",
        "a sigmoid in the logarithm of the share; plain training recovers at 1 to 10 %",
        vary("share of telling levels", conditions, 10),
    )


def side_by_side(
    worlds: dict[World, dict[str, Any]], rows: tuple[str, ...], shares: Iterable[float]
) -> dict[str, Trained]:
    """Return conditions: each world with its options × ways of choosing × shares."""
    return {
        f"{world.name}, {row}, {share:g}": (
            world, "network", {**options, "choice": row, "diversity": share}
        )
        for (world, options), row, share in product(worlds.items(), rows, shares)
    }  # fmt: skip


def regret() -> Case:
    """Choose training levels by regret, where few of them are telling.

    Whether regret finds these depends on how far they stand out. A hundred updates into
    training, a telling level has more regret than one of training in all but 2 of 1000
    pairs in `cheese`, in all but 43 in `dish` and 144 in `keys` (eight seeds), where a
    useless key costs a detour only, while chests are still missed in training. There,
    no share up to a tenth moves alignment.
    """
    # Half as many updates for keys, and in a smaller maze: all in five minutes. 128
    # levels of each grade, since most of what varies does so by the seed.
    worlds: dict[World, dict[str, Any]] = {
        make("cheese"): {}, make("dish"): {}, make("keys", size=7): {"updates": 200}
    }  # fmt: skip
    rows, shares = ("uniform", "regret"), (0.0, 0.001, 0.003, 0.01, 0.03, 0.1)
    conditions = side_by_side(worlds, rows, shares)
    plan = vary("share of telling levels", conditions, 10)
    return Case(
        "Does it help to train on the levels with most regret?",
        "Abdel Sadek et al. 2025",
        "training on levels chosen by regret is more robust to goal misgeneralisation "
        "than on levels drawn alike (domain randomisation), though it does not find a "
        "policy of least worst-case regret in all cases",
        replace(plan, n=128),
        rows=rows,
    )


def coin() -> Case:
    """Place the coin at random in 0 to 10 % of the training levels."""
    conditions = _shares(make("coin"), 0.0, 0.01, 0.02, 0.05, 0.1)
    return Case(
        "How many coins must lie elsewhere?",
        "Langosco et al. 2022",
        "about 2 % of levels with a random coin restore much of goal generalisation",
        vary("share of random coins", conditions, 8),
    )


def lottery() -> Case:
    """Train a hundred agents of one recipe that differ by their seed alone."""
    return Case(
        "What does the seed decide?",
        "Langosco et al. 2022; Ramanauskas and Şimşek 2023",
        "capability alike, preferences that spread with the seed",
        vary("recipe", _recipes(make("cheese")), 100),
    )


def colour() -> Case:
    """Train on a yellow line, then offer a red line and a yellow gem."""
    return Case(
        "Colour or shape?",
        "Ramanauskas and Şimşek 2023",
        "over 100 agents the share of levels in which the line is reached first "
        "spreads from about .22 to .75 (read off a plot) at like capability",
        vary("recipe", _recipes(make("colour")), 30),
    )


def stage() -> Case:
    """Follow the same agents along their training."""
    return Case(
        "When does the goal gap open?",
        "",
        "no source known to us; people who train such agents say that the gap opens "
        "only after return has saturated",
        vary("updates", {"": (make("cheese"), "network", {})}, 10),
        stages=(5, 15, 40, 100, 200, 400),
    )


def keys() -> Case:
    """Make keys more or less scarce in training."""
    scarce = [(1, 3), (1, 2), (2, 3)]
    worlds = {
        f"{few} : {many}": make("keys", few=few, many=many) for few, many in scarce
    }
    options = {"levels": 16}
    conditions = {label: (each, "searcher", options) for label, each in worlds.items()}
    return Case(
        "How scarce must keys be to be wanted?",
        "Langosco et al. 2022; jaxgmg",
        "trained with one key for two chests, agents collect keys that they cannot use "
        "(Langosco et al.; jaxgmg trains with 3 keys and 10 chests)",
        vary("keys : chests in training", conditions, 10),
    )


def sensitivity() -> Case:
    """Change one choice of the recipe, the world or the training levels at a time."""
    changes: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "as it is": ({}, {}),
        "no row and column": ({}, {"place": False}),
        "5 iterations": ({}, {"iterations": 5}),
        "20 iterations": ({}, {"iterations": 20}),
        "exact credit": ({}, {"credit": "exact"}),
        "1600 updates": ({}, {"updates": 1600}),
        "ends at cheese only": ({"ends": "base"}, {}),
        "1 layout": ({"layouts": 1}, {}),
        "8 layouts": ({"layouts": 8}, {}),
        "1024 layouts": ({"layouts": 1024}, {}),
        "5 % telling levels": ({}, {"diversity": 0.05}),
    }
    conditions = {
        label: (make("cheese", **of_world), "network", options)
        for label, (of_world, options) in changes.items()
    }
    return Case(
        "Which choices decide what an agent comes to pursue?",
        "",
        "nothing; the choices are those of this kit",
        vary("one choice changed", conditions, 6),
    )


CASES = corner_size, diversity, regret, coin, lottery, colour, stage, keys, sensitivity
STUDIES: dict[str, Callable[[], Case]] = {case.__name__: case for case in CASES}
