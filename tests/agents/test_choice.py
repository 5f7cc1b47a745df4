"""Which levels are trained on: scores, choosing by them, and going on after."""

from __future__ import annotations

import numpy as np
import pytest
from sameness import assert_same_agent

import robustkit as rk
from robustkit import mdp
from robustkit.agents import choice, credit
from robustkit.agents.rows import Rows

QUICK = {"updates": 12, "levels": 6, "agents": 16, "pool": 64, "channels": 8}


@pytest.fixture(scope="module")
def small():
    return rk.make("cheese", size=7, layouts=8)


def scene(name, seed=0, agents=6, horizon=9, **options):
    """Return rows of six levels, a policy on them, and what came of its episodes."""
    world = rk.make(name, **options)
    levels = world.sample(6, seed=seed)
    rows, rng = Rows(levels), np.random.default_rng(seed)
    policy = rng.dirichlet(np.full(4, 0.3), len(rows))
    return rows, policy, credit.sampled_credit(rows, policy, rng, agents, horizon)


def asked(score, rows, policy, earned):
    """Return the scores of these levels, asked once."""
    replay = choice.Replay(rows.levels, score, 0.5)
    replay.tell(np.arange(len(rows.levels)), rows, policy, earned)
    return replay.score


# Scores


@pytest.mark.parametrize("name", ["cheese", "keys", "switch"])
def test_regret_is_that_of_the_tables(name, monkeypatch):
    monkeypatch.setattr(choice, "SETTLED", 1e-12)
    rows, policy, earned = scene(name, size=7)
    tables = rows.levels.tables()
    best = mdp.optimal_values(tables, tables.mixture("base"))[..., 0] * tables.scale[0]
    lost = best - mdp.evaluate(tables, rows.to_states(policy))[..., 0]
    vacant = rows.levels.vacant
    expected = [
        each[: vacant.shape[1]][v].mean() for each, v in zip(lost, vacant, strict=True)
    ]
    assert asked("regret", rows, policy, earned) == pytest.approx(expected, abs=1e-9)


def test_regret_as_it_is_swept_is_near_to_that(monkeypatch):
    rows, policy, earned = scene("cheese")
    quick = asked("regret", rows, policy, earned)
    monkeypatch.setattr(choice, "SETTLED", 1e-12)
    assert quick == pytest.approx(asked("regret", rows, policy, earned), abs=0.02)


def episodes_of(earned, rows):
    """Yield level, start, and [reward, loss] of every move of each episode."""
    played = earned.episodes()
    for level, episode in np.ndindex(played.start.shape):
        moves = [
            (played.reward[t, level, episode], played.loss[t, level, episode])
            for t in range(len(played.reward))
            if played.alive[t, level, episode]
        ]
        at = level, episode
        yield level, played.start[at], moves, played.value[at], played.last[at]


def test_episodes_tell_what_was_better_than_expected():
    rows, _, earned = scene("cheese")
    gamma = rows.levels.world.discount
    for _, _, moves, value, last in episodes_of(earned, rows):
        # Losses telescope: Σ γ^t (r + γ V' - V) = Σ γ^t r + γ^T V_T - V_0.
        gained = sum(
            gamma**t * (reward - loss) for t, (reward, loss) in enumerate(moves)
        )
        assert gained == pytest.approx(value - gamma ** len(moves) * last, abs=1e-9)


def test_positive_value_loss_is_the_mean_of_positive_generalised_advantages():
    rows, policy, earned = scene("cheese")
    keep, found = rows.levels.world.discount * choice.LAMBDA, {k: [] for k in range(6)}
    for level, _, moves, *_ in episodes_of(earned, rows):
        losses = [loss for _, loss in moves]
        for t in range(len(losses)):
            gae = sum(keep**k * loss for k, loss in enumerate(losses[t:]))
            found[level].append(max(gae, 0))
    expected = [np.mean(found[level]) for level in range(6)]
    assert asked("pvl", rows, policy, earned) == pytest.approx(expected)


def test_maximum_monte_carlo_remembers_the_best_return_from_a_cell():
    rows, policy, earned = scene("cheese")
    gamma, best, values = rows.levels.world.discount, {}, {k: [] for k in range(6)}
    for level, start, moves, value, last in episodes_of(earned, rows):
        gained = sum(gamma**t * reward for t, (reward, _) in enumerate(moves))
        gained += gamma ** len(moves) * last
        best[level, start] = max(best.get((level, start), -np.inf), gained)
        values[level].append((start, value))
    expected = [
        np.mean([best[level, start] - value for start, value in values[level]])
        for level in range(6)
    ]
    replay = choice.Replay(rows.levels, "maxmc", 0.5)
    replay.tell(np.arange(6), rows, policy, earned)
    assert replay.score == pytest.approx(expected)
    worse = credit.sampled_credit(
        rows, policy[:, [2, 3, 0, 1]], np.random.default_rng(9), 6, 9
    )
    before = replay.best.copy()
    replay.tell(np.arange(6), rows, policy, worse)
    assert (replay.best >= before).all()


# Choosing


def test_half_of_a_batch_are_levels_seen_before_and_none_of_these_twice(small):
    replay = choice.Replay(small.sample(40), "regret", 0.5)
    rng = np.random.default_rng(0)
    assert len(replay.choose(10, rng)) == 10
    replay.score[:20], replay.when[:20], replay.steps = np.arange(20), 1, 1
    for _ in range(50):
        again = replay.choose(10, rng)[5:]
        assert len(set(again)) == 5
        assert again.max() < 20


def test_levels_of_a_high_score_come_more_often_and_old_scores_are_asked_again(small):
    replay = choice.Replay(small.sample(40), "regret", 0.1)
    rng = np.random.default_rng(0)
    replay.score[:10] = [0.9, 0.5, *[0.1] * 8]
    replay.steps, replay.when[:10] = 100, [*[100] * 9, 1]
    drawn = np.bincount([replay.choose(10, rng)[-1] for _ in range(3000)], minlength=10)
    odds = 1 / np.arange(1.0, 11) ** choice.STEEP
    odds *= (1 - choice.STALE) / odds.sum()
    odds[9] += choice.STALE
    assert drawn[:10] / 3000 == pytest.approx(odds, abs=0.03)


@pytest.mark.parametrize("how", choice.CHOICES)
def test_same_seed_same_bytes_and_every_choice_gives_another_agent(small, how):
    options = {**QUICK, "choice": how, "diversity": 0.2}
    agent = rk.train("network", small, seed=3, **options)
    assert_same_agent(agent, rk.train("network", small, seed=3, **options))
    assert agent.settings["choice"] == how
    plain = rk.train("network", small, seed=3, **{**options, "choice": "uniform"})
    same = np.array_equal(agent.weights["output"], plain.weights["output"])
    assert same == (how == "uniform")


@pytest.mark.parametrize("how", ["pvl", "maxmc"])
def test_estimates_need_episodes(small, how):
    with pytest.raises(ValueError, match=f"choice='{how}' needs episodes.*'regret'"):
        rk.train("network", small, choice=how, credit="exact")
    rk.train("network", small, choice="regret", credit="exact", **QUICK)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"choice": "best"}, "choice='best' is not known; allowed: uniform, regret"),
        ({"replayed": 1.5}, "replayed=1.5 is out of range"),
        ({"after": 3}, "after=3 is not a network"),
        ({"after": {"name": 1}}, "after={'name': 1} is not a network"),
        ({"after": np.zeros(3)}, "after=array.* is not a network"),
        ({"replayed": -1}, "replayed=-1 is out of range.*from 0 to 1\\."),
        ({"diversity": 2}, "diversity=2 is out of range.*from 0 to 1\\."),
    ],
)
def test_what_is_refused(small, wrong, said):
    with pytest.raises(ValueError, match=said):
        rk.train("network", small, **wrong)


def test_words_among_settings_are_pythons_own(small):
    asked = np.array(["regret"])[0]
    agent = rk.train("network", small, choice=asked, **QUICK | {"updates": 1})
    assert type(agent.settings["choice"]) is str


def test_only_networks_choose(small):
    for recipe in ("searcher", "memoriser"):
        with pytest.raises(ValueError, match="option='choice' is not known"):
            rk.train(recipe, small, choice="regret")
        with pytest.raises(ValueError, match="allowed: with 'network'"):
            rk.train(recipe, small, after=rk.plan(small, "base"))


# Going on after a network


def test_training_goes_on_from_the_weights_of_a_network(small):
    first = rk.train("network", small, **QUICK)
    options = {**QUICK, "rate": 1e-9, "updates": 1}
    same = rk.train("network", small, seed=4, after=first, **options)
    for name, array in first.weights.items():
        assert same.weights[name] == pytest.approx(array, abs=1e-6)
    assert same.name == "network 0, retrained"
    assert rk.train("network", small, after=same, **options).name == same.name
    assert same.settings["after"]["name"] == "network 0"
    assert same.settings["after"]["settings"] == first.settings


def test_a_retrained_network_is_kept_apart_from_others(small, tmp_path, monkeypatch):
    monkeypatch.setenv("ROBUSTKIT_AGENTS", str(tmp_path))
    one, two = rk.train("network", small, seeds=[0, 1], **QUICK)
    after = [rk.train("network", small, seed=5, after=x, **QUICK) for x in (one, two)]
    assert len(list(tmp_path.iterdir())) == 4
    again = rk.train("network", small, seed=5, after=two, **QUICK)
    assert_same_agent(again, after[1])
    assert not np.array_equal(after[0].weights["output"], again.weights["output"])


def test_a_retrained_network_is_saved_and_loaded(small, tmp_path):
    first = rk.train("network", small, **QUICK)
    later = rk.train("network", small, after=first, choice="regret", **QUICK)
    back = rk.load(rk.save(later, tmp_path / "later.npz"))
    assert_same_agent(back, later)


def test_layers_are_those_of_the_network_before(small):
    first = rk.train("network", small, **QUICK)
    with pytest.raises(ValueError, match=r"channels=16 is not possible after.*: 8"):
        rk.train("network", small, after=first, **{**QUICK, "channels": 16})
    several = {**QUICK, "channels": np.array([8, 16])}
    with pytest.raises(ValueError, match=r"channels=array.* is not possible"):
        rk.train("network", small, after=first, **several)
    plain = {name: value for name, value in QUICK.items() if name != "channels"}
    assert rk.train("network", small, after=first, **plain).settings["channels"] == 8


def test_a_network_of_another_world_is_no_beginning(small):
    first = rk.train("network", rk.make("dish", size=7, layouts=8), **QUICK)
    with pytest.raises(ValueError, match=r"after is of Dish.*allowed here: Cheese"):
        rk.train("network", small, after=first)
    with pytest.raises(ValueError, match="seeds alone"):
        rk.train(
            "network", small, seeds=[0, 1], after=rk.train("network", small, **QUICK)
        )


def test_going_on_may_be_in_other_levels_of_the_world(small):
    narrow = rk.make("cheese", size=7, layouts=1)
    first = rk.train("network", narrow, **QUICK)
    stages = rk.train("network", small, after=first, snapshots=[1, 5], **QUICK)
    assert [s.settings["stage"] for s in stages] == [1, 5]
    assert stages[0].world == small
