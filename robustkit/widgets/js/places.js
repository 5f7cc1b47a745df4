// Places for labels and markers: nothing may cover anything else.

const meet = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
const within = (a, b) =>
  a.x >= b.x && a.y >= b.y && a.x + a.w <= b.x + b.w && a.y + a.h <= b.y + b.h;
export const isFree = (box, taken, frame) => within(box, frame) && !taken.some((t) => meet(box, t));
export const around = (x, y, size) => ({ x: x - size / 2, y: y - size / 2, w: size, h: size });

/** Spots for a label beside its point, nearest first: side, rows down, columns away. */
const SPOTS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
  .flatMap((n) => (n ? [n, -n] : [0]))
  .flatMap((row) => [1, -1, 0].flatMap((side) => [0, 1, 2, 4, 7].map((away) => ({
    side, row, away, cost: Math.abs(row) + 1.5 * away + (side < 0 ? 0.2 : 0) + (side ? 0 : 0.6),
  }))))
  .filter(({ side, row, away }) => (row ? side || !away : side && !away))
  .sort((a, b) => a.cost - b.cost);

export function labelBox({ x, y }, { w, h }, { side, row, away }) {
  const shift = 10 + away * 14 + (row ? 3 : 0);
  const left = side > 0 ? x + shift : side < 0 ? x - shift - w : x - w / 2;
  return { x: left, y: y - h / 2 + row * h, w, h };
}

/** The best free spot, or the one it had before unless that is much worse. */
export function labelSpot(point, { size, reach }, previous, taken, frame) {
  const free = (spot) => spot.cost <= reach && isFree(labelBox(point, size, spot), taken, frame);
  const best = SPOTS.find(free);
  return best && previous && previous.cost <= best.cost + 2.5 && free(previous) ? previous : best;
}

const canvas = document.createElement("canvas").getContext("2d");

/** The text that fits a width, cut with an ellipsis, and its width. */
export function fitted(text, font, most) {
  canvas.font = font;
  const letters = Array.from(text.replace(/\s+/g, " "));
  const width = (n) => canvas.measureText(letters.slice(0, n).join("") + "…").width;
  const whole = canvas.measureText(letters.slice(0, 200).join("")).width;
  if (letters.length <= 200 && whole <= most) return [letters.join(""), whole];
  let n = Math.min(letters.length, 60);
  while (n > 1 && width(n) > most) n--;
  return [`${letters.slice(0, n).join("")}…`, width(n)];
}
