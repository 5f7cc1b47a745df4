"""An episode as a widget."""

from __future__ import annotations

from dataclasses import replace

import pytest

import robustkit as rk

from . import small


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


HOSTILE = '<script>window.broken = 1</script>"'


def test_a_hostile_name_stays_text_in_saved_episodes(tmp_path):
    agent = replace(rk.plan(small()), name=HOSTILE)
    page = rk.watch(agent, small().sample(1)[0]).save(tmp_path / "rude.html")
    text = page.read_text("utf-8")
    assert "<script>window" not in text
    assert "&lt;script&gt;" in text
