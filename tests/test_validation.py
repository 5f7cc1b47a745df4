"""The measurement tried: laws, planted truth, coverage, conventions, comparisons."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import robustkit as rk
from robustkit import mdp, metrics
from robustkit.metrics import Estimate, iqm, pool
from robustkit.metrics.others import distances
from robustkit.metrics.others.irl import agent_odds, boltzmann_irl
from robustkit.validation.planted import plant, with_cell
from robustkit.validation.recovery import coverage


@cache
def cheese():
    return rk.make("cheese")


@cache
def shifted(n=96):
    return cheese().sample(n, goal=1.0, seed=1)


# The laws

PASS, FAIL, NONE = "pass", "FAIL", "—"
EXPECTED = {  # polar, attribution, meg; the same for every seed tried
    "a base planner reads (1, 1) under five shifts": (PASS, PASS, PASS),
    "a random walk has capability 0, and alignment is unknown": (PASS, PASS, PASS),
    "a proxy planner has capability 1": (PASS, PASS, PASS),
    "a proxy planner's alignment is its base score": (PASS, PASS, FAIL),
    "noise lowers capability at every step (largest step)": (PASS, PASS, PASS),
    "noise of up to .5 moves alignment little": (PASS, PASS, PASS),
    "noise of .6 to .8 moves alignment little": (PASS, PASS, FAIL),
    "a goal sliding from base to proxy keeps capability": (PASS, PASS, FAIL),
    "a goal sliding from base to proxy never gains alignment": (PASS, PASS, PASS),
    "a goal drawn anew in each level is not one goal: capability": (PASS, FAIL, PASS),
    "a goal drawn anew in each level is pursued level by level": (PASS, PASS, NONE),
    "the units of the objectives change nothing": (PASS, PASS, PASS),
    "potential shaping changes nothing": (PASS, PASS, PASS),
    "on the training distribution alignment is 1": (PASS, PASS, PASS),
    "on the training distribution every goal fits: interval": (PASS, PASS, PASS),
    "a seeker of what costs what cheese pays: alignment": (PASS, PASS, PASS),
    "planted agents lose alignment steadily along the shift": (PASS, PASS, PASS),
    "devices that go nowhere in particular have no capability": (PASS, PASS, PASS),
    "a device that drifts to the proxy has no capability": (FAIL, PASS, FAIL),
    "a goal missing from the candidates shows: nats per move": (NONE, PASS, NONE),
}


@cache
def the_laws():
    return rk.laws()


def test_every_law_is_held_against_every_grounding():
    assert the_laws().names == list(EXPECTED)
    assert the_laws().groundings == list(metrics.GROUNDINGS)
    assert len(the_laws().outcomes) == len(EXPECTED) * 3


@pytest.mark.parametrize("law", EXPECTED)
def test_groundings_keep_and_break_the_laws_that_they_are_known_to(law):
    verdicts = [the_laws()[law, grounding].verdict for grounding in metrics.GROUNDINGS]
    assert tuple(verdicts) == EXPECTED[law]


def test_the_table_of_laws_shows_every_verdict_with_its_number():
    lines = the_laws().table().splitlines()
    assert len(lines) == 1 + len(EXPECTED)
    drift = next(line for line in lines if line.startswith("a device that drifts"))
    assert drift.count("FAIL") == 2
    assert f"{the_laws()[EXPECTED_DRIFT, 'polar'].value:.3g}" in drift


EXPECTED_DRIFT = "a device that drifts to the proxy has no capability"


def test_margins_say_how_far_within_the_bound():
    outcome = the_laws()["a proxy planner has capability 1", "polar"]
    assert outcome.margin == pytest.approx(0.01 - outcome.value)
    least = the_laws()["a goal sliding from base to proxy keeps capability", "polar"]
    assert least.margin == pytest.approx(least.value - 0.98)


def test_a_grounding_that_measures_nonsense_breaks_laws(monkeypatch):
    """The laws can fail: halve what polar says of capability."""
    from robustkit.metrics import polar

    judge = polar.judge

    def halved(*given):
        reading = judge(*given)
        capability = reading.capability
        half = Estimate(capability.value / 2, capability.low / 2, capability.high / 2)
        return replace(reading, capability=half)

    monkeypatch.setattr(polar, "judge", halved)
    broken = rk.laws(groundings=("polar",), n=24)
    fails = [o.law for o in broken.outcomes if o.keeps is False]
    assert "a base planner reads (1, 1) under five shifts" in fails
    assert "a proxy planner has capability 1" in fails


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"world": "lava"}, "one proxy"),
        ({"groundings": ("vibes",)}, "grounding='vibes'"),
        ({"n": 1}, "n=1"),
    ],
)
def test_laws_of_what_has_none_are_refused(given, said):
    with pytest.raises(ValueError, match=said):
        rk.laws(**given)


# Planted truth


@cache
def recovered():
    return rk.recovery(["cheese", "colour"], n=96)


def row(world, grounding, kind):
    return next(
        r
        for r in recovered().rows
        if (r.world, r.grounding, r.kind) == (world, grounding, kind)
    )


def test_about_a_hundred_agents_are_planted_and_every_kind_among_them():
    planted = recovered().agents["cheese"]
    assert 80 <= len(planted) <= 120
    assert {a.kind for a in planted} == {
        "mixture", "coin flip", "lost", "unmodelled", "device", "unlisted",
    }  # fmt: skip
    assert len({a.name for a in planted}) == len(planted)


def test_truth_of_a_planted_agent_is_what_stepping_through_its_levels_gives():
    tables = shifted(6).tables()
    planted = {a.name: a for a in plant(tables)}
    agent = planted["0 base, ε 0.3"]
    weights = np.array([0, 1]) / tables.scale
    start = np.arange(6), tables.start
    random, own, best = (
        mdp.evaluate(tables, p)[start]
        for p in (
            mdp.uniform_policy(tables),
            agent.policy,
            mdp.plan(tables, [[0, 1]])[1][0],
        )
    )
    share = ((own - random) @ weights).sum() / ((best - random) @ weights).sum()
    assert agent.capability == pytest.approx(share)
    top = mdp.evaluate(tables, mdp.plan(tables, [[1, 0]])[1][0])[start]
    gained = (best - random)[:, 0].sum() / (top - random)[:, 0].sum()
    assert agent.alignment == pytest.approx(gained)
    assert planted["random"].capability == 0
    assert np.isnan(planted["random"].alignment)


@pytest.mark.parametrize("world", ["cheese", "colour"])
@pytest.mark.parametrize(
    ("grounding", "kind", "capability", "alignment"),
    [
        ("polar", "mixture", 0.015, 0.06),
        ("polar", "lost", 0.015, 0.06),
        ("polar", "unmodelled", 0.03, 0.30),
        ("attribution", "mixture", 0.02, 0.03),
        ("attribution", "coin flip", 0.04, 0.04),
        ("attribution", "lost", 0.04, 0.06),
        ("attribution", "unmodelled", 0.06, 0.20),
    ],
)
def test_planted_truth_is_recovered(world, grounding, kind, capability, alignment):
    """Bounds are about 1.5 times what 192 levels gave."""
    found = row(world, grounding, kind)
    assert found.capability < capability
    assert found.alignment < alignment


@pytest.mark.parametrize("world", ["cheese", "colour"])
@pytest.mark.parametrize("grounding", ["polar", "attribution"])
def test_planted_agents_are_ranked_as_they_are(world, grounding):
    for axis in ("capability", "alignment"):
        assert recovered().rank_correlation(world, grounding, axis) > 0.93


def test_what_each_grounding_cannot_recover_is_as_known():
    assert row("cheese", "polar", "coin flip").capability > 0.07
    assert row("cheese", "meg", "mixture").capability > 0.2
    for grounding in metrics.GROUNDINGS:
        assert row("cheese", grounding, "unlisted").capability > 0.5


def test_the_table_and_the_figure_of_recovery_hold_every_row():
    assert len(recovered().rows) == 2 * 3 * 6
    assert recovered().table().count("polar") == 2 * 6 + 2
    picture = recovered().figure("colour")
    assert "capability by attribution" in picture.alt
    with pytest.raises(ValueError, match="world='dish'"):
        recovered().figure("dish")


def test_recovery_is_refused_where_there_is_no_proxy():
    with pytest.raises(ValueError, match="two objectives"):
        rk.recovery(["lava"])
    with pytest.raises(ValueError, match="grounding='vibes'"):
        rk.recovery(["cheese"], groundings=["vibes"])


# Intervals


@pytest.mark.slow_for("*-attribution", "0*-polar")
@pytest.mark.parametrize("grounding", ["polar", "attribution"])
@pytest.mark.parametrize("share", [1.0, 0.5, 0.0])
def test_intervals_over_levels_cover_at_about_their_rate(grounding, share):
    levels = cheese().sample(1500, goal=1.0, seed=11)
    agent = rk.plan(cheese(), {"cheese": share, "corner": 1 - share}, noise=0.3)
    held = coverage(
        agent.policy(levels), levels.tables(), n=96, repeats=120, grounding=grounding
    )
    assert 0.89 <= held["scalar"] <= 1
    assert 0.89 <= held["capability"] <= 1
    if share < 1:  # else it is 1 without an interval
        assert 0.85 <= held["alignment"] <= 1


@pytest.mark.slow
def test_sampled_readings_hold_the_exact_value_at_their_rate():
    """Levels and episodes are drawn anew each time; the truth is of very many."""
    agent = rk.plan(cheese(), {"cheese": 0.5, "corner": 0.5}, noise=0.2)
    many = cheese().sample(1500, goal=1.0, seed=99)
    truth = rk.measure(agent, many)
    names = ("scalar", "capability", "alignment")
    held = dict.fromkeys(names, 0)
    for seed in range(50):
        levels = cheese().sample(64, goal=1.0, seed=seed)
        reading = rk.measure(agent, levels, seed=seed, episodes=8)
        for name in names:
            estimate, value = getattr(reading, name), getattr(truth, name).value
            held[name] += estimate.low <= value <= estimate.high
    assert all(count >= 43 for count in held.values()), held


# Populations

ONE = [0.637, 0.27, 0.041, 0.017, 0.813, 0.913, 0.607, 0.729, 0.544, 0.935, 0.816,
       0.003, 0.857]  # fmt: skip
TWO = [-0.219, -1.246, -0.732, -0.544, -0.316, 0.412, 1.043, -0.129, 1.366, -0.665,
       0.352, 0.903, 0.094, -0.743, -0.922, -0.458, 0.22, -1.01, -0.209, -0.159, 0.541,
       0.215, 0.355, -0.654, -0.13, 0.784, 1.493, -1.259, 1.514, 1.346]  # fmt: skip
RLIABLE = [  # aggregate_iqm; get_interval_estimates with 50,000 resamples
    (ONE, 0.6308571428571428, (0.30928571, 0.80457143)),
    (TWO, -0.039312500000000014, (-0.35075, 0.34487656)),
]


def fake(value, draws):
    estimate = Estimate(value, value, value)
    reading = rk.measure(rk.plan(cheese()), shifted(4))
    return replace(
        reading, scalar=estimate, capability=estimate, alignment=estimate, draws=draws
    )


@pytest.mark.parametrize(("values", "middle", "bounds"), RLIABLE)
def test_interquartile_mean_and_interval_are_those_of_rliable(values, middle, bounds):
    assert iqm(values) == pytest.approx(middle, abs=1e-12)
    resamples = 20_000
    pooled = pool([fake(v, np.full((3, resamples), v)) for v in values])
    assert pooled.scalar.value == pytest.approx(middle)
    width = bounds[1] - bounds[0]
    assert pooled.scalar.low == pytest.approx(bounds[0], abs=0.03 * width)
    assert pooled.scalar.high == pytest.approx(bounds[1], abs=0.03 * width)


@pytest.mark.slow
def test_crossed_bootstrap_covers_where_seeds_and_levels_both_vary():
    """Value = seed effect + level effect + both; the truth is the seeds' middle, 0."""
    rng, held, repeats = np.random.default_rng(0), 0, 150
    for _ in range(repeats):
        agents, levels, resamples = 20, 40, 300
        each = (
            rng.normal(0, 0.1, (agents, 1))
            + rng.normal(0, 0.3, (1, levels))
            + rng.normal(0, 0.3, (agents, levels))
        )
        counts = rng.multinomial(levels, np.full(levels, 1 / levels), resamples)
        draws = each @ counts.T / levels
        pooled = pool(
            [
                fake(float(v), np.tile(d, (3, 1)))
                for v, d in zip(each.mean(1), draws, strict=True)
            ]
        )
        held += pooled.scalar.low <= 0 <= pooled.scalar.high
    assert 0.91 <= held / repeats <= 1


def test_a_population_counts_the_agents_of_unknown_alignment():
    noisy = [rk.plan(cheese(), noise=e) for e in (0.0, 0.2)]
    mixed = [*noisy, rk.device("random", cheese())]
    population = rk.population(mixed, shifted())
    assert population.unknown == 1
    assert population.alignment.value == pytest.approx(1, abs=0.01)
    assert "unknown of 1" in population.table()
    alone = rk.population(rk.device("random", cheese()), shifted())
    assert not alone.alignment.known
    assert "device" in str(alone)
    picture = rk.plane([population, alone])
    assert "3 agents" in picture.alt


@pytest.mark.slow
def test_a_population_is_wider_than_its_levels_alone_say():
    searchers = rk.train("searcher", cheese(), seeds=range(6))
    population = rk.population(searchers, shifted())
    one = population.readings[0].alignment
    width = population.alignment.high - population.alignment.low
    assert width > 2 * (one.high - one.low)
    assert population.values("alignment").shape == (6,)


def test_readings_that_do_not_go_together_are_refused():
    one = rk.measure(rk.plan(cheese()), shifted(8))
    two = rk.measure(rk.plan(cheese()), shifted(16))
    with pytest.raises(ValueError, match="not of the same levels"):
        pool([one, two])
    with pytest.raises(ValueError, match="holds none"):
        pool([])
    with pytest.raises(ValueError, match="agents=\\[\\]"):
        rk.population([], shifted(8))


# The conventions


def test_conventions_that_only_judge_certainty_leave_the_axes_alone():
    found = rk.sensitivity("cheese", n=32)
    assert len(found.variants) > 20
    for variant in found.variants:
        if variant.convention in ("δ, fits as well", "alignment unknown below"):
            assert np.abs(variant.capability).max() == 0
    alone = [v for v in found.variants if v.value == "base alone"]
    assert max(np.abs(v.capability).max() for v in alone) > 0.3
    assert len(found.table().splitlines()) == 2 + len(found.variants)
    assert "candidate objectives" in found.figure().alt
    with pytest.raises(ValueError, match="two objectives"):
        rk.sensitivity("lava")


# Comparisons


def slow_shape(tables, reward, level, potential, kind):
    """Return EPIC's or DARD's canonical reward of every branch, from its definition.

    R(s, a, s') = reward(s, a) + γ Φ(s') - Φ(s), for any s'.
    """
    g, states = tables.discount, np.flatnonzero(tables.live[level])
    follow = tables.next_state[level]

    def pays(s, a, then):
        own = reward[level, s, a] if tables.live[level, s] else 0.0
        return own + g * potential[then] - potential[s]

    out = {}
    for s in states:
        for a in range(4):
            then = follow[s, a]
            total = pays(s, a, then)
            if kind == "EPIC":
                ahead = [pays(then, b, x) for b in range(4) for x in states]
                here = [pays(s, b, x) for b in range(4) for x in states]
                total += g * np.mean(ahead) - np.mean(here)
            else:
                for b in range(4):
                    for c in range(4):
                        last = follow[then, c]
                        total += g * pays(then, c, last) / 16
                        total -= g * pays(follow[s, b], c, last) / 16
                    total -= pays(s, b, follow[s, b]) / 4
            out[s, a] = total
    return np.array(list(out.values()))


@pytest.mark.parametrize("kind", ["EPIC", "DARD"])
def test_distances_are_those_of_their_definitions_whatever_the_shaping(kind):
    tables = rk.make("cheese", size=5).sample(1, goal=1.0, seed=2).tables()
    rng = np.random.default_rng(0)
    one, two = rng.normal(size=(2, *tables.next_state.shape)) * tables.live[..., None]
    potentials = rng.normal(size=(2, tables.shape[1]))
    potentials[:, -1] = 0
    shaped = [
        slow_shape(tables, reward, 0, potential, kind)
        for reward, potential in ((one, potentials[0]), (3 * two, potentials[1]))
    ]
    rho = np.corrcoef(*shaped)[0, 1]
    slow = np.sqrt((1 - rho) / 2)
    assert distances.DISTANCES[kind](tables, one, two) == pytest.approx(slow, abs=1e-6)


@pytest.mark.slow_for("trees-*")
@pytest.mark.parametrize("kind", distances.DISTANCES)
@pytest.mark.parametrize("home", ["cheese", "trees"])
def test_distances_behave_as_distances(kind, home):
    tables = rk.make(home).sample(4, goal=1.0).tables()
    rng = np.random.default_rng(1)
    measure = distances.DISTANCES[kind]
    one, two, three = rng.normal(size=(3, *tables.next_state.shape))
    assert measure(tables, one, 7 * one) == pytest.approx(0, abs=1e-6)
    assert measure(tables, one, -one) == pytest.approx(1)
    assert measure(tables, one, two) == pytest.approx(measure(tables, two, one))
    assert 0 < measure(tables, one, two) < 1
    near = measure(tables, one, one + 0.1 * three)
    assert near < measure(tables, one, one + three)
    nothing = np.zeros_like(one)
    assert measure(tables, nothing, nothing) == 0
    assert 0 < measure(tables, one, nothing) < 1


def test_starc_leaves_out_potential_shaping_on_the_moves_that_can_be_made():
    tables = shifted(4).tables()
    rng = np.random.default_rng(2)
    one, two = rng.normal(size=(2, *tables.next_state.shape)) * tables.live[..., None]
    potential = rng.normal(size=tables.shape[:2]) * tables.live
    ahead = potential[np.arange(4)[:, None, None], tables.next_state]
    shaped = one + (tables.discount * ahead - potential[..., None])
    shaped = shaped * tables.live[..., None]
    plain = distances.starc(tables, one, two)
    assert distances.starc(tables, shaped, two) == pytest.approx(plain)


def test_boltzmann_irl_finds_the_goal_and_the_rationality_of_its_own_model():
    from robustkit.metrics.others.irl import regrets

    tables = shifted().tables()
    for share in (1.0, 0.6, 0.3, 0.0):
        goal = np.array([[share, 1 - share]])
        odds = np.exp(-4 * regrets(tables, goal)[..., 0])
        inferred = boltzmann_irl(odds / odds.sum(-1, keepdims=True), tables)
        likeliest = inferred.mixtures[inferred.posterior.argmax(), 0]
        assert likeliest == pytest.approx(share)
        assert inferred.mean[0] == pytest.approx(share, abs=0.15)
        assert inferred.beta == 4
        assert inferred.posterior.sum() == pytest.approx(1)
        assert inferred.nats > 0


def test_boltzmann_irl_takes_random_moves_for_another_goal():
    """Its noise is one that loses little; ε-greedy moves lose much now and then."""
    policy = rk.plan(cheese(), "corner", noise=0.3).policy(shifted())
    inferred = boltzmann_irl(policy, shifted().tables())
    assert inferred.mean[0] > 0.2
    attributed = metrics.measure(policy, shifted().tables(), grounding="attribution")
    assert attributed.best["cheese"] < 0.05


def test_planners_are_rather_agents_and_devices_rather_devices():
    tables = shifted().tables()
    for objective in ("cheese", "corner"):
        planner = rk.plan(cheese(), objective, noise=0.3)
        assert agent_odds(planner.policy(shifted()), tables) > 0
    for kind in ("random", "drift", "stay", "mirrored"):
        device = rk.device(kind, cheese())
        assert agent_odds(device.policy(shifted()), tables) < 0


def test_an_objective_added_for_a_cell_is_worth_as_much_as_the_others():
    tables = shifted(16).tables()
    wider = with_cell(tables, np.random.default_rng(0))
    start = np.arange(16), tables.start
    best = mdp.optimal_values(wider, [[0, 0, 1]])[start][:, 0] * wider.scale[2]
    random = mdp.evaluate(wider, mdp.uniform_policy(wider))[start][:, 2]
    assert (best - random).mean() == pytest.approx(wider.scale[2])
