// Wishes: what each comes to, by looking it up, and whether those pinned solve a task.

const pointOf = ([scalar, capability, alignment]) => ({ scalar, capability, alignment });

/** What a wish [base, proxy, random] comes to in training and after the shift. */
export function comesTo(data, [x, y, random]) {
  const side = 2 * data.steps + 1, at = Math.round(random * (data.random.length - 1));
  const [across, up] = [x, y].map((want) => Math.round(want * data.steps) + data.steps);
  const behaviour = data.of[up * side + across];
  const [training, shifted] = data.readings[behaviour].map((each) => pointOf(each[at]));
  return { x, y, random, at, behaviour, training, shifted };
}

/** The best scalar in training, of all wishes with so many random moves. */
export const bestAt = (data, at) => Math.max(...data.readings.map(([training]) => training[at][0]));

const gap = (p, q) => Math.abs(p.shifted.scalar - q.shifted.scalar);
const share = ({ x, y }) => (x >= 0 && y >= 0 && x + y > 0 ? x / (x + y) : NaN);
const EPSILON = 1e-9; // of tenths and twentieths, which no number in a page is exactly

const SOLVES = {
  apart(task, data, p, q) {
    const least = bestAt(data, 0) - task.same;
    return p.training.scalar >= least && q.training.scalar >= least && gap(p, q) >= task.apart;
  },
  tips: (task, data, p, q) => p.at === q.at && gap(p, q) >= task.apart
    && Math.abs(share(p) - share(q)) <= task.share + EPSILON,
  equal(task, data, ...three) {
    const near = ({ shifted }) => shifted.alignment !== null && Math.abs(shifted.scalar - task.scalar) <= task.near;
    const far = (p, q) => Math.hypot(p.shifted.capability - q.shifted.capability,
      p.shifted.alignment - q.shifted.alignment) >= task.apart;
    return three.length === 3 && three.every(near)
      && three.every((p, i) => three.slice(i + 1).every((q) => far(p, q)));
  },
};

/** Whether pinned wishes, or two of them, solve a task. */
export function isSolved(task, data, pins) {
  const found = pins.map((pin) => comesTo(data, pin));
  if (task.kind === "equal") return SOLVES.equal(task, data, ...found);
  return found.some((p, i) => found.slice(i + 1).some((q) => SOLVES[task.kind](task, data, p, q)));
}
