"""Charts and maps: what they show of made-up numbers, and what they say of them."""

from __future__ import annotations

import numpy as np
import pytest

from robustkit.figures.charts import changes, pairs, sweep, versus
from robustkit.figures.maps import rewards, valuation

VALUES = {"scalar": np.array([[0.2, 0.4], [np.nan, -0.2]])}
MEANS = {"scalar": np.array([[0.3, 0.2, 0.4], [-0.001, -0.2, 0.1]])}


def test_a_sweep_says_the_mean_of_every_condition():
    said = sweep(["0", "0.5"], VALUES, MEANS, "share", "Title", middle="iqm").alt
    assert said == "Title. Iqm of scalar by share: 0: 0.30, 0.5: 0.00."
    unknown = {"scalar": np.full((1, 3), np.nan)}
    picture = sweep(["a"], {"scalar": np.ones((1, 2))}, unknown, "share", "Title")
    assert picture.alt.endswith("a: unknown.")


@pytest.mark.parametrize(
    ("labels", "line"), [(["0", "0.5"], "-"), (["a", "b"], "None")]
)
def test_a_sweep_shows_every_seed_and_joins_means_of_numbers_only(labels, line):
    picture = sweep(labels, VALUES, MEANS, "share", "Title", [(0, 0.1), (1, 0.9)])
    (axes,) = picture.axes
    seeds = axes.collections[0].get_offsets()
    assert seeds.compressed().size == 2 * 3  # one is unknown
    mean, published = axes.lines[0], axes.lines[-2]
    assert list(mean.get_ydata()) == list(MEANS["scalar"][:, 0])
    assert mean.get_linestyle() == line
    assert list(published.get_ydata()) == [0.1, 0.9]


def test_measurement_against_truth_shows_the_unknown_along_the_edge():
    truth, measured = np.array([1.0, 0.5, -0.5]), np.array([0.9, np.nan, -0.4])
    panels = {("alignment", "polar"): (truth, measured)}
    picture = versus(["a", "a", "b"], panels, "Title")
    assert picture.alt == "Title. Root mean square errors: alignment by polar 0.100."
    known, unknown = (c.get_offsets() for c in picture.axes[0].collections[:2])
    assert known.tolist() == [[1.0, 0.9]]
    assert unknown[0][0] == 0.5
    assert unknown[0][1] < -1


def test_changes_say_which_is_largest():
    values = {"capability": [np.array([0.1, np.nan]), np.array([-0.3, 0.0])]}
    picture = changes(["one", "two"], values, "Title")
    assert picture.alt == "Title. capability changes most, by 0.30, with two."
    assert [len(line.get_xdata()) for line in picture.axes[0].lines[:2]] == [1, 2]


def test_a_valuation_is_hatched_where_competence_costs():
    half = np.linspace(0, 1, 3)
    scores = half * np.array([[-1.0], [0.001], [1.0]])
    picture = valuation(half, half, scores, ("base", "proxy"), "Title")
    assert picture.alt == (
        "Title. Flawless pursuit earns 1.00 with a goal of base alone and -1.00 with "
        "one of proxy alone. Hatched, 33% of the map: more competence earns less."
    )
    labels = picture.axes[0].get_legend_handles_labels()[1]
    assert labels == ["earns what a random walk does", "more competence earns less"]
    still = valuation(half, half, np.abs(scores), ("base", "proxy"), "Title")
    assert not still.legends


def test_rewards_show_the_way_of_a_search():
    scores = {"training": np.eye(3), "shifted": 1 - np.eye(3)}
    weights, way = np.linspace(-1, 1, 3), {"one": [(0.0, 0.0), (0.5, 1.0)]}
    picture = rewards(("a", "b"), weights, scores, np.eye(3) > 0, way)
    assert [axes.get_title() for axes in picture.axes[:2]] == list(scores)
    for axes in picture.axes[:2]:
        places = [[*map(tuple, line.get_xydata())] for line in axes.lines]
        assert way["one"] in places
        assert [way["one"][0]] in places  # where it began
        assert [way["one"][-1]] in places
        (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
        assert left < 0.0 < 0.5 < right  # with room around
        assert low < 0.0 < 1.0 < high


def test_pairs_name_every_agent_that_is_known():
    far, aligned = np.array([0.1, 0.5, 0.9]), np.array([1.0, np.nan, -0.25])
    names = ["searcher 0", "searcher 1", "searcher 2"]
    picture = pairs(names, ("far", far), ("aligned", aligned), "Title")
    assert picture.alt == (
        "Title. far, aligned: searcher 0 0.10, 1.00; searcher 2 0.90, -0.25."
    )
    (axes,) = picture.axes
    assert [text.get_text() for text in axes.texts] == ["0", "2"]
