// The scalar strip: what is left of the plane in one number.

import { clamp, two, intervalAt, intervalsOf, nodesAt } from "./readings.js";
import { svg, set, markerPath } from "./elements.js";
import { isFree, around } from "./places.js";

export function makeStrip(data, follow) {
  const node = svg("svg", { class: "rk-strip", role: "img",
    "aria-label": "The same agents on the one axis of the scalar: 0 is a random walk, 1 the best possible." });
  const still = svg("g"), leaders = svg("g"), marks = svg("g");
  const interval = svg("path", { class: "rk-cross rk-followed" });
  node.append(still, leaders, interval, marks);
  const parts = data.agents.map((agent, i) => {
    const part = {
      leader: svg("path", { class: "rk-leader" }),
      mark: svg("g", { class: "rk-point", onclick: () => follow(i) },
        markerPath(agent), svg("title", {}, agent.name)),
    };
    leaders.append(part.leader);
    marks.append(part.mark);
    return part;
  });
  // A reading is a weighted mean of the nodes, so the worst node bounds the axis.
  const worst = Math.min(0, ...data.agents.flatMap(({ sums }) => sums.map(([a, r]) => (r > 0 ? a / r : 0))));
  const lowest = Math.min(-0.25, Math.floor(worst * 4) / 4);
  let y, axis, frame, font;

  function resize(width, plane) {
    ({ font } = plane);
    axis = 3.1 * font;
    const top = plane.frame.y, bottom = plane.lane.y + plane.lane.h, pad = 0.9 * font;
    frame = { x: axis + 2, y: top, w: width - axis - 3, h: bottom - top };
    y = (scalar) => bottom - pad - ((clamp(scalar, lowest, 1.05) - lowest) / (1 - lowest)) * (frame.h - 2 * pad);
    set(node, { width, height: plane.height, viewBox: `0 0 ${width} ${plane.height}` });
    const ticks = Array.from({ length: Math.round((1 - lowest) * 4) + 1 }, (_, i) => lowest + i / 4);
    still.replaceChildren(
      svg("text", { class: "rk-axis", x: axis + 2, y: top - 0.7 * font, "text-anchor": "middle" }, "scalar ↑"),
      svg("path", { class: "rk-line", d: `M${axis} ${top}V${bottom}` }),
      ...ticks.map((tick) => svg("path", { class: "rk-equal", d: `M${axis} ${y(tick)}H${width}` })),
      ...ticks.map((tick) => svg("text", { class: "rk-tick", x: axis - 0.4 * font,
        y: y(tick) + 0.33 * font, "text-anchor": "end" }, two(tick))));
  }

  /** Side by side in columns; above or below only when the columns are full. */
  function draw(state) {
    const { points, agent, grounding, hidden } = state;
    const taken = [], pitch = 1.3 * font;
    const columns = Math.max(1, Math.floor(frame.w / pitch));
    points.forEach((point, i) => {
      [parts[i].mark, parts[i].leader].forEach((part) => { part.style.display = hidden.has(i) ? "none" : ""; });
      if (hidden.has(i)) return;
      const height = y(point.scalar);
      const slots = [...data.agents, ...data.agents].flatMap((_, n) => [n, -n]).flatMap((n) =>
        Array.from({ length: columns }, (_, c) =>
          ({ x: frame.x + (c + 0.5) * pitch, y: height + 0.5 * n * pitch })));
      const at = slots.find((s) => isFree(around(s.x, s.y, pitch - 1), taken, frame)) ?? slots[0];
      taken.push(around(at.x, at.y, pitch - 1));
      const { mark, leader } = parts[i];
      set(mark, { transform: `translate(${at.x.toFixed(2)} ${at.y.toFixed(2)})` });
      set(mark.firstChild, { transform: `scale(${(i === agent ? 0.55 : 0.42) * font})` });
      mark.classList.toggle("rk-followed", i === agent);
      leader.setAttribute("d", `M${axis - 4} ${height}H${axis}L${at.x} ${at.y}`);
    });
    if (!data.agents[agent]) return;
    const own = intervalsOf(data.agents[agent], grounding);
    const [low, high] = intervalAt(own, "scalar", nodesAt(data.grid, state), points[agent].scalar);
    interval.setAttribute("d", `M${axis} ${y(low)}V${y(high)}`);
  }
  return { node, resize, draw };
}
