// A guess that is made before the answer is seen, and shown beside it afterwards.

import { html, fresh, keep, keepKeys, listen, makeStatus, set } from "./elements.js";
import { makeKernel, hideStill } from "./kernel.js";
import { clamp } from "./readings.js";
import { makeBackdrop } from "./backdrop.js";

const GUESS = { colour: "none", marker: "diamond" }; // hollow: a ghost of what is to come
const GUESSED = "#E69F00";
const RESULT = { colour: "#0072B2", marker: "circle" };
const START = { colour: "#7A7A7A", marker: "square" };
const CONFIRM = "This is my guess", AGAIN = "Guess again";
const PLACE = "Plane to place a guess on. Click it or use the arrow keys; the two numbers below do the same.";

/** What is typed into fields: numbers if all are possible, undefined if one is not, null if one is missing. */
function typed(fields, whole) {
  const values = fields.map((field) => (field.validity.badInput ? NaN : field.value === "" ? null : Number(field.value)));
  const good = (value, i) => value === null || (value >= Number(fields[i].min) && value <= Number(fields[i].max)
    && (!whole || Number.isInteger(value)));
  fields.forEach((field, i) => field.setAttribute("aria-invalid", !good(values[i], i)));
  if (!values.every(good)) return undefined;
  return values.includes(null) ? null : values;
}
/** Let a field show a number, unless that is what stands in it already. */
function show(field, value, locked) {
  field.disabled = locked;
  if (value === null || value === undefined) {
    if (locked) field.value = "";
  } else if (field.value === "" || Number(field.value) !== value) {
    field.value = value;
    field.setAttribute("aria-invalid", false);
  }
}

/** One way to guess for each kind: {node, draw, wrong}; `guess(value)` takes a new one. */
const WAYS = {
  choice(model, guess, id, name) {
    const options = model.get("options").map((word, i) => ({ word, input: html("input",
      { type: "radio", name: id, id: `${id}-${i}`, onchange: () => guess(word) }) }));
    const long = options.some(({ word }) => word.length > 16); // then each has a line of its own
    const node = html("div", { class: `rk-chips${long ? " rk-lines" : ""}`, role: "radiogroup", "aria-label": name }, ...options.map(({ word, input }) =>
      html("label", {}, input, html("bdi", {}, word))));
    return { node, wrong: () => false, draw: (value, locked) => options.forEach(({ word, input }) => {
      input.checked = word === value;
      input.disabled = locked;
    }) };
  },
  number(model, guess, id, name) {
    const [min, max] = model.get("range"), step = model.get("step");
    const take = () => { field.value = slider.value; read(); };
    // A click counts too: a slider whose thumb is where one wants it does not move.
    const slider = html("input", { type: "range", min, max, step, "aria-label": `${name}, as a slider`, oninput: take, onclick: take });
    const field = html("input", { type: "number", min, max, step, "aria-label": name, oninput: () => read() });
    let wrong = false;
    function read() {
      const values = typed([field], model.get("whole"));
      wrong = values === undefined;
      guess(values ? values[0] : null);
    }
    const node = html("div", { class: "rk-row rk-number" }, slider, field, html("bdi", {}, model.get("unit")));
    return { node, wrong: () => wrong, draw(now, locked) {
      const none = now === null || now === undefined;
      slider.value = none ? (min + max) / 2 : now;
      slider.disabled = locked;
      slider.classList.toggle("rk-unset", none);
      set(slider, { "aria-valuetext": none ? "no guess yet" : String(now) });
      show(field, now, locked);
    } };
  },
  point(model, guess, id, name) {
    const box = html("div", { class: "rk-backdrop" });
    const fields = ["capability", "alignment"].map((axis, k) => html("input", {
      type: "number", min: k ? -1 : 0, max: 1, step: 0.05, "aria-label": `${name} of ${axis}`, oninput: () => read() }));
    let now = null, locked = false, wrong = false;
    function read() {
      const values = typed(fields, false);
      wrong = values === undefined;
      guess(values ?? null);
    }
    function take([c, a]) {
      [clamp(c, 0, 1), clamp(a, -1, 1)].forEach((value, k) => { fields[k].value = Math.round(value * 100) / 100; });
      read();
    }
    function step(event) {
      const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowDown: [0, -1], ArrowUp: [0, 1] }[event.key];
      if (!way || locked || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const by = event.shiftKey ? 0.01 : 0.05;
      take(now ? now.map((value, k) => value + by * way[k]) : [0.5, 0]);
    }
    const backdrop = makeBackdrop(box, PLACE, () => paint());
    backdrop.node.addEventListener("click", (event) => { if (!locked) take(backdrop.under(event)); });
    backdrop.node.addEventListener("keydown", step);
    function paint() {
      if (!backdrop.ready()) return;
      backdrop.clear();
      const start = model.get("start"), result = model.get("result");
      if (start.length && now) backdrop.trail([start, now], GUESSED, true);
      if (start.length && result) backdrop.trail([start, result], RESULT.colour);
      if (!start.length && now && result) backdrop.trail([now, result], GUESSED, true);
      if (start.length) backdrop.point(start, START, "before");
      if (result) backdrop.point(result, RESULT, "observed");
      if (now) backdrop.point(now, GUESS, "your guess");
    }
    const node = html("div", {}, box, html("div", { class: "rk-row" },
      html("span", {}, "capability"), fields[0], html("span", {}, "alignment"), fields[1]));
    return { node, stop: backdrop.stop, wrong: () => wrong, draw(value, isLocked) {
      [now, locked] = [value, isLocked];
      fields.forEach((field, k) => show(field, value ? value[k] : null, locked));
      set(backdrop.node, locked ? { role: "img", tabindex: -1 } : { role: "application", tabindex: 0 });
      paint();
    } };
  },
};
WAYS.arrow = WAYS.point;

/** A way to guess for each part, in rows, as one way. */
function makeParts(model, guess, id) {
  let now = {};
  const parts = model.get("each").map((name, i) => ({ name, way: WAYS[model.get("kind")](model, (value) => {
    now = { ...now, [name]: value };
    guess(Object.values(now).every((one) => one === null) ? null : now);
  }, `${id}-${i}`, name) }));
  const node = html("div", { class: "rk-parts" }, ...parts.flatMap(({ name, way }) => [html("bdi", { class: "rk-part" }, name), way.node]));
  return { node, wrong: () => parts.some(({ way }) => way.wrong()), draw(value, locked) {
    now = Object.fromEntries(parts.map(({ name }) => [name, value?.[name] ?? null]));
    parts.forEach(({ name, way }) => way.draw(now[name], locked));
  } };
}

const isWhole = (draft, each) => draft !== null && each.every((name) => draft[name] !== null);

function render({ model, el }) {
  const id = fresh(), each = model.get("each");
  const take = (value) => { keep(model, "draft", value); draw(); };
  const way = each.length ? makeParts(model, take, id) : WAYS[model.get("kind")](model, take, id, "Your guess");
  const kernel = makeKernel(model, () => draw(), ["value", "result"]);
  const commit = html("button", { type: "button", onclick: press }, CONFIRM);
  const status = makeStatus();
  const root = html("div", { class: "robustkit robustkit-predict", tabindex: -1, onkeydown: pressed },
    html("fieldset", { class: "rk-legend" }, html("legend", {}, model.get("question")), way.node, commit, status));
  el.append(hideStill(model), root);
  const traits = () => ["draft", "value", "result"].map((trait) => model.get(trait) ?? null);
  function press() {
    if (commit.getAttribute("aria-disabled") === "true") return;
    const [draft, value] = traits();
    kernel.ask(value === null ? "guess" : "again", draft);
  }
  function pressed(event) {
    const own = event.target === commit || event.target === root;
    const among = ["ArrowUp", "ArrowDown"].includes(event.key); // the cells: nothing here moves by them
    if (event.key === "Enter" && !event.shiftKey && !own && traits()[1] === null) press();
    if (!(own && among)) keepKeys(event);
  }
  function draw() {
    const [draft, value, result] = traits(), held = document.activeElement;
    const locked = value !== null || result !== null;
    way.draw(locked ? value : draft, locked || kernel.none);
    // Never disabled: the focus would be lost, and with it the notebook's keys.
    commit.setAttribute("aria-disabled", kernel.none || kernel.waiting() || way.wrong() || (!locked && !isWhole(draft, each)));
    commit.textContent = value === null ? CONFIRM : AGAIN;
    commit.hidden = result !== null;
    status.textContent = kernel.words() || (way.wrong() && !locked ? model.get("allowed") : model.get("said"));
    if (root.contains(held) && (held.disabled || held.hidden || held.getAttribute("role") === "img")) (commit.hidden ? root : commit).focus({ preventScroll: true });
  }
  const deaf = listen(model, ["draft", "value", "result", "said"], draw);
  draw();
  return () => {
    way.stop?.();
    kernel.stop();
    deaf();
    root.remove();
  };
}

export default { render };
