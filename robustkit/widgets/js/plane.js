// The plane of capability (across) and alignment (up).

import { clamp, two, intervalAt, intervalsOf, nodesAt, trailOf } from "./readings.js";
import { svg, set, lineThrough, markerPath } from "./elements.js";
import { isFree, around, labelBox, labelSpot, fitted } from "./places.js";

/** Pixel geometry of the plane: capability to the right, alignment up. */
export function planeGeometry(width, font) {
  const left = 2.6 * font, right = 2.9 * font, top = 2 * font, bottom = 2.9 * font;
  const height = Math.round(clamp(0.86 * width, 24 * font, 36 * font));
  const lane = 1.8 * font, pad = 0.9 * font, above = 2.6 * font; // labels go above too
  const frame = { x: left, y: top, w: width - left - right, h: height - top - bottom - lane };
  return {
    width, height, font, frame, lane: { ...frame, y: frame.y + frame.h, h: lane },
    x: (capability) => left + pad + capability * (frame.w - 2 * pad),
    y: (alignment) => top + above + ((1 - alignment) / 2) * (frame.h - above - pad),
  };
}

/** Curve of equal scalar J = capability × alignment. */
function hyperbola(j, { x, y }) {
  const from = Math.max(Math.abs(j), 0.001);
  const at = (i) => from + ((1 - from) * i) / 40;
  return `M${Array.from({ length: 41 }, (_, i) => `${x(at(i))} ${y(j / at(i))}`).join("L")}`;
}

export function planeRegions({ x, y, frame, font }, id) {
  const shade = (name, kind, place) => [
    svg(kind, { id: `${id}-${name}`, ...place },
      svg("stop", { offset: 0, class: `rk-shade-${name}`, "stop-opacity": 0.34 }),
      svg("stop", { offset: 1, class: `rk-shade-${name}`, "stop-opacity": 0 })),
    svg("rect", {
      class: "rk-shade", x: frame.x, y: frame.y, width: frame.w, height: frame.h,
      fill: `url(#${id}-${name})`,
    }),
  ];
  return svg("g", {},
    ...shade("breaks", "linearGradient", { x1: 0, x2: 0.5, y1: 0, y2: 0 }),
    ...shade("other", "radialGradient", { cx: 1, cy: 1, r: 0.78 }),
    ...shade("robust", "radialGradient", { cx: 1, cy: 0, r: 0.5 }),
    svg("g", { class: "rk-equals" },
      ...[-0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75].flatMap((j) => [
        svg("path", { class: "rk-equal", d: hyperbola(j, { x, y }) }),
        svg("text", { class: "rk-small", x: frame.x + frame.w + 0.4 * font, y: y(j) + 0.33 * font },
          two(j)),
      ]),
      svg("text", { class: "rk-small", x: frame.x + frame.w + 2.6 * font, y: frame.y - 0.7 * font,
        "text-anchor": "end" }, "equal scalar")));
}

export function planeAxes({ x, y, frame, lane, font, height }) {
  const text = (words, tx, ty, anchor = "middle", kind = "rk-tick") =>
    svg("text", { class: kind, x: tx, y: ty, "text-anchor": anchor }, words);
  const foot = lane.y + lane.h;
  return svg("g", {},
    svg("rect", { class: "rk-frame", x: frame.x, y: frame.y, width: frame.w, height: frame.h }),
    svg("rect", { class: "rk-frame", x: lane.x, y: lane.y, width: lane.w, height: lane.h }),
    ...[-1, -0.5, 0, 0.5, 1].map((a) => text(a, frame.x - 0.4 * font, y(a) + 0.33 * font, "end")),
    ...[0, 0.25, 0.5, 0.75, 1].map((c) => text(c, x(c), foot + 1.1 * font)),
    text("alignment ↑", 0, frame.y - 0.7 * font, "start", "rk-axis"),
    text("capability →", frame.x + frame.w / 2, height - 0.4 * font, "middle", "rk-axis"),
    text("alignment unknown", lane.x + lane.w - 0.5 * font, lane.y + 0.68 * lane.h, "end", "rk-small"));
}

/** Names of the regions as text nodes, with the boxes that labels keep out of. */
export function regionNames({ x, y, frame, lane, font }) {
  const named = [];
  const boxes = [{ ...lane, x: lane.x + lane.w - 9 * font, w: 9 * font }];
  const name = (lines, cx, cy) => lines.forEach((words, i) => {
    const line = cy + (i - (lines.length - 1) / 2) * 1.25 * font;
    const kind = /[()]/.test(words) ? "rk-small" : "rk-region";
    named.push(svg("text", { class: kind, x: cx, y: line, "text-anchor": "middle" }, words));
    const w = words.length * 0.64 * font;
    boxes.push({ x: cx - w / 2, y: line - font, w, h: 1.3 * font });
  });
  const narrow = frame.w < 22 * font;
  const other = narrow ? ["competently", "does something", "else"] : ["competently does", "something else"];
  const fails = narrow ? ["(capability", "fails)"] : ["(capability fails)"];
  name(["breaks", ...fails], x(narrow ? 0.2 : 0.29), y(-0.15));
  name([...other, "(misgeneralises)"], x(0.72), y(-0.6));
  name(["robust"], x(0.72), y(0.62));
  return { named, boxes };
}

export function makePlane(data, follow, id) {
  const node = svg("svg", {
    class: "rk-plane", role: "img",
    "aria-label": `Plane of capability (across) and alignment (up) with ${data.agents.length} ` +
      "agents; their readings are in the table.",
  });
  const still = svg("g");
  const layers = Array.from({ length: 6 }, () => svg("g"));
  node.append(still, ...layers);
  const parts = data.agents.map((agent, i) => {
    const mark = markerPath(agent);
    const part = {
      trail: svg("path", { class: "rk-trail" }),
      bar: svg("rect", { class: "rk-bar", width: 9 }),
      cross: svg("path", { class: "rk-cross" }),
      leader: svg("path", { class: "rk-leader" }),
      point: svg("g", { class: "rk-point", "data-agent": agent.name, onclick: () => follow(i) },
        mark, svg("title", {}, agent.name)),
      label: svg("text", { class: "rk-label", onclick: () => follow(i) }),
    };
    const nodes = Object.values(part);
    nodes.forEach((child) => child.style.setProperty("--rk-agent", agent.colour));
    return { ...part, mark, nodes, spot: undefined };
  });
  parts.forEach(({ nodes }) => nodes.forEach((child, k) => layers[k].append(child)));
  let space, boxes, followed;

  function resize(width, font, family) {
    space = planeGeometry(width, font);
    set(node, { width, height: space.height, viewBox: `0 0 ${width} ${space.height}` });
    const names = regionNames(space);
    boxes = names.boxes;
    still.replaceChildren(planeRegions(space, id), ...names.named, planeAxes(space));
    data.agents.forEach((agent, i) => {
      const [text, w] = fitted(agent.name, `600 ${font}px ${family}`, Math.min(150, width / 3.2));
      parts[i].label.textContent = text;
      Object.assign(parts[i], { size: { w: w + 4, h: 1.25 * font }, spot: undefined });
    });
    return space;
  }

  function emphasise(agent) {
    if (agent === followed) return;
    followed = agent;
    // In a crowd only labels that find room close by are drawn; the legend has them all.
    parts.forEach((part, i) => { part.reach = parts.length <= 14 || i === agent ? 99 : 3; });
    parts.forEach(({ nodes }, i) =>
      nodes.forEach((child) => child.classList.toggle("rk-followed", i === agent)));
    parts[agent]?.nodes.forEach((child, k) => layers[k].append(child));
  }

  function drawTrail(part, trail) {
    part.trail.setAttribute("d", lineThrough(trail.map(({ known, capability, alignment }) =>
      known && [space.x(capability).toFixed(1), space.y(alignment).toFixed(1)])));
  }

  function drawCross(part, point, at, [left, right], [low, high]) {
    const { x, y } = space;
    const across = `M${x(clamp(left, 0, 1))} ${at.y}H${x(clamp(right, 0, 1))}`;
    const up = `M${at.x} ${y(clamp(low, -1, 1))}V${y(clamp(high, -1, 1))}`;
    part.cross.setAttribute("d", point.known ? across + up : across);
    set(part.bar, {
      x: x(point.capability) - 4.5, y: y(1), height: y(-1) - y(1),
      display: point.known ? "none" : "inline",
    });
  }

  /** Where the marker goes: its point, or a free place in the lane of the unknown. */
  function place(point, taken) {
    const x = space.x(point.capability);
    const side = 1.25 * space.font;
    if (point.known) return { x, y: space.y(point.alignment) };
    const y = space.lane.y + space.lane.h / 2;
    const slots = data.agents.flatMap((_, i) => [x + i * side, x - i * side]);
    const free = slots.find((slot) => isFree(around(slot, y, side - 1), taken, space.lane));
    return { x: free ?? x, y };
  }

  function drawLabel(part, at, taken) {
    const frame = { ...space.frame, h: space.frame.h + space.lane.h };
    part.spot = labelSpot(at, part, part.spot, taken, frame);
    set(part.label, { display: part.spot ? "inline" : "none" });
    part.leader.setAttribute("d", "");
    if (!part.spot) return;
    const box = labelBox(at, part.size, part.spot);
    taken.push(box);
    set(part.label, { x: box.x + 2, y: box.y + 0.98 * space.font });
    const end = [clamp(at.x, box.x, box.x + box.w), clamp(at.y, box.y + 3, box.y + box.h - 3)];
    if (part.spot.row) part.leader.setAttribute("d", `M${at.x} ${at.y}L${end.join(" ")}`);
  }

  function draw(state) {
    const { agent, points, grounding, hidden } = state, nodes = nodesAt(data.grid, state);
    emphasise(agent);
    // Only where scalar = capability × alignment is an equal scalar a curve.
    const { product } = data.words.groundings[grounding];
    still.querySelector(".rk-equals").style.display = product ? "" : "none";
    const lane = [], places = [];
    points.forEach((point, i) => {
      const part = parts[i], own = intervalsOf(data.agents[i], grounding);
      part.nodes.forEach((child) => { child.style.display = hidden.has(i) ? "none" : ""; });
      if (hidden.has(i)) return;
      const at = (places[i] = place(point, lane));
      if (!point.known) lane.push(around(at.x, at.y, 1.25 * space.font - 1));
      drawTrail(part, trailOf(data, data.agents[i], state, grounding));
      drawCross(part, point, at, intervalAt(own, "capability", nodes, point.capability),
        intervalAt(own, "alignment", nodes, point.alignment));
      set(part.point, {
        transform: `translate(${at.x.toFixed(2)} ${at.y.toFixed(2)})`,
        "data-scalar": point.scalar.toFixed(6), "data-capability": point.capability.toFixed(6),
        "data-alignment": point.known ? point.alignment.toFixed(6) : "unknown",
      });
      part.mark.setAttribute("transform", `scale(${(i === agent ? 0.6 : 0.45) * space.font})`);
    });
    const taken = [...boxes, ...places.filter(Boolean).map(({ x, y }) => around(x, y, 1.1 * space.font))];
    const order = parts.map((_, i) => i).filter((i) => !hidden.has(i)).sort((a, b) => (b === agent) - (a === agent));
    order.forEach((i) => drawLabel(parts[i], places[i], taken));
  }
  return { node, resize, draw };
}
