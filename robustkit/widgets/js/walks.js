// One level in training and after the shift, walked in by one planner at one clock.

import { html, sentence } from "./elements.js";
import { fill } from "./words.js";
import { makeClock } from "./clock.js";
import { endInWords, keyOf, makePlayer } from "./player.js";
import { ARROWS } from "./scene.js";

/** An episode from its moves, as the player takes it. */
function unfolded(level, wish, width) {
  const way = level.ways[wish.behaviour], episode = level.episodes[level.played[way][wish.at]];
  const steps = [1, width, -1, -width, 0], cells = [level.start];
  for (const move of episode.way) cells.push(cells.at(-1) + steps[move]);
  return { ...episode, cells, arrows: fainter(level.arrows[way], wish.random) };
}

/** Arrows of a policy with random moves: as before, but less sure. */
const fainter = (arrows, random) => Array.from(arrows, (arrow) => {
  const sign = ARROWS.indexOf(arrow);
  if (sign < 0 || random >= 1) return ".";
  const chance = sign % 10 === 9 ? 1 : (sign % 10) / 10;
  const tenths = Math.floor(10 * ((1 - random) * chance + random / 4) + 1e-9);
  return ARROWS[sign - (sign % 10) + Math.min(9, tenths)];
}).join("");

/** The two levels side by side; `turn(by)` is told to go on to another. */
export function makeWalks(data, turn) {
  const { world, pairs, words, looks: [look] } = data;
  const players = pairs[0].map(() => makePlayer(world));
  const said = players.map(() => html("p", { class: "rk-wish-place" })), ends = players.map(() => html("p"));
  const title = html("span", { class: "rk-level-name" });
  let episodes = [], shown = "";
  const clock = makeClock((step) => players.forEach((player, k) => {
    player.show(step);
    const over = step >= episodes[k].cells.length - 1;
    ends[k].textContent = sentence(over ? endInWords(episodes[k], world) : words.on);
  }), (on) => players.forEach((player) => player.moving(on)), words.step);
  const button = (sign, label, by) => html("button", { type: "button", "aria-label": label,
    onclick: () => turn(by) }, sign);
  const node = html("div", { class: "rk-wish-levels", role: "group", "aria-label": words.levels },
    html("div", { class: "rk-row" }, button("‹", words.previous, -1), title, button("›", words.next, 1)),
    html("div", { class: "rk-wish-pair" }, ...said, ...players.map((player) => player.node), ...ends),
    clock.node, keyOf(world));
  function draw(wish, pair) {
    const key = `${pair} ${wish.behaviour} ${wish.at}`;
    if (key === shown) return;
    shown = key;
    title.textContent = fill(words.level, { number: pair + 1, count: pairs.length });
    episodes = pairs[pair].map((level) => unfolded(level, wish, world.width));
    pairs[pair].forEach((level, k) => {
      said[k].replaceChildren(html("strong", {}, words.sides[k]), ` ${sentence(level.place)}`);
      players[k].load(level, episodes[k], look.colour, `${words.sides[k]} ${sentence(level.place)}`);
    });
    clock.reset(Math.max(...episodes.map(({ cells }) => cells.length - 1)));
  }
  return { node, draw, stop: clock.stop };
}
