"""Remedies as arrows from a plain network, found and recorded."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

import robustkit as rk
from robustkit.agents.cautious import Cautious
from robustkit.studies import remedies, remedies_data
from robustkit.studies.remedies import REMEDIES

SMALL = rk.make("cheese", size=7, layouts=8)
UPDATES = remedies.RETRAINED["updates"]  # as they are, without `_quick`
AXES = "scalar", "capability", "alignment", "regret", "tenth"


@pytest.fixture(scope="module", autouse=True)
def _quick():
    """A network of a few updates, on a few levels; it is alone: no worker starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(remedies.PLAIN, "cheese", {"updates": 8})
        patch.setattr(remedies, "LEVELS", 16)
        patch.setitem(remedies.RETRAINED, "updates", 4)
        yield


@cache
def plain():
    return rk.train("network", SMALL, seeds=[0], updates=8)


@cache
def found():
    return rk.remedies(SMALL, seeds=1)


def settings(name):
    """Return what distinguishes an agent after a remedy from the one before."""
    before, after = plain()[0].settings, made(name)[0].settings
    return {k: v for k, v in after.items() if before.get(k) != v and k != "after"}


@cache
def made(name):
    return remedies.remedied(name, plain())


def test_each_remedy_changes_what_it_says_and_nothing_else():
    assert settings("3% telling") == {"diversity": 0.03}
    assert settings("10% telling") == {"diversity": 0.1}
    by = {name: settings(f"3% by {name}") for name in ("regret", "maxmc")}
    assert by == {k: {"diversity": 0.03, "choice": k} for k in by}
    assert settings("trained longer") == {"updates": 32}
    assert settings("bigger") == {"channels": 32}
    assert settings("no place cue") == {"place": False}
    assert settings("retrained") == {"diversity": 1.0, "updates": 4}


def test_a_retrained_network_goes_on_from_the_plain_one_of_its_seed():
    before = [rk.train("network", SMALL, seed, updates=2) for seed in (1, 0)]
    after = remedies.remedied("retrained", before)
    assert [a.settings["after"]["name"] for a in after] == ["network 1", "network 0"]
    assert [a.settings["seed"] for a in after] == [1, 0]


@pytest.mark.parametrize(("name", "then"), list(remedies.UNSURE.items()))
def test_what_is_unsure_hands_over_and_is_the_plain_network_besides(name, then):
    agents = made(name)
    assert all(isinstance(agent, Cautious) for agent in agents)
    assert {agent.settings["then"] for agent in agents} == {then}
    assert [agent.agent for agent in agents] == plain()


@pytest.mark.parametrize("name", REMEDIES)
def test_agents_are_called_after_the_plain_network_and_the_remedy(name):
    assert [agent.name for agent in made(name)] == [f"network 0, {name}"]


def test_there_is_an_arrow_for_each_remedy_from_the_same_networks():
    arrows = found()["cheese"]
    assert tuple(arrows) == REMEDIES
    before = {str(arrow.at().scalar.before) for arrow in arrows.values()}
    assert len(before) == 1
    alone = rk.arrow(plain(), made("retrained"), n=16)
    assert alone.at().alignment == arrows["retrained"].at().alignment


def test_telling_levels_that_training_had_are_counted():
    """Of a pool of 4,096, or of the 12 levels of each update."""
    telling = found().telling["cheese"]
    assert telling["3% telling"] == round(0.03 * 8 * 12)
    assert telling["retrained"] == 4 * 12
    longer = rk.train("network", SMALL, updates=1, diversity=0.5, pool=6)
    assert remedies.telling_levels(longer) == 3
    none = {"trained longer", "bigger", "no place cue", *remedies.UNSURE}
    assert {name for name, count in telling.items() if not count} == none


def test_only_those_that_are_asked_for_are_made():
    assert list(rk.remedies(which=["bigger"])["dish"]) == ["bigger"]
    one = rk.remedies(SMALL, 1, ["asks when unsure"])
    assert one["cheese"]["asks when unsure"].agents == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"world": rk.make("lava", size=7)}, "no goal shift"),
        ({"world": rk.make("monsters", size=7)}, "can be listed"),
        ({"world": "cheese"}, "world='cheese' is not a world"),
        ({"world": rk.make("cheese", size=7), "seeds": 0}, "seeds=0 is not possible"),
        ({"seeds": 3}, "seeds=3 is not possible without a world"),
        ({"which": ["biggr"]}, "which='biggr' .* Did you mean 'bigger'"),
        ({"which": "bigger"}, "which='bigger' is not possible; allowed: a list"),
        ({"which": []}, r"which=\[\] is not possible"),
        ({"which": 3}, "which=3 is not possible"),
        ({"which": list}, "which=<class 'list'> is not possible"),
        ({"which": ["bigger", "bigger"]}, "allowed: at least one, none twice"),
    ],
)
def test_what_cannot_be_remedied_is_refused_in_words(given, said):
    with pytest.raises(ValueError, match=said):
        rk.remedies(**given)
    with pytest.raises(ValueError, match="world='coin' is not known"):
        found()["coin"]


def test_an_interrupted_training_ends_all_and_is_not_another_study(monkeypatch):
    """Else a remedy would be compared with fewer networks than were asked for."""

    def some(recipe, world, seeds, **options):
        return rk.train(recipe, world, seeds=[0], updates=1)

    monkeypatch.setattr("robustkit.studies.remedies.train", some)
    with pytest.raises(KeyboardInterrupt):
        rk.remedies(rk.make("cheese", size=7), seeds=2, which=["bigger"])


# What is recorded


def same(one, other, atol):
    """Assert that two moves agree in all numbers."""
    for axis in AXES:
        for end in ("before", "after", "change"):
            pair = (vars(getattr(getattr(m, axis), end)).values() for m in (one, other))
            np.testing.assert_allclose(*map(list, pair), atol=atol, err_msg=axis)
    np.testing.assert_allclose(one.each, other.each, atol=atol)
    assert one.unknown == other.unknown


def test_what_is_written_is_read_again(tmp_path, monkeypatch):
    path = tmp_path / "remedies.json"
    path.write_text(json.dumps(remedies_data.plain_data(found())))
    monkeypatch.setattr(remedies_data, "FILE", path)
    again = rk.remedies()
    assert again.telling == found().telling
    for name, arrow in found()["cheese"].items():
        kept = again["cheese"][name]
        assert (kept.agents, kept.levels, kept.before) == (1, 16, "network")
        for goal in (0, "anywhere"):
            same(kept.at(goal), arrow.at(goal), 6e-4)


def test_the_record_is_of_three_worlds_all_remedies_and_eight_networks():
    kept = rk.remedies()
    assert list(kept.arrows) == ["cheese", "dish", "keys"]
    for arrows in kept.arrows.values():
        assert tuple(arrows) == REMEDIES
        assert {arrow.agents for arrow in arrows.values()} == {8}


def test_printed_texts_say_that_they_are_recorded_and_by_which_command():
    said = f"Recorded from 8 networks for each remedy, by `{remedies_data.COMMAND}`."
    kept = rk.remedies()
    assert said in " ".join(str(kept).split())
    assert said in kept.explain()
    assert "Recorded" not in str(found())
    for each in (kept, found()):
        assert max(map(len, str(each).splitlines())) <= 107


def test_a_row_holds_the_changes_anywhere_and_in_training():
    kept = rk.remedies(which=["retrained"])
    row = next(line for line in str(kept).splitlines() if line.startswith("retrained"))
    arrow = kept["cheese"]["retrained"]
    far, home = arrow.at(), arrow.at(0)
    for change in (far.capability, far.alignment, far.scalar, home.scalar):
        assert f"{change.change:.2f}" in row
    assert "1,200" in row


def test_every_arrow_of_a_world_is_named_beside_it_or_as_one_that_hardly_moves():
    picture = rk.remedies().figure()
    assert len(picture.axes) == 3
    for axes, arrows in zip(picture.axes, rk.remedies().arrows.values(), strict=True):
        drawn = [t for t in axes.texts if getattr(t, "arrow_patch", None)]
        assert len(drawn) == len(REMEDIES)
        words = {text.get_text() for text in axes.texts}
        title = axes.get_title()
        for name, arrow in arrows.items():
            far = arrow.at()
            long = max(
                abs(far.capability.change.value), abs(far.alignment.change.value)
            )
            assert (name in words) == (long > 0.06)
            assert (name in words) != (name in " ".join(title.split()))
        assert "network" in words
    assert "retrained takes network from" in picture.alt
    assert picture.table == str(rk.remedies())


def test_it_is_said_what_gains_most_and_what_trades():
    kept = rk.remedies()
    *lines, _ = kept.explain().split("\n")
    for line, arrows in zip(lines, kept.arrows.values(), strict=True):
        gains = {name: a.at().scalar.change.value for name, a in arrows.items()}
        assert f"{max(gains, key=gains.get)} gains the most base score" in line


@pytest.mark.slow
def test_training_anew_finds_what_is_recorded(monkeypatch):
    """One remedy of one world, in which training is short."""
    monkeypatch.setattr(remedies, "LEVELS", 256)
    monkeypatch.setitem(remedies.RETRAINED, "updates", UPDATES)
    world = rk.make("keys", **remedies.RECORDED["keys"])
    anew = rk.remedies(world, which=["retrained"])["keys"]["retrained"]
    kept = rk.remedies()["keys"]["retrained"]
    for goal in (0, "anywhere"):
        same(anew.at(goal), kept.at(goal), 0.002)


# What is recorded, of eight seeds in a row, where a sentence says it in general

CONTROLS = "trained longer", "bigger", "no place cue"
TELLING = "3% telling", "10% telling", "3% by regret", "3% by maxmc"


def far(world, name):
    return rk.remedies()[world][name].at()


@pytest.mark.parametrize("name", CONTROLS)
@pytest.mark.parametrize("world", ["cheese", "dish", "keys"])
def test_no_control_moves_alignment(world, name):
    assert abs(far(world, name).alignment.change.value) < 0.05


@pytest.mark.parametrize("name", [*TELLING, "retrained"])
@pytest.mark.parametrize("world", ["cheese", "dish"])
def test_telling_levels_move_alignment_up_and_capability_down(world, name):
    move = far(world, name)
    assert move.alignment.change.low > 0.25
    assert move.capability.change.high < 0
    assert move.scalar.change.low > 0.1


@pytest.mark.parametrize("choice", ["regret", "maxmc"])
def test_three_percent_chosen_by_score_do_as_much_as_ten_drawn_alike(choice):
    """In cheese, where three percent drawn alike do less."""
    by, alike = far("cheese", f"3% by {choice}"), far("cheese", "3% telling")
    more = far("cheese", "10% telling")
    assert by.alignment.after.low > alike.alignment.after.value
    assert by.scalar.change.value > more.scalar.change.value - 0.05


@pytest.mark.parametrize("world", ["cheese", "dish"])
def test_by_regret_and_for_longer_capability_comes_back(world):
    longer, usual = far(world, "longer by regret"), far(world, "3% by regret")
    assert longer.alignment.change.low > 0.25
    assert longer.capability.after.value > usual.capability.after.value
    assert longer.capability.change.low > -0.05
    assert longer.tenth.after.high < usual.tenth.after.low


@pytest.mark.parametrize("name", TELLING)
def test_in_keys_only_training_on_nothing_else_moves_alignment(name):
    assert abs(far("keys", name).alignment.change.value) < 0.05
    assert far("keys", "retrained").alignment.change.low > 0.1


@pytest.mark.parametrize("world", ["cheese", "dish", "keys"])
def test_retraining_on_telling_levels_alone_costs_in_training(world):
    moves = rk.remedies()[world]["retrained"].at(0)
    assert moves.scalar.change.high < 0


@pytest.mark.parametrize("world", ["cheese", "dish"])
def test_staying_when_unsure_costs_everywhere_and_moves_no_alignment(world):
    arrow = rk.remedies()[world]["stays when unsure"]
    assert arrow.at().capability.change.high < -0.05
    assert arrow.at(0).scalar.change.high < -0.05
    assert abs(arrow.at().alignment.change.value) < 0.05
