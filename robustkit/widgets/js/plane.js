// The plane of capability (across) and alignment (up): its backdrop, as styles/plane.py
// defines it for figures too.

import { PLANE } from "./drawn.js";
import { clamp, two } from "./readings.js";
import { svg, set } from "./elements.js";

/** Pixel geometry of the plane: capability to the right, alignment up. */
export function planeGeometry(width, font, tall) {
  const [west, east] = PLANE.across, [south, north] = PLANE.up;
  const left = 2.6 * font, right = 2.9 * font, top = 2 * font, bottom = 2.9 * font;
  const height = tall ?? Math.round(clamp(0.86 * width, 24 * font, 36 * font));
  const inner = { x: left, y: top, w: width - left - right, h: height - top - bottom };
  const unit = inner.h / (north - south + PLANE.lane), lane = PLANE.lane * unit;
  const frame = { ...inner, h: inner.h - lane };
  return {
    width, height, font, frame, lane: { ...frame, y: frame.y + frame.h, h: lane },
    x: (capability) => left + ((capability - west) / (east - west)) * inner.w,
    y: (alignment) => top + (north - alignment) * unit,
  };
}

/** A path through places of the plane. */
const through = (places, { x, y }) => `M${places.map(([c, a]) => `${x(c).toFixed(1)} ${y(a).toFixed(1)}`).join("L")}`;

/** Curve of equal scalar J = capability × alignment. */
function equalCurve(j, space) {
  const from = Math.max(Math.abs(j), 0.001);
  const along = Array.from({ length: 41 }, (_, i) => from + ((1 - from) * i) / 40);
  return through(along.map((c) => [c, j / c]), space);
}

/** The regions, with curves of equal scalar; the group `rk-equals` may be hidden. */
export function planeRegions(space) {
  const { x, y, frame, font } = space, edge = frame.x + frame.w;
  return svg("g", {},
    ...PLANE.regions.flatMap(({ name, colour, outlines }) => outlines.map((outline) =>
      svg("path", { class: `rk-shade rk-shade-${name}`, d: `${through(outline, space)}Z`, fill: colour }))),
    svg("g", { class: "rk-equals" },
      ...PLANE.equal.flatMap(({ scalar, curve }) => [
        svg("path", { class: "rk-equal", d: through(curve, space) }),
        svg("text", { class: "rk-small", x: edge + 0.4 * font, y: y(scalar) + 0.33 * font, "data-scalar": scalar }, two(scalar)),
      ]),
      svg("text", { class: "rk-small", x: edge + 2.6 * font, y: frame.y - 0.7 * font, "text-anchor": "end" },
        PLANE.words.equal)));
}

/** The curve of one scalar, lit: {node, draw}; none where it is null. Its number goes before those of `still`. */
export function makeLit() {
  const curve = svg("path", { class: "rk-lit" }), number = svg("text", { class: "rk-small rk-lit-number" });
  const node = svg("g", {}, curve, number);
  return { node, draw(scalar, space, still) {
    node.style.display = scalar === null ? "none" : "";
    still.querySelectorAll("[data-scalar]").forEach((tick) => {
      const near = scalar !== null && Math.abs(space.y(scalar) - space.y(tick.dataset.scalar)) < 1.1 * space.font;
      tick.style.visibility = near ? "hidden" : "";
    });
    if (scalar === null) return;
    const j = clamp(scalar, -1, 1), { frame, font, y } = space;
    curve.setAttribute("d", equalCurve(j, space));
    set(number, { x: frame.x + frame.w + 0.4 * font, y: y(j) + 0.33 * font });
    number.textContent = two(scalar);
  } };
}

export function planeAxes({ x, y, frame, lane, font, height }) {
  const text = (words, tx, ty, anchor = "middle", kind = "rk-tick") =>
    svg("text", { class: kind, x: tx, y: ty, "text-anchor": anchor }, words);
  const foot = lane.y + lane.h, { ticks, words } = PLANE;
  return svg("g", {},
    svg("rect", { class: "rk-frame", x: frame.x, y: frame.y, width: frame.w, height: frame.h }),
    svg("rect", { class: "rk-frame", x: lane.x, y: lane.y, width: lane.w, height: lane.h }),
    ...ticks.alignment.map((a) => text(a, frame.x - 0.4 * font, y(a) + 0.33 * font, "end")),
    ...ticks.capability.map((c) => text(c, x(c), foot + 1.1 * font)),
    text(words.alignment, 0, frame.y - 0.7 * font, "start", "rk-axis"),
    text(words.capability, frame.x + frame.w / 2, height - 0.4 * font, "middle", "rk-axis"),
    text(words.unknown, lane.x + lane.w - 0.5 * font, lane.y + lane.h / 2 + 0.3 * font, "end", "rk-small rk-unknown"));
}

/** Names of the regions as groups of lines, with the boxes that labels keep out of, or cover. */
export function regionNames({ x, y, frame, lane, font }) {
  const narrow = frame.w < 22 * font, named = [];
  const boxes = [{ ...lane, x: lane.x + lane.w - 8 * font, w: 8 * font }];
  PLANE.regions.forEach((region) => {
    const [c, a] = narrow ? region.narrow_at : region.at, words = narrow ? region.narrow : region.words;
    const lines = [...words.map((line) => [line, "rk-region"]), ...(region.note && !narrow ? [[`(${region.note})`, "rk-small"]] : [])];
    const group = svg("g");
    named.push(group);
    lines.forEach(([line, kind], i) => {
      const foot = y(a) + (i - (lines.length - 1) / 2) * 1.25 * font + 0.35 * font;
      group.append(svg("text", { class: kind, x: x(c), y: foot, "text-anchor": "middle" }, line));
      const w = line.length * (kind === "rk-small" ? 0.48 : 0.58) * font;
      boxes.push({ x: x(c) - w / 2, y: foot - font, w, h: 1.3 * font, group });
    });
  });
  return { named, boxes };
}
