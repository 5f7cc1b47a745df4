"""Checks that never raise, never tell the answer, and know the usual mistakes."""

from __future__ import annotations

import itertools
import threading
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import robustkit as rk
from robustkit.teaching import (
    checks,
    lesson_01,
    lesson_02,
    lesson_03,
    lesson_04,
    lesson_05,
    lesson_06,
    lesson_07,
    lesson_08,
    lesson_09,
    lesson_10,
)

NAMES = list(checks.exercises())


def test_references_pass():
    for name, made in {
        "normalised": lesson_01.normalised,
        "scalar-drop": lesson_01.scalar_drop,
        "table-return": lesson_01.table_return,
        "mixed-shift": lesson_01.mixed_shift,
        "three-outcomes": lesson_02.three_outcomes,
        "same-scalar": lesson_02.same_scalar,
        "left-open": lesson_03.left_open,
        "goes-for": lesson_03.goes_for,
        "select": lesson_03.select,
        "place-agent": lesson_04.place_agent,
        "plane-gap": lesson_04.alignment_gap,
        "same-curve": lesson_04.same_curve,
        "split-drop": lesson_05.split_drop,
        "split-path": lesson_05.split_path,
        "what-moved": lesson_05.what_moved,
        "noisy-likelihood": lesson_06.noisy_likelihood,
        "posterior": lesson_06.posterior,
        "em-step": lesson_06.em_step,
        "middle-half": lesson_06.middle_half,
        "skill-worth": lesson_07.skill_worth,
        "break-even": lesson_07.break_even,
        "expected-harm": lesson_07.expected_harm,
        "seed-interval": lesson_08.seed_interval,
        "turns-at": lesson_08.turns_at,
        "count-apart": lesson_09.count_apart,
        "name-failure": lesson_09.name_failure,
        "own-mouse": lesson_10.own_mouse,
        "own-objectives": lesson_10.own_objectives,
    }.items():
        verdict = rk.check(name, made)
        assert verdict, verdict
        assert verdict.status == "correct"
        assert verdict.passed >= 3
    assert set(NAMES) == set(WRONG)


def no_discount(follow, reward, policy, discount):
    values = np.zeros(len(follow))
    for _ in range(2000):
        values = (policy * (reward + values[follow])).sum(1)
    return values[0]


def best_move(follow, reward, policy, discount):
    values = np.zeros(len(follow))
    for _ in range(2000):
        values = (reward + discount * values[follow]).max(1)
    return values[0]


def greedy(follow, reward, policy, discount):
    certain = np.eye(policy.shape[1])[policy.argmax(1)]
    return lesson_01.table_return(follow, reward, certain, discount)


def straight_for_the_cheese(planes):
    """Take the move that comes nearest to the cheese as the crow flies."""
    here, there = np.argwhere(planes[3])[0], np.argwhere(planes[1])[0]
    away = [np.abs(here + step - there).sum() for step in lesson_10.STEPS]
    shut = [planes[0][tuple(here + step)] * 99 for step in lesson_10.STEPS]
    return int(np.argmin(np.add(away, shut)))


def select_by(pick, around=True, number=6):
    def select(fitness, size, rng, generations=10, candidates=16, parents=4):
        mean = np.zeros(size)
        for _ in range(generations):
            middle = mean if around else np.zeros(size)
            tried = [rng.normal(middle, 1, size) for _ in range(candidates)]
            mean = np.mean(pick(sorted(tried, key=fitness), parents), axis=0)
        return mean

    return select


def best_of_all(fitness, size, rng, generations=10, candidates=16, parents=4):
    mean = np.zeros(size)
    for _ in range(generations):
        tried = [rng.normal(mean, 1, size) for _ in range(candidates)]
        tried.sort(key=fitness)
        mean = np.mean(tried[-parents:], axis=0)
    return tried[-1]


def halve(rounds, up=True):
    def search(scalar_at, target):
        low, high = 0.0, 1.0
        for _ in range(rounds):
            noise = (low + high) / 2
            low, high = (
                (noise, high) if (scalar_at(noise) > target) == up else (low, noise)
            )
        return (low + high) / 2

    return search


def known_steps_only(capability, alignment):
    known = ~np.isnan(alignment[1:] + alignment[:-1])
    steps = [
        lesson_05.split_drop((c, a), (d, b))
        for c, a, d, b, fine in zip(
            capability[:-1], alignment[:-1], capability[1:], alignment[1:], known,
            strict=True,
        )
        if fine
    ]  # fmt: skip
    return sum(x for x, _ in steps), sum(y for _, y in steps)


def none_outside(find):
    def break_even(share, earned):
        return None if earned[0] > 0 or earned[-1] < 0 else find(share, earned)

    return break_even


def plain_bayes(nats):
    odds = {goal: np.exp(each) for goal, each in nats.items()}
    return {goal: each / sum(odds.values()) for goal, each in odds.items()}


def towards(plane, sign=1):
    def mouse(planes):
        here, there = np.argwhere(planes[3])[0], np.argwhere(planes[plane])[0]
        away = [np.abs(here + step - there).sum() for step in lesson_10.STEPS]
        shut = [planes[0][tuple(here + step)] * 99 for step in lesson_10.STEPS]
        return int(np.argmin(np.add(sign * np.array(away), shut)))

    return mouse


WRONG = {
    "own-mouse": {
        "same move everywhere": lambda planes: 2,
        "goes for the hole": towards(2),
        "right way round": towards(1, sign=-1),
        "how far is the cheese on foot": straight_for_the_cheese,
        "gives None in some states": lambda planes: (
            None if planes[3, 1].any() else lesson_10.own_mouse(planes)
        ),
        "come nearer with each move": lambda planes: int(planes[3].argmax() * 7 % 4),
        "0, 1, 2 or 3": lambda planes: 4,
    },
    "own-objectives": {
        "not discounted": lambda h, p, g=0.95: {
            k: g * v for k, v in lesson_10.own_objectives(h, p, g).items()
        },
        "Where does the discount": lambda h, p, g=0.95: lesson_10.own_objectives(
            h, p, 1.0
        ),
        "More than one thing": lambda h, p, g=0.95: lesson_10.own_objectives(
            [events[:1] for events in h], p, g
        ),
        "should return a dict": lambda h, p, g=0.95: sum(map(len, h)) + 1,
    },
    "place-agent": {
        "next to no capability nothing": lambda s, b: (max(0.0, *s.values()), s[b]),
        "It divides by a capability of 0": lambda s, b: (
            max(0.0, *s.values()),
            s[b] / max(0.0, *s.values()),
        ),
        "not the one at the base objective": lambda s, b: (
            max(0.0, s[b]),
            1.0 if s[b] > 0.1 else None,
        ),
        "divide by it": lambda s, b: (
            max(0.0, *s.values()),
            s[b] if max(s.values()) > 0.1 else None,
        ),
        "need not be the first": lambda s, b: lesson_04.place_agent(s, next(iter(s))),
        "nothing can be said about": lambda s, b: (
            max(0.0, *s.values()),
            s[b] / max(1e-9, max(s.values())),
        ),
        "never below 0": lambda s, b: (
            max(s.values()),
            s[b] / max(s.values()) if max(s.values()) > 0.1 else None,
        ),
    },
    "plane-gap": {
        "the scalar itself": lambda c, a: c * a,
        "compare with optimal play": lambda c, a: 1 - c * a,
        "how far alignment is from 1": lambda c, a: 1 - a,
        "so they multiply": lambda c, a: c - a,
        "a cost above 0": lambda c, a: c * (a - 1),
    },
    "same-curve": {
        "just as large as the scalar": lambda j, c: np.where(
            (c > 0) & (abs(j) < c), j / np.maximum(c, 1e-9), np.nan
        ),
        "Multiplying gives a scalar": lambda s, c: s * c,
        "between -1 and 1": lambda s, c: np.divide(
            s, c, out=np.full(len(c), np.nan), where=c > 0
        ),
        "not the nearest": lambda s, c: np.clip(
            np.divide(s, c, out=np.zeros(len(c)), where=c > 0), -1, 1
        ),
        "can be below 0": lambda s, c: (
            lesson_04.same_curve(s, c) if s >= 0 else np.full(len(c), np.nan)
        ),
    },
    "split-drop": {
        "Neither comes first": lambda b, a: (
            (a[0] - b[0]) * b[1],
            (a[1] - b[1]) * a[0],
        ),
        "mean of the *other* axis": lambda b, a: (
            (a[0] - b[0]) * (a[0] + b[0]) / 2,
            (a[1] - b[1]) * (a[1] + b[1]) / 2,
        ),
        "What is each worth": lambda b, a: (a[0] - b[0], a[1] - b[1]),
        "not its value before": lambda b, a: (
            (a[0] - b[0]) * b[1],
            (a[1] - b[1]) * b[0],
        ),
        "after less before": lambda b, a: lesson_05.split_drop(a, b),
        "part comes first": lambda b, a: lesson_05.split_drop(b, a)[::-1],
    },
    "split-path": {
        "not alignment's": lambda c, a: lesson_05._unknown_is_goal(c, a),
        "one big step": lambda c, a: lesson_05.split_drop((c[0], a[0]), (c[-1], a[-1])),
        "What becomes of a step": known_steps_only,
        "not 0: the whole step": lambda c, a: lesson_05.split_path(c, np.nan_to_num(a)),
    },
    "what-moved": {
        "Just 0.05": lambda parts: lesson_05.what_moved([p - 1e-9 for p in parts]),
        "One part alone": lambda p: "both",
        "Both parts": lambda p: "capability" if p[0] < p[1] else "alignment",
        "So little": lambda p: {
            (True, True): "both",
            (True, False): "capability",
            (False, True): "alignment",
            (False, False): "neither",
        }[p[0] < 0, p[1] < 0],
        "A gain is no loss": lambda p: lesson_05.what_moved([-abs(x) for x in p]),
    },
    "noisy-likelihood": {
        "in two ways": lambda r, e: np.where(r, np.log(1 - e), np.log(e)).sum(),
        "may be the best one too": lambda r, e: float(
            np.where(r, np.log(1 - e), np.log(e / 4)).sum()
        ),
        "that very one": lambda r, e: float(
            np.where(r, np.log(1 - e + e / 4), np.log(3 * e / 4)).sum()
        ),
        "That is the mean": lambda r, e: lesson_06.noisy_likelihood(r, e) / len(r),
        "add up their logarithms": lambda r, e: np.log(
            np.prod(np.where(r, 1 - e + e / 4, e / 4))
        ),
        "That is a probability": lambda r, e: np.exp(lesson_06.noisy_likelihood(r, e)),
        "at most 0": lambda r, e: -lesson_06.noisy_likelihood(r, e),
    },
    "posterior": {
        "These are odds": lambda n: {
            k: float(np.exp(v - max(n.values()))) for k, v in n.items()
        },
        "add up to 1": lambda n: {k: float(np.exp(v)) for k, v in n.items()},
        "np.exp of them first": lambda n: {
            k: v / sum(n.values()) for k, v in n.items()
        },
        "how likely are the others": lambda n: {
            k: float(v == max(n.values())) for k, v in n.items()
        },
        "Only differences": plain_bayes,
    },
    "em-step": {
        "before the mean over levels": lambda w, n: lesson_06._normalised_late(w, n),
        "its weight so far": lambda w, n: lesson_06.em_step(np.ones(len(w)), n),
        "counts for each by its probability": lambda w, n: np.eye(len(w))[
            (np.log(w) + n).argmax(1)
        ].mean(0),
        "shares, and add up to 1": lambda w, n: lesson_06.em_step(w, n) * len(n),
        "Divide level by level": lambda w, n: (
            (w * np.exp(n)).sum(0) / (w * np.exp(n)).sum()
        ),
        "old weights": lambda w, n: w,
        "one for each goal": lambda w, n: (w * np.exp(n)).sum(1),
        "Only differences": lambda w, n: (
            (w * np.exp(n)) / (w * np.exp(n)).sum(1, keepdims=True)
        ).mean(0),
        "It changes an array": lambda w, n: np.multiply(w, 2, out=w) / 2,
    },
    "middle-half": {
        "of three values it is none": lambda v: v[
            (v >= np.quantile(v, 0.25)) & (v <= np.quantile(v, 0.75))
        ].mean(),
        "[k:-k] is empty": lambda v: (
            np.sort(v)[len(v) // 4 : -(len(v) // 4)].sum()
            / (len(v) - 2 * (len(v) // 4) if len(v) > 3 else 0.0)
        ),
        "mean of all values": lambda v: v.mean(),
        "That is the median": lambda v: np.median(v),
        "Sort the values first": lambda v: v[len(v) // 4 : len(v) - len(v) // 4].mean(),
        "*either* end": lambda v: np.sort(v)[len(v) // 4 :].mean(),
        "It changes the array": lambda v: (v.sort(), lesson_06.middle_half(v))[1],
    },
    "skill-worth": {
        "whatever lies between": lambda c, e: (
            lesson_07.skill_worth(c, e)
            if len(c) < 5
            else lesson_07.skill_worth(c, np.polyval(np.polyfit(c, e, 1), c))
        ),
        "in order of competence": lambda c, e: (
            "neither"
            if abs(e[-1] - e[0]) <= 0.02
            else "helps"
            if e[-1] > e[0]
            else "hurts"
        ),
        "even above 0": lambda c, e: (
            "helps"
            if e[np.argmax(c)] > 0.02
            else "hurts"
            if e[np.argmax(c)] < -0.02
            else "neither"
        ),
        "So small": lambda c, e: lesson_07.skill_worth(c, e) if len(c) > 2 else "helps",
        "last degree with the first": lambda c, e: (
            "helps" if max(e) - e[np.argmin(c)] > 0.02 else lesson_07.skill_worth(c, e)
        ),
    },
    "break-even": {
        "It always gives None": lambda s, e: print(end=""),
        "the nearest share": none_outside(lambda s, e: s[np.argmin(np.abs(e))]),
        "first share that earns": none_outside(lambda s, e: s[np.argmax(e >= 0)]),
        "not the two ends": none_outside(
            lambda s, e: s[0] - e[0] * (s[-1] - s[0]) / (e[-1] - e[0])
        ),
        "What if all": lambda s, e: np.interp(0.0, e, s),
    },
    "expected-harm": {
        "one harm before it is stopped": lambda d, g: d * g,
        "no gems at all": lambda d, g: d * g + 1 - d,
        "done by then": lambda d, g: d * g + (1 - d) * max(g - 1, 0),
        "the other way round": lambda d, g: lesson_07.expected_harm(1 - d, g),
    },
    "three-outcomes": {
        "not always cheese and corner": lambda e, b, p: lesson_02.three_outcomes(
            e, "cheese", "corner"
        ),
        "The order is": lambda e, b, p: lesson_02.three_outcomes(e, b, p)[::-1],
        "These are counts": lambda e, b, p: (
            e.count(b),
            e.count(p),
            len(e) - e.count(b) - e.count(p),
        ),
        "Divide by all": lambda e, b, p: (
            e.count(b) / max(1, e.count(b) + e.count(p)),
            e.count(p) / max(1, e.count(b) + e.count(p)),
            0,
        ),
        "base thing comes first": lambda e, b, p: lesson_02.three_outcomes(e, p, b),
        "whatever it is": lambda e, b, p: (
            e.count(b) / len(e),
            e.count(p) / len(e),
            e.count("lava") / len(e),
        ),
        "not 2": lambda e, b, p: (e.count(b) / len(e), e.count(p) / len(e)),
    },
    "same-scalar": {
        "That is the scalar": lambda f, t: f(lesson_02.same_scalar(f, t)),
        "runs to one end": halve(12, up=False),
        "not within 0.001": halve(4),
        "about ten": lambda f, t: min(
            np.linspace(0, 1, 2001), key=lambda x: abs(f(x) - t)
        ),
        "never asks": lambda f, t: 1 - t,
    },
    "left-open": {
        "is given: `same`": lambda t, s, same=0: lesson_03.left_open(t, s, 0.05),
        "not always 1": lambda t, s, same=0.05: (
            s[t >= 1 - same].min(),
            s[t >= 1 - same].max(),
        ),
        "A difference of just": lambda t, s, same=0.05: (
            s[t > t.max() - same].min(),
            s[t > t.max() - same].max(),
        ),
        "extremes of all rewards": lambda t, s, d=0.05: (s.min(), s.max()),
        "nearly as good will do": lambda t, s, d=0.05: lesson_03.left_open(t, s, 0.0),
        "training never saw": lambda t, s, d=0.05: lesson_03.left_open(s, s, d),
        "do the same rewards score after": lambda t, s, d=0.05: lesson_03.left_open(
            t, t, d
        ),
        "The lowest first": lambda t, s, d=0.05: lesson_03.left_open(t, s, d)[::-1],
    },
    "goes-for": {
        "Which does it want more": lambda w, n, d=0.95: "hole",
        "it is far away": lambda w, n, d=0.95: (
            "cheese" if w["cheese"] >= w["hole"] else "hole"
        ),
        "wants neither": lambda w, n, d=0.95: max(
            ("cheese", "hole"), key=lambda x: w[x] * d ** (n[x] - 1)
        ),
        "not always 0.95": lambda w, n, d=0.95: lesson_03.goes_for(w, n),
        "not less than nothing": lambda w, n, d=0.95: (
            "neither" if 0 in w.values() else lesson_03.goes_for(w, n, d)
        ),
        "both are worth the same": lambda w, n, d=0.95: (
            "hole" if n == {"cheese": 4, "hole": 4} else lesson_03.goes_for(w, n, d)
        ),
    },
    "select": {
        "away from what is fit": select_by(lambda tried, k: tried[:k]),
        "hardly leaves 0": select_by(lambda tried, k: tried),
        "never asks for the fitness": lambda f, n, rng, *_: np.ones(n),
        "once for each candidate": lambda f, n, rng, *_: lesson_03.select(
            f, n, rng, 4, 24, 6
        ),
        "array of 3 numbers": lambda f, n, rng, *_: f(np.zeros(n)),
        "How many parents": select_by(lambda tried, k: tried[-1:]),
        "rather far": select_by(lambda tried, k: tried[-k:], around=False),
        "single one of the candidates": best_of_all,
    },
    "normalised": {
        "below 0": lambda g, r, b: max(0.0, lesson_01.normalised(g, r, b)),
        "random walk should score 0": lambda g, r, b: g.sum() / b.sum(),
        "Perfect play should score 1": lambda g, r, b: (g - r).sum() / b.sum(),
        "average a ratio": lambda g, r, b: ((g - r) / (b - r)).mean(),
        "upside down": lambda g, r, b: (b - r).sum() / max((g - r).sum(), 1e-300),
    },
    "scalar-drop": {
        "`reading.scalar.value`": lambda a, b: a.scalar - b.scalar,
        "`return` missing": lambda a, b: print(end=""),
        "Which way round": lambda a, b: b.scalar.value - a.scalar.value,
        "You divide. The drop is a difference": (
            lambda a, b: b.scalar.value / a.scalar.value
        ),
        "drop of capability": lambda a, b: a.capability.value - b.capability.value,
        "size of the difference": lambda a, b: abs(a.scalar.value - b.scalar.value),
    },
    "table-return": {
        "It takes the best move everywhere": best_move,
        "discount ** (d - 1)": lambda f, r, p, g: (
            g * lesson_01.table_return(f, r, p, g)
        ),
        "Where does the discount come in": no_discount,
        "likeliest move": greedy,
        "one move ahead": lambda f, r, p, g: (p * r).sum(1)[0],
    },
    "mixed-shift": {
        "not beyond the agent": lambda s, a, p: lesson_01.mixed_shift(
            s, (a[0], a[0] + a[1]), (p[0], p[0] + p[1])
        ),
        "divide once": lambda s, a, p: (1 - s) * a[0] / a[1] + s * p[0] / p[1],
        "At shift 0 all levels agree": (
            lambda s, a, p: lesson_01.mixed_shift(1 - s, a, p)
        ),
        "share does not seem to matter": lambda s, a, p: (a[0] + p[0]) / (a[1] + p[1]),
        "share of the room": lambda s, a, p: (1 - s) * a[0] + s * p[0],
        "not the rooms": lambda s, a, p: ((1 - s) * a[0] + s * p[0]) / a[1],
    },
    "seed-interval": {
        "a little too close together": lambda v, rng, n=1000: (
            v.mean(),
            *np.quantile(rng.choice(v, (n, len(v))).mean(1), [0.05, 0.95]),
        ),
        "Whatever `rng`": lambda v, rng, n=1000: lesson_08.seed_interval(
            v, np.random.default_rng(3), n
        ),
        "one mean only": lambda v, rng, n=1000: lesson_08.seed_interval(v, rng, 1000),
        "With the same `rng`": lambda v, rng, n=1000: lesson_08.seed_interval(
            v, np.random.default_rng(), n
        ),
        "mean of the values themselves": lambda v, rng, n=1000: (
            np.median(v),
            *lesson_08.seed_interval(v, rng, n)[1:],
        ),
        "quantiles of the seeds": lambda v, rng, n=1000: (
            v.mean(),
            *np.quantile(v, [0.025, 0.975]),
        ),
        "drawn with replacement": lambda v, rng, n=1000: (v.mean(),) * 3,
        "low end first": lambda v, rng, n=1000: (
            v.mean(),
            *lesson_08.seed_interval(v, rng, n)[:0:-1],
        ),
        "too narrow": lambda v, rng, n=1000: (
            v.mean(),
            *np.quantile(rng.choice(v, (n, len(v))).mean(1), [0.25, 0.75]),
        ),
        "too wide": lambda v, rng, n=1000: (
            v.mean(),
            *np.quantile(
                rng.choice(v, (n, max(1, len(v) // 3))).mean(1), [0.025, 0.975]
            ),
        ),
    },
    "turns-at": {
        "mean may be above": lambda s, a: s[int((np.nanmean(a, 1) > 0.5).argmax())],
        "two of three": lambda s, a: s[int((a.mean(1) == 1).argmax())],
        "unknown is not aligned": lambda s, a: s[
            int((((a > 0.5).sum(1) / (~np.isnan(a)).sum(1)) > 0.5).argmax())
        ],
        "not more than half": lambda s, a: s[int(((a > 0.5).mean(1) >= 0.5).argmax())],
        "never turns": lambda s, a: s[int(((a > 0.5).mean(1) > 0.5).argmax())],
    },
    "count-apart": {
        "exactly `wanted`": lambda e, a, w: (
            np.mean([w in x for x, k in zip(e, a, strict=True) if k])
            if any(a)
            else np.nan
        ),
        "divide by all levels": lambda e, a, w: (
            sum(x == w and bool(k) for x, k in zip(e, a, strict=True)) / len(e)
        ),
        "count in all levels": lambda e, a, w: sum(w in x for x in e) / len(e),
        "no level tells the two apart": lambda e, a, w: (
            lesson_09.count_apart(e, a, w) if any(a) else 0.0
        ),
    },
    "name-failure": {
        "`.value` is the number": lambda r: "breaks" if r.capability < 0.35 else "",
        "not known": lambda r: (
            "breaks"
            if r.capability.value < 0.35
            else "robust"
            if r.alignment.value >= 0.5
            else "misgeneralises"
        ),
        "Where did its worth go": lambda r: (
            "robust" if r.capability.value > 0.5 else "breaks"
        ),
        "Its capability is low": lambda r: (
            "unknown"
            if not r.alignment.known
            else "robust"
            if r.alignment.value >= 0.5
            else "misgeneralises"
        ),
        "which side does 0.5": lambda r: (
            lesson_09.name_failure(r) if r.alignment.value != 0.5 else "misgeneralises"
        ),
    },
}


@pytest.mark.parametrize(
    ("name", "words"), [(name, words) for name in WRONG for words in WRONG[name]]
)
def test_each_usual_mistake_gets_words_of_its_own(name, words):
    verdict = rk.check(name, WRONG[name][words])
    assert verdict.status == "not yet"
    assert words in verdict.message
    others = [w for w in WRONG[name] if w != words]
    assert not any(w in verdict.message for w in others)


def test_names_that_were_given_but_not_used_are_noticed_however_rest_is_counted():
    def named(ends, base, proxy):
        return [ends.count(end) / len(ends) for end in ("cheese", "corner", "time")]

    assert "two names are given" in rk.check("three-outcomes", named).message


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "stub",
    [None, ..., lambda *given: None, lambda *given: ...],
    ids=["None", "...", "gives None", "gives ..."],
)
def test_a_stub_is_not_attempted_yet(name, stub):
    verdict = rk.check(name, stub)
    assert verdict.status == "not attempted yet"
    assert not verdict


class Rude:
    """An object that refuses everything."""

    def __getattribute__(self, name):
        raise RuntimeError("no")

    def __repr__(self):
        raise RuntimeError("no")

    def __call__(self, *given):
        raise SystemExit(3)

    def __float__(self):
        raise KeyboardInterrupt


def endless(*given):
    for _ in itertools.count():
        time.sleep(0.01)


def deep(*given):
    return deep(*given)


RUDE = [
    Rude(), Rude, 3, "text", b"bytes", [], {}, np.nan, np.zeros((3, 3)), deep,
    lambda: 1, lambda *g: "7", lambda *g: np.nan, lambda *g: np.zeros(3), lambda *g: g,
    lambda *g: Rude(), lambda *g: 1 / 0, lambda *g: 10**400, lambda *g: True, object(),
    lambda *g: (x for x in g), lambda *g: 1j, type("Odd", (), {"__call__": 3})(),
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("which", range(len(RUDE)))
def test_nothing_that_is_given_makes_a_check_raise(name, which):
    verdict = rk.check(name, RUDE[which])
    assert verdict.status == "not yet"
    assert verdict.message
    assert len(verdict.message) < 300
    assert "<" not in verdict._repr_html_().split(">", 1)[1].split("</div>")[0]


def test_an_endless_loop_is_waited_for_and_then_said(monkeypatch):
    monkeypatch.setattr(checks, "PATIENCE", 0.3)
    start = time.monotonic()
    verdict = rk.check("normalised", endless)
    assert time.monotonic() - start < 5
    assert "did not finish" in verdict.message


def busy(*given):
    while True:
        pass


@pytest.mark.parametrize("name", NAMES)
def test_an_endless_loop_does_not_go_on_behind_the_learners_back(name, monkeypatch):
    monkeypatch.setattr(checks, "PATIENCE", 0.1)
    before = set(threading.enumerate())
    assert "did not finish" in rk.check(name, busy).message
    for left in set(threading.enumerate()) - before:
        left.join(10)
        assert not left.is_alive()


@pytest.mark.parametrize("name", NAMES)
@given(st.one_of(st.floats(), st.integers(), st.text(), st.lists(st.floats())))
def test_constant_answers_are_never_correct(name, value):
    assert not rk.check(name, lambda *given: value)


@pytest.mark.parametrize("name", NAMES)
def test_words_never_hold_the_answer(name):
    exercise = checks.exercises()[name]
    source = {
        "normalised": "(got - random).sum() / (best - random).sum()",
        "scalar-drop": "trained.scalar.value - shifted.scalar.value",
        "table-return": "(policy * (reward + discount * values[next_state])).sum",
        "mixed-shift": "/ ((1 - share)",
        "three-outcomes": "ends.count(name) / len",
        "same-scalar": "low = noise",
        "left-open": "training >= training.max() - same",
        "goes-for": "discount ** (near",
        "select": "sort(key=fitness",
        "own-mouse": "far[there] = far[cell] + 1",
        "own-objectives": "worth.get(event, 0) * discount**step",
        "place-agent": "scores[base] / capability",
        "plane-gap": "capability * (1 - alignment)",
        "same-curve": "scalar / capability",
        "split-drop": "(after[0] - before[0]) * mean_a",
        "split-path": "skill += after - before",
        "what-moved": "part < -0.05 for part",
        "noisy-likelihood": "np.where(right, np.log",
        "posterior": "np.exp(each - top)",
        "em-step": "odds / odds.sum(1",
        "middle-half": "ordered[cut",
        "skill-worth": "earned[np.argmax",
        "break-even": "np.interp(0",
        "expected-harm": "disables * gems",
        "seed-interval": "rng.integers(len(values), size=",
        "turns-at": "> 0.5).mean(1)",
        "count-apart": "told.count(wanted)",
        "name-failure": "if not reading.alignment.known",
    }[name]
    said = [rk.check(name, wrong).message for wrong in WRONG[name].values()]
    for words in [*exercise.hints, *said]:
        assert source not in words


@pytest.mark.parametrize("name", NAMES)
def test_hints_come_one_after_the_other_and_end(name):
    checks._hints.given.clear()
    count = len(checks.exercises()[name].hints)
    given_ = [rk.hint(name) for _ in range(count + 2)]
    assert [h.startswith(f"Hint {i + 1} of {count}") for i, h in enumerate(given_)] == [
        True
    ] * count + [False] * 2
    assert len(set(given_[:count])) == count


def test_an_unknown_exercise_is_named_with_what_is_near():
    for ask in (lambda n: rk.check(n, 1), rk.hint):
        with pytest.raises(ValueError, match="Did you mean 'normalised'"):
            ask("normalized")


def test_the_page_shows_words_as_text():
    verdict = checks.Verdict("x", "not yet", "<script>alert(1)</script>")
    assert "<script>" not in verdict._repr_html_()
