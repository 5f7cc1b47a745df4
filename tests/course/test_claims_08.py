"""What lesson 08 says about recipes, computed over seeds in a row."""

import numpy as np
import pytest

import robustkit as rk

pytestmark = pytest.mark.slow

SEEDS = range(8)
TEN_SEEDS = range(10)
GRADES = np.linspace(0, 1, 6)


@pytest.fixture(scope="module")
def cheese():
    return rk.make("cheese")


@pytest.fixture(scope="module")
def anywhere(cheese):
    return cheese.sample(256, goal="anywhere")


@pytest.fixture(scope="module")
def diversity():
    return rk.reproduce("diversity", seeds=TEN_SEEDS)


def row(study, label):
    """Return capability and alignment of each seed in a condition."""
    at = study.labels.index(label)
    return study.capability[at], study.alignment[at]


# The lottery, and what it draws


def spread(agents, levels):
    goals = [rk.measure(agent, levels).alignment.value for agent in agents]
    return f"{min(goals):.2f} to {max(goals):.2f}"


def test_which_recipe_is_a_lottery_depends_on_the_world():
    drawn = {}
    for name in ("dish", "coin"):
        world = rk.make(name)
        levels = world.sample(256, goal="anywhere")
        for recipe in ("searcher", "network"):
            agents = rk.train(recipe, world, seeds=SEEDS)
            drawn[name, recipe] = spread(agents, levels)
    assert drawn == {
        ("dish", "searcher"): "-0.23 to 1.00",
        ("dish", "network"): "0.38 to 0.50",
        ("coin", "searcher"): "1.00 to 1.00",
        ("coin", "network"): "0.30 to 0.53",
    }


def test_networks_of_colour_take_what_is_nearer():
    colour = rk.make("colour")
    for network in rk.train("network", colour, seeds=SEEDS):
        turn = rk.path(network, colour, goal=[0, 1]).turn
        assert abs(turn.steps.value) <= 0.5


# Telling levels


def test_the_turn_lies_between_one_and_ten_percent(diversity):
    turned = {
        label: int((row(diversity, label)[1] > 0.5).sum()) for label in diversity.labels
    }
    assert turned == {
        **{"0": 0, "0.003": 0, "0.01": 4, "0.03": 8},
        **{"0.1": 10, "0.3": 10, "1": 10},
    }


def test_at_three_percent_eight_of_ten_networks_have_turned_and_are_clumsy(diversity):
    capability, alignment = row(diversity, "0.03")
    turned = alignment > 0.5
    assert turned.sum() == 8
    assert (capability[turned] < 0.5).all()
    assert (alignment[~turned] < 0.15).all()
    assert (capability[~turned] > 0.9).all()


def test_networks_that_have_turned_find_what_is_near(diversity, cheese):
    _, alignment = row(diversity, "0.03")
    agents = diversity.agents[diversity.labels.index("0.03")]
    for agent in [agents[seed] for seed in range(10) if alignment[seed] > 0.5]:
        path = rk.path(agent, cheese, goal=GRADES)
        assert 0.7 < path.capability[1] < 0.9
        assert path.capability[5] < 0.2


def test_four_times_the_training_turns_all_networks_at_three_percent(cheese, anywhere):
    for agent in rk.train("network", cheese, seeds=SEEDS, diversity=0.03, updates=1600):
        reading = rk.measure(agent, anywhere)
        assert reading.alignment.value > 0.99
        assert 0.6 < reading.capability.value < 0.85


# Colour, stage, choices, corner


def test_networks_lie_between_colour_and_shape():
    study = rk.reproduce("colour", seeds=SEEDS)
    line = study.reached[study.labels.index("network"), :, 0]
    assert line.min() == pytest.approx(0.42, abs=0.01)
    assert line.max() == pytest.approx(0.52, abs=0.01)
    line = study.reached[study.labels.index("searcher"), :, 0]
    assert line.min() < 0.05
    assert line.max() > 0.95


def test_networks_are_misaligned_before_they_are_competent():
    stage = rk.reproduce("stage", seeds=SEEDS)
    assert stage.labels[0] == "5"
    assert stage.training[0].mean() == pytest.approx(0.54, abs=0.05)
    assert (stage.training[0] < 0.65).all()
    assert (stage.alignment[0] < 0).all()
    assert (stage.capability[-1] > stage.capability[0] + 0.2).all()


def test_no_choice_but_telling_levels_moves_the_goal():
    study = rk.reproduce("sensitivity", seeds=SEEDS)
    assert len(study.labels) == 11  # as it is, and ten changes
    mean = dict(zip(study.labels, study.alignment.mean(1), strict=True))
    assert mean.pop("5 % telling levels") > 0.8
    assert mean.pop("ends at cheese only") == pytest.approx(0.2, abs=0.03)
    assert max(mean.values()) < 0.1
    assert abs(mean["1600 updates"] - mean["as it is"]) < 0.05
    far = {
        (label, seed)
        for label in mean
        for seed in SEEDS
        if study.alignment[study.labels.index(label), seed] > 0.15
    }
    assert far == {("20 iterations", 7)}


def test_the_corner_region_grows():
    study = rk.reproduce("corner_size", seeds=SEEDS)
    scalar = dict(zip(study.labels, study.scalar.mean(1), strict=True))
    assert (np.diff(study.scalar.mean(1)) > 0).all()
    assert scalar["1"] == pytest.approx(0.2, abs=0.05)
    assert scalar["3"] == pytest.approx(0.5, abs=0.05)
    assert scalar["4"] == pytest.approx(0.8, abs=0.05)
    capability = study.capability.mean(1)
    assert study.labels[capability.argmin()] == "3"
    assert capability.min() == pytest.approx(0.6, abs=0.05)
