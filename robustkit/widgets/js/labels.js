// Names of agents on the plane. Each stands beside its marker; where markers are close the
// names make a stack, in the order of their heights. A stack moves as its markers do, so
// that no name hops while a slider moves.

import { clamp } from "./readings.js";
import { svg, set, markerPath } from "./elements.js";
import { around, fitted, labelBox, labelSpot } from "./places.js";

const CROWD = 14; // more names than this are drawn only where there is room close by

/** The heights nearest to those wanted at which every [i, j, gap] has j that far below i.

A negative i or j, -1 - k, is the k-th of the fixed heights. Hildreth 1957: each constraint
in turn pushes what it must, and takes back what is not needed. */
function settle(wanted, fixed, constraints) {
  const y = [...wanted], pushed = constraints.map(() => 0);
  const at = (i) => (i < 0 ? fixed[-1 - i] : y[i]);
  for (let round = 0; round < 400; round++) {
    let most = 0;
    constraints.forEach(([i, j, gap], k) => {
      const free = (i >= 0) + (j >= 0), by = Math.max(-pushed[k], (gap - (at(j) - at(i))) / free);
      pushed[k] += by;
      if (i >= 0) y[i] -= by;
      if (j >= 0) y[j] += by;
      most = Math.max(most, Math.abs(by));
    });
    if (most < 0.05) break;
  }
  return y;
}

/** How far two spans are from clear of each other, 0 to 1: room is made before it is needed. */
const nearness = (a, b, reach) => clamp(1 + (Math.min(a[1], b[1]) - Math.max(a[0], b[0])) / reach, 0, 1);

/** The names of `looks` on the plane; `chosen(i)` is told of a click.

first: their order from above where they start from one point. */
export function makeLabels(looks, first, chosen) {
  const parts = looks.map((look, i) => {
    const mark = markerPath(look), text = svg("text"), leader = svg("path", { class: "rk-leader" });
    const node = svg("g", { class: "rk-label", onclick: () => chosen(i) }, mark, text);
    [node, leader].forEach((part) => part.style.setProperty("--rk-agent", look.colour));
    return { node, mark, text, leader, side: 0 };
  });
  const leaders = svg("g", {}, ...parts.map(({ leader }) => leader)), names = svg("g", {}, ...parts.map(({ node }) => node));
  let space, font, boxes, order = [...first], again = 0;

  function resize(geometry, family, regions) {
    [space, font, boxes] = [geometry, geometry.font, regions];
    looks.forEach((look, i) => {
      const [text, width] = fitted(look.name, `600 ${font}px ${family}`, Math.min(150, space.width / 3.2));
      parts[i].text.textContent = text;
      Object.assign(parts[i], { side: 0, spot: undefined, size: { w: width + 1.3 * font, h: 1.25 * font } });
    });
  }

  /** To the left of its marker, to the right where there is no room; it stays where it is. */
  function sideOf({ side, size }, x) {
    const { frame } = space, need = size.w + 0.8 * font;
    const fits = { "-1": x - need > frame.x, 1: x + need < frame.x + frame.w };
    return side && fits[side] ? side : fits[-1] ? -1 : 1;
  }
  /** By height; two change places only when they have clearly passed each other, and each
  label goes one row at a time. Returns whether there are more to go. */
  function sortByHeight(places) {
    order = [...order.filter((i) => places[i]), ...order.filter((i) => !places[i])];
    const passed = (k, by = 0.4) => places[order[k - 1]]?.y > places[order[k]]?.y + by * font;
    const change = (k) => order.splice(k - 1, 2, order[k], order[k - 1]);
    order.forEach(() => order.forEach((_, k) => { if (passed(k, 4)) change(k); })); // one that has jumped
    for (let k = 1; k < order.length; k++) if (passed(k)) change(k++);
    return order.some((_, k) => passed(k));
  }
  /** How far a label stands off its marker, so that it covers no other one that is close. */
  function offOthers({ x, y, side }, markers) {
    const reach = 3 * font, row = 1.15 * font;
    return markers.reduce((most, at) => {
      const away = side * (at.x - x);
      return away > 0 && away < reach ? Math.max(most, Math.min(away, 2 * (reach - away)) - 3 * Math.max(0, Math.abs(at.y - y) - row)) : most;
    }, 0);
  }

  function put(i, at, box, side, elbow) {
    const { node, mark, text, leader } = parts[i], middle = box.y + box.h / 2;
    const inner = side < 0 ? box.x + box.w : box.x; // the end beside the marker
    mark.setAttribute("transform", `translate(${inner - side * -0.5 * font} ${middle}) scale(${0.33 * font})`);
    set(text, { x: side < 0 ? box.x : box.x + 1.15 * font, y: middle + 0.34 * font });
    node.style.display = "";
    leader.setAttribute("d", elbow && Math.abs(middle - at.y) > 0.6 * box.h
      ? `M${at.x} ${at.y}H${inner - 0.2 * side * font}V${middle}` : "");
  }

  /** [above, below, gap] of labels, and of the ends of the frame. */
  function apart(items) {
    const h = 1.25 * font, found = [];
    items.forEach((a, i) => {
      found.push([-1, i, h / 2 + 1], [i, -2, h / 2 + 1]);
      items.slice(i + 1).forEach((b, k) => {
        const near = nearness(a.span, b.span, 8 * font);
        if (near) found.push([i, i + 1 + k, h - 6 * h * (1 - near)]);
      });
      items.forEach((at, k) => {
        const away = a.side * (at.x - a.x), gap = 1.15 * font;
        if (away < 1.5 * font || at.y + gap + h > space.lane.y) return;
        const near = Math.min(clamp((away - 1.5 * font) / (3 * font), 0, 1), clamp((a.y - at.y) / h + 1.5, 0, 1),
          nearness(a.span, [at.x - 0.5 * font, at.x + 0.5 * font], 8 * font));
        if (near) found.push([-3 - k, i, gap - 3 * h * (1 - near)]);
      });
    });
    return found;
  }

  function stack(places) {
    const { frame, lane } = space, ends = [frame.y, lane.y + lane.h], gap = 0.8 * font;
    const items = order.filter((i) => places[i]).map((i) => {
      const { x, y } = places[i], { size } = parts[i], side = (parts[i].side = sideOf(parts[i], x));
      return { i, x, y, ...size, side, span: side < 0 ? [x - gap - size.w, x] : [x, x + gap + size.w] };
    });
    const heights = settle(items.map(({ y }) => y), [...ends, ...items.map(({ y }) => y)], apart(items));
    return items.map((item, k) => {
      const off = gap + offOthers({ ...item, y: heights[k] }, items), near = item.x + item.side * off;
      const left = Math.min(near, near + item.side * item.w);
      const box = { x: clamp(left, frame.x + 1, frame.x + frame.w - item.w - 1), y: heights[k] - item.h / 2, w: item.w, h: item.h };
      put(item.i, places[item.i], box, item.side, true);
      return box;
    });
  }

  function crowd(shown, places, first) {
    const taken = [...boxes, ...shown.map((i) => around(places[i].x, places[i].y, 1.1 * font))];
    const frame = { ...space.frame, h: space.frame.h + space.lane.h };
    [...shown].sort((a, b) => (b === first) - (a === first)).forEach((i) => {
      const part = parts[i];
      part.spot = labelSpot(places[i], { size: part.size, reach: i === first ? 99 : 3 }, part.spot, taken, frame);
      if (!part.spot) return;
      const box = labelBox(places[i], part.size, part.spot);
      taken.push(box);
      put(i, places[i], box, part.spot.side || 1, true);
    });
  }

  /** places: of each marker, undefined for what is hidden. first: the one that goes first in a crowd. */
  function draw(places, first) {
    clearTimeout(again);
    if (sortByHeight(places)) again = setTimeout(() => draw(places, first), 50);
    const shown = looks.map((_, i) => i).filter((i) => places[i]);
    parts.forEach(({ node, leader }, i) => {
      node.style.display = "none";
      leader.setAttribute("d", "");
      node.classList.toggle("rk-followed", i === first);
    });
    const held = shown.length > CROWD ? crowd(shown, places, first) ?? [] : stack(places);
    const covers = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
    boxes.filter(({ group }) => group).forEach(({ group }) => { group.style.visibility = ""; });
    boxes.filter((box) => box.group && held.some((label) => covers(label, box)))
      .forEach(({ group }) => { group.style.visibility = "hidden"; });
  }
  return { leaders, names, resize, draw };
}
