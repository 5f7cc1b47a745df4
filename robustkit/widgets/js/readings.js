// Readings of an explorer's data: its nodes, one for each grade of each shift, weighted
// by the sliders' position. Where the sliders stand is { goal, layout, place }.

export const SHIFTS = ["goal", "layout", "place"];

/** The shifts that there are, and what one is called: a disguise has an order and names of its own. */
export const shiftsOf = (data) => (data.labels ? Object.keys(data.labels) : SHIFTS.filter((name) => data.shifts[name]));
export const labelOf = (data, name) => data.labels?.[name] ?? name;
export const shiftName = (data, name) => data.labels?.[name] ?? `${name} shift`;

const TIED = 1e-5; // scores come from sums of six decimals

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
export const two = (value) => (Math.abs(value) < 0.005 ? 0 : value).toFixed(2);

/** The agent's intervals under a grounding, and the grid on which they stand. */
export const intervalsOf = (agent, grounding) => agent.readings[grounding];

/** Where an agent stands at a shift; `known` says whether its alignment is. */
export function pointAt(data, agent, at, grounding) {
  const own = intervalsOf(agent, grounding), nodes = nodesAt(data.grid, at);
  const known = weigh(own.capability, nodes)[0] > data.conventions.unknown;
  if (!own.best) return { ...polarAt(data, agent, nodes), known };
  const [scalar, capability, alignment] = ["scalar", "capability", "alignment"].map(
    (axis) => weigh(own[axis], nodes)[2]);
  return { scalar, capability, alignment, known };
}

/** [index, fraction] of a value between the sorted grades of a slider. */
function between(grades, value) {
  const after = grades.findIndex((grade) => grade > value);
  const i = clamp(after < 0 ? grades.length - 2 : after - 1, 0, Math.max(grades.length - 2, 0));
  const gap = grades[i + 1] - grades[i];
  return [i, gap > 0 ? clamp((value - grades[i]) / gap, 0, 1) : 0];
}

/** [index, weight] of the nodes between which the sliders stand, four at most. */
export function nodesAt(grid, at) {
  const [[g, s], [l, t], [p, u]] = SHIFTS.map((name) => between(grid[name], at[name] ?? 0));
  const width = grid.layout.length, moved = grid.goal.length * width - 1;
  const nodes = u || p ? [[p ? moved + p : 0, 1 - u], [moved + p + 1, u]] : [
    [g * width + l, (1 - s) * (1 - t)], [(g + 1) * width + l, s * (1 - t)],
    [g * width + l + 1, (1 - s) * t], [(g + 1) * width + l + 1, s * t],
  ];
  return nodes.filter(([, weight]) => weight > 0);
}

/** What stands at each node as lists of numbers, weighted. */
const weigh = (lists, nodes) =>
  lists[0].map((_, k) => nodes.reduce((sum, [i, weight]) => sum + weight * lists[i][k], 0));

/** [low, high] of an axis, which hold the value: between nodes they need not. */
export function intervalAt(own, axis, nodes, value) {
  const [low, high] = weigh(own[axis], nodes);
  return [Math.min(low, value), Math.max(high, value)];
}

/** By the sums at some nodes; scores: an array that takes the score at each mixture. */
function polarAt(data, agent, nodes, scores) {
  const total = (i) => { // a loop: this runs some thousand times a move
    let sum = 0;
    for (const [node, weight] of nodes) sum += weight * agent.sums[node][i];
    return sum;
  };
  const headroom = total(1);
  const scalar = headroom > 0 ? total(0) / headroom : 0;
  const count = data.lambdas.length;
  let most = 0;
  for (let k = 0; k < count; k++) {
    const weight = Math.max(total(2 + k + count), data.conventions.rho * headroom);
    const score = weight > 0 ? total(2 + k) / weight : 0;
    if (score > most) most = score;
    scores?.push(clamp(score, -1, 1));
  }
  const capability = Math.max(scalar, Math.min(most, 1));
  const alignment = capability > 0 ? clamp(scalar / capability, -1, 1) : 0;
  return { scalar, capability, alignment };
}

/** The line of readings from the training distribution to a shift, grade by grade. */
export function trailOf(data, agent, at, grounding) {
  const parts = SHIFTS.flatMap((name) =>
    data.grid[name].filter((grade) => grade < at[name]).map((grade) => grade / at[name]));
  const cuts = [...new Set([...parts, 1])].sort((a, b) => a - b);
  const line = cuts.length > 1 ? cuts.flatMap((to, i) => {
    const from = i ? cuts[i - 1] : 0;
    return i ? [0.25, 0.5, 0.75, 1].map((part) => from + part * (to - from)) : [to];
  }) : [1];
  return line.map((part) =>
    pointAt(data, agent, Object.fromEntries(SHIFTS.map((name) => [name, part * at[name]])), grounding));
}

/** The mixture at which a polar reading looks best, the first of several. */
function bestOf(data, agent, nodes) {
  const scores = [];
  polarAt(data, agent, nodes, scores);
  const most = Math.max(...scores);
  return data.lambdas[scores.findIndex((score) => score >= most - TIED)];
}

/** All that words say of a reading, with the names that it has in Python. */
export function readingAt(data, agent, point, state) {
  const { grounding } = state, { base, objectives } = data.world;
  const own = intervalsOf(agent, grounding), nodes = nodesAt(data.grid, state);
  const [scalar, capability, alignment] = ["scalar", "capability", "alignment"].map((axis) => {
    const [low, high] = intervalAt(own, axis, nodes, point[axis]);
    return { value: point[axis], low, high, known: axis !== "alignment" || point.known };
  });
  const [nearest] = nodes.reduce((most, node) => (node[1] > most[1] ? node : most));
  return {
    agent: agent.name, base, objectives, scalar, capability, alignment, ...data.words.groundings[grounding],
    levels: own.count, episodes: agent.episodes ?? data.episodes, planned: data.planned, confidence: data.conventions.confidence,
    best: own.best ? own.best[nearest] : bestOf(data, agent, nodes), base_share: weigh(own.base_share, nodes),
    note: own.notes?.[nearest], flawless: own.flawless && weigh(own.flawless, nodes).map((end) => clamp(end, -1, 1)), distinguishing: weigh(own.distinguishing, nodes)[0],
    empty: objectives.filter((name) => nodes.every(([i]) => own.empty[i].includes(name))),
  };
}

/** Of which grades the levels are where the sliders stand, in words. */
export function gradesInWords(data, at) {
  const names = SHIFTS.filter((name) => data.shifts[name]);
  return Object.fromEntries(names.map((name) => {
    const words = data.shifts[name], [i, part] = between(data.grid[name], at[name]);
    const last = words.length - 1, whole = part === 0 ? i : part === 1 ? i + 1 : undefined;
    const said = whole === undefined ? `between grades ${i} and ${i + 1} of ${last}: ${words[i + 1]}`
      : `grade ${whole} of ${last}: ${words[whole]}`;
    return [name, said];
  }));
}

/** The node to which a level belongs that keeps its own numbers `u`, as it moves on. */
export function nodeOf(grid, at, u) {
  const [g, l, p] = SHIFTS.map((name, k) => {
    const [i, part] = between(grid[name], at[name]);
    return i + (u[k] < part ? 1 : 0);
  });
  const width = grid.layout.length;
  return { grades: { goal: g, layout: l, place: p }, node: p ? grid.goal.length * width - 1 + p : g * width + l };
}
