// What does it want? A wish as sliders; a planner for it walks, and its place moves along.

import { fresh, html, keep, keepKeys, listen, makeStatus, save } from "./elements.js";
import { hideStill } from "./kernel.js";
import { fill } from "./words.js";
import { makeBackdrop } from "./backdrop.js";
import { makeLit } from "./plane.js";
import { bestAt, comesTo, isSolved } from "./wishes.js";
import { makeWalks } from "./walks.js";
import { makeWishMap } from "./wishmap.js";
import { makeWishBoard } from "./wishboard.js";

const TRAITS = ["wants", "random", "pair", "pins", "solved"];

/** What a wish comes to in words, without what is said of the tasks. */
function wishInWords(data, wish) {
  const { words } = data, said = wish.x || wish.y ? words.wish : words.nothing;
  const given = { ...words, ...wish };
  const same = wish.training.scalar >= bestAt(data, wish.at) - data.same ? words.same : "";
  return fill(said, given) + fill(words.training, given) + same
    + fill(wish.shifted.alignment === null ? words.unknown : words.known, given);
}

/** Three sliders in a row; `to(k, value)` is told of a move. */
function makeWishes(data, to) {
  const id = fresh(), { steps, random, words } = data;
  const parts = [...words.sliders.map((label, k) => ({ label, k, min: -1, size: 1 / steps })),
    { label: words.random, k: 2, min: 0, size: 1 / (random.length - 1) }].map(({ label, k, min, size }) => {
    const input = html("input", { type: "range", id: `${id}-${k}`, min, max: 1, step: size,
      oninput: () => to(k, Number(input.value)) });
    const value = html("span", { class: "rk-value", "aria-hidden": "true" });
    return { input, value, node: html("div", { class: "rk-want" },
      html("label", { for: `${id}-${k}` }, label), input, value) };
  });
  const draw = ({ x, y, random: share }) => [x, y, share].forEach((now, k) => {
    const { input, value } = parts[k], said = k < 2 ? now.toFixed(1) : `${Math.round(100 * now)}%`;
    if (Math.abs(Number(input.value) - now) > 1e-6) input.value = now;
    input.setAttribute("aria-valuetext", said + (k < 2 && now < 0 ? words.avoids : ""));
    value.textContent = said;
  });
  return { node: html("div", { class: "rk-wants" }, ...parts.map(({ node }) => node)), draw };
}

/** The plane with this wish in training and after the shift, and those that are pinned. */
function makeWishPlane(data, box, resized) {
  const { words, looks } = data, lit = makeLit();
  const backdrop = makeBackdrop(box, words.plane, resized);
  backdrop.node.append(lit.node);
  const placeOf = ({ capability, alignment }) => [capability, alignment];
  return { stop: backdrop.stop, draw(wish, pins) {
    if (!backdrop.ready()) return;
    const { training, shifted } = wish;
    backdrop.clear();
    lit.draw(shifted.alignment === null ? null : shifted.scalar, backdrop.space(), backdrop.node);
    backdrop.trail([training, shifted].map(placeOf), looks[0].colour, true);
    backdrop.points([
      { place: placeOf(shifted), look: looks[0], name: words.now },
      { place: placeOf(training), look: { ...looks[0], colour: "none" }, name: words.before, reach: 3 },
      ...pins.map((pin, i) => ({ place: placeOf(comesTo(data, pin).shifted), look: looks[i + 1], name: words.letters[i] })),
    ]);
  } };
}

function makeWish(model, data) {
  const { words, pairs, steps, random } = data;
  const near = (value, count) => Math.round(value * count) / count;
  const now = () => [...model.get("wants"), model.get("random")];
  const to = ([x, y, share = model.get("random")]) => {
    const before = now(), after = [near(x, steps), near(y, steps), near(share, random.length - 1)];
    if (after.every((value, k) => value === before[k])) return;
    if (after[0] !== before[0] || after[1] !== before[1]) model.set("wants", after.slice(0, 2));
    model.set("random", after[2]);
    save(model);
  };
  const kept = (pins) => keep(model, "pins", pins);
  const sliders = makeWishes(data, (k, value) => to(now().map((want, i) => (i === k ? value : want))));
  const walks = makeWalks(data, (by) => keep(model, "pair", (model.get("pair") + by + pairs.length) % pairs.length));
  const boxes = [html("div", { class: "rk-wish-box" }), html("div", { class: "rk-backdrop" })];
  const map = makeWishMap(data, boxes[0], to), plane = makeWishPlane(data, boxes[1], () => draw());
  const board = makeWishBoard(data, {
    pin() {
      const full = model.get("pins").length >= words.letters.length;
      if (full) say(words.full);
      else kept([...model.get("pins"), now()]);
    },
    unpin: (i) => kept(model.get("pins").filter((_, k) => k !== i)),
    back: (i) => to(model.get("pins")[i]),
  });
  const status = makeStatus();
  let timer = 0, latest = "";
  const say = (said) => { status.textContent = said; latest = said; };
  /** The one live region: at most four times a second, and always the last word. */
  function tell(said) {
    latest = said;
    if (timer) return;
    say(said);
    timer = setTimeout(() => { timer = 0; if (status.textContent !== latest) tell(latest); }, 250);
  }
  /** What the pinned wishes solve that was not solved before. */
  function judge() {
    const solved = model.get("solved"), pins = model.get("pins");
    const found = data.tasks.filter((task) => !solved.includes(task.kind) && isSolved(task, data, pins));
    if (found.length) keep(model, "solved", [...solved, ...found.map(({ kind }) => kind)]);
    return found.map(({ kind }) => fill(words.solved, { number: data.tasks.findIndex((task) => task.kind === kind) + 1 })).join("");
  }
  function draw() {
    const wish = comesTo(data, now()), pins = model.get("pins");
    wish.said = fill(words.at, { ...words, ...wish });
    const news = judge();
    sliders.draw(wish);
    walks.draw(wish, model.get("pair"));
    map.draw(wish, pins);
    plane.draw(wish, pins);
    board.draw(now(), pins, model.get("solved"));
    tell(news + wishInWords(data, wish));
  }
  const node = html("div", {}, sliders.node, status,
    html("div", { class: "rk-wish-rooms" }, walks.node, ...boxes, board.table), board.list);
  return { node, draw, stop() {
    clearTimeout(timer);
    walks.stop();
    map.stop();
    plane.stop();
  } };
}

function render({ model, el }) {
  const data = model.get("data");
  const root = html("div", { class: "robustkit robustkit-wish", onkeydown: keepKeys });
  el.append(hideStill(model), root);
  const view = makeWish(model, data);
  root.append(html("p", { class: "rk-head" }, html("strong", {}, data.title)), view.node);
  const deaf = listen(model, TRAITS, view.draw);
  view.draw();
  return () => {
    view.stop();
    deaf();
    root.remove();
  };
}

export default { render };
