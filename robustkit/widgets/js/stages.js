// What an agent has learned at a stage: its way in two levels, and its curve so far.

import { html, svg, set, icon, markerPath, nameOf } from "./elements.js";
import { two } from "./readings.js";
import { endInWords, makePlayer } from "./player.js";

const NOT_YET = { cells: [], events: [], end: "time", arrows: "" };
/** A level of training and a shifted one, with the policy's arrows and its way at a stage. */
export function makeScenes() {
  const node = html("div", { class: "rk-boards" });
  let drawn, sides = [];
  function draw(world, scenes, episodes, look) {
    if (drawn !== scenes) {
      drawn = scenes;
      sides = scenes.map((scene) => ({ scene, player: makePlayer(world), ends: html("p", { class: "rk-caption" }) }));
      node.replaceChildren(...sides.map(({ scene, player, ends }) => html("div", {}, html("p", { class: "rk-walks" }, scene.title), player.node, ends)));
    }
    sides.forEach(({ scene, player, ends }, k) => {
      const episode = episodes?.[k], said = episode ? endInWords(episode, world) : "not trained yet";
      player.load(scene, episode ?? { ...NOT_YET, cells: [scene.start] }, look.colour, `Level ${scene.title}: ${said}.`);
      ends.textContent = `${said}.`;
    });
  }
  return { node, draw };
}

/** The scalar over training of one run or two, in training and after the shift. */
export function makeCurve(resized) {
  const picture = svg("svg", { class: "rk-curve", role: "img" });
  const legend = html("p", { class: "rk-curve-key" });
  const node = html("div", { class: "rk-backdrop" }, picture, legend);
  const sizes = new ResizeObserver(() => resized());
  sizes.observe(node);
  /** Where a share of the steps and a scalar are, in pixels. */
  function places(most) {
    const font = parseFloat(getComputedStyle(node).fontSize) || 14, width = Math.min(node.clientWidth, 40 * font) || 300;
    const left = 2.4 * font, right = width - 0.5 * font, top = 1.9 * font, tall = 7 * font;
    const y = (value) => top + (tall * (1 - Math.max(-0.25, Math.min(1, value)))) / 1.25;
    return { font, width, height: top + tall + 1.9 * font, left, right, top, foot: top + tall, y, x: (step) => left + ((right - left) * step) / most };
  }
  function drawRun({ stages, colour }, { x, y }, kind) {
    const line = (k) => stages.map((stage, i) => `${i ? "L" : "M"}${x(stage[0]).toFixed(1)} ${y(stage[k]).toFixed(1)}`).join("");
    const group = svg("g", { class: `rk-run ${kind}` }, svg("path", { d: line(1) }), svg("path", { class: "rk-dashed", d: line(2) }));
    group.style.setProperty("--rk-agent", colour);
    return group;
  }
  /** Draw the runs, the present one first, and mark the stage `now` of it. */
  function draw(runs, now, titles) {
    const most = Math.max(1, ...runs.map(({ total }) => total)), [present] = runs, stage = present.stages[now];
    const { font, width, height, left, right, top, foot, x, y } = places(most);
    const told = runs.filter(({ stages }) => stages.length).map(({ name, stages }) => {
      const last = stages.at(-1);
      return `${name}, after step ${last[0]}: scalar ${two(last[1])} ${titles[0]}, ${two(last[2])} with ${titles[1]}.`;
    });
    set(picture, { width, height, viewBox: `0 0 ${width} ${height}`, "aria-label": told.join(" ") || "No training yet." });
    picture.replaceChildren(
      ...[0, 0.5, 1].flatMap((value) => [svg("path", { class: "rk-equal", d: `M${left} ${y(value)}H${right}` }),
        svg("text", { class: "rk-tick", x: left - 0.4 * font, y: y(value) + 0.3 * font, "text-anchor": "end" }, value)]),
      svg("text", { class: "rk-axis", x: 0, y: 0.9 * font }, "scalar ↑"),
      svg("text", { class: "rk-axis", x: right, y: height - 0.5 * font, "text-anchor": "end" }, present.total ? `steps of training (of ${most}) →` : "steps of training →"),
      ...(stage ? [svg("path", { class: "rk-equal rk-stage", d: `M${x(stage[0])} ${top - 0.4 * font}V${foot}` })] : []),
      ...runs.map((run, i) => drawRun(run, { x, y }, i ? "" : "rk-present")).reverse());
    legend.replaceChildren(...runs.filter(({ stages }) => stages.length).map((run) =>
      html("span", { class: "rk-run-name" }, icon(markerPath(run)), nameOf(run))),
    html("span", {}, `Solid: ${titles[0]}; dashed: ${titles[1]}.`));
  }
  return { node, draw, stop: () => sizes.disconnect() };
}
