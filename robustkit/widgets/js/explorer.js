// The explorer: agents on the plane, under a sliding shift. The same modules draw in
// JupyterLab (anywidget) and in an exported page.

import { SHIFTS, clamp, pointAt } from "./readings.js";
import { html, fresh, keepKeys, listen, save } from "./elements.js";
import { hideStill } from "./kernel.js";
import { makeAgents } from "./agents.js";
import { makeStrip } from "./strip.js";
import { makeLevel } from "./level.js";
import { makeCast, makeChoices, makeDetails, makeSliders, makeLegend, makeReadout, makeTable } from "./controls.js";

/** How far along each shift; while a place shift is on, the others count as 0. */
function shiftOf(share, data) {
  const at = Object.fromEntries(SHIFTS.map((name) => [name, data.shifts[name] ? share(`${name}_shift`) : 0]));
  return at.place ? { goal: 0, layout: 0, place: at.place } : at;
}

function readState(model, data) {
  const share = (trait) => clamp(Number(model.get(trait)) || 0, 0, 1);
  const index = (trait, length) => clamp(Math.trunc(model.get(trait)) || 0, 0, Math.max(length - 1, 0));
  const asked = model.get("grounding");
  const state = {
    ...shiftOf(share, data), world: index("world", model.get("worlds").length),
    agent: index("agent", data.agents.length), level: index("level", data.levels.length),
    rival: clamp(Math.trunc(model.get("rival")), -1, data.agents.length - 1),
    grounding: data.groundings.includes(asked) ? asked : data.groundings[0],
  };
  const points = data.agents.map(
    (agent) => pointAt(data, agent, state, state.grounding));
  const hidden = new Set((model.get("hidden") ?? []).filter((i) => i !== state.agent));
  return { ...state, points, hidden };
}

/** Build the view of one data set in `root`; returns what draws and what ends it. */
function makeView(root, model, data) {
  const id = fresh();
  const legendRadio = (i) => root.querySelectorAll(".rk-legend input")[i];
  const follow = (i) => {
    model.set("agent", i);
    legendRadio(i)?.focus({ preventScroll: true });
  };
  const plane = makeAgents(data, follow);
  const strip = makeStrip(data, follow);
  const level = makeLevel(data, model);
  const readout = makeReadout(data);
  const slides = makeSliders(model, data, id);
  const views = [slides, plane, strip, makeLegend(data, follow, id), level, readout, makeTable(data),
    makeChoices(model, data), makeDetails(data), makeCast(model, data)];
  const [sliders, , , legend, , , table, choices, details, cast] = views.map(({ node }) => node);
  const figure = html("div", { class: "rk-figure" }, plane.node, strip.node);
  root.replaceChildren(
    html("p", { class: "rk-head" }, html("strong", {}, data.title),
      data.title.includes(data.world.summary) ? "" : ` · ${data.world.summary}`),
    choices, sliders, readout.node,
    html("div", { class: "rk-rooms" }, html("div", {}, figure, legend, cast), level.node), details, table);
  let sized = false; // a view may be built before it is on the page
  const draw = () => {
    if (!sized) return;
    const state = readState(model, data);
    views.forEach((view) => view.draw(state));
  };
  const resize = () => {
    const width = figure.clientWidth;
    if (!width) return;
    sized = true;
    const style = getComputedStyle(figure);
    const font = 0.87 * parseFloat(style.fontSize);
    const side = Math.round(clamp(width * 0.2, 6 * font, 10 * font));
    strip.resize(side, plane.resize(width - side, font, style.fontFamily));
    draw();
  };
  const stop = () => [level, readout, slides].forEach((part) => part.stop());
  return { draw, resize, turn: level.turn, stop };
}

function render({ model, el }) {
  const keys = { n: () => view?.turn(1), p: () => view?.turn(-1) };
  const root = html("div", { class: "robustkit robustkit-explorer", onkeydown: (event) => {
    keepKeys(event);
    const typing = event.target.tagName === "SELECT";
    if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey) keys[event.key]?.();
  } });
  el.append(hideStill(model), root);
  let view, frame = 0, width;

  function nextFrame() {
    frame = 0;
    view?.draw();
    save(model);
  }
  const soon = () => { frame ||= requestAnimationFrame(nextFrame); };
  function rebuild() {
    view?.stop();
    const worlds = model.get("worlds");
    const data = worlds?.[clamp(Math.trunc(model.get("world")) || 0, 0, worlds.length - 1)];
    const fits = data?.format === "robustkit-explorer" && data.version === 5;
    view = fits ? makeView(root, model, data) : undefined;
    if (view) view.resize();
    else root.replaceChildren("There is nothing to explore yet.");
    soon();
  }
  const sizes = new ResizeObserver(() => {
    if (root.clientWidth && root.clientWidth !== width) view?.resize();
    width = root.clientWidth;
  });
  const traits = ["goal_shift", "layout_shift", "place_shift", "agent", "rival", "level", "grounding", "hidden"];
  const deaf = [listen(model, traits, soon), listen(model, ["worlds", "world"], rebuild)];
  rebuild();
  sizes.observe(root);
  return () => {
    sizes.disconnect();
    cancelAnimationFrame(frame);
    view?.stop();
    deaf.forEach((end) => end());
    root.remove();
  };
}

export default { render };
