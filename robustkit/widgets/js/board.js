// The board of a level editor: paint with a tool, or pick a thing up and drop it elsewhere.

import { svg, set } from "./elements.js";
import { CELL } from "./scene.js";

const MOVE_KEYS = { ArrowRight: [1, 0], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowUp: [0, -1] };

/** Make the pictures of a level a board; the first of them is the one for the keyboard.

`what(cell)` names what lies there, the topmost first; `place(cell, on)` uses the tool,
`on` in the same stroke; `carry(name, cell)` shows it there and `drop(name, cell)` puts it, null for nowhere. */
export function makeBoard(world, pictures, { what, words, place, carry, drop, key }) {
  const { width, height } = world;
  const cursors = pictures.map(() => svg("rect", { class: "rk-cursor", width: CELL, height: CELL }));
  let at = [1, 1], drawing = false, held = null, from = -1, last = -1;
  const cellOf = ([x, y]) => y * width + x;

  function show([x, y] = at) {
    at = [x, y];
    cursors.forEach((cursor) => set(cursor, { x: x * CELL, y: y * CELL }));
    set(pictures[0], { "aria-label": words(y, x, cellOf(at)) });
  }
  function keys(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = MOVE_KEYS[event.key], within = (value, most) => Math.min(most - 1, Math.max(0, value));
    if (step) show([within(at[0] + step[0], width), within(at[1] + step[1], height)]);
    else if (event.key === "Enter" || event.key === " ") place(cellOf(at), false);
    else if (!key(event.key)) return;
    event.preventDefault();
  }
  function under(event) {
    const rect = event.currentTarget.getBoundingClientRect();
    const x = Math.floor(((event.clientX - rect.left) / rect.width) * width);
    const y = Math.floor(((event.clientY - rect.top) / rect.height) * height);
    return x >= 0 && y >= 0 && x < width && y < height ? [x, y] : null;
  }
  function begin(event) {
    const spot = under(event);
    if (event.button || !spot) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    show(spot);
    from = last = cellOf(at);
    held = what(from)[0] ?? null;
    drawing = held === null;
    if (drawing) place(from, false);
  }
  function go(event) {
    const spot = (drawing || held !== null) && under(event);
    if (!spot || cellOf(spot) === last) return;
    show(spot);
    last = cellOf(at);
    if (drawing) place(last, true);
    else carry(held, last);
  }
  function end(event) {
    const spot = under(event), name = held;
    [drawing, held] = [false, null];
    if (name === null) return;
    if (event.type === "pointercancel" || !spot) drop(name, null);
    else if (last === from) place(from, false);
    else drop(name, cellOf(spot));
  }
  pictures.forEach((picture, k) => {
    picture.append(cursors[k]);
    const acts = { pointerdown: begin, pointermove: go, pointerup: end, pointercancel: end };
    Object.entries(acts).forEach(([type, act]) => picture.addEventListener(type, act));
  });
  pictures[0].addEventListener("keydown", keys);
  set(pictures[0], { tabindex: 0, role: "application", "aria-roledescription": "level editor" });
  return { show };
}
