"""The modules of the front end, and what every widget has."""

from __future__ import annotations

import re

import pytest

import robustkit as rk
from robustkit import record
from robustkit.widgets.base import VIEW
from robustkit.widgets.page import DRAWN, JS, order, script, source

from . import small

ENTRIES = ("explorer", "watch", "predict", "train", "build", "wish", "sheet")


@pytest.mark.parametrize("entry", ENTRIES)
def test_modules_import_only_what_is_exported_and_come_before_their_users(entry):
    seen = []
    for name in order(entry):
        text = source(name)
        for names, module in re.findall(
            r'import \{([^}]*)\} from "\./(\w+)\.js"', text
        ):
            assert module in seen
            for each in names.split(","):
                exported = rf"^export (function|const) {each.strip()}\b"
                assert re.search(exported, source(module), re.M), (name, each)
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
    assert needed - {DRAWN} == {path.stem for path in JS.glob("*.js")}
    for path in JS.glob("*.js"):
        assert len(path.read_text("utf-8").splitlines()) < 260, path.name


@pytest.fixture(scope="module")
def every():
    """Return a widget of each kind with something to show."""
    world = small()
    live = rk.train_live("network", world, updates=5)
    live.train()
    live.wait()
    return [
        rk.explore(world, [rk.plan(world), rk.device("random", world)], n=8),
        rk.watch(rk.plan(world), world.sample(1)[0]),
        rk.wish(world, n=8),
        rk.predict("Where?", start=(1.0, 1.0), value=(0.5, 0.5)),
        live,
        rk.build(world),
    ]


def test_every_widget_has_a_text_and_a_picture_beside_it(every):
    for widget in every:
        bundle, _ = widget._repr_mimebundle_()
        assert len(bundle["text/plain"]) > 10
        assert bundle["image/png"].startswith("iVBOR")
    empty = rk.predict("Which way?", choices=["left", "down"])
    assert "image/png" not in empty._repr_mimebundle_()[0]


def test_what_stands_in_for_a_widget_is_an_output_of_its_own(every, monkeypatch):
    shown = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, **more: shown.append((data, more))
    )
    for widget in every:
        shown.clear()
        widget._ipython_display_()
        (view, _), (still, more) = shown
        assert VIEW in view
        assert VIEW not in still
        assert {"text/html", "text/plain", "image/png"} == set(still)
        assert more["display_id"] == widget._still  # by which it is renewed
        assert f"rk-still-{widget._still}" in still["text/html"]


def test_what_stands_in_is_renewed_as_a_guess_is_made(monkeypatch):
    said, guess = [], rk.predict("Which way?", choices=["left", "down"])
    monkeypatch.setattr(record, "shell", lambda: object())
    monkeypatch.setattr("IPython.display.display", lambda *_, **__: None)
    monkeypatch.setattr(
        "IPython.display.update_display",
        lambda data, **_: said.append(data["text/plain"]),
    )
    guess.value = "left"  # not shown yet: there is nothing to renew
    guess._ipython_display_()
    guess.reveal("down")
    assert said == ["Which way? Your guess: left. Observed: down. Not so."]


def test_a_name_stays_text_in_what_stands_in():
    rude = "<script>window.broken = 1</script>"
    still = rk.predict(rude, choices=["<b>", "c"], value="<b>").still()["text/html"]
    assert "<script>" not in still
    assert "<b>" not in still
