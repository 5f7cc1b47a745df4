// A guess that is written down before the reveal, and shown beside the result after it.

import { html, fresh, keep, keepKeys, listen, makeStatus } from "./elements.js";
import { makeKernel, hideStill } from "./kernel.js";
import { clamp, two } from "./readings.js";
import { makeBackdrop } from "./backdrop.js";

const GUESS = { colour: "#E69F00", marker: "diamond" };
const RESULT = { colour: "#0072B2", marker: "circle" };
const START = { colour: "#7A7A7A", marker: "square" };

const wordsOf = (kind, value) => {
  if (value === null || value === undefined) return "nothing yet";
  if (kind === "point" || kind === "arrow") {
    return `capability ${two(value[0])}, alignment ${value[1] === null ? "unknown" : two(value[1])}`;
  }
  return kind === "number" ? two(value) : String(value);
};

/** One way to guess for each kind: {node, draw}; `guess(value)` takes a new one. */
const WAYS = {
  choice(model, guess, id) {
    const options = model.get("options").map((word, i) => ({ word, input: html("input",
      { type: "radio", name: id, id: `${id}-${i}`, onchange: () => guess(word) }) }));
    const node = html("div", { class: "rk-chips" }, ...options.map(({ word, input }) =>
      html("label", {}, input, html("bdi", {}, word))));
    return { node, draw: (value, locked) => options.forEach(({ word, input }) => {
      input.checked = word === value;
      input.disabled = locked;
    }) };
  },
  number(model, guess) {
    const [low, high] = model.get("range");
    const step = (high - low) / 100;
    const input = html("input", { type: "range", min: low, max: high, step, "aria-label": "Your guess",
      oninput: () => guess(Number(input.value)) });
    const value = html("span", { class: "rk-value" });
    return { node: html("div", { class: "rk-row" }, input, value), draw(now, locked) {
      input.value = now ?? (low + high) / 2;
      input.disabled = locked;
      value.textContent = now === null ? "–" : two(now);
    } };
  },
  point(model, guess, id) {
    const box = html("div", { class: "rk-backdrop" });
    const fields = ["capability", "alignment"].map((axis, k) => html("input", {
      type: "number", min: k ? -1 : 0, max: 1, step: 0.05, "aria-label": `Your guess of ${axis}`,
      oninput: () => take(fields.map((field) => Number(field.value))) }));
    const take = ([c, a]) => guess([Math.round(clamp(c, 0, 1) * 100) / 100, Math.round(clamp(a, -1, 1) * 100) / 100]);
    let now = null, locked = false;
    const backdrop = makeBackdrop(box, "Plane to place a guess on; the two numbers beside it do the same.", () => paint());
    backdrop.node.addEventListener("click", (event) => { if (!locked) take(backdrop.under(event)); });
    function paint() {
      if (!backdrop.ready()) return;
      backdrop.clear();
      const start = model.get("start"), result = model.get("result");
      if (start.length) backdrop.point(start, START, "before");
      if (start.length && now) backdrop.trail([start, now], GUESS.colour, true);
      if (start.length && result) backdrop.trail([start, result], RESULT.colour);
      if (result) backdrop.point(result, RESULT, "observed");
      if (now) backdrop.point(now, GUESS, "your guess");
    }
    const node = html("div", {}, box, html("div", { class: "rk-row" },
      html("span", {}, "capability"), fields[0], html("span", {}, "alignment"), fields[1]));
    return { node, stop: backdrop.stop, draw(value, isLocked) {
      [now, locked] = [value, isLocked];
      fields.forEach((field, k) => {
        if (document.activeElement !== field) field.value = value ? value[k] : "";
        field.disabled = locked;
      });
      paint();
    } };
  },
};
WAYS.arrow = WAYS.point;

function render({ model, el }) {
  const id = fresh();
  const kind = model.get("kind");
  const way = WAYS[kind](model, (value) => keep(model, "draft", value), id);
  const kernel = makeKernel(model, () => draw(), ["value", "result"]);
  const commit = html("button", { type: "button", onclick: () => kernel.ask("guess", model.get("draft")) }, "This is my guess");
  const status = makeStatus();
  const root = html("div", { class: "robustkit robustkit-predict", onkeydown: keepKeys },
    html("fieldset", { class: "rk-legend" }, html("legend", {}, model.get("question")), way.node, commit, status));
  el.append(hideStill(model), root);
  function draw() {
    const [draft, value, result] = ["draft", "value", "result"].map((trait) => model.get(trait) ?? null);
    const locked = value !== null;
    way.draw(locked ? value : draft, locked || kernel.none);
    commit.disabled = locked || draft === null || kernel.none || kernel.waiting();
    commit.hidden = locked;
    status.textContent = !locked ? kernel.words() || "Nothing is shown before you have guessed."
      : result === null ? `Your guess: ${wordsOf(kind, value)}.`
        : `Your guess: ${wordsOf(kind, value)}. Observed: ${wordsOf(kind, result)}.`;
  }
  const deaf = listen(model, ["draft", "value", "result"], draw);
  draw();
  return () => {
    way.stop?.();
    kernel.stop();
    deaf();
    root.remove();
  };
}

export default { render };
