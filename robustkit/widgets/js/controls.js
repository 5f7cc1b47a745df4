// Sliders, legend, readout and table.

import { SHIFTS, clamp, gradesInWords, intervalAt, intervalsOf, labelOf, nodesAt, readingAt, shiftName, shiftsOf, two } from "./readings.js";
import { explained, inWords } from "./words.js";
import { html, nameOf, makeStatus, markerPath, icon, sentence } from "./elements.js";

const SWEEP = 5000; // milliseconds for a slider's way from 0 to 1

/** Each shift with a slider, a button that plays it, and two that step by a grade. */
export function makeSliders(model, data, id) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const rows = shiftsOf(data).map((shift, i) => {
    const trait = `${shift}_shift`, name = `${id}-shift-${i}`, grades = data.grid[shift];
    const word = shiftName(data, shift), said = data.labels ? word : `the ${word}`, label = `${word[0].toUpperCase()}${word.slice(1)}`;
    let timer = 0;
    const move = (to) => {
      // A place shift goes alone: nothing else is new.
      if (to > 0) SHIFTS.filter((other) => (other === "place") !== (shift === "place"))
        .forEach((other) => { if (model.get(`${other}_shift`)) model.set(`${other}_shift`, 0); });
      const near = grades.find((grade) => Math.abs(grade - to) < 0.006); // a third is no hundredths
      model.set(trait, near ?? Math.round(clamp(to, 0, 1) * 100) / 100);
    };
    const now = () => Number(model.get(trait)) || 0;
    const stop = () => {
      clearInterval(timer);
      timer = 0;
      play.textContent = "▶";
      play.setAttribute("aria-label", `Play ${said}`);
    };
    const start = () => {
      if (now() >= 1) move(0);
      play.textContent = "❚❚";
      play.setAttribute("aria-label", `Pause ${said}`);
      const pause = calm.matches ? 1000 : 25, by = calm.matches ? 0.2 : pause / SWEEP;
      let at = now();
      timer = setInterval(() => { at += by; move(at); if (at >= 1) stop(); }, pause);
    };
    const button = (words, label, onclick) => html("button", { type: "button", "aria-label": label, onclick }, words);
    const play = button("▶", `Play ${said}`, () => (timer ? stop() : start()));
    const input = html("input", { type: "range", min: 0, max: 1, step: 0.01, id: name, list: `${name}-grades`,
      "aria-describedby": `${name}-hint`, oninput: () => { stop(); move(Number(input.value)); } });
    const ticks = html("datalist", { id: `${name}-grades` }, ...grades.map((at) => html("option", { value: at })));
    const value = html("span", { class: "rk-value", "aria-hidden": "true" });
    const hint = html("span", { id: `${name}-hint` });
    const to = (grade, rest) => () => { stop(); move(grade() ?? rest); };
    const less = to(() => grades.findLast((at) => at < now() - 1e-6), 0);
    const more = to(() => grades.find((at) => at > now() + 1e-6), 1);
    return { shift, input, value, hint, stop, node: html("div", { class: "rk-slider" },
      html("label", { for: name }, label), value,
      html("div", { class: "rk-row" }, play,
        button("−", `Less ${word}`, less), input, button("+", `More ${word}`, more), ticks)) };
  });
  const draw = (state) => {
    const words = gradesInWords(data, state);
    rows.forEach(({ shift, input, value, hint }) => {
      const at = state[shift];
      if (Number(input.value) !== at) input.value = at;
      input.setAttribute("aria-valuetext", `${two(at)}, ${words[shift]}`);
      value.textContent = two(at);
      hint.textContent = sentence(`${labelOf(data, shift)}: ${words[shift]}`);
      hint.hidden = (state.place > 0) !== (shift === "place"); // that of a place shift goes alone
    });
  };
  const stop = () => rows.forEach((row) => row.stop());
  const hints = html("p", { class: "rk-hint" }, ...rows.flatMap(({ hint }) => [hint, " "]));
  return { node: html("div", {}, html("div", { class: "rk-sliders" }, ...rows.map(({ node }) => node)), hints), draw, stop };
}

/** Who walks beside, how all are measured, which world is shown; hidden where there is no choice. */
export function makeChoices(model, data) {
  const choice = (words, trait, options) => {
    const select = html("select", { onchange: () => {
      if (trait === "world") {
        model.set("hidden", []);
        model.set("level", model.get("worlds")[Number(select.value)].level);
      }
      model.set(trait, trait === "grounding" ? select.value : Number(select.value));
    } },
      ...options.map(([value, name]) => html("option", { value }, name)));
    const node = html("label", { class: "rk-choice" }, words, select);
    node.hidden = options.length < 2;
    return { node, select };
  };
  const world = choice("World ", "world", model.get("worlds").map(({ world: { name } }, i) => [i, name]));
  const grounding = choice("Measured by ", "grounding", data.groundings.map((name) => [name, data.words.groundings[name].label]));
  const rival = choice("Beside it ", "rival", [[-1, "nobody"], ...data.agents.map(({ name }, i) => [i, name])]);
  const draw = (state) => {
    world.select.value = state.world;
    grounding.select.value = state.grounding;
    rival.select.value = state.rival;
  };
  return { node: html("div", { class: "rk-choices" }, rival.node, grounding.node, world.node), draw };
}

/** Which agents are drawn; the one that is followed always is. */
export function makeCast(model, data) {
  const shown = data.agents.map((agent, i) => html("input", { type: "checkbox", onchange: () => {
    const hidden = data.agents.map((_, k) => k).filter((k) => !shown[k].checked);
    model.set("hidden", hidden);
  } }));
  const node = html("details", { class: "rk-details" }, html("summary", {}, "Agents on the plane"),
    html("div", { class: "rk-chips" }, ...data.agents.map((agent, i) => html("label", {}, shown[i], nameOf(agent)))));
  node.hidden = data.agents.length < 2;
  const draw = ({ hidden, agent }) => shown.forEach((box, i) => {
    box.checked = !hidden.has(i);
    box.disabled = i === agent;
  });
  return { node, draw };
}

/** What was measured of the agent that is followed, and what could not be. */
export function makeWords(data) {
  const node = html("p", { class: "rk-words" });
  const draw = (state) => {
    const agent = data.agents[state.agent];
    if (agent) node.textContent = explained(data.words, readingAt(data, agent, state.points[state.agent], state));
  };
  return { node, draw };
}

export function makeLegend(data, follow, id) {
  const inputs = data.agents.map((_, i) =>
    html("input", { type: "radio", name: `${id}-agent`, onchange: () => follow(i) }));
  const node = html("fieldset", { class: "rk-legend" }, html("legend", {}, "Follow an agent"),
    html("div", { class: "rk-chips" }, ...data.agents.map((agent, i) =>
      html("label", {}, inputs[i], icon(markerPath(agent)), nameOf(agent)))));
  const draw = ({ agent }) => { if (inputs[agent]) inputs[agent].checked = true; };
  return { node, draw };
}

/** The one live region: at most four times a second, and always the last word. */
export function makeReadout(data) {
  const node = makeStatus();
  let timer = 0, latest;
  const say = () => {
    const { agent, points } = latest;
    const words = data.agents[agent]
      ? [" ", nameOf(data.agents[agent]), `: ${inWords(data.words, points[agent])}`] : [];
    const at = shiftsOf(data).map((name) => `${shiftName(data, name)} ${data.labels ? "at " : ""}${two(latest[name])}`).join(", ");
    node.replaceChildren(html("span", { class: "rk-unseen" }, sentence(at)), ...words); // the sliders show it
  };
  const draw = (state) => {
    latest = state;
    if (timer) return;
    say();
    timer = setTimeout(() => { timer = 0; if (latest !== state) draw(latest); }, 250);
  };
  return { node, draw, stop: () => clearTimeout(timer) };
}

export function makeTable(data) {
  const rows = data.agents.map((agent) => {
    const cells = Array.from({ length: 3 }, () => html("td"));
    return { cells, node: html("tr", {}, html("th", { scope: "row" }, nameOf(agent)), ...cells) };
  });
  const node = html("details", { class: "rk-table", ontoggle: () => draw(latest) },
    html("summary", {}, "Table of all readings"),
    html("div", { class: "rk-scroll", tabindex: 0, role: "group", "aria-label": "Readings" },
      html("table", {},
        html("caption", {}, `Each with its ${Math.round(100 * data.conventions.confidence)} % interval. Scalar: 0 is a random walk, 1 the best possible.`),
        html("thead", {}, html("tr", {}, ...["agent", "scalar", "capability", "alignment"].map((word) =>
          html("th", { scope: "col" }, word)))),
        html("tbody", {}, ...rows.map((row) => row.node)))));
  let latest;
  function draw(state) {
    latest = state;
    if (!node.open || !state) return;
    rows.forEach((row, i) => { row.node.hidden = state.hidden.has(i); });
    state.points.forEach((point, i) => ["scalar", "capability", "alignment"].forEach((axis, k) => {
      const own = intervalsOf(data.agents[i], state.grounding);
      const interval = intervalAt(own, axis, nodesAt(data.grid, state), point[axis]);
      const known = axis !== "alignment" || point.known;
      rows[i].cells[k].replaceChildren(...known
        ? [`${two(point[axis])} `, html("span", {}, `[${interval.map(two).join(", ")}]`)] : ["unknown"]);
    }));
  }
  return { node, draw };
}
