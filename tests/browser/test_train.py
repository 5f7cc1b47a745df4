"""Training, live: the levels and the plane stage by stage, and two runs compared."""

from __future__ import annotations

import threading

import pytest

import robustkit as rk

from .helpers import ask_kernel, check_in_both_themes, meet, saved, show

TITLES = ["in training", "goal shifted anywhere"]


@pytest.fixture(scope="module")
def three():
    """Return a widget after three runs: two alike, and one of diverse levels."""
    live = rk.train_live("network", "cheese", updates=100)

    def work():
        for seed, diversity in ((0, 0.0), (1, 0.0), (0, 0.5)):
            live.seed, live.diversity = seed, diversity
            live.train()
            live.wait()

    # Away from the browser's event loop, which would have to run meanwhile.
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    return live


def arrows(page):
    """Return the arrows in each of the two levels."""
    levels = page.locator("svg.rk-level")
    return [
        levels.nth(i)
        .locator(".rk-arrows")
        .evaluate_all("paths => paths.map(path => path.getAttribute('d')).join()")
        for i in (0, 1)
    ]


def boxes(page, selector):
    return [node.bounding_box() for node in page.locator(selector).all()]


def test_what_was_learned_is_gone_through_stage_by_stage(page, tmp_path, three):
    page.goto(saved(three, tmp_path))
    scrub = page.get_by_role("slider", name="Stage of training")
    assert scrub.get_attribute("aria-valuetext") == "step 100 of 100"
    assert page.locator(".rk-walks").all_inner_texts() == TITLES
    last, level = arrows(page), page.locator("svg.rk-level").first
    assert "in training: ends at step" in level.get_attribute("aria-label")
    point = page.locator(".rk-plane .rk-point").last  # the last drawn, on top
    end = point.get_attribute("transform")
    scrub.press("Home")
    assert scrub.get_attribute("aria-valuetext") == "step 1 of 100"
    assert all(now != then for now, then in zip(arrows(page), last, strict=True))
    assert point.get_attribute("transform") != end
    page.get_by_role("button", name="Step", exact=True).click()
    second = three.stages[1][0]
    assert scrub.get_attribute("aria-valuetext") == f"step {second} of 100"


def test_before_training_the_levels_are_there_and_no_steps_are_counted(page, tmp_path):
    page.goto(saved(rk.train_live("network", "cheese"), tmp_path))
    assert page.locator("svg.rk-level").count() == 2
    assert page.locator(".rk-caption").all_inner_texts() == ["not trained yet."] * 2
    curve = page.locator(".rk-curve")
    assert "steps of training →" in curve.text_content()
    assert "(of" not in curve.text_content()
    assert "no stage yet" in page.locator(".rk-clock").inner_text()


def test_two_runs_are_compared(page, tmp_path, three):
    page.goto(saved(three, tmp_path))
    curve, key = page.locator(".rk-curve"), page.locator(".rk-curve-key")
    assert curve.locator(".rk-run").count() == 1
    other = page.get_by_label("Compare with")
    names = other.locator("option").all_inner_texts()
    assert names == ["nobody", "network 0 (0%)", "network 1 (0%)"]
    faint = page.locator(".rk-trail.rk-faint")
    assert faint.count() == 2
    other.select_option(label="network 1 (0%)")
    page.wait_for_timeout(100)
    assert curve.locator(".rk-run").count() == 2
    assert key.locator(".rk-name").all_inner_texts() == [
        *("network 0 (50%)", "network 1 (0%)")
    ]
    assert "network 1 (0%), after step 100" in curve.get_attribute("aria-label")
    assert faint.count() == 1


CROSSED = """
() => {
  const boxes = [...document.querySelectorAll('.rk-plane .rk-label')]
    .map(node => node.getBoundingClientRect());
  let crossed = 0;
  for (const trail of document.querySelectorAll('.rk-plane .rk-trail')) {
    const matrix = trail.getScreenCTM(), length = trail.getTotalLength();
    for (let at = 0; at <= length; at += 1) {
      const { x, y } = trail.getPointAtLength(at).matrixTransform(matrix);
      const inside = ({ left, right, top, bottom }) =>
        x > left + 2 && x < right - 2 && y > top + 3 && y < bottom - 3;
      crossed += boxes.filter(inside).length;
    }
  }
  return crossed;
}
"""


@pytest.mark.slow_for("1000")
@pytest.mark.parametrize("width", [360, 1000])
def test_labels_keep_off_trails_and_all_is_within_the_page(
    page, tmp_path, three, width
):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(saved(three, tmp_path))
    page.wait_for_timeout(200)
    page.get_by_label("Compare with").select_option(index=1)
    scrub = page.get_by_role("slider", name="Stage of training")
    for key in ("End", *["ArrowLeft"] * 6):
        scrub.press(key)
        page.wait_for_timeout(50)
        labels = boxes(page, ".rk-plane .rk-label")
        assert page.evaluate(CROSSED) == 0
        for i, label in enumerate(labels):
            for other in [*labels[i + 1 :], *boxes(page, ".rk-plane .rk-region")]:
                assert not meet(label, other)
    above = page.locator(".rk-plane > g").evaluate_all(
        "parts => parts.findIndex(part => part.querySelector('.rk-region'))"
        " > parts.findIndex(part => part.querySelector('.rk-trail'))"
    )
    assert above  # no trail strikes the name of a region through
    for box in boxes(page, ".robustkit > *, .rk-level, .rk-plane, .rk-curve, select"):
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    if width == 1000:  # a cell of JupyterLab on a laptop
        assert page.locator(".robustkit").bounding_box()["height"] <= 768


CELLS = [
    "import robustkit as rk\nworld = rk.make('cheese', size=7, layouts=8)",
    "live = rk.train_live('network', world, updates=60)\nlive",
]


def test_controls_stay_in_their_place_while_it_learns(page, lab):
    show(page, lab, "train.ipynb", CELLS)
    live = page.locator(".robustkit-live")
    live.scroll_into_view_if_needed()
    train = live.get_by_role("button", name="Train")
    scrub = live.get_by_role("slider", name="Stage of training")

    def where():
        return [node.bounding_box() for node in (train, scrub, live)]

    live.get_by_label("Seed:").fill("2")
    live.get_by_label("Seed:").press("Enter")
    before = where()
    train.click()
    assert ask_kernel(page, "print(1 + 1)") == "2"  # the kernel is free meanwhile
    live.get_by_role("status").get_by_text("Step 60 of 60").wait_for(timeout=60_000)
    page.wait_for_function(
        "node => node.getAttribute('aria-valuetext') === 'step 60 of 60'",
        arg=scrub.element_handle(),
    )
    assert where() == before
    assert ask_kernel(page, "print(live.agent.name, live.state)") == "network 2 done"
    assert train.is_enabled()
    check_in_both_themes(page, ".robustkit-live")
