// One level as a picture: its things, the policy's arrows, and an agent walking.

import { html, svg, icon } from "./elements.js";
import { CELL, STEPS, levelScene } from "./scene.js";

/** What lies in a world, as a key of marks and letters. */
export const keyOf = (world) =>
  html("ul", { class: "rk-key", "aria-label": "Things in this world" }, ...world.things.map((thing) =>
    html("li", {}, icon(svg("path", { class: "rk-marker", d: thing.path, fill: thing.colour })),
      `${thing.letter} ${thing.name}`)));

/** How an episode ends; in somebody's own environment it need not reach anything. */
export function endInWords(episode, { moves }) {
  const last = episode.cells.length - 1;
  const late = !moves || episode.events.some(([, name]) => name === "time");
  if (episode.end === "time") return `${late ? "runs out of time at" : "has not ended by"} step ${last}`;
  return `ends at step ${last}: ${moves ? "" : "reached "}${episode.end}`;
}

/** Why there are no arrows, where there are none. */
export const arrowless = ({ arrows }, { moves }) =>
  arrows || moves ? "" : " No arrows: it remembers or draws, so that its move in each cell is not known.";

/** A picture in which an agent walks; `load` a level, then `show` a step of it. */
export function makePlayer(world) {
  const box = { width: world.width * CELL, height: world.height * CELL };
  const scene = svg("g");
  const ahead = svg("path", { class: "rk-ahead" });
  const casing = svg("path", { class: "rk-casing" });
  const walked = svg("path", { class: "rk-walked" });
  const body = svg("path", { class: "rk-marker", d: "M8 0L-6 6L-3 0L-6-6Z" });
  const walker = svg("g", { class: "rk-walker" }, body);
  const node = svg("svg", { class: "rk-level", role: "img", viewBox: `0 0 ${box.width} ${box.height}` },
    scene, ahead, casing, walked, walker);
  let shown;

  const path = (cells) => `M${cells.map((cell) => shown.centre(cell).join(" ")).join("L")}`;
  function load(stratum, episode, colour, words) {
    shown = { episode, pictures: stratum.pictures ?? [], ...levelScene(world, stratum, episode) };
    node.classList.toggle("rk-own", shown.pictures.length > 0);
    walker.style.display = shown.pictures.length > 1 ? "none" : ""; // the agent is in them
    scene.replaceChildren(...shown.nodes);
    ahead.setAttribute("d", path(episode.cells));
    [body, walked, ahead].forEach((part) => part.style.setProperty("--rk-agent", colour));
    node.setAttribute("aria-label", words);
    show(0);
  }
  /** Show the episode as it stands after `step` steps; it stays at its end. */
  function show(step) {
    const { cells, events } = shown.episode;
    const now = Math.min(step, cells.length - 1);
    [casing, walked].forEach((line) => line.setAttribute("d", path(cells.slice(0, now + 1))));
    const [x, y] = shown.centre(cells[now]);
    if (shown.pictures.length > 1) shown.picture.setAttribute("href", shown.pictures[Math.min(step, shown.pictures.length - 1)]);
    walker.style.transform = `translate(${x}px, ${y}px)`;
    const moves = cells.map((cell, i) => STEPS.findIndex(
      ([dx, dy]) => i && cell - cells[i - 1] === dx + dy * world.width));
    const past = moves.slice(0, now + 1).findLast((move) => move >= 0);
    const facing = past ?? moves.find((move) => move >= 0) ?? 0;
    body.setAttribute("transform", `rotate(${90 * facing})`);
    const used = events.filter(([when]) => when <= now).map(([when]) => cells[when]);
    shown.things.forEach((thing) => thing.node.classList.toggle("rk-used", used.includes(thing.cell)));
  }
  return { node, load, show, moving: (on) => node.classList.toggle("rk-playing", on) };
}
