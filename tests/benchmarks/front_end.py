"""Slider to picture: the explorer against a figure redrawn by ipywidgets, in one run.

Both stand in one notebook of one JupyterLab, with the same twelve agents. Needs
Chromium (`ROBUSTKIT_CHROMIUM` says where, if it is not found).
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tests.browser import helpers
from tests.browser.conftest import FLAGS, NAMES

CELLS = [
    """import ipywidgets
import robustkit as rk

world = rk.make("cheese")
agents = [
    rk.plan(world, {"cheese": s / 5, "corner": 1 - s / 5}, noise=e)
    for e in (0.0, 0.3) for s in range(6)
]
from robustkit.analysis.curve import evaluate_on
evaluated = evaluate_on(agents, world, 64)
slider = ipywidgets.FloatSlider(min=0, max=1, step=0.01, description="redraw")


def redraw(goal):
    from IPython.display import display
    display(rk.plane([strata.reading(goal, 0) for strata in evaluated]))


out = ipywidgets.interactive_output(redraw, {"goal": slider})
""",
    "rk.explore(world, agents, n=64)",
    "ipywidgets.VBox([slider, out])",
]
EXPLORER = """
async jumps => {
  const input = document.querySelector('.robustkit-explorer input[type=range]');
  const frame = () => new Promise(done => requestAnimationFrame(done));
  const work = [], whole = [];
  for (let i = 0; i < 200; i++) {
    await new Promise(done => setTimeout(done, 17 * Math.random()));
    input.value = jumps ? i % 2 : (i % 100) / 100;
    const start = performance.now();
    let begun, drawn;
    requestAnimationFrame(() => { begun = performance.now(); });
    input.dispatchEvent(new Event('input', {bubbles: true}));  // draws in that frame
    requestAnimationFrame(() => { drawn = performance.now(); });
    await frame();
    work.push(drawn - begun);
    whole.push(drawn - start);
  }
  return [work, whole].map(times => times.sort((a, b) => a - b));
}
"""
WORK = """
async () => {
  const input = document.querySelector('.robustkit-explorer input[type=range]');
  let frames = 0, go = true;
  const count = () => { frames++; if (go) requestAnimationFrame(count); };
  requestAnimationFrame(count);
  const begin = performance.now();
  for (let i = 0; performance.now() - begin < 3000; i++) {
    input.value = (i % 100) / 100;
    input.dispatchEvent(new Event('input', {bubbles: true}));
    await new Promise(done => requestAnimationFrame(done));
  }
  go = false;
  return frames / ((performance.now() - begin) / 1000);
}
"""
REDRAW = """
async () => {
  const handle = document.querySelector('.noUi-handle');
  const times = [];
  const pictures = () => [...document.querySelectorAll('.jp-OutputArea img')];
  const picture = () => pictures().at(-1)?.src;
  for (let i = 0; i < 20; i++) {
    const before = picture(), start = performance.now();
    const right = {key: 'ArrowRight', bubbles: true};
    handle.dispatchEvent(new KeyboardEvent('keydown', right));
    while (picture() === before && performance.now() - start < 5000) {
      await new Promise(done => requestAnimationFrame(done));
    }
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b);
}
"""


def middle(times: list[float]) -> str:
    """Return median and 95th percentile in words."""
    return (
        f"median {times[len(times) // 2]:.1f} ms, 95 % "
        f"{times[int(0.95 * len(times))]:.1f} ms"
    )


def main() -> None:
    """Print both latencies and their ratio."""
    path = os.environ.get("ROBUSTKIT_CHROMIUM") or next(
        filter(None, map(shutil.which, NAMES))
    )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lab, server = helpers.start_lab(Path(folder))
        helpers.write_notebook(lab.folder / "both.ipynb", CELLS)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": 1400, "height": 2400})
            helpers.open_notebook(page, lab, "both.ipynb")
            helpers.run_all(page)
            page.wait_for_timeout(3000)
            work, ours = page.evaluate(EXPLORER, False)
            anew, _ = page.evaluate(EXPLORER, True)
            drawn = page.locator(".rk-thumbnail").count()
            frames = page.evaluate(WORK)
            theirs = page.evaluate(REDRAW)
            ratio = theirs[len(theirs) // 2] / ours[len(ours) // 2]
            print(f"explorer, 12 agents, work of a move: {middle(work)}")
            print(f"  of a jump, all {drawn} levels drawn anew: {middle(anew)}")
            print(f"  to the picture, the frame's start waited for: {middle(ours)}")
            print(f"  dragged: {frames:.0f} frames/s")
            print(f"interactive_output: {middle(theirs)}; {ratio:.0f} x the explorer")
        finally:
            browser.close()
            helpers.stop(server, lab)


if __name__ == "__main__":
    main()
