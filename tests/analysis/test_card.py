"""The robustness card: one content in three forms, for any agent."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import robustkit as rk
from robustkit import text
from robustkit.__main__ import main


def small():
    return rk.make("cheese", size=7, layouts=8)


@cache
def made():
    return rk.card(rk.plan(small(), "corner"), n=24)


def test_a_card_holds_what_was_measured():
    data = json.loads(made().json())
    assert (data["format"], data["version"]) == ("robustkit-card", 2)
    assert len(data["readings"]) == 5 * 4  # places × groundings
    agent = rk.plan(small(), "corner")
    path = rk.path(agent, small(), goal=["anywhere", *np.linspace(0, 1, 6)], n=24)
    polar = {
        text.shifts(r["shift"]): r
        for r in data["readings"]
        if r["grounding"] == "polar"
    }
    shifted = polar["goal shift anywhere"]
    assert shifted["alignment"][0] == pytest.approx(path.alignment[0])
    assert shifted["words"] == path[0].explain()
    assert [*polar] == [
        "training",
        "goal shift anywhere",
        "layout shift 1",
        "goal shift anywhere and layout shift 1",
        "place shift 1",
    ]
    drop = data["drops"]["goal"]
    lost = path.scalar[-1] - path.scalar[1]
    assert sum(drop.values()) == pytest.approx(lost)
    along = [scalar for scalar, *_ in data["paths"]["goal"]]
    assert along == pytest.approx(path.scalar[1:].tolist())
    assert data["grades"]["goal"] == list(small().shifts["goal"].grades)
    alone = rk.measure(agent, small().sample(24, goal="anywhere")).scalar.value
    ahead = data["forecast"]
    assert ahead["low"] - 1e-9 <= alone <= ahead["high"] + 1e-9
    assert any("candidate objectives" in limit for limit in data["limits"])


def test_the_three_forms_say_the_same_numbers(tmp_path):
    agent = rk.plan(small(), "corner")
    reading = rk.path(agent, small(), goal="anywhere", n=24)[0]
    for ending in ("html", "md", "json"):
        text = made().save(tmp_path / f"card.{ending}").read_text("utf-8")
        value = f"{reading.alignment.value:.2f}"
        held = str(reading.alignment.value) if ending == "json" else value
        assert held[:6] in text
    assert made().picture.startswith("<svg")
    assert "alt=" in made()._repr_html_()


def test_a_card_says_where_its_words_hold_and_how_it_was_made():
    text = made().markdown()
    assert "- Goal shift anywhere: On 24 levels" in text
    head, verdict, *_ = text.split("\n\n")
    assert head == "# Robustness card: corner planner"
    assert verdict == "corner planner: goal misgeneralisation is shown."
    assert "Where base and proxies lie together in a new place, it earns" in text
    (far,) = (line for line in text.splitlines() if "(last fifth)" in line)
    last = rk.path(rk.plan(small(), "corner"), small(), goal=1, n=24)[0]
    assert far.startswith(f"| goal shift 1 | {last.scalar.value:.2f} | 1.00 |")
    assert "| place shift 1 | 1.00 | 1.00 | 1.00 | cheese and hole lie together" in text
    assert "share of cheese in the mixtures that fit" in text
    assert "unfamiliar: tree" in text
    page = made().html()
    assert page.index("<h1>") < page.index("<img") < page.index("<table>")


@pytest.mark.parametrize("name", ["colour", "keys"])
def test_a_world_that_asks_gets_no_full_stop(name):
    world = rk.make(name)
    assert world.summary.endswith("?")
    text = rk.card(rk.plan(world), n=8).markdown()
    assert f"{world.summary} 8 levels" in text
    assert "?." not in text


def test_nothing_is_less_than_nothing():
    data = json.loads(made().json())
    lost = {"capability": -0.003, "alignment": -0.001, "remainder": -1e-9}
    data["drops"] = {"goal": lost}
    data["forecast"] = {"low": -0.001, "high": 0.2}
    for row in data["readings"]:
        row["scalar"] = [-0.001, -0.004, 0.004]
    text = replace(made(), data=data).markdown()
    assert "changes by +0.00: +0.00 capability, +0.00 alignment" in text
    assert "between 0.00 and 0.20" in text
    assert "0.00 \\[0.00, 0.00\\]" in text
    assert "-0.00" not in text.split("## In words")[0]


def test_unknown_alignment_is_null_and_said():
    found = rk.card(rk.device("random", small()), n=24)
    data = json.loads(found.json())
    assert data["readings"][0]["alignment"][0] is None
    assert "unknown" in found.markdown()
    assert "nan" not in found.html().lower().split("base64", 1)[0]


def test_a_given_name_is_the_name_throughout():
    tables = small().sample(1, goal="anywhere", seed=3).tables()
    policy = np.full(tables.shape, 0.25)
    found = rk.card(policy, tables, name="bell ringer")
    text = found.markdown()
    assert "policy" not in text + found.data["alt"]
    assert "bell ringer earns" in text
    assert "bell ringer (given) in tables: levels given as tables. 1 level," in text
    assert "interval" not in text.replace("so no interval is given", "")
    named = rk.card(rk.plan(small(), "corner"), n=8, name="<b>Ada</b>").data
    assert "corner planner" not in str(named)


HOSTILE = '<script>window.broken = 1</script> | `x` "'


def test_a_hostile_name_is_text_in_every_form():
    found = rk.card(replace(rk.plan(small()), name=HOSTILE), n=8)
    assert "<script>" not in found.html()
    assert "<script>" not in found._repr_html_()
    assert json.loads(found.json())["agent"]["name"] == HOSTILE
    first, *_ = found.markdown().split("\n## ")
    rows = [line for line in first.splitlines() if line.startswith("|")]
    assert {row.count(" | ") for row in rows[:1] + rows[2:]} == {5}
    assert "https://" not in found.html()


def test_an_agent_of_ones_own_and_a_world_of_ones_own_have_cards():
    def stubborn(observation):
        return 0

    walker = rk.agent(stubborn, small())
    assert "robustness card" in rk.card(walker, n=8).markdown().lower()
    tables = small().sample(6, goal="anywhere").tables()
    policy = np.full(tables.shape, 0.25)
    own = rk.card(policy, tables, name="a walk")
    assert json.loads(own.json())["agent"]["name"] == "a walk"
    assert len(json.loads(own.json())["readings"]) == 3


def test_what_can_only_be_played_has_a_card_of_what_could_be_measured():
    world = rk.make("monsters", size=7)
    data = json.loads(rk.card(rk.plan(world), n=2).json())
    assert not data["measured"]["exact"]
    assert data["forecast"] is None
    assert {r["grounding"] for r in data["readings"]} == {"polar"}
    assert any("playing episodes" in limit for limit in data["limits"])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (lambda: rk.card("network"), "is not an agent"),
        (lambda: rk.card(rk.plan(small()), "cheese"), "world='cheese'"),
        (lambda: rk.card(rk.plan(small()), n=1), "n=1"),
        (lambda: made().save("card.txt"), "NAME.html"),
        (
            lambda: rk.card(rk.plan(small()), small().sample(2).tables()),
            "not of tables",
        ),
    ],
)
def test_cards_are_refused_by_name(given, said):
    with pytest.raises(ValueError, match=said):
        given()


def test_the_command_line_writes_a_card(tmp_path, capsys):
    path = rk.save(rk.plan(small()), tmp_path / "agent.npz")
    assert main(["card", str(path), "-n", "8", "-o", str(tmp_path / "c.html")]) == 0
    assert "Robustness card" in (tmp_path / "c.html").read_text("utf-8")
    assert main(["card", str(path), "-n", "8"]) == 0
    assert "# Robustness card" in capsys.readouterr().out
    assert main(["card", str(path), "-o", str(tmp_path / "c.exe")]) == 2


def test_what_stood_there_is_kept_where_a_card_cannot_be_written(tmp_path, monkeypatch):
    def full(self, *given, **more):
        self.write_bytes(b"half of it")
        raise OSError("no space left")

    where = tmp_path / "card.html"
    where.write_text("precious")
    monkeypatch.setattr(type(where), "write_text", full)
    with pytest.raises(OSError, match="no space"):
        made().save(where)
    assert [p.name for p in tmp_path.iterdir()] == ["card.html"]
    assert where.read_bytes() == b"precious"


@pytest.mark.parametrize("name", ["tom_$x_$y", "$\\mouse$", "\\frac $", "\ud800"])
def test_a_name_is_no_formula(name):
    found = rk.card(replace(rk.plan(small()), name=name), n=8)
    assert found.picture.startswith("<svg")


@pytest.mark.parametrize(
    ("name", "options"), [("lava", {}), ("keys", {"few": 2, "many": 2})]
)
def test_a_world_without_a_goal_shift_has_a_card_and_forecasts_nothing(name, options):
    world = rk.make(name, **options)
    assert "goal" not in world.shifts
    card = rk.card(rk.plan(world), n=8)
    assert card.data["forecast"] is None
    assert card.data["misgeneralisation"] is None
    assert {tuple(row["shift"].items()) for row in card.data["readings"]}


def test_a_verdict_says_where_it_looked():
    """In training, where there is no new place to look: there things may lie apart."""
    for world in (rk.make("coin", stretch=0.2), rk.make("follow", size=7)):
        text = rk.card(rk.plan(world), n=8).markdown()
        assert "In training, it earns" in text
        assert "lie together" not in text.split("##")[0]


def test_a_card_says_how_an_agent_was_remedied():
    few = {"updates": 3, "levels": 4, "agents": 4, "pool": 16}
    before = rk.train("network", small(), **few)
    after = rk.train("network", small(), 1, after=before, diversity=0.5, **few)
    card = rk.card(after, n=8)
    said = "retrained for 3 updates after network 0 on 50% telling levels"
    assert json.loads(card.json())["agent"]["remedies"] == [said]
    assert f"\n\nRemedies: {said}.\n\n" in card.markdown()
    assert f"<p>Remedies: {said}.</p>" in card.html()
    # and where it says how it was made, whose settings these were is left out
    assert "after: network 0," in card.markdown()
    assert "'settings'" not in card.markdown()


def test_a_card_has_no_line_for_remedies_where_there_are_none():
    untouched = rk.card(rk.train("network", small(), updates=1, pool=16), n=8)
    assert untouched.data["agent"]["remedies"] == []
    assert "Remedies" not in untouched.markdown() + untouched.html()
    assert "after" not in untouched.markdown().split("How the agent was made")[1][:400]
