// One level as a picture: its things, the policy's arrows, and an agent walking.

import { html, svg, icon, glyph } from "./elements.js";
import { LAVA } from "./drawn.js";
import { CELL, STEPS, levelScene, putThings } from "./scene.js";

const keyed = ({ things, lava }) => [...things, ...(lava ? [{ name: "lava", icon: lava, colour: LAVA }] : [])];

/** What lies in a world, and whether letters stand beside the pictures (see the CSS). */
export const keyOf = (world) => html("div", { class: "rk-key" },
  html("ul", { "aria-label": "Things in this world" }, ...keyed(world).map(({ icon: parts, colour, letter = "~", name }) =>
    html("li", {}, icon(glyph(parts, colour), 1.1), html("span", { class: "rk-letter" }, letter), html("bdi", {}, name)))),
  ...(world.things.length ? [html("label", {}, html("input", { type: "checkbox", class: "rk-letters" }), "Show letters")] : []));

/** How an episode ends; in somebody's own environment it need not reach anything. */
export function endInWords(episode, { moves }) {
  const last = episode.cells.length - 1;
  const late = !moves || episode.events.some(([, name]) => name === "time");
  if (episode.end === "time") return `${late ? "runs out of time at" : "has not ended by"} step ${last}`;
  return `ends at step ${last}: ${moves ? "" : "reached "}${episode.end}`;
}

/** Why there are no arrows, where there are none. */
export const arrowless = ({ arrows }, { moves }) =>
  arrows || moves ? "" : " No arrows: it remembers, or draws its moves at random, so its move in each cell is not known.";

/** A picture in which an agent walks; `load` a level, then `show` a step of it. */
export function makePlayer(world) {
  const box = { width: world.width * CELL, height: world.height * CELL };
  const ground = svg("g"), lying = svg("g"); // the agent's way goes between them
  const ahead = svg("path", { class: "rk-ahead" });
  const casing = svg("path", { class: "rk-casing" });
  const walked = svg("path", { class: "rk-walked" });
  const body = glyph(world.mouse, "var(--rk-agent)");
  const walker = svg("g", { class: "rk-walker" }, body);
  const node = svg("svg", { class: "rk-level", role: "img", viewBox: `0 0 ${box.width} ${box.height}` },
    ground, ahead, casing, walked, lying, walker);
  let shown, playing = false;

  const path = (cells) => `M${cells.map((cell) => shown.centre(cell).join(" ")).join("L")}`;
  function load(stratum, episode, colour, words) {
    shown = { episode, lies: stratum.things, pictures: stratum.pictures ?? [], ...levelScene(world, stratum, episode) };
    node.classList.toggle("rk-own", shown.pictures.length > 0);
    walker.style.display = shown.pictures.length > 1 ? "none" : ""; // the agent is in them
    ground.replaceChildren(...shown.ground);
    lying.replaceChildren(...shown.things.map(({ node: thing }) => thing).reverse());
    ahead.setAttribute("d", path(episode.cells));
    [body, walked, ahead].forEach((part) => part.style.setProperty("--rk-agent", colour));
    node.setAttribute("aria-label", words);
    show(0);
  }
  /** Name to cell of each thing after `step` steps; what an episode ends on is eaten. */
  function liesAt(step) {
    const { cells, end, moved = [] } = shown.episode, lies = { ...shown.lies };
    moved.filter(([when]) => when <= step).sort(([a], [b]) => a - b).forEach(([, name, cell]) => { lies[name] = cell; });
    if (step && step === cells.length - 1 && end !== "time") shown.things.forEach(({ name, stays }) => {
      if (!stays && lies[name] === cells[step]) lies[name] = -1;
    });
    return lies;
  }
  /** Show the episode as it stands after `step` steps; it stays at its end. */
  function show(step) {
    const { cells } = shown.episode;
    const now = Math.min(step, cells.length - 1);
    node.classList.toggle("rk-playing", playing); // the last move, too, is to be seen
    [casing, walked].forEach((line) => line.setAttribute("d", path(cells.slice(0, now + 1))));
    const [x, y] = shown.centre(cells[now]);
    if (shown.pictures.length > 1) shown.picture.setAttribute("href", shown.pictures[Math.min(step, shown.pictures.length - 1)]);
    walker.style.transform = `translate(${x}px, ${y}px)`;
    const moves = cells.map((cell, i) => STEPS.findIndex(
      ([dx, dy]) => i && cell - cells[i - 1] === dx + dy * world.width));
    const past = moves.slice(0, now + 1).findLast((move) => move >= 0);
    const facing = past ?? moves.find((move) => move >= 0) ?? 0;
    body.setAttribute("transform", `rotate(${90 * facing}) scale(9.5)`);
    putThings(shown.things, liesAt(now), shown.centre, world.spots);
  }
  return { node, load, show, moving: (on) => { playing = on; } };
}
