"""Mystery agents: what is true, what is said, and that nothing gives it away."""

from __future__ import annotations

import json
import re
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from mysteries import ASTRAY, FINE, LOST, RIGHT, place, planted, solved

import robustkit as rk
from robustkit.course import mystery, suspects
from robustkit.course.diagnosis import (
    BREAKS,
    ELSE,
    ROBUST,
    Answer,
    along,
    diagnosis,
    happens,
)

SEEDS = range(8)
WHO = r"network|memoris|search|planner|noise|diversity|regret"
WHAT = r"(goal|layout|place)[ _]shift|detour|\bwalls?\b (added|removed)|familiar"


# The rules


@pytest.mark.parametrize(
    ("capability", "alignment", "found"),
    [
        (0.1, None, BREAKS),
        (0.3, 0.99, BREAKS),  # what is lost is not made good by a right goal
        (0.9, 0.1, ELSE),
        (0.9, -0.8, ELSE),
        (0.9, 0.9, ROBUST),
        (0.51, 0.9, None),
        (0.9, 0.49, None),
    ],
)
def test_what_happens_is_read_off_the_intervals(capability, alignment, found):
    assert happens(place(capability, alignment)) == found


def test_a_way_is_clear_by_a_margin_and_says_one_thing():
    fine, lost, astray = place(*FINE), place(*LOST), place(*ASTRAY)
    assert along([fine, lost]) == BREAKS
    assert along([fine, fine, astray]) == ELSE
    assert along([fine, place(0.9, 0.5), astray]) == ELSE
    assert along([fine, fine]) == ROBUST
    assert along([fine, astray, fine]) is None  # trouble on the way
    assert along([fine, astray, lost]) is None  # two things along one shift
    assert along([lost, lost]) is None  # it never could
    assert along([fine, place(0.9, 0.55)]) is None  # above one half, but barely
    assert diagnosis([[fine, fine], [fine, place(0.5, 0.9)]]) is None


def test_what_helps_follows_from_what_is_lost():
    for name, (*found, helped) in RIGHT.items():
        assert planted()._suspects[name].truth == Answer(tuple(found), helped)


# Answers


def test_five_of_six_are_correct_and_four_are_not():
    assert rk.check("mystery", solved()).passed == 6
    five = solved(but={"C": RIGHT["A"]})
    assert five.score == 5
    assert rk.check("mystery", five)
    assert "5 agents" in rk.check("mystery", five).message
    four = solved(but={"C": RIGHT["A"], "F": RIGHT["B"]})
    said = rk.check("mystery", four)
    assert said.status == "not yet"
    assert said.message.startswith("4 of 6 agents are diagnosed, and 5 are needed. C, ")


def test_before_an_answer_it_is_not_attempted_yet():
    puzzle = planted()
    assert rk.check("mystery", puzzle).status == "not attempted yet"
    puzzle.answer("A", *RIGHT["A"][:3])
    assert rk.check("mystery", puzzle).status == "not yet"
    assert puzzle.look()["A"] == "still open: what helps."


def test_an_easy_puzzle_is_not_enough_after_lesson_10():
    assert "easy" in rk.check("mystery-hard", solved()).message
    assert rk.check("mystery-hard", solved(hard=True))
    assert rk.check("mystery", solved(hard=True))


@pytest.mark.parametrize(
    ("name", "wrong", "words"),
    [
        ("A", ("robust", "breaks", "breaks", "practice"), "shift 1: an agent that can"),
        ("B", ("robust", "breaks", "robust", "practice"), "shift 2: first compare its"),
        ("B", ("robust", "robust", "robust", "nothing"), "of what?"),
        ("C", ("robust", "robust", "breaks", "practice"), "shift 3: read both numbers"),
        ("D", ("robust", "something else", "breaks", "practice"), "what helps: lost"),
    ],
)
def test_a_wrong_answer_gets_what_to_look_at_and_not_the_answer(name, wrong, words):
    puzzle = solved(but={name: wrong})
    puzzle.judge()
    sign, said = puzzle.sheet.remarks[name]
    assert sign == "✗"
    assert words in said[0].lower() + said[1:]
    assert not re.search(r"\d\.\d|breaks|robust|something else", said)
    assert "layout" not in said


def test_a_right_answer_gets_its_reason_from_the_numbers():
    puzzle = solved()
    assert puzzle.judge() == "6 of 6 agents are diagnosed."
    said = {name: words for name, (_, words) in puzzle.sheet.remarks.items()}
    assert "A breaks under shift 1 (the layout shift): capability falls" in said["A"]
    assert "from 0.97 to 0.01 (alignment there is unknown)" in said["A"]
    assert said["A"].endswith("Practice on such levels is what helps.")
    assert "under shift 2 (the goal shift): alignment falls from 0.99 to" in said["B"]
    assert "never fall below 0.97. Nothing needs to be done." in said["C"]
    assert "Both practice and levels that tell" in said["D"]


def test_what_is_revealed_says_who_it_was_and_what_is_true():
    puzzle = planted()
    said = puzzle.reveal()
    assert "A: base planner, noise 0.1 (planted, not trained). A breaks under" in said
    assert said.endswith("0 of 6 agents were diagnosed.")
    assert puzzle.sheet.remarks["A"][0] == "•"


def test_after_the_reveal_no_answer_counts():
    puzzle = planted()
    puzzle.reveal()
    for name, (*found, helps) in RIGHT.items():
        puzzle.answer(name, *found, helps=helps)
    said = rk.check("mystery", puzzle)
    assert said.status == "not yet"
    assert said.message.startswith("0 of 6 agents were diagnosed when they were reveal")
    assert puzzle.judge() == "0 of 6 agents were diagnosed."


def test_what_was_solved_before_the_reveal_stays_solved():
    puzzle = solved()
    puzzle.reveal()
    puzzle.answer("A", "robust", "robust", "robust")
    assert puzzle.score == 6
    assert rk.check("mystery", puzzle)


def test_the_function_that_makes_puzzles_is_none():
    assert "Make a puzzle first" in rk.check("mystery", rk.mystery).message


def test_what_cannot_be_is_refused_in_words():
    puzzle = planted()
    for call, words in (
        (lambda: puzzle.answer("G", "breaks", "breaks", "breaks"), "agent='G'"),
        (lambda: puzzle.answer("A", "breaks"), "3 words, one for each shift of A"),
        (lambda: puzzle.answer("A", "broke", "breaks", "breaks"), "happens='broke'"),
        (lambda: puzzle.answer("A", *RIGHT["A"][:3], helps="more"), "helps='more'"),
        (lambda: puzzle.path("A", 4), "shift=4"),
        (lambda: puzzle.path("A", 0), "shift=0"),
        (lambda: rk.mystery(-1), "seed=-1"),
        (lambda: rk.mystery(0.5), "seed=0.5"),
        (lambda: rk.mystery(0, hard="yes"), "hard='yes'"),
    ):
        with pytest.raises(ValueError, match=re.escape(words)):
            call()
    assert not puzzle.attempted


def test_marimo_is_given_both_parts_one_below_the_other(monkeypatch):
    stacking = SimpleNamespace(vstack=lambda parts: parts)
    monkeypatch.setitem(sys.modules, "marimo", stacking)
    puzzle = planted()
    assert puzzle._display_() == [puzzle.explorer, puzzle.sheet]


def test_a_page_cannot_answer_what_is_not_asked():
    sheet, before = planted().sheet, planted().sheet.answers
    for given in ({}, {"A": 3}, {**before, "A": ["x"] * 4}, {**before, "Z": []}, "A"):
        sheet.set_state({"answers": given})
        assert sheet.answers == before
    sheet.set_state({"answers": {**before, "A": ["breaks", "", "", ""]}})
    assert sheet.answers["A"][0] == "breaks"
    sheet.set_state({"remarks": {"A": ["✓", "right"]}})
    assert not sheet.remarks


def test_what_was_said_of_an_answer_goes_when_the_answer_does():
    puzzle = solved()
    puzzle.judge()
    puzzle.answer("A", *RIGHT["C"][:3], helps="nothing")
    assert list(puzzle.sheet.remarks) == [*"BCDEF"]


# A small puzzle, with an explorer


@pytest.fixture(scope="module")
def small():
    """Return who is in a puzzle of planners and a memoriser, and the puzzle."""
    world = rk.make("cheese", size=7, layouts=4)
    knows = {"pool": 256, "episodes": 2000}
    agents = [
        rk.train("memoriser", world, seed=1, **knows),
        rk.plan(world, "corner"),
        rk.plan(world, noise=0.1),
    ]
    return agents, mystery.puzzle([(world, agents)], np.random.default_rng(0), n=32)


def test_the_truth_comes_from_what_is_shown(small):
    _, puzzle = small
    found = {name: each.truth.helps for name, each in puzzle._suspects.items()}
    assert found == {"A": "practice", "B": "telling levels", "C": "nothing"}
    for name in puzzle.agents:
        for shift in puzzle.shifts(name):
            at = puzzle._suspects[name].shifts[shift - 1]
            end = puzzle.path(name, shift)[-1]
            assert end.plain() in puzzle.explorer.table(**{at: 1.0})


def test_no_word_gives_an_agent_or_a_shift_away(small):
    agents, puzzle = small
    seen = [
        json.dumps(puzzle.explorer.get_state(list(puzzle.explorer.kept))),
        json.dumps(puzzle.sheet.get_state(["title", "columns", "rows", "answers"])),
        str(puzzle),
        str(puzzle.path("A", 1)),
        puzzle.explorer._plain(),
        puzzle.explorer.still()["text/html"],
        puzzle.explorer.still()["text/plain"],
    ]
    for text in seen:
        text = re.sub(r'"(goal|layout|place)_shift"', "", text)  # the sliders' traits
        assert not re.search(WHO, re.sub('"planned": false', "", text), re.I)
        assert not re.search(WHAT, text, re.I)
    puzzle.explorer.goal_shift = 1.0
    assert re.search(r"Mystery agents: cheese: shift \d at 1.00", str(puzzle.explorer))
    looks = {(a["marker"], a["colour"]) for a in puzzle.explorer.data["agents"]}
    assert len(looks) == len(agents)
    assert {marker for marker, _ in looks} == {"diamond"}  # of no kind


def test_what_is_not_clear_is_no_puzzle(small):
    world = rk.make("cheese", size=7, layouts=4)
    with pytest.raises(ValueError, match="not clear"):
        mystery.puzzle([(world, [rk.device("random", world)])], np.random.default_rng())


def test_choosing_takes_what_is_wanted_and_then_what_is_rarest():
    one, two = Answer(("breaks",), "practice"), Answer(("robust",), "nothing")
    known = [("a", one), ("b", one), ("c", two), ("d", two)]
    assert suspects.choose(known, (suspects.robust,), 2) == ["c", "a"]
    assert suspects.choose(known, (suspects.other,), 2) is None
    assert suspects.choose(known, (), 5) is None


def test_the_same_seed_gives_the_same_puzzle_with_its_answers(monkeypatch):
    made = []
    monkeypatch.setattr(mystery, "cast", lambda *given: made.append(given))
    monkeypatch.setattr(mystery, "puzzle", lambda *given: object())
    mystery._made.cache_clear()
    assert rk.mystery(3) is rk.mystery(3)
    assert rk.mystery(3) is not rk.mystery(3, hard=True)
    assert made == [(3, False), (3, True)]
    mystery._made.cache_clear()


# Whole puzzles


def shown(puzzle):
    return [
        (each.agent.name, each.world.name, each.shifts, each.truth)
        for each in puzzle._suspects.values()
    ]


@pytest.mark.slow
@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("seed", SEEDS)
def test_every_puzzle_has_each_kind_and_is_clear(seed, hard):
    puzzle = rk.mystery(seed, hard)
    truths = [each.truth for each in puzzle._suspects.values()]
    assert len(truths) == 6
    for kind in (suspects.both, suspects.breaks, suspects.robust):
        assert any(map(kind, truths))
    assert any(map(suspects.other, truths))
    assert max(map(truths.count, truths)) <= 3
    for each in puzzle._suspects.values():
        assert diagnosis(each.ways) == each.truth


@pytest.mark.slow
def test_seeds_make_puzzles_and_the_same_one_twice():
    first = shown(rk.mystery(1))
    mystery._made.cache_clear()
    assert shown(rk.mystery(1)) == first
    assert shown(rk.mystery(2)) != first
