// All wishes as a map: how much the base thing is wanted (across) and the proxy (up), by
// the scalar after the shift. Only a direction matters, so the map is cut like a cake.

import { fresh, markerPath, set, svg } from "./elements.js";
import { clamp } from "./readings.js";
import { bestAt } from "./wishes.js";

const EDGE = 1.09; // a little more than what can be wanted, so that no mark lies on the frame
const QUARTERS = [-3, -1, 1, 3, 5].map((quarter) => (quarter * Math.PI) / 4);

/** Where the ray at an angle leaves the square. */
function exit(angle) {
  const [x, y] = [Math.cos(angle), Math.sin(angle)], size = EDGE / Math.max(Math.abs(x), Math.abs(y));
  return [x * size, y * size];
}

/** Parts next to each other that `wanted` holds for, as [from, to]. */
function runs(sectors, wanted) {
  const found = [];
  sectors.forEach(([from, to, behaviour]) => {
    if (!wanted(behaviour)) return;
    if (found.length && Math.abs(found.at(-1)[1] - from) < 1e-3) found.at(-1)[1] = to;
    else found.push([from, to]);
  });
  const [first] = found, last = found.at(-1), turn = 2 * Math.PI;
  if (found.length > 1 && Math.abs(last[1] - turn - first[0]) < 1e-3) {
    first[0] = last[0] - turn;
    found.pop();
  }
  return found;
}

/** A map in `box`; `to([base, proxy])` is told where the wish is moved. */
export function makeWishMap(data, box, to) {
  const { words, sectors, shades, edges, looks } = data, hatch = fresh();
  const cake = svg("g"), same = svg("g"), still = svg("g"), pins = svg("g");
  const handle = svg("g", { class: "rk-point rk-followed", role: "slider", tabindex: 0, "aria-label": words.handle,
    "aria-valuemin": -1, "aria-valuemax": 1, onkeydown: step }, markerPath(looks[0]), svg("circle", { class: "rk-ring rk-casing" }), svg("circle", { class: "rk-ring" }));
  const node = svg("svg", { class: "rk-wish-map", role: "group", "aria-label": words.map_label },
    svg("defs", {}, svg("pattern", { id: hatch, width: 9, height: 9, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      svg("path", { d: "M1 0V9", stroke: "#000", "stroke-width": 1.5 }), svg("path", { d: "M2.4 0V9", stroke: "#fff", "stroke-width": 1.3 }))),
    cake, same, still, handle, pins); // a pin is smaller than the wish: both can be seen
  let font, unit, left, top, drawn;
  const x = (want) => left + (want + EDGE) * unit, y = (want) => top + (EDGE - want) * unit;
  const place = ([across, up]) => `${x(across).toFixed(1)} ${y(up).toFixed(1)}`;
  const slice = ([from, to_]) => {
    const turns = [-1, 0, 1].flatMap((turn) => QUARTERS.map((corner) => corner + 2 * Math.PI * turn));
    const angles = [from, ...[...new Set(turns)].filter((a) => a > from && a < to_).sort((a, b) => a - b), to_];
    return `M${place([0, 0])}L${angles.map((angle) => place(exit(angle))).join("L")}Z`;
  };

  function resize() {
    const width = Math.min(box.clientWidth, 480);
    if (!width) return;
    font = 0.87 * parseFloat(getComputedStyle(box).fontSize);
    [left, top] = [2.3 * font, 1.6 * font];
    const side = width - left - 2;
    unit = side / (2 * EDGE);
    const height = top + side + 7.2 * font, foot = top + side;
    set(node, { width, height, viewBox: `0 0 ${width} ${height}` });
    const text = (said, tx, ty, anchor, kind = "rk-tick") => svg("text", { class: kind, x: tx, y: ty, "text-anchor": anchor }, said);
    const swatch = side / shades.length, bar = foot + 3.9 * font;
    still.replaceChildren(
      svg("rect", { class: "rk-frame", x: left, y: top, width: side, height: side }),
      ...[-1, 0, 1].flatMap((tick) => [text(tick, x(tick), foot + 1.1 * font, "middle"), text(tick, left - 0.4 * font, y(tick) + 0.33 * font, "end")]),
      text(words.up, 0, top - 0.6 * font, "start", "rk-axis"), text(words.across, left + side, foot + 2.3 * font, "end", "rk-axis"),
      ...shades.map((fill, i) => svg("rect", { class: "rk-swatch", x: left + i * swatch, y: bar, width: swatch, height: 0.8 * font, fill })),
      text(words.shade, left, bar - 0.4 * font, "start", "rk-small"), text(words.hatched, left, bar + 3.1 * font, "start", "rk-small"),
      ...edges.map((edge, i) => text(edge, left + (i + 1) * swatch, bar + 1.9 * font, "middle", "rk-small")));
    if (drawn) draw(...drawn);
  }

  function draw(wish, kept) {
    drawn = [wish, kept];
    if (!unit) return;
    cake.replaceChildren(...sectors.map((sector) => {
      const scalar = data.readings[sector[2]][1][wish.at][0];
      const fill = shades[edges.filter((edge) => scalar > edge).length];
      return svg("path", { d: slice(sector), fill, stroke: fill, "stroke-width": 0.6 });
    }));
    const least = bestAt(data, wish.at) - data.same;
    same.replaceChildren(...runs(sectors, (behaviour) => data.readings[behaviour][0][wish.at][0] >= least).flatMap((run) => {
      const d = slice(run);
      return [svg("path", { d, fill: `url(#${hatch})`, opacity: 0.4 }), svg("path", { class: "rk-wish-edge rk-casing", d }), svg("path", { class: "rk-wish-edge", d })];
    }));
    const put = (mark, at) => set(mark, { transform: `translate(${place(at)})` });
    pins.replaceChildren(...kept.map((pin, i) => {
      const mark = svg("g", { class: "rk-point" }, svg("g", { transform: `scale(${0.5 * font})` }, markerPath(looks[i + 1])),
        svg("text", { class: "rk-label rk-followed", x: (pin[0] > 0.7 ? -1.4 : 0.7) * font, y: 0.35 * font }, words.letters[i]));
      put(mark, pin);
      return mark;
    }));
    put(handle, [wish.x, wish.y]);
    handle.firstChild.setAttribute("transform", `scale(${0.62 * font})`);
    handle.querySelectorAll("circle").forEach((ring) => ring.setAttribute("r", 1.1 * font));
    set(handle, { "aria-valuenow": wish.x, "aria-valuetext": wish.said });
  }

  function step(event) {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!by || !drawn) return;
    event.preventDefault();
    to([drawn[0].x + by[0] / data.steps, drawn[0].y + by[1] / data.steps].map((want) => clamp(want, -1, 1)));
  }
  function drag(event) {
    if (!event.buttons) return;
    const rect = node.getBoundingClientRect(), scale = node.viewBox.baseVal.width / rect.width;
    const across = ((event.clientX - rect.left) * scale - left) / unit - EDGE;
    const up = EDGE - ((event.clientY - rect.top) * scale - top) / unit;
    if (event.type === "pointerdown" && Math.max(Math.abs(across), Math.abs(up)) > EDGE) return;
    if (event.type === "pointerdown") node.setPointerCapture(event.pointerId);
    else if (!node.hasPointerCapture(event.pointerId)) return;
    to([across, up].map((want) => clamp(want, -1, 1)));
  }
  node.addEventListener("pointerdown", drag);
  node.addEventListener("pointermove", drag);
  const sizes = new ResizeObserver(resize);
  sizes.observe(box);
  box.append(node);
  return { draw, stop: () => sizes.disconnect() };
}
