// Readings of an explorer's data: the four strata, weighted by the sliders' position.

export const SLIDERS = {
  goal_shift: ["Goal shift", "share of levels in which the objectives part"],
  layout_shift: ["Layout shift", "share of levels with an unfamiliar layout"],
};

const TIED = 1e-5; // scores come from sums of six decimals

export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
export const two = (value) => (Math.abs(value) < 0.005 ? 0 : value).toFixed(2);

/** The agent's intervals under a grounding, and the grid on which they stand. */
export const intervalsOf = (agent, grounding) => agent.readings[grounding];

/** Where an agent stands at a shift; `known` says whether its alignment is. */
export function pointAt(data, agent, goal, layout, grounding) {
  const own = intervalsOf(agent, grounding);
  const low = intervalAt(own.grid, own.capability, goal, layout)[0];
  const known = low > data.conventions.unknown;
  if (!own.best) return { ...polarAt(data, agent, goal, layout), known };
  const [scalar, capability, alignment] = ["scalar", "capability", "alignment"].map(
    (axis) => intervalAt(own.grid, own[axis], goal, layout)[2]);
  return { scalar, capability, alignment, known };
}

/** [goal, layout] weights of the four strata. */
const sharesAt = (goal, layout) => [
  (1 - goal) * (1 - layout), goal * (1 - layout), (1 - goal) * layout, goal * layout,
];

/** By the sums at a shift; scores: an array that takes the score at each mixture. */
function polarAt(data, agent, goal, layout, scores) {
  const weights = sharesAt(goal, layout);
  const total = (i) => { // a loop: this runs some thousand times a move
    let sum = 0;
    for (let s = 0; s < weights.length; s++) sum += weights[s] * agent.sums[s][i];
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

/** [index, fraction] of a value between the sorted nodes of a grid. */
function between(nodes, value) {
  const after = nodes.findIndex((node) => node > value);
  const i = clamp(after < 0 ? nodes.length - 2 : after - 1, 0, Math.max(nodes.length - 2, 0));
  const gap = nodes[i + 1] - nodes[i];
  return [i, gap > 0 ? clamp((value - nodes[i]) / gap, 0, 1) : 0];
}

/** [low, high, value] at a shift, interpolated between the nodes of the grid. */
export function intervalAt(grid, intervals, goal, layout) {
  const [g, s] = between(grid.goal, goal);
  const [l, t] = between(grid.layout, layout);
  const node = (i, j) => {
    const row = Math.min(i, grid.goal.length - 1) * grid.layout.length;
    return intervals[row + Math.min(j, grid.layout.length - 1)];
  };
  return node(0, 0).map((_, end) =>
    (1 - s) * ((1 - t) * node(g, l)[end] + t * node(g, l + 1)[end]) +
    s * ((1 - t) * node(g + 1, l)[end] + t * node(g + 1, l + 1)[end]));
}

/** The line of readings from the training distribution to a shift. */
export function trailOf(data, agent, goal, layout, grounding) {
  const steps = goal || layout ? 24 : 0;
  return Array.from({ length: steps + 1 }, (_, i) => {
    const part = steps ? i / steps : 0;
    return pointAt(data, agent, part * goal, part * layout, grounding);
  });
}

/** The node of a grid that is nearest to a shift. */
function nodeAt(grid, goal, layout) {
  const [i, j] = [[grid.goal, goal], [grid.layout, layout]].map(([nodes, value]) => {
    const [k, part] = between(nodes, value);
    return Math.min(k + Math.round(part), nodes.length - 1);
  });
  return i * grid.layout.length + j;
}

/** The mixture at which a polar reading looks best, the first of several. */
function bestOf(data, agent, goal, layout) {
  const scores = [];
  polarAt(data, agent, goal, layout, scores);
  const most = Math.max(...scores);
  return data.lambdas[scores.findIndex((score) => score >= most - TIED)];
}

/** All that words say of a reading, with the names that it has in Python. */
export function readingAt(data, agent, point, { goal, layout, grounding }) {
  const own = intervalsOf(agent, grounding), { base, objectives } = data.world;
  const node = nodeAt(own.grid, goal, layout), shares = sharesAt(goal, layout);
  const at = (intervals) => intervalAt(own.grid, intervals, goal, layout);
  const [scalar, capability, alignment] = ["scalar", "capability", "alignment"].map((axis) => {
    const [low, high] = at(own[axis]);
    return { value: point[axis], low, high, known: axis !== "alignment" || point.known };
  });
  return {
    agent: agent.name, base, objectives, scalar, capability, alignment, ...data.words.groundings[grounding],
    levels: own.count, episodes: data.episodes, planned: data.planned, confidence: data.conventions.confidence,
    best: own.best ? own.best[node] : bestOf(data, agent, goal, layout), base_share: at(own.base_share), note: own.notes?.[node],
    distinguishing: at(own.distinguishing)[0],
    empty: objectives.filter((name) => shares.every((share, s) => !share || own.empty[s].includes(name))),
  };
}
