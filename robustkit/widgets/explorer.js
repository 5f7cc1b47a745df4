// The explorer: agents on the plane of capability and alignment, under a sliding shift.
// The same file draws in JupyterLab (anywidget) and in the exported page. Data reaches
// the page as text nodes and attributes only, so a name can never become markup.

const STRATA = [
  "familiar layout · objectives agree",
  "familiar layout · objectives part",
  "unfamiliar layout · objectives agree",
  "unfamiliar layout · objectives part",
];
const SLIDERS = {
  goal_shift: ["Goal shift", "share of levels in which the objectives part"],
  layout_shift: ["Layout shift", "share of levels with an unfamiliar layout"],
};

// ---- Readings: the four strata, weighted

const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
const two = (value) => (Math.abs(value) < 0.005 ? 0 : value).toFixed(2);

/** Where an agent stands at a shift; `known` says whether its alignment is. */
function pointAt(data, agent, goal, layout) {
  const weights = [
    (1 - goal) * (1 - layout), goal * (1 - layout), (1 - goal) * layout, goal * layout,
  ];
  const total = (i) =>
    agent.sums.reduce((sum, stratum, s) => sum + weights[s] * stratum[i], 0);
  const room = total(1);
  const scalar = room > 0 ? total(0) / room : 0;
  const count = data.lambdas.length;
  let capability = Math.max(0, scalar);
  for (let k = 2; k < 2 + count; k++) {
    const weight = Math.max(total(k + count), data.conventions.rho * room);
    if (weight > 0) capability = Math.max(capability, total(k) / weight);
  }
  const alignment = capability > 0 ? clamp(scalar / capability, -1, 1) : 0;
  const low = intervalAt(data.grid, agent.intervals.capability, goal, layout)[0];
  return { scalar, capability, alignment, known: low > data.conventions.unknown };
}

/** [index, fraction] of a value between the sorted nodes of a grid. */
function between(nodes, value) {
  const after = nodes.findIndex((node) => node > value);
  const i = clamp(after < 0 ? nodes.length - 2 : after - 1, 0, Math.max(nodes.length - 2, 0));
  const gap = nodes[i + 1] - nodes[i];
  return [i, gap > 0 ? clamp((value - nodes[i]) / gap, 0, 1) : 0];
}

/** [low, high] at a shift, interpolated between the nodes of the grid. */
function intervalAt(grid, intervals, goal, layout) {
  const [g, s] = between(grid.goal, goal);
  const [l, t] = between(grid.layout, layout);
  const node = (i, j) => {
    const row = Math.min(i, grid.goal.length - 1) * grid.layout.length;
    return intervals[row + Math.min(j, grid.layout.length - 1)];
  };
  return [0, 1].map((end) =>
    (1 - s) * ((1 - t) * node(g, l)[end] + t * node(g, l + 1)[end]) +
    s * ((1 - t) * node(g + 1, l)[end] + t * node(g + 1, l + 1)[end]));
}

/** The line of readings from the training distribution to a shift. */
function trailOf(data, agent, goal, layout) {
  const steps = goal || layout ? 24 : 0;
  return Array.from({ length: steps + 1 }, (_, i) => {
    const part = steps ? i / steps : 0;
    return pointAt(data, agent, part * goal, part * layout);
  });
}

function inWords({ scalar, capability, alignment, known }) {
  const said = known ? two(alignment) : "unknown (too little capability to tell)";
  const worse = scalar < -0.005 ? ", worse at the base objective than a random walk" : "";
  return `scalar ${two(scalar)}, capability ${two(capability)}, alignment ${said}${worse}.`;
}

// ---- Elements

const maker = (create) => (tag, attributes = {}, ...children) => {
  const node = create(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
};
const html = maker((tag) => document.createElement(tag));
const svg = maker((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
const set = (node, attributes) =>
  Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
const nameOf = (agent) => html("bdi", { class: "rk-name", title: agent.name }, agent.name);

/** A closed path through corners at the given radii, starting at the top. */
function polygon(radii, turn = 0) {
  const corners = radii.map((radius, i) => {
    const angle = (2 * Math.PI * i) / radii.length - Math.PI / 2 + turn;
    return `${(radius * Math.cos(angle)).toFixed(3)} ${(radius * Math.sin(angle)).toFixed(3)}`;
  });
  return `M${corners.join("L")}Z`;
}
const plus = (turn) =>
  `M${[[-1, -3], [1, -3], [1, -1], [3, -1], [3, 1], [1, 1], [1, 3], [-1, 3], [-1, 1], [-3, 1],
    [-3, -1], [-1, -1]].map(([x, y]) => [
    (0.37 * (x * Math.cos(turn) - y * Math.sin(turn))).toFixed(3),
    (0.37 * (x * Math.sin(turn) + y * Math.cos(turn))).toFixed(3)].join(" ")).join("L")}Z`;
const DISC = "M1 0A1 1 0 1 1-1 0A1 1 0 1 1 1 0Z";
const MARKERS = {
  circle: DISC,
  square: "M-.9-.9H.9V.9H-.9Z",
  triangle: polygon([1.2, 1.2, 1.2]),
  diamond: polygon([1.25, 1.05, 1.25, 1.05]),
  cross: plus(Math.PI / 4),
  star: polygon([1.3, 0.55, 1.3, 0.55, 1.3, 0.55, 1.3, 0.55, 1.3, 0.55]),
  pentagon: polygon([1.1, 1.1, 1.1, 1.1, 1.1]),
  plus: plus(0),
};
const SHAPES = {
  ...MARKERS,
  disc: DISC,
  wedge: "M-1 .55L.95-.75V.55Z",
  hole: `${DISC}M.62 0A.62.62 0 1 0-.62 0A.62.62 0 1 0 .62 0Z`,
  ring: `${DISC}M.62 0A.62.62 0 1 0-.62 0A.62.62 0 1 0 .62 0Z`,
  key: "M-1 0A.5.5 0 1 1-.05.15H1V.6H.7V.15H.4V.5H.1V.15H-.05A.5.5 0 0 1-1 0Z",
  chest: "M-1-.1Q-1-.7-.5-.7H.5Q1-.7 1-.1V.7H-1ZM-.15-.1V.2H.15V-.1Z",
  tree: "M0-1.1L.9.4H.2V1H-.2V.4H-.9Z",
  drop: "M0-1.1Q1.4 1 0 1T0-1.1Z",
  wave: "M-1-.5Q-.5-1 0-.5T1-.5V.6H-1Z",
};
const markerPath = (agent) => svg("path", {
  class: "rk-marker", d: MARKERS[agent.marker] ?? DISC, fill: agent.colour,
});
const icon = (path) => svg(
  "svg", { class: "rk-icon", viewBox: "-1.6 -1.6 3.2 3.2", "aria-hidden": "true" }, path,
);

// ---- Places: nothing may cover anything else

const meet = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
const within = (a, b) =>
  a.x >= b.x && a.y >= b.y && a.x + a.w <= b.x + b.w && a.y + a.h <= b.y + b.h;
const isFree = (box, taken, frame) => within(box, frame) && !taken.some((t) => meet(box, t));
const around = (x, y, size) => ({ x: x - size / 2, y: y - size / 2, w: size, h: size });

/** Spots for a label beside its point, nearest first: side, rows down, columns away. */
const SPOTS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  .flatMap((n) => (n ? [n, -n] : [0]))
  .flatMap((row) => [1, -1, 0].flatMap((side) => [0, 1, 2, 4, 7].map((away) => ({
    side, row, away, cost: Math.abs(row) + 1.5 * away + (side < 0 ? 0.2 : 0) + (side ? 0 : 0.6),
  }))))
  .filter(({ side, row, away }) => (row ? side || !away : side && !away))
  .sort((a, b) => a.cost - b.cost);

function labelBox({ x, y }, { w, h }, { side, row, away }) {
  const shift = 10 + away * 14 + (row ? 3 : 0);
  const left = side > 0 ? x + shift : side < 0 ? x - shift - w : x - w / 2;
  return { x: left, y: y - h / 2 + row * h, w, h };
}

/** The best free spot, or the one it had before unless that is much worse. */
function labelSpot(point, { size, reach }, previous, taken, frame) {
  const free = (spot) => spot.cost <= reach && isFree(labelBox(point, size, spot), taken, frame);
  const best = SPOTS.find(free);
  return best && previous && previous.cost <= best.cost + 2.5 && free(previous) ? previous : best;
}

const canvas = document.createElement("canvas").getContext("2d");

/** The text that fits a width, cut with an ellipsis, and its width. */
function fitted(text, font, most) {
  canvas.font = font;
  const letters = Array.from(text.replace(/\s+/g, " "));
  const width = (n) => canvas.measureText(letters.slice(0, n).join("") + "…").width;
  const whole = canvas.measureText(letters.slice(0, 200).join("")).width;
  if (letters.length <= 200 && whole <= most) return [letters.join(""), whole];
  let n = Math.min(letters.length, 60);
  while (n > 1 && width(n) > most) n--;
  return [`${letters.slice(0, n).join("")}…`, width(n)];
}

// ---- The plane

/** Pixel geometry of the plane: capability to the right, alignment up. */
function planeGeometry(width, font) {
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

function planeRegions({ x, y, frame, font }, id) {
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
    ...[-0.75, -0.5, -0.25, 0, 0.25, 0.5, 0.75].flatMap((j) => [
      svg("path", { class: "rk-equal", d: hyperbola(j, { x, y }) }),
      svg("text", { class: "rk-small", x: frame.x + frame.w + 0.4 * font, y: y(j) + 0.33 * font },
        two(j)),
    ]),
    svg("text", { class: "rk-small", x: frame.x + frame.w + 2.6 * font, y: frame.y - 0.7 * font,
      "text-anchor": "end" }, "equal scalar"));
}

function planeAxes({ x, y, frame, lane, font, height }) {
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
function regionNames({ x, y, frame, lane, font }) {
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

function makePlane(data, follow, id) {
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
    let pen = "M";
    const path = trail.map((point) => {
      if (!point.known) { pen = "M"; return ""; }
      const at = `${pen}${space.x(point.capability).toFixed(1)} ${space.y(point.alignment).toFixed(1)}`;
      pen = "L";
      return at;
    });
    part.trail.setAttribute("d", path.join(""));
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

  function draw({ goal, layout, agent, points }) {
    emphasise(agent);
    const lane = [], places = [];
    points.forEach((point, i) => {
      const part = parts[i], own = data.agents[i].intervals;
      const at = (places[i] = place(point, lane));
      if (!point.known) lane.push(around(at.x, at.y, 1.25 * space.font - 1));
      drawTrail(part, trailOf(data, data.agents[i], goal, layout));
      drawCross(part, point, at, intervalAt(data.grid, own.capability, goal, layout),
        intervalAt(data.grid, own.alignment, goal, layout));
      set(part.point, {
        transform: `translate(${at.x.toFixed(2)} ${at.y.toFixed(2)})`,
        "data-scalar": point.scalar.toFixed(6), "data-capability": point.capability.toFixed(6),
        "data-alignment": point.known ? point.alignment.toFixed(6) : "unknown",
      });
      part.mark.setAttribute("transform", `scale(${(i === agent ? 0.6 : 0.45) * space.font})`);
    });
    const taken = [...boxes, ...places.map(({ x, y }) => around(x, y, 1.1 * space.font))];
    const order = parts.map((_, i) => i).sort((a, b) => (b === agent) - (a === agent));
    order.forEach((i) => drawLabel(parts[i], places[i], taken));
  }
  return { node, resize, draw };
}

// ---- The scalar strip: what is left of the plane in one number

function makeStrip(data, follow) {
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
  // A reading is a weighted mean of the strata, so the worst stratum bounds the axis.
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
  function draw({ points, agent, goal, layout }) {
    const taken = [], pitch = 1.3 * font;
    const columns = Math.max(1, Math.floor(frame.w / pitch));
    points.forEach((point, i) => {
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
    const [low, high] = intervalAt(data.grid, data.agents[agent].intervals.scalar, goal, layout);
    interval.setAttribute("d", `M${axis} ${y(low)}V${y(high)}`);
  }
  return { node, resize, draw };
}

// ---- The level

const CELL = 20;
const STEPS = [[1, 0], [0, 1], [-1, 0], [0, -1]]; // right, down, left, up

function arrowPath(x, y, move) {
  const [dx, dy] = STEPS[move];
  const at = (along, aside) => `${x + along * dx - aside * dy} ${y + along * dy + aside * dx}`;
  return `M${at(-5, 0)}L${at(5, 0)}M${at(2, -3)}L${at(5, 0)}L${at(2, 3)}`;
}

/** The level with its things and the policy's arrows: all that stays while it plays. */
function levelScene(world, stratum, episode) {
  const centre = (cell) => [(cell % world.width + 0.5) * CELL, (Math.floor(cell / world.width) + 0.5) * CELL];
  const walls = Array.from(stratum.walls, (wall, cell) => {
    const [x, y] = centre(cell);
    return wall === "1" ? `M${x - 10} ${y - 10}h20v20h-20Z` : "";
  });
  const byStrength = Array.from({ length: 10 }, () => "");
  const lying = new Set(Object.values(stratum.things));
  Array.from(episode.arrows, (move, cell) => {
    if (STEPS[move] && !lying.has(cell)) byStrength[episode.strength[cell]] += arrowPath(...centre(cell), Number(move));
  });
  const seen = {};
  const things = world.things.filter(({ name }) => stratum.things[name] >= 0).map((thing) => {
    const cell = stratum.things[thing.name];
    const rank = (seen[cell] = (seen[cell] ?? -1) + 1);
    const [x, y] = centre(cell);
    const corner = [[5, 9], [-9.5, -2], [4, -2], [-9.5, 9]][rank % 4];
    return { cell, rank, node: svg("g", { class: "rk-thing", transform: `translate(${x} ${y})` },
      svg("path", { d: SHAPES[thing.shape] ?? SHAPES.square, fill: thing.colour,
        "fill-rule": "evenodd", transform: `scale(${rank ? 9 : 7})` }),
      svg("text", { x: corner[0], y: corner[1] }, thing.letter),
      svg("title", {}, thing.name)) };
  });
  const drawn = [...things].sort((a, b) => b.rank - a.rank).map(({ node }) => node);
  return { centre, things, nodes: [
    svg("path", { class: "rk-walls", d: walls.join("") }),
    ...byStrength.map((d, strength) =>
      svg("path", { class: "rk-arrows", d, "stroke-opacity": (strength + 1) / 10 })),
    ...drawn,
  ] };
}

function endInWords(episode) {
  const last = episode.cells.length - 1;
  return episode.end === "time" ? `runs out of time at step ${last}`
    : `ends at step ${last}: reached ${episode.end}`;
}

function makeLevel(data, model) {
  const { world, levels } = data;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const box = { width: world.width * CELL, height: world.height * CELL };
  const scene = svg("g");
  const ahead = svg("path", { class: "rk-ahead" });
  const casing = svg("path", { class: "rk-casing" });
  const walked = svg("path", { class: "rk-walked" });
  const body = svg("path", { class: "rk-marker", d: "M8 0L-6 6L-3 0L-6-6Z" });
  const walker = svg("g", { class: "rk-walker" }, body);
  const picture = svg("svg", { class: "rk-level", role: "img", viewBox: `0 0 ${box.width} ${box.height}` },
    scene, ahead, casing, walked, walker);
  const title = html("span", { class: "rk-level-name" });
  const caption = html("p", { class: "rk-caption" });
  const count = html("span", { class: "rk-count" });
  const play = html("button", { type: "button", class: "rk-play", onclick: () => (timer ? stop() : start()) }, "Play");
  const step = html("button", { type: "button", onclick: () => { stop(); advance(); } }, "Step");
  const turn = (by) => () => {
    model.set("level", (shown.level + by + levels.length) % levels.length);
  };
  const node = html("div", { class: "rk-level-view", role: "group", "aria-label": "Level" },
    html("div", { class: "rk-row" },
      html("button", { type: "button", "aria-label": "Previous level", onclick: turn(-1) }, "‹"), title,
      html("button", { type: "button", "aria-label": "Next level", onclick: turn(1) }, "›")),
    picture,
    html("div", { class: "rk-row" }, play, step, count),
    caption,
    html("ul", { class: "rk-key", "aria-label": "Things in this world" }, ...world.things.map((thing) =>
      html("li", {}, icon(svg("path", { class: "rk-marker", d: SHAPES[thing.shape] ?? SHAPES.square,
        fill: thing.colour, "fill-rule": "evenodd" })), `${thing.letter} ${thing.name}`))));
  node.hidden = !levels.length || !data.agents.length;
  let shown = {}, now = 0, timer = 0;

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
    picture.classList.remove("rk-playing");
  }
  function start() {
    if (now >= shown.episode.cells.length - 1) show(0);
    picture.classList.toggle("rk-playing", !calm.matches);
    play.textContent = "Pause";
    timer = setInterval(advance, calm.matches ? 900 : 350);
  }
  function advance() {
    const last = shown.episode.cells.length - 1;
    show(now >= last ? 0 : now + 1);
    if (timer && now >= last) stop();
  }
  /** Show the episode as it stands after `index` steps. */
  function show(index) {
    now = index;
    const { cells, events } = shown.episode;
    const path = (part) => `M${part.map((cell) => shown.centre(cell).join(" ")).join("L")}`;
    [casing, walked].forEach((line) => line.setAttribute("d", path(cells.slice(0, now + 1))));
    const [x, y] = shown.centre(cells[now]);
    walker.style.transform = `translate(${x}px, ${y}px)`;
    const moves = cells.map((cell, i) => STEPS.findIndex(
      ([dx, dy]) => i && cell - cells[i - 1] === dx + dy * world.width));
    const past = moves.slice(0, now + 1).findLast((move) => move >= 0);
    const facing = past ?? moves.find((move) => move >= 0) ?? 0;
    body.setAttribute("transform", `rotate(${90 * facing})`);
    const used = events.filter(([when]) => when <= now).map(([when]) => cells[when]);
    shown.things.forEach((thing) => thing.node.classList.toggle("rk-used", used.includes(thing.cell)));
    count.textContent = `step ${now} of ${cells.length - 1}`;
  }
  function draw({ goal, layout, agent, level }) {
    if (node.hidden) return;
    const { u, strata } = levels[level];
    const stratum = 2 * (u[1] < layout) + (u[0] < goal);
    const key = `${level} ${stratum} ${agent}`;
    if (shown.key === key) return;
    stop();
    const episode = strata[stratum].episodes[agent];
    shown = { key, level, episode, ...levelScene(world, strata[stratum], episode) };
    scene.replaceChildren(...shown.nodes);
    ahead.setAttribute("d", `M${episode.cells.map((cell) => shown.centre(cell).join(" ")).join("L")}`);
    [body, walked, ahead].forEach((part) => part.style.setProperty("--rk-agent", data.agents[agent].colour));
    const end = endInWords(episode);
    title.textContent = `Level ${level + 1} of ${levels.length}`;
    const where = stratum % 2 ? world.part : world.agree;
    caption.replaceChildren(`${STRATA[stratum]}${where ? ` (${where})` : ""}. `, nameOf(data.agents[agent]), ` ${end}.`);
    picture.setAttribute("aria-label",
      `Level ${level + 1}, ${STRATA[stratum]}; ${data.agents[agent].name} ${end}.`);
    show(0);
  }
  return { node, draw, stop };
}

// ---- Controls and words

function makeSliders(model, id) {
  const rows = Object.entries(SLIDERS).map(([trait, [label, hint]]) => {
    const name = `${id}-${trait}`;
    const input = html("input", { type: "range", min: 0, max: 1, step: 0.01, id: name,
      "aria-describedby": `${name}-hint`, oninput: () => model.set(trait, Number(input.value)) });
    const value = html("span", { class: "rk-value", "aria-hidden": "true" });
    return { trait, input, value, node: html("div", { class: "rk-slider" },
      html("label", { for: name }, label), value, input,
      html("span", { class: "rk-hint", id: `${name}-hint` }, hint)) };
  });
  const draw = (state) => rows.forEach(({ trait, input, value }) => {
    const at = trait === "goal_shift" ? state.goal : state.layout;
    if (Number(input.value) !== at) input.value = at;
    input.setAttribute("aria-valuetext", two(at));
    value.textContent = two(at);
  });
  return { node: html("div", { class: "rk-sliders" }, ...rows.map(({ node }) => node)), draw };
}

function makeLegend(data, follow, id) {
  const inputs = data.agents.map((_, i) =>
    html("input", { type: "radio", name: `${id}-agent`, onchange: () => follow(i) }));
  const node = html("fieldset", { class: "rk-legend" }, html("legend", {}, "Follow an agent"),
    html("div", { class: "rk-chips" }, ...data.agents.map((agent, i) =>
      html("label", {}, inputs[i], icon(markerPath(agent)), nameOf(agent)))));
  const draw = ({ agent }) => { if (inputs[agent]) inputs[agent].checked = true; };
  return { node, draw };
}

/** The one live region: at most four times a second, and always the last word. */
function makeReadout(data) {
  const node = html("p", { class: "rk-readout", role: "status", "aria-live": "polite" });
  let timer = 0, latest;
  const say = () => {
    const { goal, layout, agent, points } = latest;
    const words = data.agents[agent]
      ? [" ", nameOf(data.agents[agent]), `: ${inWords(points[agent])}`] : [];
    node.replaceChildren(`Goal shift ${two(goal)}, layout shift ${two(layout)}.`, ...words);
  };
  const draw = (state) => {
    latest = state;
    if (timer) return;
    say();
    timer = setTimeout(() => { timer = 0; if (latest !== state) draw(latest); }, 250);
  };
  return { node, draw, stop: () => clearTimeout(timer) };
}

function makeTable(data) {
  const rows = data.agents.map((agent) => {
    const cells = Array.from({ length: 3 }, () => html("td"));
    return { cells, node: html("tr", {}, html("th", { scope: "row" }, nameOf(agent)), ...cells) };
  });
  const node = html("details", { class: "rk-table", ontoggle: () => draw(latest) },
    html("summary", {}, "Table of all readings"),
    html("div", { class: "rk-scroll", tabindex: 0, role: "group", "aria-label": "Readings" },
      html("table", {},
        html("caption", {}, "Each with its 95 % interval. Scalar: 0 is a random walk, 1 the best possible."),
        html("thead", {}, html("tr", {}, ...["agent", "scalar", "capability", "alignment"].map((word) =>
          html("th", { scope: "col" }, word)))),
        html("tbody", {}, ...rows.map((row) => row.node)))));
  let latest;
  function draw(state) {
    latest = state;
    if (!node.open || !state) return;
    state.points.forEach((point, i) => ["scalar", "capability", "alignment"].forEach((axis, k) => {
      const interval = intervalAt(data.grid, data.agents[i].intervals[axis], state.goal, state.layout);
      const known = axis !== "alignment" || point.known;
      rows[i].cells[k].textContent = known
        ? `${two(point[axis])} [${interval.map(two).join(", ")}]` : "unknown";
    }));
  }
  return { node, draw };
}

// ---- All together

/** Keep keys from the notebook, which would edit cells; let its chords and Tab through. */
function keepKeys(event) {
  const leaving = ["Escape", "Tab"].includes(event.key) || (event.shiftKey && event.key === "Enter");
  if (!leaving && !event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
}

function readState(model, data) {
  const share = (trait) => clamp(Number(model.get(trait)) || 0, 0, 1);
  const index = (trait, length) => clamp(Math.trunc(model.get(trait)) || 0, 0, Math.max(length - 1, 0));
  const state = {
    goal: share("goal_shift"), layout: share("layout_shift"),
    agent: index("agent", data.agents.length), level: index("level", data.levels.length),
  };
  const points = data.agents.map((agent) => pointAt(data, agent, state.goal, state.layout));
  return { ...state, points };
}

/** Build the view of one data set in `root`; returns what draws and what ends it. */
function makeView(root, model, data) {
  const id = `rk${Math.random().toString(36).slice(2)}`;
  const legendRadio = (i) => root.querySelectorAll(".rk-legend input")[i];
  const follow = (i) => {
    model.set("agent", i);
    legendRadio(i)?.focus({ preventScroll: true });
  };
  const plane = makePlane(data, follow, id);
  const strip = makeStrip(data, follow);
  const level = makeLevel(data, model);
  const readout = makeReadout(data);
  const views = [makeSliders(model, id), plane, strip, makeLegend(data, follow, id), level, readout, makeTable(data)];
  const [sliders, , , legend, , , table] = views.map(({ node }) => node);
  const figure = html("div", { class: "rk-figure" }, plane.node, strip.node);
  root.replaceChildren(
    html("p", { class: "rk-head" }, html("strong", {}, data.title),
      data.title.includes(data.world.summary) ? "" : ` · ${data.world.summary}`),
    sliders, readout.node,
    html("div", { class: "rk-rooms" }, html("div", {}, figure, legend), level.node), table);
  let sized = false; // a view may be built before it is on the page
  const draw = () => {
    if (!sized) return;
    const state = readState(model, data);
    views.forEach((view) => view.draw(state));
  };
  const resize = () => {
    const width = figure.clientWidth;
    if (!width) return;
    sized = true;
    const style = getComputedStyle(figure);
    const font = 0.87 * parseFloat(style.fontSize);
    const side = Math.round(clamp(width * 0.2, 6 * font, 10 * font));
    strip.resize(side, plane.resize(width - side, font, style.fontFamily));
    draw();
  };
  return { draw, resize, stop: () => { level.stop(); readout.stop(); } };
}

function render({ model, el }) {
  const root = html("div", { class: "robustkit-explorer", onkeydown: keepKeys });
  el.append(root);
  let view, frame = 0, width;

  function nextFrame() {
    frame = 0;
    view?.draw();
    try { model.save_changes(); } catch { /* without a kernel the page goes on alone */ }
  }
  const soon = () => { frame ||= requestAnimationFrame(nextFrame); };
  function rebuild() {
    view?.stop();
    const data = model.get("data");
    const fits = data?.format === "robustkit-explorer" && data.version === 1;
    view = fits ? makeView(root, model, data) : undefined;
    if (view) view.resize();
    else root.replaceChildren("There is nothing to explore yet.");
  }
  const sizes = new ResizeObserver(() => {
    if (root.clientWidth && root.clientWidth !== width) view?.resize();
    width = root.clientWidth;
  });
  const traits = ["goal_shift", "layout_shift", "agent", "level"];
  traits.forEach((trait) => model.on(`change:${trait}`, soon));
  model.on("change:data", rebuild);
  rebuild();
  sizes.observe(root);
  return () => {
    sizes.disconnect();
    cancelAnimationFrame(frame);
    view?.stop();
    traits.forEach((trait) => model.off(`change:${trait}`, soon));
    model.off("change:data", rebuild);
    root.remove();
  };
}

export default { render };
