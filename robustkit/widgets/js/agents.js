// Agents that move on the plane, each with its trail, intervals and name, and ghosts:
// guesses that stay where they were made.

import { SHIFTS, clamp, intervalAt, intervalsOf, nodesAt, pointAt, trailOf, two } from "./readings.js";
import { svg, set, lineThrough, markerPath } from "./elements.js";
import { isFree, around } from "./places.js";
import { makeLabels } from "./labels.js";
import { makeLit, planeAxes, planeGeometry, planeRegions, regionNames } from "./plane.js";

/** A guess as a hollow marker and a line to the agent that is followed. */
function makeGhost({ name }) {
  const mark = svg("path", { class: "rk-ghost", d: "M0-1.3L1.3 0L0 1.3L-1.3 0Z" });
  return { line: svg("path", { class: "rk-ghost-line" }), mark, node: svg("g", { "data-ghost": name }, mark, svg("title", {}, name)) };
}

/** Agents from above as they part: by their alignment a little along every shift. */
function inOrder(data, count) {
  const after = data.agents.map((agent) => SHIFTS.reduce((sum, name) => sum + pointAt(data, agent, { [name]: 0.1 }, "polar").alignment, 0));
  return Array.from({ length: count }, (_, i) => i).sort((a, b) => (after[b] ?? -9) - (after[a] ?? -9) || a - b);
}

/** A plane with the agents of an explorer's data; `follow(i)` is told of a click. */
export function makeAgents(data, ghosts, follow) {
  const node = svg("svg", {
    class: "rk-plane", role: "img",
    "aria-label": `Plane of capability (across) and alignment (up) with ${data.agents.length} ` +
      "agents; their readings are in the table." +
      ghosts.map(({ name, capability, alignment }) => ` ${name}: capability ${two(capability)}, ` +
        `alignment ${alignment === null ? "unknown" : two(alignment)}.`).join(""),
  });
  const still = svg("g"), lit = makeLit();
  const layers = Array.from({ length: 4 }, () => svg("g")), shades = ghosts.map(makeGhost);
  const looks = [...data.agents, ...ghosts.map(({ name }) => ({ name, marker: "diamond", colour: "none" }))];
  const labels = makeLabels(looks, inOrder(data, looks.length), (i) => { if (i < data.agents.length) follow(i); });
  node.append(still, lit.node, ...layers.slice(0, 3), labels.leaders, labels.names,
    ...shades.flatMap((shade) => [shade.line, shade.node]), layers[3]);
  const parts = data.agents.map((agent, i) => {
    const mark = markerPath(agent);
    const part = {
      trail: svg("path", { class: "rk-trail" }),
      bar: svg("rect", { class: "rk-bar", width: 9 }),
      cross: svg("path", { class: "rk-cross" }),
      point: svg("g", { class: "rk-point", "data-agent": agent.name, onclick: () => follow(i) },
        mark, svg("title", {}, agent.name)),
    };
    const nodes = Object.values(part);
    nodes.forEach((child) => child.style.setProperty("--rk-agent", agent.colour));
    return { ...part, mark, nodes };
  });
  parts.forEach(({ nodes }) => nodes.forEach((child, k) => layers[k].append(child)));
  let space, followed;

  function resize(width, font, family, tall) {
    space = planeGeometry(width, font, tall);
    set(node, { width, height: space.height, viewBox: `0 0 ${width} ${space.height}` });
    const names = regionNames(space);
    still.replaceChildren(planeRegions(space), ...names.named, planeAxes(space));
    names.boxes[0].group = still.querySelector(".rk-unknown");
    labels.resize(space, family, names.boxes);
    return space;
  }

  function emphasise(agent) {
    if (agent === followed) return;
    followed = agent;
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

  function drawGhosts(places, agent) {
    ghosts.forEach(({ capability, alignment }, i) => {
      const { mark, node: shade, line } = shades[i], to = places[agent];
      const at = place({ capability, alignment, known: alignment !== null }, []);
      shade.setAttribute("transform", `translate(${at.x} ${at.y})`);
      mark.setAttribute("transform", `scale(${0.45 * space.font})`);
      line.setAttribute("d", to ? `M${at.x} ${at.y}L${to.x} ${to.y}` : "");
      places[data.agents.length + i] = at;
    });
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
    drawGhosts(places, agent);
    labels.draw(places, agent);
  }
  return { node, resize, draw };
}
