// The explorer: agents on the plane, under a sliding shift. The same modules draw in
// JupyterLab (anywidget) and in an exported page.

import { SHIFTS, clamp, pointAt } from "./readings.js";
import { html, fresh, keepKeys, listen, save } from "./elements.js";
import { hideStill } from "./kernel.js";
import { makeAgents } from "./agents.js";
import { makeStrip } from "./strip.js";
import { makeLevel } from "./level.js";
import { makeThumbnails } from "./thumbnails.js";
import { keyOf } from "./player.js";
import { makeCast, makeChoices, makeSliders, makeLegend, makeReadout, makeTable, makeWords } from "./controls.js";

const AROUND = 28; // lines of a notebook's window that the rooms leave to what is around them
const UNDER = 9; // lines of the level's room that are not its picture

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
  const plane = makeAgents(data, model.get("ghosts") ?? [], follow);
  const strip = makeStrip(data, follow), level = makeLevel(data, model), readout = makeReadout(data);
  const slides = makeSliders(model, data, id);
  const [thumbnails, legend, table, choices, words, cast] = [makeThumbnails(data, model), makeLegend(data, follow, id),
    makeTable(data), makeChoices(model, data), makeWords(data), makeCast(model, data)];
  const views = [slides, plane, strip, thumbnails, legend, level, readout, table, choices, words, cast];
  const figure = html("div", { class: "rk-figure" }, plane.node, strip.node);
  const rooms = html("div", { class: "rk-rooms" },
    html("div", { class: "rk-plane-room" }, figure, table.node),
    html("div", { class: "rk-side-room" }, legend.node, cast.node, choices.node, keyOf(data.world)),
    html("div", { class: "rk-said" }, readout.node, words.node), level.node);
  root.replaceChildren(
    html("p", { class: "rk-head" }, html("strong", {}, data.title),
      data.title.includes(data.world.summary) ? "" : ` · ${data.world.summary}`),
    slides.node, thumbnails.node, rooms);
  let sized; // a view may be built before it is on the page
  /** The height of the rooms follows the window, so that all is seen at once; then the level's width. */
  function heightFor(em, sides) {
    if (getComputedStyle(rooms).display !== "grid") return undefined;
    const tall = clamp(innerHeight - AROUND * em, 21 * em, 40 * em), ratio = sides * data.world.width / data.world.height;
    const most = (sides > 1 ? 0.44 : 0.34) * root.clientWidth;
    rooms.style.setProperty("--rk-picture", `${tall - UNDER * em}px`);
    rooms.style.setProperty("--rk-level", `${clamp(ratio * (tall - UNDER * em), Math.min(18.5 * em, most), most)}px`);
    return tall - 1.8 * em; // under the plane is the table's line
  }
  const draw = () => {
    if (!sized) return;
    const state = readState(model, data);
    if (sized !== sidesOf()) resize();
    else views.forEach((view) => view.draw(state));
  };
  const sidesOf = () => (Number(model.get("rival")) >= 0 ? 2 : 1);
  function resize() {
    const em = parseFloat(getComputedStyle(rooms).fontSize), sides = sidesOf(), tall = heightFor(em, sides);
    const width = figure.clientWidth;
    if (!width) return;
    sized = sides;
    const font = 0.87 * em, side = Math.round(clamp(width * 0.2, 6 * font, 9 * font));
    strip.resize(side, plane.resize(width - side, font, getComputedStyle(figure).fontFamily, tall));
    draw();
  }
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
    const fits = data?.format === "robustkit-explorer" && data.version === 6;
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
  const deaf = [listen(model, traits, soon), listen(model, ["worlds", "world", "ghosts"], rebuild)];
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
