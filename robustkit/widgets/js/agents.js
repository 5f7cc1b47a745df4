// Agents that move on the plane, each with its trail, intervals and name.

import { clamp, intervalAt, intervalsOf, nodesAt, trailOf } from "./readings.js";
import { svg, set, lineThrough, markerPath } from "./elements.js";
import { isFree, around, labelBox, labelSpot, fitted } from "./places.js";
import { makeLit, planeAxes, planeGeometry, planeRegions, regionNames } from "./plane.js";

/** A plane with the agents of an explorer's data; `follow(i)` is told of a click. */
export function makeAgents(data, follow) {
  const node = svg("svg", {
    class: "rk-plane", role: "img",
    "aria-label": `Plane of capability (across) and alignment (up) with ${data.agents.length} ` +
      "agents; their readings are in the table.",
  });
  const still = svg("g"), lit = makeLit();
  const layers = Array.from({ length: 6 }, () => svg("g"));
  node.append(still, lit.node, ...layers);
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
    still.replaceChildren(planeRegions(space), ...names.named, planeAxes(space));
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
    lit.draw(product && points[agent]?.known ? points[agent].scalar : null, space, still);
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
