// One level as SVG nodes: walls, lava, the policy's arrows, and what lies there.

import { LAVA } from "./drawn.js";
import { svg, glyph } from "./elements.js";

export const CELL = 20;
export const ARROWS = "0123456789abcdefghijklmnopqrstuvwxyzABCD"; // as in widgets/episodes.py: 10 * move + tenths
export const STEPS = [[1, 0], [0, 1], [-1, 0], [0, -1]]; // right, down, left, up
const CORNERS = [[1, 1], [-1, -1], [1, -1], [-1, 1]]; // of a cell, for letters; as its spots

function arrowPath(x, y, move) {
  const [dx, dy] = STEPS[move];
  const at = (along, aside) => `${x + along * dx - aside * dy} ${y + along * dy + aside * dx}`;
  return `M${at(-5, 0)}L${at(5, 0)}M${at(2, -3)}L${at(5, 0)}L${at(2, 3)}`;
}

/** A thing with its picture and its letter, to be put where it lies. */
function makeThing({ name, icon, colour, letter, stays }, letters) {
  const picture = glyph(icon, colour), sign = svg("text", { class: "rk-letter", "text-anchor": "middle" }, letter);
  const node = svg("g", { class: "rk-thing" }, picture, ...(letters ? [sign] : []), svg("title", {}, name));
  return { name, stays, node, picture, sign };
}

/** Put things where they lie; `lies` is name to cell, negative for what is not there.

Those of one cell share it, the first on top. What goes keeps its place while it fades. */
export function putThings(things, lies, centre, spots) {
  const piles = {};
  things.filter(({ name }) => lies[name] >= 0).forEach((thing) => (piles[lies[thing.name]] ??= []).push(thing));
  things.forEach(({ name, node }) => node.classList.toggle("rk-gone", !(lies[name] >= 0)));
  for (const [cell, pile] of Object.entries(piles)) {
    const places = spots[Math.min(pile.length, spots.length) - 1], [x, y] = centre(Number(cell));
    pile.forEach(({ node, picture, sign }, k) => {
      const [right, down, size] = places[k % places.length], [across, under] = CORNERS[k % CORNERS.length];
      node.style.transform = `translate(${x}px, ${y}px)`;
      picture.setAttribute("transform", `translate(${(right * CELL) / 2} ${(down * CELL) / 2}) scale(${(size * CELL) / 2})`);
      sign.setAttribute("x", 7 * across);
      sign.setAttribute("y", 7 * under + 3);
    });
  }
}

/** The level with its things and the policy's arrows: all that stays while it plays.

`nodes` are what is drawn, in a view box of `CELL` for each cell; `ground`, `things` and
`centre` are for who moves in it. `letters`: also those of the things, which CSS shows or hides. */
export function levelScene(world, stratum, episode, { letters = true } = {}) {
  const centre = (cell) => [(cell % world.width + 0.5) * CELL, (Math.floor(cell / world.width) + 0.5) * CELL];
  // Of somebody's own environment its own picture, in the corner of the grid.
  if (stratum.pictures?.length) {
    const [height, width] = stratum.size;
    const picture = svg("image", { href: stratum.pictures[0], width: width * CELL, height: height * CELL, preserveAspectRatio: "none" });
    return { centre, things: [], picture, ground: [picture], nodes: [picture] };
  }
  const cells = Array.from(stratum.walls, (sign, cell) => ({ sign, cell, at: centre(cell) }));
  const walls = cells.filter(({ sign }) => sign === "1").map(({ at: [x, y] }) => `M${x - 10} ${y - 10}h20v20h-20Z`);
  const lava = cells.filter(({ sign }) => sign === "2").map(({ at: [x, y] }) => svg("g",
    { class: "rk-lava", transform: `translate(${x} ${y}) scale(10)` }, glyph(world.lava, LAVA), svg("title", {}, "lava")));
  const lying = new Set(Object.values(stratum.things));
  const vacant = cells.filter(({ sign, cell }) => sign === "0" && !lying.has(cell));
  const byStrength = Array.from({ length: 10 }, () => "");
  // None while a level is being built and what is done there is not known yet.
  if (episode.arrows.length === vacant.length) vacant.forEach(({ at }, k) => {
    const sign = ARROWS.indexOf(episode.arrows[k]);
    if (sign >= 0) byStrength[sign % 10] += arrowPath(...at, Math.floor(sign / 10));
  });
  const things = world.things.filter(({ name }) => stratum.things[name] >= 0).map((thing) => makeThing(thing, letters));
  putThings(things, stratum.things, centre, world.spots);
  const ground = [svg("path", { class: "rk-walls", d: walls.join("") }), ...lava,
    ...byStrength.map((d, strength) =>
      svg("path", { class: "rk-arrows", d, "stroke-opacity": (strength + 1) / 10 }))];
  return { centre, things, ground, nodes: [...ground, ...things.map(({ node }) => node).reverse()] };
}
