"""A robustness card in a browser: one page of A4, no white block in the dark."""

from __future__ import annotations

import pytest

import robustkit as rk

from .helpers import CORNER, check_paper


@pytest.fixture(scope="module")
def cards(tmp_path_factory):
    """Return the paths of cards of a network with remedies and of a bare policy."""
    folder, world = tmp_path_factory.mktemp("cards"), rk.make("cheese")
    begin = rk.train("network", world, seed=0)
    remedies = {"diversity": 0.5, "choice": "regret", "updates": 5}
    network = rk.train("network", world, seed=1, after=begin, **remedies)
    levels = world.sample(1, goal="anywhere")
    policy = network.policy(levels)
    return [
        rk.card(network, n=32).save(folder / "network.html"),
        rk.card(policy, levels.tables(), name="bell ringer").save(folder / "bare.html"),
    ]


def test_a_card_prints_on_one_page_of_a4(browser, cards):
    for card in cards:
        page = browser.new_page()
        page.goto(card.as_uri())
        check_paper(page)
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_picture_of_a_card_is_as_light_as_its_page(browser, cards, scheme):
    page = browser.new_page(color_scheme=scheme)
    told = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(cards[0].as_uri())
    corner = page.locator("img").evaluate(CORNER)
    assert all((x > 200) == (scheme == "light") for x in corner), corner
    assert told == []  # its policy of what may be loaded refuses nothing
    page.close()


def test_a_card_fits_a_phone(browser, cards):
    page = browser.new_page(viewport={"width": 360, "height": 700})
    page.goto(cards[0].as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()
