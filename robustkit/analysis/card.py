"""The robustness card of an agent: what was measured, how surely, and what was not."""

from __future__ import annotations

import json
import os
from base64 import b64encode
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .. import __version__, arguments, files, metrics
from ..agents import Agent
from ..agents.adapters import adapt
from ..agents.agent import AGENTS
from ..arguments import quote
from ..mdp import Tables
from ..metrics import Reading, ShiftCurve
from ..text import document
from ..worlds import World, is_own, world_of
from ..worlds.shifts import ANYWHERE
from . import card_text
from .card_data import (
    UNJUDGED,
    Curve,
    curve_points,
    curve_split,
    limits_of,
    plain_settings,
    reading_row,
    verdict_row,
)
from .curve import readings_at
from .forecast import Forecast, forecast
from .measure import measure, refusal
from .verdict import Verdict, judge

FORMAT, VERSION = "robustkit-card", 2
ENDINGS = (".html", ".md", ".json")


@dataclass(frozen=True, eq=False)
class Card:
    """What is known of an agent's robustness.

    data: plain lists, numbers and strings of format "robustkit-card", the one source of
    all forms. picture: the plane, as SVG whose colours follow the page.
    """

    data: dict[str, Any]
    picture: str = field(repr=False)

    def json(self) -> str:
        """Return the card as JSON; numbers that are not known are null."""
        return json.dumps(self.data, indent=1, allow_nan=False)

    def markdown(self) -> str:
        """Return the card as Markdown, without the picture."""
        return card_text.markdown(self.data)

    def html(self) -> str:
        """Return the card as one HTML document that loads nothing."""
        title = f"Robustness card: {self.data['agent']['name']}"
        return document(title, card_text.CSS + card_text.CARD, self._body())

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the card to NAME.html, NAME.md or NAME.json and return its path.

        Raises ValueError for another ending and FileNotFoundError for a missing folder.
        """
        where = files.check_path(path, *ENDINGS)
        form = dict(zip(ENDINGS, (self.html, self.markdown, self.json), strict=True))
        files.text(where, form[where.suffix.lower()]())
        return where

    def __str__(self) -> str:
        return self.markdown()

    def _repr_html_(self) -> str:
        from ..figures.picture import THEMES

        return f"<style>{card_text.CARD}</style>{THEMES}{self._body()}"

    def _body(self) -> str:
        picture = b64encode(self.picture.encode()).decode()
        return card_text.html(self.data, f"data:image/svg+xml;base64,{picture}")


def card(
    agent: Agent | ArrayLike,
    world: World | Tables | None = None,
    n: int = 256,
    seed: int = 0,
    name: str = "",
) -> Card:
    """Return the robustness card of an agent.

    agent: an agent, or a policy [levels, states, actions] on tables of your own. world:
    where to measure it, the agent's own world by default; or the tables (from
    `rk.tabulate` or elsewhere), which have no shifts. n: levels per stratum. name: what
    to call it.
    Raises ValueError for anything else.
    """
    seed = arguments.seed("seed", seed)
    if is_own(world) and not isinstance(agent, Agent):
        agent = adapt(agent, world_of(world), name)
    if isinstance(world, Tables) and not is_own(world):
        return _of_policy(agent, world, seed, name or "policy")
    if not isinstance(agent, Agent):
        raise ValueError(
            f"agent={quote(agent)} is not an agent; allowed: {AGENTS}, or a policy "
            "together with tables."
        )
    home = agent.world if world is None else world_of(world)
    if not isinstance(home, World) and not is_own(home):
        raise ValueError(
            f"world={quote(world)} is not a world; allowed: what robustkit.make(name) "
            "gives, or tables."
        )
    return _of_agent(agent, home, arguments.whole("n", n, 2), seed, name)


def _of_agent(agent: Agent, home: World, n: int, seed: int, name: str) -> Card:
    exact = home.listed and agent.tabular
    asked = metrics.GROUNDINGS if exact else metrics.sampled_groundings()
    silent = {name: refusal(name, home) for name in asked}
    groundings = [name for name in asked if not silent[name]]
    about = {
        "agent": {
            "name": name or agent.name,
            "recipe": agent.recipe,
            "trained": agent.trained,
            "settings": plain_settings(agent.settings),
            "remedies": agent.remedies,
        },
        "world": {"name": home.name, "summary": home.summary, "options": home.options},
        "grades": {name: [*shift.grades] for name, shift in home.shifts.items()},
        "measured": {"levels": _count(home, n), "seed": seed, "exact": exact},
        "objectives": list(home.objectives),
    }
    shifts, lines = _shifts(home), _lines(home)
    along = [{kind: s} for kind, line in lines.items() for s in line]
    (found,) = readings_at([agent], home, [*shifts, *along], n, seed)
    readings, each = found[: len(shifts)], iter(found[len(shifts) :])
    curves = {
        kind: ShiftCurve([next(each) for _ in line], {kind: line}, f"{kind} shift")
        for kind, line in lines.items()
    }
    for grounding in groundings[1:]:
        readings += _by(grounding, agent, home, shifts, n, seed)
    unsaid = [f"No reading by {name}. {why}" for name, why in silent.items() if why]
    judged = ahead = None
    if is_own(home):
        unsaid += [UNJUDGED] * ("goal" in home.shifts)
    elif "goal" in home.shifts:
        judged = judge(found, home)
        ahead = forecast(agent, home, n=n, seed=seed) if exact else None
    return _card(about, readings, curves, ahead, judged, unsaid)


def _by(
    grounding: str,
    agent: Agent,
    home: World,
    shifts: list[dict[str, Any]],
    n: int,
    seed: int,
) -> list[Reading]:
    """Return the readings by a grounding at some shifts."""
    if is_own(home):
        return readings_at([agent], home, shifts, n, seed, grounding)[0]
    # Some take long: of a mixture of grades, so many levels and not of each.
    samples = [home.sample(n, **shift, seed=seed) for shift in shifts]
    return [
        replace(measure(agent, levels, grounding, seed), shift=dict(shift))
        for shift, levels in zip(shifts, samples, strict=True)
    ]


def _count(home: Any, n: int) -> int | str:
    """Return how many levels of each grade are measured."""
    counts = {len(each) for each in home.grades} if is_own(home) else {n}
    return min(counts) if len(counts) == 1 else f"{min(counts)} to {max(counts)}"


def _of_policy(policy: Any, tables: Tables, seed: int, name: str) -> Card:
    if isinstance(policy, Agent):
        raise ValueError(
            f"agent={policy.name!r} is an agent of a world, not of tables; allowed "
            "with tables: a policy."
        )
    about = {
        "agent": {
            "name": name,
            "recipe": "given",
            "trained": None,
            "settings": {},
            "remedies": [],
        },
        "world": {"name": "tables", "summary": "levels given as tables", "options": {}},
        "grades": {},
        "measured": {"levels": len(tables), "seed": seed, "exact": True},
        "objectives": list(tables.objectives),
    }
    moved = [name for name, by in metrics.GROUNDINGS.items() if by.moved]
    found = [
        measure(policy, tables, name, seed)
        for name in metrics.GROUNDINGS
        if name not in moved
    ]
    unsaid = [f"No reading by {name}: tables have no things to move." for name in moved]
    return _card(about, found, {}, None, None, unsaid)


def _card(
    about: dict[str, Any],
    readings: list[Reading],
    curves: dict[str, Curve],
    ahead: Forecast | None,
    judged: Verdict | None,
    unsaid: list[str],
) -> Card:
    """Return a card of what was found.

    about: agent, world, how it was measured and the candidate objectives, as JSON can
    hold them. readings: by each grounding, at each shift. curves: along each kind of
    shift. ahead: what training lets one forecast. judged: whether it misgeneralises.
    unsaid: which groundings cannot be used, and why.
    """
    from ..figures.plane import plane

    # What it is called here is what it is called throughout.
    name = about["agent"]["name"]
    readings = [replace(r, agent=name) for r in readings]
    for kind, curve in curves.items():
        own = [replace(r, agent=f"{name} ({kind} shift)") for r in curve.readings]
        curves[kind] = replace(curve, readings=own)
    shown = list(curves.values()) or readings[:1]
    picture = plane(shown)
    data = {
        "format": FORMAT,
        "version": VERSION,
        "robustkit": __version__,
        **about,
        "misgeneralisation": judged and verdict_row(judged),
        "readings": [reading_row(reading) for reading in readings],
        "drops": {kind: curve_split(curve) for kind, curve in curves.items()},
        "paths": {kind: curve_points(curve) for kind, curve in curves.items()},
        "forecast": ahead and {"low": ahead.low, "high": ahead.high},
        "limits": [*unsaid, *limits_of(readings, about["measured"]["exact"])],
        "alt": picture.alt,
    }
    return Card(data, picture.svg())


def _shifts(world: World) -> list[dict[str, Any]]:
    """Return the shifts that a card reports: training and the ends, alone and both."""
    goals: list[float | str] = [0.0, ANYWHERE] if "goal" in world.shifts else [0.0]
    layouts = (0.0, 1.0) if "layout" in world.shifts else (0.0,)
    every = [{"goal": g, "layout": x} for x in layouts for g in goals]
    return [*every, {"place": 1.0}] if "place" in world.shifts else every


def _lines(world: World) -> dict[str, list[float]]:
    """Return each kind of shift to where its grades are, for a curve along it."""
    shifts = world.shifts.items()
    return {kind: np.linspace(0, 1, x.last + 1).tolist() for kind, x in shifts}
