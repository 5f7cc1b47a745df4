// The level of the explorer: one agent's episode in it, or two side by side.

import { html, nameOf, sentence } from "./elements.js";
import { nodeOf } from "./readings.js";
import { makeClock } from "./clock.js";
import { arrowless, endInWords, keyOf, makePlayer } from "./player.js";

export function makeLevel(data, model) {
  const { world, levels, agents } = data;
  const players = [makePlayer(world), makePlayer(world)];
  const clock = makeClock(
    (step) => players.forEach((player, k) => { if (shown.cast?.[k]) player.show(step); }),
    (on) => players.forEach((player) => player.moving(on)));
  const title = html("span", { class: "rk-level-name" });
  const captions = [html("p", { class: "rk-caption" }), html("p", { class: "rk-caption" })];
  const place = html("p", { class: "rk-place" });
  const turn = (by) => model.set("level", (shown.level + by + levels.length) % levels.length);
  const rival = html("select", { onchange: () => model.set("rival", Number(rival.value)) },
    html("option", { value: -1 }, "nobody"),
    ...agents.map((agent, i) => html("option", { value: i }, agent.name)));
  const sides = players.map((player, k) => html("div", {}, player.node, captions[k]));
  const node = html("div", { class: "rk-level-view", role: "group", "aria-label": "Level" },
    html("div", { class: "rk-row" },
      html("button", { type: "button", "aria-label": "Previous level (key p)", onclick: () => turn(-1) }, "‹"), title,
      html("button", { type: "button", "aria-label": "Next level (key n)", onclick: () => turn(1) }, "›")),
    html("div", { class: "rk-sides" }, ...sides), clock.node, place,
    html("label", { class: "rk-choice" }, "Beside it: ", rival), keyOf(world));
  node.hidden = !levels.length || !agents.length;
  let shown = {};
  // As `where` in worlds/describe.py: what is new in a level's things, and its layout.
  const words = (grades) => [grades.place ? "place" : "goal", "layout"].filter((name) => data.shifts[name])
    .map((name) => data.shifts[name][grades[name]]).join("; ");

  function draw(state) {
    if (node.hidden) return;
    const { agent, level, rival: other } = state, { u, nodes } = levels[level];
    const { node: stratum, grades } = nodeOf(data.grid, state, u);
    const key = `${level} ${stratum} ${agent} ${other}`;
    if (shown.key === key) return;
    rival.value = other;
    const said = words(grades); // nothing where there is one level and no shift
    const cast = other < 0 ? [agent] : [agent, other];
    shown = { key, level, cast };
    sides[1].hidden = other < 0;
    const episodes = cast.map((i, k) => {
      const episode = nodes[stratum].episodes[i];
      const end = endInWords(episode, world);
      players[k].load(nodes[stratum], episode, agents[i].colour,
        `Level ${level + 1}${said && `, ${said}`}; ${agents[i].name} ${end}.`);
      captions[k].replaceChildren(nameOf(agents[i]), ` ${end}.${arrowless(episode, world)}`);
      return episode;
    });
    place.textContent = sentence(said);
    title.textContent = `Level ${level + 1} of ${levels.length}`;
    clock.reset(Math.max(...episodes.map(({ cells }) => cells.length - 1)));
  }
  return { node, draw, turn, stop: clock.stop };
}
