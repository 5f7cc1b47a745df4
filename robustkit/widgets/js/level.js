// The level of the explorer: one agent's episode in it, or two side by side. How an episode
// ends is said when it has.

import { html, nameOf } from "./elements.js";
import { labelOf, nodeOf, shiftsOf } from "./readings.js";
import { makeClock } from "./clock.js";
import { arrowless, endInWords, makePlayer } from "./player.js";

export function makeLevel(data, model) {
  const { world, levels, agents } = data;
  const players = [makePlayer(world), makePlayer(world)];
  const clock = makeClock(show, (on) => players.forEach((player) => player.moving(on)));
  const title = html("p", { class: "rk-level-name" });
  const captions = players.map(() => html("p", { class: "rk-caption" }));
  const turn = (by) => model.set("level", (shown.level + by + levels.length) % levels.length);
  const sides = players.map((player, k) => html("div", {}, player.node, captions[k]));
  const node = html("div", { class: "rk-level-view", role: "group", "aria-label": "Level" },
    title, html("div", { class: "rk-sides" }, ...sides), clock.node);
  node.style.setProperty("--rk-ratio", world.width / world.height);
  node.hidden = !levels.length || !agents.length;
  let shown = {};
  const used = ({ place }) => shiftsOf(data).filter((name) => (name === "place") === place > 0);
  /** As `where` in worlds/describe.py: what is new in a level's things, and its layout. */
  const inWords = (grades) => [grades.place ? "place" : "goal", "layout"].filter((name) => data.shifts[name])
    .map((name) => data.shifts[name][grades[name]]).join("; ");

  function show(step) {
    shown.cast?.forEach(({ agent, episode }, k) => {
      players[k].show(step);
      const end = step >= episode.cells.length - 1 ? ` ${endInWords(episode, world)}.` : "";
      captions[k].replaceChildren(nameOf(agent), end, arrowless(episode, world));
      players[k].node.setAttribute("aria-label", `${shown.said}; ${agent.name}${end || "."}`);
    });
  }
  function draw(state) {
    if (node.hidden) return;
    const { agent, level, rival } = state, { u, nodes } = levels[level];
    const { node: stratum, grades } = nodeOf(data.grid, state, u);
    const key = `${level} ${stratum} ${agent} ${rival}`;
    if (shown.key === key) return;
    const words = inWords(grades); // nothing where there is one level and no shift
    const cast = [agent, rival].filter((i) => i >= 0)
      .map((i) => ({ agent: agents[i], episode: nodes[stratum].episodes[i] }));
    shown = { key, level, cast, said: `Level ${level + 1}${words && `, ${words}`}` };
    sides[1].hidden = rival < 0;
    cast.forEach((each, k) => players[k].load(nodes[stratum], each.episode, each.agent.colour, ""));
    const at = used(grades).map((name) => `${labelOf(data, name)}${data.labels ? " at" : ""} ${grades[name]}`).join(", ");
    title.replaceChildren(html("strong", {}, `Level ${level + 1}`), at && ` (grades: ${at})`);
    title.title = words;
    clock.reset(Math.max(...cast.map(({ episode }) => episode.cells.length - 1)));
  }
  return { node, draw, turn, stop: clock.stop };
}
