"""The Python sides of the widgets, and the modules of their front end."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest
import traitlets

import robustkit as rk
from robustkit import metrics
from robustkit.widgets.explorer import Explorer
from robustkit.widgets.modules import JS, order, script

USES = r'import \{([^}]*)\} from "\./(\w+)\.js"'
ENTRIES = ("explorer", "watch", "predict", "live", "build")


def small():
    return rk.make("cheese", size=7, layouts=8)


# One front end


@pytest.mark.parametrize("entry", ENTRIES)
def test_modules_import_only_what_is_exported_and_come_before_their_users(entry):
    seen = []
    for name in order(entry):
        text = (JS / f"{name}.js").read_text("utf-8")
        for names, module in re.findall(
            r'import \{([^}]*)\} from "\./(\w+)\.js"', text
        ):
            assert module in seen
            source = (JS / f"{module}.js").read_text("utf-8")
            for each in names.split(","):
                exported = rf"^export (function|const) {each.strip()}\b"
                assert re.search(exported, source, re.M), (name, each)
        seen.append(name)
    assert seen[-1] == entry


@pytest.mark.parametrize("entry", ENTRIES)
def test_no_name_is_declared_twice_in_what_is_put_together(entry):
    text = script(entry)
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", text, re.M)
    assert len(names) == len(set(names))
    assert text.count("export default") == 1
    assert "import " not in re.sub(r"//.*|\* .*", "", text)


def test_every_module_is_needed_and_short_enough_to_read():
    needed = {name for entry in ENTRIES for name in order(entry)}
    assert needed == {path.stem for path in JS.glob("*.js")}
    for path in JS.glob("*.js"):
        assert len(path.read_text("utf-8").splitlines()) < 260, path.name


# The explorer


def test_explorer_switches_between_worlds_and_groundings():
    cheese, dish = small(), rk.make("dish", size=7, layouts=8)
    agents = [rk.plan(cheese, "corner"), rk.plan(dish, "dish"), rk.plan(cheese)]
    groundings = ("polar", "attribution")
    explorer = rk.explore([cheese, dish], agents, n=16, groundings=groundings)
    assert [len(each["agents"]) for each in explorer.worlds] == [2, 1]
    assert "corner planner" in explorer.table()
    explorer.world = 1
    assert "dish planner" in explorer.table()
    assert "corner planner" not in str(explorer)
    explorer.grounding = "attribution"
    nodes = explorer.data["agents"][0]["readings"]["attribution"]
    assert len(nodes["capability"]) == 25
    path = rk.path(agents[1], dish, goal=1, n=16, grounding="attribution")
    at = nodes["grid"]["goal"].index(1.0) * 5
    low, high, value = nodes["alignment"][at]
    assert value == pytest.approx(path[0].alignment.value, abs=1e-3)
    assert low <= value <= high


@pytest.mark.slow
def test_what_is_shipped_is_what_is_made_anew():
    """Training and readings, on whatever machine; the levels to the last sign."""
    from robustkit.widgets.ship import made, shipped

    ours, theirs = shipped(), made()
    assert ours.keys() == theirs.keys()
    names = [[agent["name"] for agent in each["agents"]] for each in (ours, theirs)]
    assert names[0] == names[1]
    for one, two in zip(ours["agents"], theirs["agents"], strict=True):
        assert np.array(one["sums"]) == pytest.approx(np.array(two["sums"]), abs=0.02)
    for one, two in zip(ours["levels"], theirs["levels"], strict=True):
        assert one["u"] == two["u"]
        assert [s["walls"] for s in one["strata"]] == [
            s["walls"] for s in two["strata"]
        ]
    default = rk.explore("cheese", goal=1.0)
    assert default.data["agents"] == ours["agents"]
    assert default.goal_shift == 1.0
    assert default.data["groundings"] == list(metrics.GROUNDINGS)
    assert default.picture().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("trait", "value"), [("world", 1), ("rival", 2), ("agent", 9), ("level", 99)]
)
def test_an_explorer_refuses_what_does_not_exist(trait, value):
    explorer = rk.explore(
        small(), [rk.plan(small()), rk.device("random", small())], n=8
    )
    with pytest.raises(traitlets.TraitError, match=trait):
        setattr(explorer, trait, value)
    with pytest.raises(traitlets.TraitError, match="was not measured"):
        explorer.grounding = "meg"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"world": []}, "world"),
        ({"world": [3]}, "world"),
        ({"groundings": ["vibes"]}, "groundings='vibes'"),
        ({"agents": []}, "agents is empty"),
        ({"agents": ["network"]}, "agents holds"),
    ],
)
def test_explore_refuses_by_name(given, said):
    with pytest.raises(ValueError, match=said):
        rk.explore(**{"world": "cheese", **given})
    with pytest.raises(ValueError, match="data is empty"):
        Explorer([])


# Watch


def test_an_episode_is_paid_what_its_events_are_worth():
    keys = rk.make("keys")
    level = keys.sample(1, goal=1.0, seed=2)[0]
    seen = rk.watch(rk.plan(keys, "keys"), level, seed=1)
    steps = seen.data["steps"]
    for step in steps:
        paid = [
            sum(pays.get(event, 0) for event in step["events"])
            for pays in keys.objectives.values()
        ]
        assert step["paid"] == pytest.approx(paid)
        assert 0 < step["chance"] <= 1
    cells = seen.data["stratum"]["episodes"][0]["cells"]
    assert len(cells) == len(steps) + 1
    assert "key" in steps[0]["seen"]
    assert len(seen.table().splitlines()) == len(steps) + 1


def test_an_episode_is_saved_as_a_page_of_its_own(tmp_path):
    seen = rk.watch(rk.plan(small()), small().sample(1)[0])
    text = seen.save(tmp_path / "episode.html").read_text("utf-8")
    assert "default-src 'none'" in text
    assert "https://" not in text
    with pytest.raises(ValueError, match=r"NAME\.html"):
        seen.save(tmp_path / "episode.txt")
    assert seen.picture().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda: rk.watch("network", small().sample(1)), "is no agent"),
        (lambda: rk.watch(rk.plan(small()), rk.make("dish").sample(1)), "levels are"),
        (lambda: rk.watch(rk.plan(small()), 3), "not a batch"),
        (lambda: rk.watch(rk.plan(small()), small().sample(1), seed=-1), "seed=-1"),
    ],
)
def test_watch_refuses_by_name(given, said):
    with pytest.raises(ValueError, match=said):
        given()


# Predict


def test_a_guess_comes_before_the_reveal_and_is_shown_beside_it():
    guess = rk.predict("Where will it be?", start=(1.0, 1.0))
    with pytest.raises(ValueError, match="no guess yet"):
        guess.reveal((0.9, 0.1))
    guess.value = (0.5, 0.9)
    reading = rk.measure(rk.plan(small(), "corner"), small().sample(24, goal=1.0))
    said = guess.reveal(reading)
    assert "predicted: capability 0.50, alignment 0.90" in said
    assert f"alignment {reading.alignment.value:.2f}" in said


def test_an_unknown_alignment_can_be_revealed_but_not_guessed():
    guess = rk.predict("Where will it be?", value=(0.5, 0.5))
    reading = rk.measure(rk.device("random", small()), small().sample(24, goal=1.0))
    assert "alignment unknown" in guess.reveal(reading)
    with pytest.raises(ValueError, match="alignment"):
        guess.value = (0.5, None)


@pytest.mark.parametrize(
    ("make", "value", "said"),
    [
        (lambda v: rk.predict("?", choices=["left", "down"], value=v), "up", "up"),
        (lambda v: rk.predict("?", number=(0, 1), value=v), 1.5, "1.5"),
        (lambda v: rk.predict("?", value=v), (2, 0), "capability=2"),
        (lambda v: rk.predict("?", value=v), 0.3, "capability, alignment"),
        (lambda v: rk.predict("?", choices=v), ["one"], "two words or more"),
        (lambda v: rk.predict("?", number=v), (1, 1), "lowest, highest"),
        (lambda v: rk.predict("?", choices=["a", "b"], number=v), (0, 1), "one of"),
    ],
)
def test_a_guess_that_cannot_be_is_refused(make, value, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        make(value)


@pytest.mark.parametrize(
    ("guess", "value", "result"),
    [
        (rk.predict("Which way?", choices=["left", "down"]), "left", "down"),
        (rk.predict("How much?", number=(0, 1)), 0.25, 0.75),
    ],
)
def test_choices_and_numbers_work_as_plain_variables(guess, value, result):
    guess.value = value
    said = guess.reveal(result)
    assert str(value) in said
    assert str(result) in said
    assert guess.value == value


# Train live


def test_training_live_gives_the_agent_that_training_gives():
    live = rk.train_live(small(), updates=20, seed=3)
    live.train()
    live.wait()
    assert live.state == "done"
    assert live.stages[-1][0] == 20
    alone = rk.train("network", small(), seed=3, updates=20)
    levels = small().sample(4)
    assert np.array_equal(alone.policy(levels), live.agent.policy(levels))
    assert len(live.past) == len(live.agents) == 1
    assert "20" in live.table()


def test_training_stops_and_resumes_where_it_was():
    live = rk.train_live(small(), updates=200, seed=1)
    live.train()
    time.sleep(0.05)
    live.stop()
    live.wait()
    assert live.state == "stopped"
    held = len(live.stages)
    assert held > 0
    live.resume()
    live.wait()
    assert live.state == "done"
    assert [stage[0] for stage in live.stages] == sorted({s[0] for s in live.stages})
    whole = rk.train("network", small(), seed=1, updates=200)
    levels = small().sample(2)
    assert np.array_equal(whole.policy(levels), live.agent.policy(levels))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"recipe": "magic"}, "recipe='magic'"),
        ({"diversity": 2}, "diversity=2"),
        ({"updates": 0}, "updates=0"),
        ({"world": "moon"}, "moon"),
    ],
)
def test_training_live_refuses_by_name(given, said):
    with pytest.raises(ValueError, match=said):
        rk.train_live(**{"world": "cheese", **given})


def test_buttons_that_nobody_made_are_not_heard():
    live = rk.train_live(small(), updates=5)
    for ask in ({"ask": "explode"}, {"ask": None}, "train", {}):
        live._asked(ask)
    assert live.state == "idle"


# Build


def test_a_laid_level_is_what_its_code_makes():
    builder = rk.build(small(), level=small().sample(1, goal=1.0, seed=4))
    made = {"rk": rk}
    exec(builder.code(), made)
    ours, theirs = builder.level, made["level"]
    assert (ours.terrain == theirs.terrain).all()
    assert ours.start == theirs.start
    assert ours.things == theirs.things
    drawn = small().sample(1, goal=1.0, seed=4)
    assert ours.keys == drawn.keys
    assert bool(ours.goal_shifted[0])
    assert not ours.layout_shifted[0]
    assert str(ours) == builder.text()


def test_an_impossible_level_is_explained_and_not_refused():
    builder = rk.build(small())
    hole = builder.things["hole"]
    builder.walls = builder.walls[:hole] + "1" + builder.walls[hole + 1 :]
    assert "lies in a wall" in builder.outcome["problems"][0]
    assert builder.outcome["words"] == "This is no level yet."
    assert "no level yet" in str(builder)
    builder.walls = builder.walls[:hole] + "0" + builder.walls[hole + 1 :]
    assert builder.outcome["problems"] == []
    builder.things = {**builder.things, "cheese": builder.start}
    assert any("lies at the start" in p for p in builder.outcome["problems"])


def test_what_cannot_be_reached_is_said():
    world = small()
    rows = ["#######", "#.#...#", "###...#", "#.....#", "#.....#", "#.....#", "#######"]
    level = world.level(rows, (5, 5), {"cheese": (1, 1), "hole": (4, 4)})
    said = world.unreached(level)
    assert "cheese cannot be reached from the start." in said
    assert "Nothing can be won at cheese here." in said


def test_the_editor_says_where_base_and_proxy_part():
    world = small()
    builder = rk.build(world, level=world.sample(1, goal=0.0))
    assert "they agree" in builder.outcome["words"]
    builder = rk.build(world, level=world.sample(1, goal=1.0, seed=4))
    assert "part" in builder.outcome["words"]
    paid = [agent["paid"] for agent in builder.outcome["agents"]]
    assert paid[0] != paid[1]


@pytest.mark.slow_for("trees")
@pytest.mark.parametrize("name", [n for n in rk.list_worlds() if n != "monsters"])
def test_a_level_of_every_world_can_be_laid_again_from_its_code(name):
    world = rk.make(name)
    for goal in (0.0, 1.0):
        level = world.sample(1, goal=goal, seed=3)
        builder = rk.build(world, [rk.plan(world)], level)
        assert builder.outcome["words"] != "This is no level yet."
        made = {"rk": rk}
        exec(builder.code(), made)
        ours, theirs = level.tables(), made["level"].tables()
        assert (ours.next_state == theirs.next_state).all()
        assert (ours.rewards == theirs.rewards).all()
        assert ours.start == theirs.start


def test_keys_and_chests_come_in_the_numbers_that_the_world_has():
    builder = rk.build("keys")
    spare = next(name for name, cell in builder.things.items() if cell < 0)
    floor = int(np.flatnonzero(builder.level.vacant[0])[0])
    builder.things = {**builder.things, spare: floor}
    assert "2 keys and 3 chests" in builder.outcome["problems"][0]


ROWS = ["#####", "#...#", "#...#", "#...#", "#####"]


@pytest.mark.parametrize(
    ("rows", "start", "things", "said"),
    [
        (ROWS[:4], (1, 1), {}, "rows are 4"),
        (["#####", "#.x.#", *ROWS[2:]], (1, 1), {}, "rows hold"),
        (["#.###", *ROWS[1:]], (1, 1), {}, "border is open"),
        (ROWS, (0, 0), {}, "start=\\(0, 0\\) lies in a wall"),
        (ROWS, (1, 9), {}, "lies outside"),
        (ROWS, (1, 1), {"moon": (2, 2)}, "things='moon'"),
        (ROWS, (1, 1), {"cheese": (4, 4)}, "cheese=\\(4, 4\\) lies in a wall"),
    ],
)
def test_a_level_that_cannot_be_is_refused_by_name(rows, start, things, said):
    with pytest.raises(ValueError, match=said):
        rk.make("cheese", size=5).level(rows, start, things)


# A site


def test_a_site_holds_a_page_for_each_world_and_loads_nothing(tmp_path):
    worlds = [small(), rk.make("dish", size=7, layouts=8)]
    agents = [rk.plan(world) for world in worlds]
    first = rk.export_site(tmp_path / "site", worlds, agents, n=8)
    text = first.read_text("utf-8")
    assert 'href="cheese.html"' in text
    assert (first.parent / "dish.png").read_bytes().startswith(b"\x89PNG")
    for page in first.parent.glob("*.html"):
        held = page.read_text("utf-8")
        assert "default-src 'none'" in held
        assert "https://" not in held
        assert "http://" not in held.replace("http://www.w3.org/", "")


# Beside every widget


def test_every_widget_has_a_text_and_a_picture_beside_it():
    world = small()
    guess = rk.predict("Where?", start=(1.0, 1.0), value=(0.5, 0.5))
    live = rk.train_live(world, updates=5)
    live.train()
    live.wait()
    widgets = [
        rk.explore(world, [rk.plan(world), rk.device("random", world)], n=8),
        rk.watch(rk.plan(world), world.sample(1)[0]),
        guess,
        live,
        rk.build(world),
    ]
    for widget in widgets:
        bundle, _ = widget._repr_mimebundle_()
        assert len(bundle["text/plain"]) > 10
        assert bundle["image/png"].startswith("iVBOR")
    empty = rk.predict("Which way?", choices=["left", "down"])
    assert "image/png" not in empty._repr_mimebundle_()[0]


HOSTILE = '<script>window.broken = 1</script>"'


def test_a_hostile_name_stays_text_in_saved_episodes(tmp_path):
    agent = replace(rk.plan(small()), name=HOSTILE)
    page = rk.watch(agent, small().sample(1)[0]).save(tmp_path / "rude.html")
    text = page.read_text("utf-8")
    assert "<script>window" not in text
    assert "&lt;script&gt;" in text


WITHOUT_NUMPY = """
import sys

sys.modules["numpy"] = None
import robustkit as rk
from robustkit.widgets.episode import Watch
from robustkit.widgets.explorer import Explorer
from robustkit.widgets.ship import shipped

assert "network 0" in Explorer(shipped()).table(goal=1.0)
guess = rk.predict("Where?", start=(1.0, 1.0), value=(0.5, 0.5))
print(guess.reveal((0.9, None)))
"""


def test_widgets_that_hold_data_only_work_in_a_page_without_numpy():
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_NUMPY], capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    assert "alignment unknown" in ran.stdout
