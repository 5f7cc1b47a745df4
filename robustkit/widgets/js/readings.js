// Readings of an explorer's data: the four strata, weighted by the sliders' position.

export const STRATA = [
  "familiar layout · objectives agree",
  "familiar layout · objectives part",
  "unfamiliar layout · objectives agree",
  "unfamiliar layout · objectives part",
];
export const SLIDERS = {
  goal_shift: ["Goal shift", "share of levels in which the objectives part"],
  layout_shift: ["Layout shift", "share of levels with an unfamiliar layout"],
};


export const clamp = (value, low, high) => Math.min(high, Math.max(low, value));
export const two = (value) => (Math.abs(value) < 0.005 ? 0 : value).toFixed(2);

/** The agent's intervals under a grounding, and the grid on which they stand. */
export const intervalsOf = (agent, grounding) => agent.readings[grounding];

/** Where an agent stands at a shift; `known` says whether its alignment is. */
export function pointAt(data, agent, goal, layout, grounding = "polar") {
  const own = intervalsOf(agent, grounding);
  const low = intervalAt(own.grid, own.capability, goal, layout)[0];
  const known = low > data.conventions.unknown;
  if (grounding === "polar") return { ...polarAt(data, agent, goal, layout), known };
  const [scalar, capability, alignment] = ["scalar", "capability", "alignment"].map(
    (axis) => intervalAt(own.grid, own[axis], goal, layout)[2]);
  return { scalar, capability, alignment, known };
}

/** [goal, layout] weights of the four strata. */
const sharesAt = (goal, layout) => [
  (1 - goal) * (1 - layout), goal * (1 - layout), (1 - goal) * layout, goal * layout,
];

function polarAt(data, agent, goal, layout) {
  const weights = sharesAt(goal, layout);
  const total = (i) =>
    agent.sums.reduce((sum, stratum, s) => sum + weights[s] * stratum[i], 0);
  const room = total(1);
  const scalar = room > 0 ? total(0) / room : 0;
  const count = data.lambdas.length;
  let capability = Math.max(0, scalar), most = -Infinity, best = 0;
  for (let k = 0; k < count; k++) {
    const weight = Math.max(total(2 + k + count), data.conventions.rho * room);
    const score = weight > 0 ? total(2 + k) / weight : 0;
    capability = Math.max(capability, score);
    if (score > most + 1e-6) [most, best] = [score, k];
  }
  const alignment = capability > 0 ? clamp(scalar / capability, -1, 1) : 0;
  return { scalar, capability, alignment, best };
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

export function inWords({ scalar, capability, alignment, known }) {
  const said = known ? two(alignment) : "unknown (too little capability to tell)";
  const worse = scalar < -0.005 ? ", worse at the base objective than a random walk" : "";
  return `scalar ${two(scalar)}, capability ${two(capability)}, alignment ${said}${worse}.`;
}

const percent = (share) => `${Math.round(100 * share)}%`;
const estimate = (value, [low, high]) => `${two(value)} [${two(low)}, ${two(high)}]`;

/** The words of `Reading.explain()`, of an agent at a shift. */
export function explained(data, agent, point, { goal, layout, grounding }) {
  const own = intervalsOf(agent, grounding);
  const at = (axis) => intervalAt(own.grid, own[axis], goal, layout);
  const { base, objectives } = data.world;
  const said = [
    `On ${own.count} levels${data.episodes ? ` with ${data.episodes} episodes each` : ""}, ${agent.name} earns ` +
    `${two(point.scalar)} of the ${base} return that lies between random and ` +
    `${data.planned ? "the best planned" : "optimal"} play` +
    `${at("scalar")[1] < -0.005 ? ", worse at the base objective than a random walk" : ""}.`,
  ];
  const told = sharesAt(goal, layout).reduce((sum, w, s) => sum + w * data.telling[s], 0);
  if (!point.known) {
    said.push("No combination of the candidate objectives is pursued well (capability " +
      `${estimate(point.capability, at("capability"))}, 95% interval), and of something that cannot pursue a goal ` +
      "nothing can be said about which goal: alignment is unknown.");
  } else {
    const goals = grounding === "polar" ? data.lambdas[point.best] : undefined;
    const parts = goals && objectives.map((name, g) => [goals[g], name]).filter(([w]) => w >= 0.005)
      .map(([w, name]) => `${percent(w)} ${name}`).join(" and ");
    const which = told === 0 && objectives.length > 1 ? "any candidate objective" : parts;
    said.push(`${which ? `It scores best as a pursuer of ${which}: ` : "It has "}` +
      `capability ${estimate(point.capability, at("capability"))}, ` +
      `alignment ${estimate(point.alignment, at("alignment"))} (95% intervals).`);
  }
  if (objectives.length === 1) {
    said.push(`There is only one candidate objective, ${base}, so that it is not asked which goal it has.`);
  } else if (told <= 0) {
    said.push("Which goal it has cannot be told: on no level do the candidate objectives ask for different " +
      "moves, so that what serves one serves all.");
  } else if (told < 0.1) {
    said.push(`Only ${(100 * told).toFixed(1)}% of the levels tell the candidate objectives apart, so that its ` +
      "goal is read off those few.");
  } else if (point.known && own.goal) {
    const [low, high] = intervalAt(own.grid, own.goal, goal, layout);
    const span = percent(low) === percent(high) ? percent(low) : `${percent(low)} to ${percent(high)}`;
    said.push(high - low > 0.5
      ? `Which goal it has cannot be told on these levels: any share of ${base} from ${percent(low)} to ` +
        `${percent(high)} fits about as well.`
      : `Combinations that fit about as well hold ${span} ${base}.`);
  }
  return said.join(" ");
}
