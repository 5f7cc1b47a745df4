// What was laid before, to go back to and forth again.

import { html } from "./elements.js";

/** Buttons and keys for a history: `now()` gives a state, `lay(state)` brings it about. */
export function makeUndo(now, lay, first, disabled) {
  let past = [], ahead = [];
  const key = (state) => JSON.stringify(state);
  const button = (words, act) => html("button", { type: "button", onclick: act }, words);
  const move = (from, to) => () => {
    if (!from().length) return;
    to().push(now());
    lay(from().pop());
  };
  const undo = move(() => past, () => ahead), redo = move(() => ahead, () => past);
  const back = button("Undo", undo), forth = button("Redo", redo);
  const reset = button("Reset", () => { if (key(now()) !== key(first)) { mark(now()); lay(first); } });
  const node = html("div", { class: "rk-row rk-undo" }, back, forth, reset);
  /** Remember a state, the one before a change that is no undoing. */
  function mark(state) {
    past = [...past.slice(-199), state];
    ahead = [];
  }
  /** Say which of the buttons can be pressed. */
  function show() {
    back.disabled = disabled || !past.length;
    forth.disabled = disabled || !ahead.length;
    reset.disabled = disabled || key(now()) === key(first);
  }
  /** Ctrl+Z and Ctrl+Y, which the notebook would take for its own cells. */
  function keys(event) {
    const sign = event.key.toLowerCase(), redone = sign === "y" || (sign === "z" && event.shiftKey);
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !["y", "z"].includes(sign) || event.target.matches("textarea")) return;
    event.preventDefault();
    event.stopPropagation();
    if (!disabled) (redone ? redo : undo)();
  }
  return { node, mark, show, keys };
}
