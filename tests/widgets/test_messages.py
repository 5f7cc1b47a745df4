"""What a page sends: it may be anything, and the last good value stands."""

from __future__ import annotations

import logging
import time
from random import Random

import pytest
import traitlets

import robustkit as rk

from . import small

SECONDS = 2.0  # of CPU that a message may take


def widgets():
    """Return one of each kind, by name, and of guesses one of each kind of these."""
    world = small()
    agents = [rk.plan(world), rk.plan(world, "corner")]
    return {
        "explorer": rk.explore(world, agents, n=8),
        "watch": rk.watch(agents[0], world.sample(1)[0]),
        "choice": rk.predict("Which way?", choices=["left", "down"]),
        "number": rk.predict("How much?", number=(0, 5)),
        "point": rk.predict("Where?"),
        "arrow": rk.predict("Where?", start=(1.0, 1.0)),
        "live": rk.train_live("network", world, updates=2),
        "builder": rk.build(world, agents),
    }


def whole(value, low, high):
    return type(value) is int and low <= value <= high


def within(value, low, high):
    return isinstance(value, (int, float)) and low <= value <= high


def pair(value):
    return len(value) == 2 and within(value[0], 0, 1) and within(value[1], -1, 1)


GUESSES = {
    "choice": lambda value: value in ("left", "down"),
    "number": lambda value: within(value, 0, 5),
    "point": pair,
    "arrow": pair,
}


def possible(kind, widget, name, value):
    """Say, once more and by other means, what the front end may set to what."""
    if kind in GUESSES:
        return name in ("draft", "value") and (value is None or GUESSES[kind](value))
    if kind == "watch":
        return name == "step" and whole(value, 0, len(widget.data["steps"]))
    if kind == "live":
        return {
            "world": lambda: value == "cheese",
            "recipe": lambda: value in widget.recipes,
            "seed": lambda: whole(value, 0, 2**63 - 1),
            "diversity": lambda: within(value, 0, 1),
            "beside": lambda: whole(value, -1, 7),
        }[name]()
    if kind == "builder":
        cells = len(widget.walls)
        return {
            "walls": lambda: len(value) == 49 and set(value) <= set("012"),
            "start": lambda: whole(value, 0, cells - 1),
            "agent": lambda: whole(value, 0, 1),
            "rival": lambda: whole(value, -1, 1),
            "things": lambda: (
                set(value) <= {"cheese", "hole"}
                and all(whole(cell, -1, cells - 1) for cell in value.values())
            ),
        }[name]()
    count = len(widget.data["levels"]) if name == "level" else 2
    return {
        "world": lambda: value == 0,
        "rival": lambda: whole(value, -1, 1),
        "grounding": lambda: value == "polar",
        "hidden": lambda: all(whole(index, 0, 1) for index in value),
    }.get(
        name,
        lambda: (
            within(value, 0, 1)
            if name.endswith("_shift")
            else name in ("agent", "level") and whole(value, 0, count - 1)
        ),
    )()


def junk(rng, depth=0):
    """Return anything that JSON and buffers can bring, and a few things more."""
    plain = [
        *(None, True, False, 0, 1, -1, 2, 5, 49, 10**30, -(10**400), 0.5, -0.5, 1e308),
        *(float("nan"), float("inf"), -0.0, "", "left", "polar", "cheese", "network"),
        *("0" * 49, "\ud800", "\x00", "<b>", "x" * 5000, "IPY_MODEL_x", b"\x00\xff"),
        *(memoryview(b"01"), bytearray(b"x"), [], {}, [0.5, 0.5], [0.5, None], [5, 5]),
        *({"cheese": None}, {"cheese": 9}, {"hole": -1, "cheese": 1.5}, {"moon": 1}),
        *([[]], [{}], {"": {}}, [None, None], [True, False], ["0.5", "0.5"]),
    ]
    if depth < 3 and rng.random() < 0.25:
        count = rng.randrange(4)
        if rng.random() < 0.5:
            return [junk(rng, depth + 1) for _ in range(count)]
        keys = rng.choices(
            ["cheese", "hole", "ask", "world", "", "0", "steps"], k=count
        )
        return {key: junk(rng, depth + 1) for key in keys}
    return rng.choice(plain)


def message(rng, widget):
    """Return what comes over the wire, of one widget's traits or of its own making."""
    names = [*widget.keys, *widget.heard * 8, "nothing", ""]
    if rng.random() < 0.3:
        asks = ["train", "stop", "resume", "guess", "again", "here", junk(rng), None]
        content = {"ask": rng.choice(asks), "ticket": junk(rng), "value": junk(rng)}
        content = content if rng.random() < 0.8 else junk(rng)
        data = {"method": "custom", "content": content}
    else:
        chosen = rng.choices(names, k=rng.randrange(1, 4))
        state = {name: junk(rng) for name in chosen}
        if rng.random() < 0.4:  # something that some widget may well take
            good = 0, 1, 0.5, "network", [1], [0.5, 0.5]
            state = {rng.choice(widget.heard): rng.choice(good)}
        if rng.random() < 0.02:
            state = junk(rng)
        data = {"method": "update", "state": state, "buffer_paths": []}
        if rng.random() < 0.1:
            data["buffer_paths"] = [[rng.choice(names)], junk(rng)][: rng.randrange(3)]
        if rng.random() < 0.05:
            data["method"] = junk(rng)
    return {"content": {"data": data}, "buffers": [b"\x00\x01", memoryview(b"2")]}


def state(widget):
    return {name: getattr(widget, name) for name in widget.keys}


# What Python changes when something is asked of it.
MOVED = {
    "live": {
        *("state", "stages", "total", "past", "message"),
        *("where", "scenes", "episodes", "look"),
    },
    "builder": {"outcome"},
    **{kind: {"said"} for kind in GUESSES},
}


def held(kind, widget, before):
    """Assert that each value is the one from before, or a good one."""
    after = state(widget)
    told = *widget.heard, *(["value"] if kind in GUESSES else [])  # a button confirms
    for name, value in after.items():
        same = value is before[name] or value == before[name]
        if same or name in MOVED.get(kind, ()):
            continue
        assert name in told, (kind, name, value)
        assert possible(kind, widget, name, value), (kind, name, value)
    return any(after[name] != before[name] for name in told)


def send(shown, rng, count):
    """Send so many messages, and look at the widget after each."""
    changed = 0
    shown["builder"].picture()  # what draws is imported once
    for _ in range(count):
        kind = rng.choice(list(shown))
        widget, before = shown[kind], state(shown[kind])
        sent = message(rng, widget)
        began = time.process_time()
        widget._handle_msg(sent)
        str(widget), repr(widget)
        if kind == "live":
            widget.wait()
        if held(kind, widget, before):
            changed += 1
            assert "text/plain" in widget._repr_mimebundle_()[0]
        assert time.process_time() - began < SECONDS, (kind, sent)
    for widget in shown.values():
        assert str(widget)
        assert repr(widget)
        assert widget._repr_mimebundle_()
        assert widget.still()["text/html"]
    return changed


@pytest.mark.slow_for("5000")
@pytest.mark.parametrize("count", [300, 5000])
def test_whatever_a_page_sends_the_last_good_value_stands(count, monkeypatch):
    # ipywidgets logs half a character as it came, which no report of a test can hold.
    monkeypatch.setattr(logging.getLogger("traitlets"), "disabled", True)
    assert send(widgets(), Random(20), count) > count / 50


@pytest.mark.parametrize(
    ("kind", "name", "bad"),
    [
        ("point", "value", [5, 5]),
        ("point", "draft", {"x": 1}),
        ("choice", "value", "up"),
        ("number", "value", float("nan")),
        ("live", "world", "nowhere"),
        ("live", "recipe", "magic"),
        ("live", "seed", 2**70),
        ("live", "stages", [[1]]),
        ("live", "state", "running"),
        ("live", "message", 5),
        ("builder", "things", {"cheese": None}),
        ("builder", "things", {"moon": 3}),
        ("builder", "start", 10**30),
        ("builder", "outcome", {}),
        ("builder", "walls", "2"),
        ("builder", "agent", 7),
        ("watch", "data", {}),
        ("watch", "step", 10**9),
        ("explorer", "worlds", []),
        ("explorer", "agent", 2),
        ("explorer", "hidden", [10**9]),
        ("explorer", "grounding", "magic"),
        ("explorer", "_esm", "alert(1)"),
    ],
)
def test_what_is_refused_changes_nothing_and_what_comes_beside_it_counts(
    all_kinds, kind, name, bad
):
    widget = all_kinds[kind]
    before, told = state(widget), []
    widget.send_state = told.append
    widget.set_state({name: bad})
    assert state(widget) == before
    assert told == [{name}]  # so that the page shows what counts
    del widget.send_state


@pytest.fixture(scope="module")
def all_kinds():
    return widgets()


def test_a_good_value_is_taken_beside_a_bad_one(all_kinds):
    live = all_kinds["live"]
    live.set_state({"seed": 7, "world": "nowhere"})
    assert (live.seed, live.world) == (7, "cheese")


def test_a_value_set_with_others_in_python_is_taken_back_with_them(all_kinds):
    guess = all_kinds["point"]
    refused = pytest.raises(ValueError, match="capability=5")
    with refused, guess.hold_trait_notifications():
        guess.value = [5, 5]
    assert guess.value is None
    with pytest.raises(traitlets.TraitError):
        guess.value = [5, 5]


def test_what_is_asked_is_answered_before_it_is_done():
    live, said = rk.train_live("network", small(), updates=2), []
    live.send = lambda content: said.append((content, live.state))
    live._asked({"ask": "train", "ticket": "a-1"})
    live.wait()
    live._asked({"ask": "here", "ticket": "a-2"})
    assert said == [({"heard": "a-1"}, "idle"), ({"heard": "a-2"}, "done")]


def test_what_cannot_be_done_is_said_on_the_page():
    live, said = rk.train_live("network", "lava", updates=2), []
    live.send = said.append
    live.set_state({"diversity": 0.5})  # lava has no goal shift to take levels from
    live._asked({"ask": "train"})
    assert "diversity=0.5 is not possible" in said[0]["refused"]
    assert live.state == "idle"


def test_training_goes_on_as_what_it_began_whatever_is_chosen_meanwhile():
    live = rk.train_live("network", [small(), "dish"], updates=40)
    live.train()
    live.set_state({"seed": 5})  # not while it runs, or after it
    live.stop()
    live.wait()
    if live.state == "stopped":
        live.set_state({"world": "dish", "recipe": "searcher"})
        live.resume()
        live.wait()
    assert live.state == "done"
    assert live.agents[0].world.name == "cheese"
    assert str(live).startswith("network 0 in cheese, done")
