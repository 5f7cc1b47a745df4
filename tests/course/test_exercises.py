"""Every exercise knows its reference, its own mistakes, and other wrong answers."""

from __future__ import annotations

import importlib
import inspect
import json
from pathlib import Path

import mysteries
import numpy as np
import pytest

import robustkit as rk
from robustkit.course.answer import finite, number
from robustkit.course.lessons import exercises
from robustkit.course.lessons.lesson_10 import STEPS
from robustkit.metrics.bootstrap import iqm

EXERCISES = exercises()
RIGHT = {name: exercise.reference for name, exercise in EXERCISES.items()}
NAMES = list(EXERCISES)
RIGHT |= {
    "mystery": lambda: mysteries.solved(),
    "mystery-hard": lambda: mysteries.solved(hard=True),
}


# Answers that are wrong in other ways than an exercise's own mistakes: they meet what
# is said where a value is read, judged or shown.


def mouse_towards(plane, sign=1):
    """Return a mouse that goes by distance as the crow flies."""

    def mouse(planes):
        here, there = np.argwhere(planes[3])[0], np.argwhere(planes[plane])[0]
        away = [np.abs(here + step - there).sum() for step in STEPS]
        shut = [planes[0][tuple(here + step)] * 99 for step in STEPS]
        return int(np.argmin(np.add(sign * np.array(away), shut)))

    return mouse


def select_by(pick, around=True, last=False):
    def select(fitness, size, rng, generations, candidates, parents):
        mean = np.zeros(size)
        for _ in range(generations):
            middle = mean if around else np.zeros(size)
            tried = [rng.normal(middle, 1, size) for _ in range(candidates)]
            tried.sort(key=fitness)
            mean = np.mean(pick(tried, parents), axis=0)
        return tried[-1] if last else mean

    return select


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


def shared(ends, *names):
    return [ends.count(name) / len(ends) for name in names]


def quantiles(values, rng, n, low=0.025, size=None):
    means = rng.choice(values, (n, size or len(values))).mean(1)
    return values.mean(), *np.quantile(means, [low, 1 - low])


def first_share(shares, most):
    return shares[int(most.argmax())]


def plain_bayes(nats):
    odds = {goal: np.exp(each) for goal, each in nats.items()}
    return {goal: each / sum(odds.values()) for goal, each in odds.items()}


def helps_or_hurts(gain):
    return "neither" if abs(gain) <= 0.02 else "helps" if gain > 0 else "hurts"


def by_alignment(alignment):
    return "robust" if alignment.value >= 0.5 else "misgeneralises"


MIXED_UP = {"A": mysteries.RIGHT["B"], "B": mysteries.RIGHT["A"]}
ALL_BOTH = ("robust", "something else", "something else", "both")

WRONG = {
    "scalar-drop": {
        "`reading.scalar.value`": lambda a, b: a.scalar - b.scalar,
        "`return` missing": lambda a, b: print(end=""),
    },
    "three-outcomes": {
        "in the reverse order": lambda e, *n: RIGHT["three-outcomes"](e, *n)[::-1],
        "The order is": lambda e, *n: np.roll(RIGHT["three-outcomes"](e, *n), 1),
        "Divide by all": lambda e, b, p: (
            e.count(b) / max(1, e.count(b) + e.count(p)),
            e.count(p) / max(1, e.count(b) + e.count(p)),
            0,
        ),
        "whatever it is": lambda e, b, p: shared(e, b, p, "lava"),
        "should return three numbers": shared,
    },
    "same-scalar": {
        "That is the scalar": lambda f, t: f(RIGHT["same-scalar"](f, t)),
        "runs to one end": halve(12, up=False),
        "not within 0.001": halve(4),
        "about ten": lambda f, t: min(
            np.linspace(0, 1, 2001), key=lambda x: abs(f(x) - t)
        ),
        "never asks": lambda f, t: 1 - t,
    },
    "goes-for": {
        "Which does it want more": lambda w, n, d: "hole",
        "it is far away": lambda w, n, d: max(w, key=w.get),
        "wants neither": lambda w, n, d: max(w, key=lambda x: w[x] * d ** (n[x] - 1)),
        "not always 0.95": lambda w, n, d: RIGHT["goes-for"](w, n, 0.95),
        "not less than nothing": lambda w, n, d: (
            "neither" if 0 in w.values() else RIGHT["goes-for"](w, n, d)
        ),
        "both are worth the same": lambda w, n, d: (
            "hole" if n == {"cheese": 4, "hole": 4} else RIGHT["goes-for"](w, n, d)
        ),
    },
    "select": {
        "away from what is fit": select_by(lambda tried, k: tried[:k]),
        "hardly leaves 0": select_by(lambda tried, k: tried),
        "never asks for the fitness": lambda f, n, rng, *_: np.ones(n),
        "once for each candidate": lambda f, n, rng, *_: RIGHT["select"](
            f, n, rng, 4, 24, 6
        ),
        "array of 3 numbers": lambda f, n, rng, *_: f(np.zeros(n)),
        "How many parents": select_by(lambda tried, k: tried[-1:]),
        "rather far": select_by(lambda tried, k: tried[-k:], around=False),
        "looks like one of the candidates": select_by(
            lambda tried, k: tried[-k:], last=True
        ),
    },
    "place-agent": {
        "It divides by a capability of 0": lambda s, b: (
            max(0.0, *s.values()),
            s[b] / max(0.0, *s.values()),
        )
    },
    "same-curve": {
        "just as large as the scalar": lambda j, c: np.where(
            (c > 0) & (abs(j) < c), j / np.maximum(c, 1e-9), np.nan
        ),
        "Multiplying gives a scalar": lambda s, c: s * c,
        "between -1 and 1": lambda s, c: np.where(c > 0, s / c, np.nan),
        "not the nearest": lambda s, c: np.clip(np.where(c > 0, s / c, 0), -1, 1),
        "can be below 0": lambda s, c: RIGHT["same-curve"](s, c if s >= 0 else 0 * c),
        "It changes the array": lambda s, c: (RIGHT["same-curve"](s, c), c.fill(1))[0],
    },
    "what-moved": {
        "Exactly 0.05": lambda parts: RIGHT["what-moved"]([p - 1e-9 for p in parts]),
        "One part alone": lambda parts: "both",
        "Both parts": lambda p: "capability" if p[0] < p[1] else "alignment",
        "So little": lambda p: RIGHT["what-moved"]([1e9 * x for x in p]),
        "A gain is not a loss": lambda p: RIGHT["what-moved"]([-abs(x) for x in p]),
    },
    "noisy-likelihood": {
        "add up their logarithms": lambda r, e: np.log(
            np.prod(np.where(r, 1 - e + e / 4, e / 4))
        )
    },
    "posterior": {"Only differences": plain_bayes},
    "em-step": {
        "one for each goal": lambda w, n: (w * np.exp(n)).sum(1),
        "Only differences": lambda w, n: (
            (w * np.exp(n)) / (w * np.exp(n)).sum(1, keepdims=True)
        ).mean(0),
        "It changes the array": lambda w, n: (RIGHT["em-step"](w, n), w.fill(1))[0],
    },
    "middle-half": {
        "[k:-k] is empty": lambda v: np.mean(np.sort(v)[len(v) // 4 : -(len(v) // 4)]),
        "It changes the array": lambda v: (v.sort(), iqm(v))[1],
    },
    "skill-worth": {
        "whatever lies between": lambda c, e: RIGHT["skill-worth"](
            c, e if len(c) < 5 else np.polyval(np.polyfit(c, e, 1), c)
        ),
        "in order of competence": lambda c, e: helps_or_hurts(e[-1] - e[0]),
        "even above 0": lambda c, e: helps_or_hurts(e[np.argmax(c)]),
        "A difference this small": lambda c, e: (
            "helps" if len(c) == 2 else RIGHT["skill-worth"](c, e)
        ),
        "last degree with the first": lambda c, e: (
            "helps" if max(e) - e[c.argmin()] > 0.02 else RIGHT["skill-worth"](c, e)
        ),
    },
    "break-even": {"It always gives None": lambda s, e: print(end="")},
    "seed-interval": {
        "a little too close together": lambda v, rng, n: quantiles(v, rng, n, low=0.05),
        "the same with every `rng`": lambda v, rng, n: quantiles(
            v, np.random.default_rng(3), n
        ),
        "one mean only": lambda v, rng, n: quantiles(v, rng, 1000),
        "With the same `rng`": lambda v, rng, n: quantiles(
            v, np.random.default_rng(), n
        ),
        "mean of the values themselves": lambda v, rng, n: (
            np.median(v),
            *quantiles(v, rng, n)[1:],
        ),
        "quantiles of the seeds": lambda v, rng, n: (
            v.mean(),
            *np.quantile(v, [0.025, 0.975]),
        ),
        "drawn with replacement": lambda v, rng, n: (v.mean(),) * 3,
        "low end first": lambda v, rng, n: quantiles(v, rng, n, low=0.975),
        "too narrow": lambda v, rng, n: quantiles(v, rng, n, low=0.25),
        "too wide": lambda v, rng, n: quantiles(v, rng, n, size=max(1, len(v) // 3)),
    },
    "turns-at": {
        "mean may be above": lambda s, a: first_share(s, np.nanmean(a, 1) > 0.5),
        "two of three": lambda s, a: first_share(s, a.mean(1) == 1),
        "unknown is not aligned": lambda s, a: first_share(
            s, (a > 0.5).sum(1) / (~np.isnan(a)).sum(1) > 0.5
        ),
        "not more than half": lambda s, a: first_share(s, (a > 0.5).mean(1) >= 0.5),
        "never turns": lambda s, a: first_share(s, (a > 0.5).mean(1) > 0.5),
    },
    "count-apart": {
        "no level tells the two apart": lambda e, a, w: (
            RIGHT["count-apart"](e, a, w) if any(a) else 0.0
        ),
    },
    "name-failure": {
        "`.value` is the number": lambda r: "breaks" if r.capability < 0.35 else "",
        "not known": lambda r: (
            "breaks" if r.capability.value < 0.35 else by_alignment(r.alignment)
        ),
        "Where did its worth go": lambda r: (
            "robust" if r.capability.value > 0.5 else "breaks"
        ),
        "Its capability is low": lambda r: (
            by_alignment(r.alignment) if r.alignment.known else "unknown"
        ),
        "which side does 0.5": lambda r: (
            RIGHT["name-failure"](r) if r.alignment.value != 0.5 else "misgeneralises"
        ),
    },
    "own-mouse": {
        "same move everywhere": lambda planes: 2,
        "goes for the hole": mouse_towards(2),
        "right way round": mouse_towards(1, sign=-1),
        "how far is the cheese on foot": mouse_towards(1),
        "gives None in some states": lambda planes: (
            None if planes[3, 1].any() else RIGHT["own-mouse"](planes)
        ),
        "come nearer with each move": lambda planes: (
            RIGHT["own-mouse"](planes) if planes[3].argmax() % 9 < 3 else 2
        ),
        "0, 1, 2 or 3": lambda planes: 4,
        "It changes the array": lambda planes: (
            RIGHT["own-mouse"](planes),
            planes.fill(0),
        )[0],
    },
    "mystery": {
        "should be a puzzle": lambda: 3,
        "4 of 6": lambda: mysteries.solved(but=MIXED_UP),
        "0 of 6": lambda: mysteries.solved(but=dict.fromkeys("ABCDEF", ALL_BOTH)),
    },
    "mystery-hard": {
        "should be a puzzle": lambda: mysteries.planted,
        "easy one": lambda: mysteries.solved(),
        "4 of 6": lambda: mysteries.solved(hard=True, but=MIXED_UP),
    },
    "own-objectives": {"should return a dict": lambda h, p, g: sum(map(len, h)) + 1},
    "level-regret": {
        "should return two numbers": lambda best, earned: best - earned,
        "It changes the array": lambda best, earned: (
            RIGHT["level-regret"](best, earned),
            best.fill(1),
        )[0],
    },
    "replay-odds": {
        "one for each level": lambda s: RIGHT["replay-odds"](s[~np.isnan(s)]),
        "probability 0, not NaN": lambda s: np.where(
            np.isnan(s), np.nan, RIGHT["replay-odds"](s)
        ),
        "Work on a copy": lambda s: RIGHT["replay-odds"](np.nan_to_num(s, copy=False)),
        "a rank of 0": lambda s: RIGHT["replay-odds"](s) * np.nan,
        "gives [0.006664": lambda s: RIGHT["replay-odds"](s) ** 2,
    },
    "dearest-price": {
        "Right, but as text": lambda b, a, moves: (a - b) / moves if moves else "nan",
        "gives inf": lambda b, a, moves: (a - b) / moves if moves else np.inf,
        "division by zero": lambda b, a, moves: (a - b) / moves,
        "`return` missing": lambda b, a, moves: print(end=""),
        "(0.4, 0.9, 0.3)": lambda b, a, moves: (a - b) / (moves + 1),
    },
}


def wrong_answers(name):
    """Return words to an answer that gets them: own mistakes, and others."""
    return {**EXERCISES[name].mistakes, **WRONG.get(name, {})}


ALL = [(name, words) for name in NAMES for words in wrong_answers(name)]


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """Give a busy machine time: what is asked here is words, not speed."""
    module = importlib.import_module("robustkit.course.check")
    monkeypatch.setattr(module, "PATIENCE", 60.0)


@pytest.mark.parametrize("name", NAMES)
def test_a_reference_passes_at_least_three_checks(name):
    verdict = rk.check(name, RIGHT[name])
    assert verdict, verdict
    assert verdict.status == "correct"
    assert verdict.passed >= 3


@pytest.mark.parametrize(("name", "words"), ALL)
def test_each_usual_mistake_gets_words_of_its_own(name, words):
    answers = wrong_answers(name)
    verdict = rk.check(name, answers.pop(words))
    assert verdict.status == "not yet"
    assert words in verdict.message
    if words in EXERCISES[name].mistakes:
        assert verdict.message == words
    assert not any(other in verdict.message for other in answers)


def by_rank(scores, rank, late=False):
    """Return odds by a rank, put to 0 where there is no score before or after."""
    odds = 1 / np.asarray(rank, float) ** 2
    if late:
        odds /= odds.sum()
    odds[np.isnan(scores)] = 0
    return odds if late else odds / odds.sum()


def reversed_sort(scores):
    """Return ranks by a sort turned round, NaN as 0."""
    rank = np.empty(len(scores))
    rank[np.argsort(np.nan_to_num(scores))[::-1]] = np.arange(len(scores)) + 1
    return rank


def in_order_of_seen(scores):
    seen, odds = ~np.isnan(scores), np.zeros(len(scores))
    odds[seen] = 1.0 / (np.argsort(-scores[seen]) + 1) ** 2
    return odds / odds.sum()


def clipped(before, after, moves):
    """Return a price cut off at 0 after a guard; `max` by itself loses a NaN."""
    if moves == 0:
        return np.nan
    return max(0, (after - before) / moves)


def shifted_by(pick):
    """Return Bayes' rule that takes what `pick` picks off the log-likelihoods."""

    def posterior(nats):
        off = pick(nats.values())
        return plain_bayes({goal: each - off for goal, each in nats.items()})

    return posterior


def by_standard_error(values, rng, n):
    spread = 1.96 * rng.choice(values, (n, len(values))).mean(1).std()
    return values.mean(), values.mean() - spread, values.mean() + spread


DICE = np.random.default_rng(0)


def keeping(fitness, size, rng, generations, candidates, parents):
    """Select among new candidates and the parents before them."""
    mean, kept = np.zeros(size), []
    for _ in range(generations):
        tried = kept + [rng.normal(mean, 1, size) for _ in range(candidates)]
        kept = sorted(tried, key=fitness)[-parents:]
        mean = np.mean(kept, axis=0)
    return mean


# Mistakes that are known, programmed in ways of their own.
OTHERWISE = [
    ("normalised", "`//` where `/`", lambda g, r, b: (g - r).sum() // (b - r).sum()),
    ("three-outcomes", "two names are given", lambda e, *_: shared(
        e, "cheese", "corner", "time"
    )),
    ("split-drop", "It should return two numbers", lambda b, a: (1j, 2 + 1j)),
    ("posterior", "Only differences", shifted_by(lambda nats: np.mean([*nats]))),
    ("posterior", "Only differences", shifted_by(min)),
    ("seed-interval", "spread equally", by_standard_error),
    ("seed-interval", "nearly the mean", lambda v, rng, n: np.round(
        RIGHT["seed-interval"](v, rng, n), 2
    )),
    ("select", "Draw from `rng`", lambda f, n, rng, *k: RIGHT["select"](
        f, n, np.random.default_rng(), *k
    )),
    ("select", "the same with every `rng`", lambda f, n, rng, *k: RIGHT["select"](
        f, n, np.random.default_rng(0), *k
    )),
    ("select", "their sum divided", select_by(
        lambda tried, k: [np.sum(tried[-k:], axis=0)]
    )),
    ("select", "drawn anew", keeping),
    ("own-mouse", "walks into the hole", lambda planes: RIGHT["own-mouse"](
        planes * np.array([1, 1, 0, 1])[:, None, None]
    )),
    ("own-mouse", "with no dice", lambda planes: DICE.integers(4)),
    ("own-mouse", "gives '0'; expected", lambda planes: "0"),
    ("expected-harm", "no gems", lambda d, g: d * g + (1 - d) * g / g),
    ("turns-at", "never turns", lambda s, a: next(
        x for x, seeds in zip(s, a, strict=True) if (seeds > 0.5).mean() > 0.5
    )),
    ("skill-worth", "It also changes the array", lambda c, e: (
        c.sort(), RIGHT["skill-worth"](c, e)
    )[1]),
    ("scalar-drop", "do not cut it off", lambda a, b: np.maximum(
        RIGHT["scalar-drop"](a, b), 0
    )),
    ("table-return", "no copy", lambda f, r, p, g: (p * r).sum(1)[0]),
    ("dearest-price", "return NaN", lambda b, a, m: (a - b) / m if m else None),
    ("count-apart", "exactly `wanted`", lambda e, a, w: (
        np.mean([w in x for x, k in zip(e, a, strict=True) if k]) if any(a) else np.nan
    )),
    ("level-regret", "its lead", lambda b, e: ((e - b).mean(), (e - b).max())),
    ("level-regret", "The mean is right", lambda b, e: [(b - e).mean(), max(e - b)]),
    ("level-regret", "a mean", lambda b, e: (sum(b - e), max(b - e))),
    ("level-regret", "which level", lambda b, e: ((b - e).mean(), (b - e).argmax())),
    ("level-regret", "keep the sign", lambda b, e: (
        np.mean(abs(b - e)), max(abs(b - e))
    )),
    ("level-regret", "2 places", lambda b, e: (
        round((b - e).mean(), 2), round((b - e).max(), 2)
    )),
    ("level-regret", "should return two numbers", lambda b, e: (b - e).max()),
    ("level-regret", "gives ('a', 'b')", lambda b, e: ("a", "b")),
    ("replay-odds", "place in that order", lambda s: by_rank(s, np.argsort(-s) + 1)),
    ("replay-odds", "place in that order", in_order_of_seen),
    ("replay-odds", "NaN is not a score", lambda s: by_rank(s, reversed_sort(s))),
    ("replay-odds", "not after", lambda s: by_rank(
        s, np.argsort(np.argsort(-s)) + 1, late=True
    )),
    ("replay-odds", "// leaves", lambda s: np.where(
        np.isnan(s), 0, 1 // (np.argsort(np.argsort(-s)) + 1) ** 2
    )),
    ("replay-odds", "a rank of 0", lambda s: by_rank(s, np.argsort(np.argsort(-s)))),
    ("meets-telling", "just one", lambda p, n: n * p * (1 - p) ** (n - 1)),
    ("dearest-price", "a price below 0", clipped),
    ("dearest-price", "A price per move", lambda b, a, m: a - b if m else np.nan),
    ("dearest-price", "are the other way", lambda b, a, m: (
        (b - a) / m if m else np.nan
    )),
    ("dearest-price", "not the other way", lambda b, a, m: (
        m / (a - b) if m else np.nan
    )),
    ("dearest-price", "1 place", lambda b, a, m: (
        round((a - b) / m, 1) if m else np.nan
    )),
    ("dearest-price", "'inf'", lambda b, a, m: (a - b) / m if m else "inf"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "words", "answer"), OTHERWISE)
def test_a_mistake_is_known_however_it_is_programmed(name, words, answer):
    verdict = rk.check(name, answer)
    assert verdict.status == "not yet"
    assert words in verdict.message


@pytest.mark.parametrize("wrong", [lambda s: s.max(), lambda s: "text", lambda s: [s]])
def test_a_shape_that_is_wrong_is_said_once(wrong):
    message = rk.check("replay-odds", wrong).message
    assert message.startswith("It should return 3 numbers, one for each level. `yours")
    assert message.count("should") == 1


def loops_of_odds(scores):
    odds = []
    for score in scores:
        better = sum(other > score for other in scores)
        odds.append(0 if score != score else 1 / (better + 1) ** 2)
    return [each / sum(odds) for each in odds]


RIGHT_TOO = [
    ("own-mouse", lambda planes: np.eye(4)[RIGHT["own-mouse"](planes)]),
    ("own-mouse", lambda planes: np.float32(RIGHT["own-mouse"](planes))),
    ("select", lambda f, n, rng, *k: [*RIGHT["select"](f, n, rng, *k)]),
    ("seed-interval", lambda v, rng, n: np.array(RIGHT["seed-interval"](v, rng, n))),
    ("same-scalar", lambda f, t: np.array([RIGHT["same-scalar"](f, t)])),
    ("level-regret", lambda b, e: (np.array((b - e).mean()), sorted(b - e)[-1])),
    ("replay-odds", loops_of_odds),
    ("meets-telling", lambda p, n: -np.expm1(n * np.log1p(-p))),
    ("dearest-price", lambda b, a, m: np.divide(a - b, m)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "answer"), RIGHT_TOO)
def test_what_is_right_is_right_however_it_is_programmed(name, answer):
    verdict = rk.check(name, answer)
    assert verdict, verdict


@pytest.mark.parametrize("name", NAMES)
def test_an_exercise_knows_three_mistakes_and_has_two_hints(name):
    assert len(wrong_answers(name)) >= 3
    assert len(EXERCISES[name].hints) >= 2


NUMBERS = [
    name
    for name, exercise in EXERCISES.items()
    if exercise.cases and exercise.read in (finite, number) and not exercise.judge
]


@pytest.mark.parametrize("name", NUMBERS)
def test_a_value_that_no_mistake_explains_is_shown(name):
    assert "0.123" in rk.check(name, lambda *given: 0.12345).message


SOLVED = {  # what gives a solution away
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
    "misgeneralises": "alignment.high < 0.5",
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
    "level-regret": "regret.max()",
    "replay-odds": "np.argsort(-scores[seen])",
    "meets-telling": "(1 - share) **",
    "dearest-price": "(after - before) /",
}


@pytest.mark.parametrize("name", NAMES)
def test_words_never_hold_the_answer(name):
    lines = map(str.strip, inspect.getsource(RIGHT[name]).splitlines())
    told = [line for line in lines if len(line) > 12] + [SOLVED.get(name, "\0")]
    said = [rk.check(name, wrong).message for wrong in wrong_answers(name).values()]
    for words in [*EXERCISES[name].hints, *EXERCISES[name].mistakes, *said]:
        assert not [line for line in told if line in words]


def test_solutions_are_folded_and_what_is_to_be_filled_in_is_not():
    root = Path(__file__).resolve().parents[2]
    for path in (root / "solutions").glob("*.ipynb"):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        to_fill = json.loads((root / "exercises" / path.name).read_text("utf-8"))
        assert not any("jupyter" in cell["metadata"] for cell in to_fill["cells"])
        for cell in cells:
            solved = "### BEGIN SOLUTION\n" in "\n".join(cell["source"])
            folded = cell["metadata"].get("jupyter", {}).get("source_hidden", False)
            assert solved == folded, (path.name, cell["id"])


@pytest.mark.parametrize("name", ["same-curve", "count-apart"])
def test_a_number_too_large_is_called_so(name):
    said = str(rk.check(name, lambda *given: 10**400))
    assert "A number in it is too large." in said


def test_a_share_that_is_always_0_is_not_laid_to_a_division():
    """Nor is one that is right where it is 1, as with `//`, laid to anything else."""

    def floored(ends, apart, wanted):
        return EXERCISES["count-apart"].reference(ends, apart, wanted) // 1

    for nothing in (lambda *given: 0, lambda *given: 0.0):
        message = rk.check("count-apart", nothing).message
        assert "//" not in message
        assert "gives 0" in message
        assert "expected 1" in message
    assert "is there a `//`" in rk.check("count-apart", floored).message
