"""Retraining: how long until the base score is back, against from scratch."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

import robustkit as rk
from robustkit import text
from robustkit.agents import choice, network
from robustkit.analysis import retraining
from robustkit.analysis.retraining import MORE
from robustkit.metrics import Estimate

FEW = {"updates": 20, "levels": 4, "agents": 8}


@cache
def small(name="cheese", **options):
    return rk.make(name, size=7, **options)


@cache
def agents():
    return [rk.train("network", small(), seed, **FEW) for seed in (0, 1)]


@cache
def found():
    return rk.retraining(agents()[0], updates=40, n=48, seed=5)


def scores(way):
    return [point.scalar.value for point in way]


def test_both_trainings_are_those_of_train():
    levels = small().sample(48, goal="anywhere", seed=5)
    warm, new = (
        rk.train("network", small(), 6, diversity=1.0, updates=40, snapshots=[8], **kw)
        for kw in ({"after": agents()[0]}, {})
    )
    stop = found().updates.index(8)
    for way, (agent,) in ((found().warm, warm), (found().scratch, new)):
        expected = rk.measure(agent, levels, seed=5)
        assert way[stop].scalar == expected.scalar
        assert way[stop].capability == expected.capability


def test_both_trainings_see_the_same_batches_of_levels(monkeypatch):
    """Which levels a batch holds, where each thing lies in them, and in what order."""
    batches = []

    class Watched(choice.Uniform):
        def __init__(self, pool):
            super().__init__(pool)
            self.pool = pool
            batches.append([])

        def choose(self, levels, rng):
            chosen = super().choose(levels, rng)
            batches[-1].append(self.pool[chosen])
            return chosen

    monkeypatch.setattr(network, "replay_of", lambda _, pool: Watched(pool))
    rk.retraining(agents()[0], updates=6, n=2, seed=5)
    warm, first, scratch = batches
    assert (len(warm), len(first), len(scratch)) == (6, 1, 6)
    for one, other in zip(warm, scratch, strict=True):
        np.testing.assert_array_equal(one.terrain, other.terrain)
        np.testing.assert_array_equal(one.start, other.start)
        for thing, cells in one.things.items():
            np.testing.assert_array_equal(cells, other.things[thing])
    assert any((a.start != b.start).any() for a, b in pairwise(warm))


def test_each_batch_holds_as_many_telling_levels_in_both(monkeypatch):
    made = []

    def watched(*given, **asked):
        made.append(rk.train(*given, **asked))
        return made[-1]

    monkeypatch.setattr(retraining, "train", watched)
    rk.retraining(agents()[0], diversity=0.5, updates=12, n=2, seed=5)
    warm, _, scratch = (each[-1] if isinstance(each, list) else each for each in made)
    np.testing.assert_array_equal(warm.telling, scratch.telling)
    assert len({*warm.telling}) > 2
    assert warm.settings["rate"] == scratch.settings["rate"]
    assert warm.settings["entropy"] == scratch.settings["entropy"]


def test_it_begins_with_the_agent_and_with_a_network_that_has_learned_nothing():
    assert found().updates == (0, 1, 2, 4, 8, 12, 16, 24, 32, 40)
    levels = small().sample(48, goal="anywhere", seed=5)
    before = rk.measure(agents()[0], levels, seed=5)
    assert found().warm[0].scalar == before.scalar
    assert abs(found().scratch[0].scalar.value) < 0.1


def test_a_score_is_reached_between_two_stops_or_not_at_all():
    retrained = found()
    score = (scores(retrained.scratch)[-1] + scores(retrained.scratch)[-2]) / 2
    needed = retrained.needed(score)
    assert 0 < needed.scratch <= 40
    reached = np.interp(needed.scratch, retrained.updates, scores(retrained.scratch))
    assert reached == pytest.approx(score)
    assert needed.levels[1] == pytest.approx(needed.scratch * 12)
    never = retrained.needed(1)
    assert never.warm is never.levels[0] is None
    assert "not at all" in str(never)


def test_a_score_that_it_has_already_comes_at_once():
    dish = small("dish")
    aligned = rk.train("network", dish, 0, diversity=1.0, updates=60)
    retrained = rk.retraining(aligned, updates=2, n=16)
    before = scores(retrained.warm)[0]
    needed = retrained.needed(before)
    assert (needed.warm, needed.levels[0]) == (0, 0)
    assert "comes at once, from scratch not at all" in str(needed)


def test_telling_levels_are_counted_by_their_share():
    fewer = rk.retraining(agents()[0], diversity=0.25, updates=2, n=16)
    assert fewer.telling == pytest.approx(0.25 * 12)


def test_the_head_start_is_the_mean_difference_over_the_updates():
    gap = np.subtract(scores(found().warm), scores(found().scratch))
    lead = found().head_start
    assert lead.value == pytest.approx(np.trapezoid(gap, found().updates) / 40)
    assert lead.low < lead.value < lead.high
    # pairs stay together: it is known better than from two intervals
    apart = sum(r.scalar.high - r.scalar.low for r in found().warm) / 10
    assert lead.high - lead.low < 2 * apart


# Leads


STEPS = 0, 10, 20, 40


def course(*ways, updates=STEPS):
    """Return a retraining of these base scores, pair by pair: retrained, from scratch.

    Where there are several, it is of so many networks.
    """
    reading = found().pairs[0][0][0]
    pairs = [
        tuple(
            [replace(reading, scalar=Estimate(value, value, value)) for value in way]
            for way in pair
        )
        for pair in ways
    ]
    return replace(found(), updates=updates, pairs=pairs)


NEW = 0.0, 0.2, 0.4, 0.8
AHEAD = [0.4, 0.5, 0.6, 0.9], NEW  # and no faster: it keeps part of its lead
FASTER = [0.4, 0.8, 0.9, 0.9], NEW
BROKEN = [-0.1, 0.0, 0.1, 0.4], [-0.2, 0.2, 0.4, 0.8]


def test_the_first_lead_is_what_a_new_network_needs_to_earn_as_much_as_at_the_start():
    assert course(AHEAD).first_leads == [20]
    assert course(FASTER).first_lead.value == 20
    retrained = found()
    begin = max(0, scores(retrained.warm)[0])
    earned = np.interp(
        retrained.first_lead.value, retrained.updates, scores(retrained.scratch)
    )
    assert begin == pytest.approx(earned, abs=0.02)


def test_what_earns_no_more_than_a_random_walk_has_no_first_lead():
    """Not even where a new network begins lower still."""
    assert course(BROKEN).first_leads == [0]
    assert "there is no first lead" in course(BROKEN).explain()
    assert course(([0.0, 0.1, 0.2, 0.3], NEW)).first_leads == [0]


def test_what_a_new_network_never_earns_is_a_first_lead_without_a_number():
    never = course(([0.9, 0.9, 0.9, 1.0], NEW))
    assert np.isnan(never.first_lead.value)
    assert "0.90 before any update, which a new network never reaches" in (
        never.explain()
    )
    assert "first lead unknown" in str(never)


def test_who_only_begins_ahead_gains_nothing_and_who_learns_faster_does():
    for pair, warm, gained in ((AHEAD, 80 / 3, -25 / 3 - 10 / 3), (FASTER, 7.5, 7.5)):
        needed = course(pair).needed(0.7)
        assert (needed.warm, needed.scratch) == pytest.approx((warm, 35))
        assert needed.lead.value == pytest.approx(35 - warm)
        assert needed.gained.value == pytest.approx(gained)
        assert needed.lead.value > 0
        assert needed.pairs == 1


def test_a_score_that_was_there_before_gains_nothing_and_loses_nothing():
    needed = course(FASTER).needed(0.3)
    assert (needed.warm, needed.scratch, needed.lead.value) == (0, 15, 15)
    assert np.isnan(needed.gained.value)


def test_each_pair_counts_alike_and_only_pairs_that_reach_a_score():
    slow = [0.1, 0.2, 0.3, 0.6], NEW
    needed = course(AHEAD, FASTER, slow).needed(0.7)
    assert needed.pairs == 2
    assert needed.warm == pytest.approx((80 / 3 + 7.5) / 2)
    assert needed.scratch == 35
    assert needed.lead.value == pytest.approx(35 - needed.warm)
    said = course(AHEAD, FASTER, slow)
    assert "in the 2 of 3 pairs that reach it" in said.explain()
    assert "(2 of 3)" in str(said)
    assert "(1 of 3)" not in str(said.needed(0.7))


def test_few_pairs_have_no_interval_and_nothing_is_sooner():
    five, six = course(*[AHEAD, FASTER] * 2, AHEAD), course(*[AHEAD, FASTER] * 3)
    for lead in (five.needed(0.7).lead, five.needed(0.7).gained):
        assert (lead.low, lead.high) == (-np.inf, np.inf)
    lead = six.needed(0.7).lead
    assert 0 < lead.low < lead.value < lead.high
    assert "too few seeds" in five.explain()
    assert "sooner" not in five.explain()
    assert "inf" not in str(five) + five.explain()
    assert "sooner than from scratch, a lead of" in six.explain()


@pytest.mark.parametrize(
    ("pair", "lead", "gained"),
    [
        (
            AHEAD,
            "sooner than from scratch, a lead of 8 updates",
            "12 updates less than",
        ),
        (FASTER, "sooner than from scratch, a lead of 28", "8 updates more than the"),
        (([0.1, 0.2, 0.3, 0.7], NEW), "5 updates later than from", "10 updates less"),
    ],
)
def test_it_says_who_comes_sooner_and_who_learns_faster(pair, lead, gained):
    said = course(*[pair] * 8).explain()
    assert lead in said
    assert gained in said
    assert ("goes faster" in said) == (pair == FASTER)
    assert "a base score of 0.70" in said.lower()


def test_where_the_interval_holds_0_nothing_is_sooner_or_faster():
    behind = [0.4, 0.4, 0.4, 0.7], NEW  # it begins ahead and comes last
    said = course(*[AHEAD, behind] * 4).explain()
    assert "neither sooner nor later as far as these seeds show" in said
    ahead = [0.4, 0.5, 0.9, 0.9], NEW  # 15 updates after, a lead of 20
    said = course(*[ahead] * 4, *[FASTER, AHEAD] * 2).explain()
    assert "no change as far as these seeds show" in said
    assert "goes" not in said


def test_of_all_agents_the_same_score_is_quoted():
    for pair in (AHEAD, FASTER, BROKEN):
        said = course(pair).explain()
        assert "A base score of 0.70 comes" in said
        assert "0.90" not in said
    never = course(BROKEN).explain()
    assert "0.70 comes not at all, from scratch after 35 updates" in never
    assert "in 40 updates." in never


def drawn(picture):
    """Return what is written in a picture, and how high its lines lie."""
    (axes,) = picture.axes
    level = [line for line in axes.lines if len({*line.get_ydata()}) == 1]
    return [text.get_text() for text in axes.texts], [x.get_ydata()[0] for x in level]


def test_its_figure_shows_where_the_leads_are():
    words, heights = drawn(course(AHEAD).figure())
    assert words == ["lead at 0.70, in updates: 8", "first lead, in updates: 20"]
    assert {0.4, 0.7} < {*heights}
    assert drawn(course(BROKEN).figure())[0] == []


def test_several_agents_are_taken_together():
    both = rk.retraining(agents(), updates=10, n=32, seed=5)
    alone = rk.retraining(agents()[0], updates=10, n=32, seed=5)
    assert len(both.pairs) == 2
    first = [[r.scalar for r in way] for way in both.pairs[0]]
    assert first == [[r.scalar for r in way] for way in alone.pairs[0]]
    each = [scores(pair[0])[-1] for pair in both.pairs]
    assert scores(both.warm)[-1] == pytest.approx(np.mean(each))
    assert both.agent == "networks"
    assert both.head_start.low <= both.head_start.value <= both.head_start.high


def test_one_that_knew_one_layout_is_retrained_in_many():
    broken = rk.train("network", small(layouts=1), 0, **FEW)
    assert rk.retraining(broken, updates=2, n=16).world == small(layouts=MORE)


def test_without_a_goal_shift_the_layout_is_shifted():
    agent = rk.train("network", rk.make("lava"), 0, updates=5)
    found = rk.retraining(agent, updates=4, n=16)
    assert found.shift == {"layout": 1.0}
    assert found.telling == 12
    assert "in training" in found.explain()
    assert "telling" not in str(found)


def test_it_says_and_draws_what_it_found():
    said = str(found())
    assert said.startswith("network 0: base score at goal shift anywhere\n")
    assert f"{found().head_start:+.2f}" in said
    assert f"{found().head_start:+.2f}, the start included" in found().explain()
    assert "in a new place was" in found().explain()
    assert "\n" not in found().explain()[:]
    lines = (
        line for said in (said, str(found().explain())) for line in said.split("\n")
    )
    assert max(map(len, lines)) <= text.LINE
    picture = found().figure()
    first, last = scores(found().warm)[0], scores(found().warm)[-1]
    assert f"network 0, retrained goes from {first:.2f} to {last:.2f}" in picture.alt
    assert "A base score of 0.70 comes" in picture.alt
    assert picture.table == found().table()
    assert [*found().trails] == ["network 0, retrained", "from scratch"]
    assert "from scratch" in rk.plane(found().trails).alt


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"agent": 3}, "agent=3 is not a network"),
        ({"agent": []}, r"agent=\[\] is not a network"),
        ({"world": "cheese"}, "world='cheese' is not a world"),
        ({"updates": 0}, "updates=0"),
        ({"diversity": 2}, "diversity=2"),
        ({"n": 1}, "n=1"),
        ({"seed": -1}, "seed=-1"),
    ],
)
def test_what_cannot_be_is_said_in_words(asked, said):
    with pytest.raises(ValueError, match=said):
        rk.retraining(**{"agent": agents()[0]} | asked)


def test_other_kinds_and_other_worlds_are_refused():
    with pytest.raises(ValueError, match="is not a network"):
        rk.retraining(rk.plan(small()))
    with pytest.raises(ValueError, match=r"is of Cheese.* not of Dish"):
        rk.retraining(agents()[0], small("dish"))
    with pytest.raises(ValueError, match="score=2"):
        found().needed(2)
    lava = rk.train("network", rk.make("lava"), 0, updates=1)
    with pytest.raises(ValueError, match="no goal shift; allowed: 0"):
        rk.retraining(lava, diversity=1.0)


def test_a_long_name_leaves_room_for_the_lines():
    (axes,) = replace(found(), agent="long " * 60).figure().axes
    names = [words.get_text() for words in axes.get_legend().get_texts()]
    assert max(map(len, names)) <= 40
