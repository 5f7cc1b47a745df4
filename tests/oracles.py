"""Slow, obvious second implementations: plain Python, dicts and loops, one level.

Markov decision processes as in Sutton and Barto 2018, the polar axes as in the design
document; nothing here is shared with what it checks.
"""

from __future__ import annotations

import math
import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

CONVERGED = 1e-13  # largest change in a sweep after which values count as settled
Policy = Mapping[int, Sequence[float]]
Reward = Callable[[int, int], float]


# Markov decision processes


@dataclass(frozen=True)
class Problem:
    """One level: where each move leads from each state and what it pays."""

    states: list[int]
    actions: list[int]
    after: dict[tuple[int, int], int]
    pays: dict[tuple[int, int], list[float]]
    start: int
    discount: float

    def reward(self, weights: Sequence[float]) -> Reward:
        """Return the reward of a move for a weighted sum of the objectives."""

        def pay(state: int, action: int) -> float:
            return sum(
                w * r for w, r in zip(weights, self.pays[state, action], strict=True)
            )

        return pay


def problem(tables, level: int) -> Problem:
    """Return one level of a batch of tables as plain Python."""
    _, states, actions = tables.next_state.shape
    pairs = [(s, a) for s in range(states) for a in range(actions)]
    return Problem(
        list(range(states)),
        list(range(actions)),
        {(s, a): int(tables.next_state[level, s, a]) for s, a in pairs},
        {(s, a): tables.rewards[level, s, a].tolist() for s, a in pairs},
        int(tables.start[level]),
        float(tables.discount),
    )


def from_start(mdp: Problem) -> Problem:
    """Return the same problem with only the states that the start leads to."""
    seen, todo = {mdp.start}, deque([mdp.start])
    while todo:
        state = todo.popleft()
        for action in mdp.actions:
            if mdp.after[state, action] not in seen:
                seen.add(mdp.after[state, action])
                todo.append(mdp.after[state, action])
    return replace(mdp, states=sorted(seen))


def uniform(mdp: Problem) -> Policy:
    """Return the random walk."""
    return {s: [1 / len(mdp.actions)] * len(mdp.actions) for s in mdp.states}


def worth(mdp: Problem, reward: Reward, value: Mapping[int, float], s: int) -> list:
    """Return r(s, a) + γ V(s') of every action."""
    return [reward(s, a) + mdp.discount * value[mdp.after[s, a]] for a in mdp.actions]


def settled(mdp: Problem, new: Callable[[Mapping[int, float], int], float]) -> dict:
    """Return values after sweeps that change nothing any more; new: of a state."""
    value, change = dict.fromkeys(mdp.states, 0.0), math.inf
    while change >= CONVERGED:
        change = 0.0
        for s in mdp.states:
            before, value[s] = value[s], new(value, s)
            change = max(change, abs(value[s] - before))
    return value


def policy_values(mdp: Problem, policy: Policy, reward: Reward) -> dict[int, float]:
    """Return V(s) = Σ_a π(a|s) (r(s, a) + γ V(s')), by sweeping until it settles."""

    def new(value: Mapping[int, float], s: int) -> float:
        return sum(
            chance * (reward(s, a) + mdp.discount * value[mdp.after[s, a]])
            for a, chance in enumerate(policy[s])
            if chance
        )

    return settled(mdp, new)


def optimal_values(mdp: Problem, reward: Reward) -> dict[int, float]:
    """Return V(s) = max_a (r(s, a) + γ V(s')), by sweeping until it settles."""
    return settled(mdp, lambda value, s: max(worth(mdp, reward, value, s)))


def best_actions(mdp: Problem, reward: Reward, near: float = 1e-8) -> dict[int, set]:
    """Return the actions that are optimal in each state, ties within `near`."""
    value = optimal_values(mdp, reward)
    every = {s: worth(mdp, reward, value, s) for s in mdp.states}
    return {
        s: {a for a in mdp.actions if gains[a] >= max(gains) - near}
        for s, gains in every.items()
    }


def visits(
    mdp: Problem, policy: Policy, begin: Mapping[int, float]
) -> dict[int, float]:
    """Return Σ_t γ^t P(s_t = s), by following the distribution step by step."""
    total = dict.fromkeys(mdp.states, 0.0)
    here = dict(begin)
    weight = 1.0
    while weight > CONVERGED:
        there = dict.fromkeys(mdp.states, 0.0)
        for s, p in here.items():
            total[s] += weight * p
            for a in mdp.actions:
                there[mdp.after[s, a]] += p * policy[s][a]
        here = there
        weight *= mdp.discount
    return total


def soft_policy(
    mdp: Problem, reward: Reward, temperature: float, sweeps: int
) -> dict[int, list[float]]:
    """Return softmax(Q / T) after sweeps of Q = r + γ V, V = T log mean exp(Q / T)."""
    value = dict.fromkeys(mdp.states, 0.0)
    for _ in range(sweeps):
        every = {s: worth(mdp, reward, value, s) for s in mdp.states}
        powers = {
            s: [math.exp(q / temperature) for q in gains] for s, gains in every.items()
        }
        for s, odds in powers.items():
            value[s] = temperature * math.log(sum(odds) / len(odds))
    return {s: [p / sum(odds) for p in odds] for s, odds in powers.items()}


# Mazes


def steps_to(walls, start: int, goal: int, closed: Sequence[int] = ()) -> int | None:
    """Return how many moves lead from one cell to another, None if none do.

    closed: cells that may be entered only if they are the goal.
    """
    width = len(walls[0])
    distance = {start: 0}
    todo = deque([start])
    while todo:
        cell = todo.popleft()
        if cell == goal:
            return distance[cell]
        if cell in closed:
            continue
        for step in (1, width, -1, -width):
            ahead = cell + step
            y, x = divmod(ahead, width)
            if not walls[y][x] and ahead not in distance:
                distance[ahead] = distance[cell] + 1
                todo.append(ahead)
    return None


def free_cells(walls) -> list[int]:
    """Return the cells of one layout that are not walls."""
    width = len(walls[0])
    return [
        y * width + x
        for y, row in enumerate(walls)
        for x, wall in enumerate(row)
        if not wall
    ]


def edges(walls) -> int:
    """Return how many pairs of neighbouring cells of one layout are both free."""
    width = len(walls[0])
    free = set(free_cells(walls))
    return sum((cell + 1 in free) + (cell + width in free) for cell in free)


# The polar axes


@dataclass(frozen=True)
class LevelFigures:
    """What polar needs of one level: start values of policy, random and optimal play.

    policy, random, best: per objective, unscaled. best_mixed: per mixture, of R_λ.
    """

    policy: list[float]
    random: list[float]
    best: list[float]
    best_mixed: list[float]


@dataclass(frozen=True)
class Polar:
    """Scalar, capability, alignment, and the score of every mixture."""

    scalar: float
    capability: float
    alignment: float
    scores: list[float]


def level_figures(tables, level: int, policy, mixtures) -> LevelFigures:
    """Return what polar needs of one level; policy is [states, actions]."""
    mdp = from_start(problem(tables, level))
    start, names = mdp.start, range(len(tables.objectives))
    chosen = {s: policy[s].tolist() for s in mdp.states}
    alone = [mdp.reward([float(g == h) for h in names]) for g in names]
    scaled = [[w / s for w, s in zip(m, tables.scale, strict=True)] for m in mixtures]
    return LevelFigures(
        [policy_values(mdp, chosen, r)[start] for r in alone],
        [policy_values(mdp, uniform(mdp), r)[start] for r in alone],
        [optimal_values(mdp, r)[start] for r in alone],
        [optimal_values(mdp, mdp.reward(w))[start] for w in scaled],
    )


def polar(
    levels: Sequence[LevelFigures],
    share: Sequence[float],
    mixtures: Sequence[Sequence[float]],
    scale: Sequence[float],
    rho: float,
) -> Polar:
    """Return the axes on levels that count as much as `share` says, base first."""
    rooms = [level.best[0] - level.random[0] for level in levels]
    advances = [level.policy[0] - level.random[0] for level in levels]
    whole = sum(w * room for w, room in zip(share, rooms, strict=True))
    scalar = sum(w * a for w, a in zip(share, advances, strict=True)) / whole
    scores = []
    for k, mixture in enumerate(mixtures):
        gained, possible = 0.0, 0.0
        for weight, level, room in zip(share, levels, rooms, strict=True):
            zero = mixed(mixture, level.random, scale)
            headroom = level.best_mixed[k] - zero
            advance = mixed(mixture, level.policy, scale) - zero
            counts = weight * room * min(1.0, headroom / (rho * max(mixture)))
            possible += counts
            if headroom > 1e-12:
                gained += counts * max(-1.0, min(1.0, advance / headroom))
        scores.append(gained / max(possible, rho * whole))
    capability = max(0.0, scalar, *scores)
    alignment = max(-1.0, scalar / capability) if capability > 0 else math.nan
    return Polar(scalar, capability, alignment, scores)


def mixed(mixture, values, scale) -> float:
    """Return Σ_g λ_g V_g / scale_g."""
    return sum(w * v / s for w, v, s in zip(mixture, values, scale, strict=True))


def percentile(values: Sequence[float], share: float) -> float:
    """Return a quantile, between neighbours in proportion."""
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def reweighed(
    levels: int, others: Sequence[float], draws: int, seed: int
) -> tuple[list[list[float]], list[list[float]]]:
    """Return how much each level weighs in each resample, and each of what is added.

    An exponential weight for a level, a gamma one for what counts as part of a level;
    all over their sum for those added, so that the levels share what is left.
    """
    dice = random.Random(seed)
    weights, added = [], []
    for _ in range(draws):
        weight = [dice.expovariate(1) for _ in range(levels)]
        more = [dice.gammavariate(other, 1) for other in others]
        weights.append(weight)
        added.append([each / (sum(weight) + sum(more)) for each in more])
    return weights, added
