// One level as SVG nodes: walls, lava, the policy's arrows, and what lies there.

import { svg } from "./elements.js";

export const CELL = 20;
const ARROWS = "0123456789abcdefghijklmnopqrstuvwxyzABCD"; // as in widgets/episodes.py: 10 * move + tenths
export const STEPS = [[1, 0], [0, 1], [-1, 0], [0, -1]]; // right, down, left, up

function arrowPath(x, y, move) {
  const [dx, dy] = STEPS[move];
  const at = (along, aside) => `${x + along * dx - aside * dy} ${y + along * dy + aside * dx}`;
  return `M${at(-5, 0)}L${at(5, 0)}M${at(2, -3)}L${at(5, 0)}L${at(2, 3)}`;
}

/** The level with its things and the policy's arrows: all that stays while it plays.

`nodes` are what is drawn, in a view box of `CELL` for each cell; `things` and `centre`
are for who moves in it. `letters`: also those of the things. */
export function levelScene(world, stratum, episode, { letters = true } = {}) {
  const centre = (cell) => [(cell % world.width + 0.5) * CELL, (Math.floor(cell / world.width) + 0.5) * CELL];
  const walls = Array.from(stratum.walls, (wall, cell) => {
    const [x, y] = centre(cell);
    return wall === "1" ? `M${x - 10} ${y - 10}h20v20h-20Z` : "";
  });
  const lava = Array.from(stratum.walls).flatMap((sign, cell) => {
    const [x, y] = centre(cell);
    return sign !== "2" ? [] : [svg("rect", { class: "rk-lava", x: x - 10, y: y - 10, width: 20, height: 20 }),
      svg("text", { x, y: y + 3, "text-anchor": "middle" }, "~"), svg("title", {}, "lava")];
  });
  const byStrength = Array.from({ length: 10 }, () => "");
  const lying = new Set(Object.values(stratum.things));
  const vacant = Array.from(stratum.walls, (wall, cell) => cell).filter((cell) => stratum.walls[cell] === "0" && !lying.has(cell));
  // None while a level is being built and what is done there is not known yet.
  if (episode.arrows.length === vacant.length) vacant.forEach((cell, k) => {
    const sign = ARROWS.indexOf(episode.arrows[k]);
    if (sign >= 0) byStrength[sign % 10] += arrowPath(...centre(cell), Math.floor(sign / 10));
  });
  const seen = {};
  const things = world.things.filter(({ name }) => stratum.things[name] >= 0).map((thing) => {
    const cell = stratum.things[thing.name];
    const rank = (seen[cell] = (seen[cell] ?? -1) + 1);
    const [x, y] = centre(cell);
    const corner = [[5, 9], [-9.5, -2], [4, -2], [-9.5, 9]][rank % 4];
    return { cell, rank, node: svg("g", { class: "rk-thing", transform: `translate(${x} ${y})` },
      svg("path", { d: thing.path, fill: thing.colour, transform: `scale(${rank ? 9 : 7})` }),
      ...(letters ? [svg("text", { x: corner[0], y: corner[1] }, thing.letter)] : []),
      svg("title", {}, thing.name)) };
  });
  const drawn = [...things].sort((a, b) => b.rank - a.rank).map(({ node }) => node);
  // Of somebody's own environment its own picture, in the corner of the grid.
  const [height, width] = stratum.size ?? [];
  const picture = stratum.pictures?.length
    ? [svg("image", { href: stratum.pictures[0], width: width * CELL, height: height * CELL, preserveAspectRatio: "none" })] : [];
  if (picture.length) return { centre, things, picture: picture[0], nodes: picture };
  return { centre, things, nodes: [
    svg("path", { class: "rk-walls", d: walls.join("") }), ...lava,
    ...byStrength.map((d, strength) =>
      svg("path", { class: "rk-arrows", d, "stroke-opacity": (strength + 1) / 10 })),
    ...drawn,
  ] };
}
