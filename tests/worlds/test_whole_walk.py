"""The tables of somebody's environment are what it does, or there are none.

The zoo (`tricky_*.py`) holds the truth by hand; `whole_walk.py` finds it by copies of
the whole environment, `judges.play` by playing.
"""

from __future__ import annotations

import re
from typing import Any

import gymnasium
import numpy as np
import pytest
import tricky_refused
import tricky_state
import tricky_wrappers
from judges import agree, classes, happenings, play, values
from minigrid_table import ROWS, registered
from tricky_room import Case, Room
from whole_walk import Key, Refused, walk

import robustkit as rk

ZOOS = tricky_state, tricky_refused, tricky_wrappers
CASES = [case for zoo in ZOOS for case in zoo.CASES]
BY_NAME = {case.name: case for case in CASES}
SMALL = [case for case in CASES if (case.states or 99) <= 41 and case.truth == "tables"]
QUICK = {
    "ErrandByClassDefault", "DrawsInOneState", "DrawsForNothing", "DrawsFromRandom",
    "TwoSizes", "AFineAsEvents", "NeverPays", "RewardIsNone", "EventOfAPointer",
    "StepBreaks", "a_class", "StartsAtOne", "ForHumans", "reward_taken_away",
    "three_moves", "wrapper_with_state", "wrapper_that_draws", "time_limit",
    "fully_seen",
}  # fmt: skip
EVERY = [
    pytest.param(case, id=case.name, marks=[] if case.name in QUICK else slow)
    for slow in [pytest.mark.slow]
    for case in CASES
]
assert set(BY_NAME) >= QUICK
LONG = {"TooLarge": 600}  # states to try at most, where not 2,000


def told(refusal: pytest.ExceptionInfo, case: Case) -> None:
    """Check that a refusal names what is in the way, in a sentence or two."""
    text = str(refusal.value)
    assert re.search(case.word, text, re.IGNORECASE | re.DOTALL), text
    assert len(text) < 600, text


def tabulated(case: Case, **more):
    return rk.tabulate(
        case.make(), limit=LONG.get(case.name, 2000), **case.asked, **more
    )


def judge(tables, walked, case: Case) -> None:
    """Check tables against a walk: move by move, and by what needs no numbering."""
    pairs = agree(walked, tables, case.events, case.objectives)
    reached = {*(row for _, row in pairs), tables.shape[1] - 1}
    assert reached == set(range(tables.shape[1])), "states that nothing leads to"
    columns = happenings(walked, case.events)
    named = [tables.event_names.index(name) for name in columns]
    kinds = classes(walked.next_state, np.stack(list(columns.values()), -1)).max() + 1
    found = classes(tables.next_state[0], tables.events[0][..., named]).max() + 1
    assert kinds == found <= tables.shape[1]
    assert tables.shape[1] <= 1.25 * walked.states  # some are told apart in vain
    if case.events is None:
        best, chance = values(walked.next_state, (walked.reward > 0).astype(float))
        planned, _ = rk.mdp.plan(tables, np.eye(1))
        start = int(tables.start[0])
        assert planned[0, 0, start] * tables.units[0] == pytest.approx(best, abs=1e-6)
        assert tables.scale[0] == pytest.approx(best - chance, abs=1e-6)
        assert case.best is None or best == pytest.approx(case.best, abs=1e-9)


# The oracle itself


def test_the_walk_finds_the_errand_as_it_was_counted_by_hand():
    """84 states and the end, .941 at best, .092 at random; with three moves 37."""
    walked = walk(tricky_state.Errand(), thorough=False)
    best, chance = values(walked.next_state, walked.reward)
    assert walked.states == 84 + 1
    assert best == pytest.approx(0.99**6, abs=1e-9)  # two turns and five steps
    assert chance == pytest.approx(0.092, abs=5e-4)
    # Before the corner four cells, after it five, four directions each; and the end.
    assert walk(tricky_state.ErrandByClassDefault()).states == 4 * 4 + 5 * 4 + 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "states", "best"),
    [
        ("MiniGrid-Empty-5x5-v0", 8 * 4 + 1, 0.99**4),
        ("MiniGrid-RedBlueDoors-6x6-v0", 196 + 1, 0.914),
        ("MiniGrid-DoorKey-5x5-v0", None, 0.904),
        ("BabyAI-OpenRedBlueDoors-v0", None, 0.886),
    ],
)
def test_the_walk_finds_what_was_found_by_others(name, states, best):
    walked = walk(gymnasium.make(name), thorough=False, seconds=600)
    kinds = classes(walked.next_state, walked.labels).max() + 1
    assert states is None or kinds == states
    found, _ = values(walked.next_state, walked.reward)
    assert found == pytest.approx(best, abs=5e-4)


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=repr)
def test_the_walk_agrees_with_the_truth_by_hand(case):
    if case.blind:
        return
    found: Any = None
    try:
        found = walk(case.make(), events=case.events, limit=350, seconds=120)
        if case.events is None:
            found.check_pay()
    except Exception as refusal:  # or it cannot be copied, or breaks by itself
        found = refusal
    if isinstance(found, Exception):
        assert case.truth != "tables", found
    else:
        assert case.truth != "refused"
        assert case.states in (None, found.states)


def test_two_states_that_differ_anywhere_have_two_keys():
    whole = Room()
    whole.reset(seed=0)
    before = Key(whole).digest
    for change in (
        lambda: setattr(whole, "mark", 1),
        lambda: setattr(whole.grid.get(0, 0), "cracks", 1),
        lambda: whole.grid.set(2, 1, whole.grid.get(0, 0)),
        lambda: setattr(whole, "pointer", whole.grid.get(0, 1)),
        lambda: setattr(whole, "pointer", whole.grid.get(0, 2)),
        lambda: setattr(whole, "max_steps", 3),
    ):
        change()
        assert Key(whole).digest != before
        before = Key(whole).digest
    whole.step_count += 1
    assert Key(whole).digest == before


# The zoo


@pytest.mark.parametrize("case", EVERY)
def test_a_tricky_environment_has_exact_tables_or_is_refused_by_name(case):
    if case.truth == "refused":
        with pytest.raises(ValueError, match=r".") as refusal:
            tabulated(case)
        return told(refusal, case)
    if case.truth == "either":
        try:
            tables = tabulated(case)
        except ValueError:
            with pytest.raises(ValueError, match=r".") as refusal:
                tabulated(case)  # a second time, in the same words
            return told(refusal, case)
    else:
        tables = tabulated(case)
    assert case.states in (None, tables.shape[1])
    if case.truth == "tables":
        walked = walk(case.make(), events=case.events, thorough=False, seconds=300)
        judge(tables, walked, case)
    if not isinstance(case.make().action_space, gymnasium.spaces.MultiDiscrete):
        assert play(case.make, tables) > 0
    return None


@pytest.mark.parametrize("name", ["TwoSizes", "Shaped", "AFine", "no_death_at_a_price"])
def test_several_sizes_are_listed_and_events_asked_for(name):
    sizes = {"TwoSizes": "1 3", "Shaped": "-0.01 0.01 1"}.get(name, "-1 1")
    with pytest.raises(ValueError, match="events") as refusal:
        tabulated(BY_NAME[name])
    listed = re.findall(r"[-−]?\d+(?:\.\d+)?", str(refusal.value))
    assert {float(size) for size in sizes.split()} <= {
        float(size.replace("−", "-")) for size in listed
    }


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, marks=[] if i % 4 == 0 else pytest.mark.slow)
        for i, case in enumerate(SMALL[:8])
    ],
    ids=repr,
)
def test_the_environment_is_left_as_it_was_and_tables_have_the_same_bytes(case):
    env = case.make()
    env.unwrapped.render_mode = None
    env.reset(seed=5)
    env.step(2)
    before, count = Key(env), env.unwrapped.step_count
    states = [repr(one.bit_generator.state) for one in before.generators]
    first = rk.tabulate(env, **case.asked)
    after = Key(env)
    assert after.digest == before.digest
    assert [repr(one.bit_generator.state) for one in after.generators] == states
    assert env.unwrapped.step_count == count
    assert rk.tabulate(env, **case.asked).digest == first.digest
    assert rk.tabulate(case.make(), **case.asked).digest == first.digest


def test_the_level_is_that_of_the_seed():
    def best(seed):
        env = tricky_refused.ResetDrawsAsItShould()
        tables = rk.tabulate(env, seed=seed)
        judge(tables, walk(env, seed=seed, thorough=False), Case("", None, "tables"))
        return tables.shape[1], tables.digest

    assert len({best(seed) for seed in range(4)}) > 1


# Moves that are left out


def test_moves_that_are_left_out_are_left_out():
    """Seven moves of which three are taken are the room of three moves."""
    chosen = rk.tabulate(tricky_wrappers.SevenMoves(), actions=[0, 1, 2])
    assert chosen.shape == rk.tabulate(Room()).shape == (1, 21, 3)
    judge(chosen, walk(Room(), thorough=False), Case("", None, "tables"))


def test_what_cannot_be_carried_multiplies_no_states():
    env = gymnasium.make("MiniGrid-DoorKey-5x5-v0")
    whole, kept = rk.tabulate(env), rk.tabulate(env, actions=[0, 1, 2, 3, 5])
    assert kept.shape[2] == 5
    assert kept.shape[1] < whole.shape[1] / 2


@pytest.mark.parametrize("actions", [[], [9], [-1], [0, 0], "left", [0.5], 3, [None]])
def test_moves_that_are_none_are_refused(actions):
    with pytest.raises(ValueError, match="actions="):
        rk.tabulate(Room(), actions=actions)


@pytest.mark.parametrize(
    "given",
    [
        {"limit": 0}, {"limit": "many"}, {"discount": 1.0}, {"discount": float("nan")},
        {"seed": -1}, {"seed": 0.5}, {"events": {"a": 3}}, {"events": ["a"]},
        {"objectives": {}}, {"objectives": {"a": {"success": float("nan")}}},
        {"objectives": {"a": {"success": "1"}}}, {"objectives": {"a": {}}},
        {"objectives": {"a": {"nothing": 1}}}, {"objectives": "task"},
    ],
    ids=str,
)  # fmt: skip
def test_arguments_are_checked_by_name(given):
    with pytest.raises(ValueError, match="|".join([*given, "weight", "objective"])):
        rk.tabulate(Room(), **given)


# What MiniGrid registers

MADE = registered()
# Small enough to be walked wholly
KNOWN = [name for name, states, _ in ROWS if int(states.replace(",", "")) < 150]
AT_ONCE = {"MiniGrid-Empty-5x5-v0", "MiniGrid-LavaGapS5-v0", "BabyAI-GoToObjS4-v0"}
SMALL_ONES = [
    pytest.param(name, marks=[] if name in AT_ONCE else pytest.mark.slow)
    for name in [*KNOWN, "robustkit/Cheese-v0", "robustkit/Coin-v0"]
]


@pytest.mark.parametrize("name", SMALL_ONES)
def test_a_small_registered_environment_has_the_tables_of_the_walk(name):
    env = gymnasium.make(name)
    tables = rk.tabulate(env)
    walked = walk(env, thorough=False, limit=2000, seconds=900)
    judge(tables, walked, Case(name, None, "tables"))
    play(lambda: gymnasium.make(name), tables, episodes=4)


@pytest.mark.slow
def test_a_registered_environment_that_never_pays_is_refused_for_that():
    env = gymnasium.make("BabyAI-OpenDoorsOrderN4Debug-v0")
    assert not walk(env, thorough=False).sizes
    with pytest.raises(ValueError, match="never pays"):
        rk.tabulate(env)


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in MADE if n not in KNOWN])
def test_another_registered_environment_is_refused_for_the_true_reason(name):
    """With a limit of 60 states, which the walk passes too, unless it draws."""
    if name.startswith("robustkit/") or "N4Debug" in name:
        pytest.skip("these have tests of their own")
    try:
        env = gymnasium.make(name)
    except Exception as broken:
        pytest.skip(f"cannot be made here: {broken}")
    with pytest.raises(ValueError, match=r".") as refusal:
        rk.tabulate(env, limit=60)
    with pytest.raises(Refused) as reason:
        walk(env, thorough=False, limit=60, seconds=120)
    if re.search(r"than [1-5]?\d states", str(reason.value)):
        pytest.skip("the walk did not get that far in its time")
    drawn = "draws" in str(reason.value)
    word = tricky_refused.DRAWS if drawn else "more than limit=60 states"
    assert re.search(word, str(refusal.value), re.IGNORECASE), refusal.value
