// Wishes that are pinned, in a table under the one that is being made; tasks to solve with them.

import { html, icon, markerPath } from "./elements.js";
import { fill } from "./words.js";
import { two } from "./readings.js";
import { comesTo } from "./wishes.js";

/** `pin()`, `unpin(i)` and `back(i)` are told of a press. */
export function makeWishBoard(data, { pin, unpin, back }) {
  const { words, looks, tasks } = data;
  const button = html("button", { type: "button", "aria-label": words.pin_this, onclick: pin }, words.pin);
  const rows = html("tbody");
  const table = html("div", { class: "rk-scroll", tabindex: 0, role: "group", "aria-label": words.table },
    html("table", {}, html("thead", {}, html("tr", {}, ...words.head.map((word) => html("th", { scope: "col" }, word)))), rows));
  const marks = tasks.map(() => html("span", { class: "rk-tick-mark" }));
  const list = html("ol", { class: "rk-tasks", "aria-label": words.tasks }, ...tasks.map((task, i) =>
    html("li", {}, marks[i], task.words)));

  const row = (i, wish, ...named) => {
    const { x, y, random, training, shifted } = comesTo(data, wish);
    const { scalar, capability, alignment } = shifted;
    const cells = [x.toFixed(1), y.toFixed(1), `${Math.round(100 * random)}%`, two(training.scalar), two(scalar),
      two(capability), alignment === null ? words.untold : two(alignment)];
    return html("tr", {}, html("th", { scope: "row" }, icon(markerPath(looks[i])), ...named),
      ...cells.map((cell) => html("td", {}, cell)));
  };
  /** A button that keeps the focus when the table is drawn anew. */
  const small = (i, sign, label, act) => html("button", { type: "button", "data-key": `${sign}${i}`,
    "aria-label": fill(label, { letter: words.letters[i] }), onclick: () => act(i) }, sign);
  function draw(wish, pins, solved) {
    const pinning = document.activeElement === button;
    const held = rows.contains(document.activeElement) && document.activeElement.dataset.key;
    rows.replaceChildren(row(0, wish, words.now, button), ...pins.map((kept, i) =>
      row(i + 1, kept, small(i, words.letters[i], words.back_to, back), small(i, words.off, words.unpin, unpin))));
    if (pinning) button.focus(); // it has been taken out and put back
    if (held) (rows.querySelector(`[data-key="${held}"]`) ?? button).focus();
    button.setAttribute("aria-disabled", pins.length >= words.letters.length);
    tasks.forEach(({ kind }, i) => {
      const done = solved.includes(kind);
      marks[i].textContent = done ? words.done : words.open;
      marks[i].classList.toggle("rk-done", done);
    });
  }
  return { table, list, draw };
}
