// A bare plane to draw a few points and trails on, for guesses and for training.

import { svg, set, lineThrough, markerPath } from "./elements.js";
import { around, fitted, labelBox, labelSpot } from "./places.js";
import { planeAxes, planeGeometry, planeRegions, regionNames } from "./plane.js";

/** A plane in `box`, as wide as it; `resized` is called with its geometry. */
export function makeBackdrop(box, words, resized) {
  // Trails lie under the names of regions, points and their labels above them.
  const still = svg("g"), trails = svg("g"), names = svg("g"), layer = svg("g");
  const node = svg("svg", { class: "rk-plane", role: "img", "aria-label": words }, still, trails, names, layer);
  const usual = {}; // by name, where its label was: it stays there while it can
  let space, family, regions, taken = [], crossed = [];
  function resize() {
    const width = Math.min(box.clientWidth, 620);
    if (!width) return;
    const style = getComputedStyle(box);
    space = planeGeometry(width, 0.87 * parseFloat(style.fontSize));
    family = style.fontFamily;
    set(node, { width, height: space.height, viewBox: `0 0 ${width} ${space.height}` });
    regions = regionNames(space);
    still.replaceChildren(planeRegions(space), planeAxes(space));
    names.replaceChildren(...regions.named);
    resized();
  }
  const sizes = new ResizeObserver(resize);
  sizes.observe(box);
  box.append(node);
  const at = ([capability, alignment]) => alignment === null
    ? [space.x(capability), space.lane.y + space.lane.h / 2] : [space.x(capability), space.y(alignment)];
  /** Small boxes along a line, which labels keep off. */
  function along([x, y], [to, down]) {
    const count = Math.ceil(Math.hypot(to - x, down - y) / (0.5 * space.font)) || 1;
    return Array.from({ length: count + 1 }, (_, i) => around(x + ((to - x) * i) / count, y + ((down - y) * i) / count, 0.4 * space.font));
  }
  /** A line from a point to its label, where that does not stand right beside it. */
  function leader([x, y], label, colour) {
    const nearest = (v, from, wide) => Math.min(Math.max(v, from), from + wide);
    const end = [nearest(x, label.x, label.w), nearest(y, label.y, label.h)];
    const line = svg("path", { class: "rk-leader", d: `M${x} ${y}L${end.join(" ")}` });
    line.style.setProperty("--rk-agent", colour);
    taken.push(...along([x, y], end));
    return line;
  }
  return {
    node, ready: () => Boolean(space), space: () => space,
    clear() {
      [layer, trails].forEach((part) => part.replaceChildren());
      [taken, crossed] = [[...(regions?.boxes ?? [])], []];
    },
    /** Marked points, the first on top, with a name beside each that lies on no mark and off the trails that are there.

Where there is no room for that a name lies on a trail, or, with a `reach` (how far off it may stand), is left out. */
    points(parts) {
      const marks = svg("g");
      layer.append(marks);
      const spots = parts.map(({ place, look, name, reach = null }) => {
        const [x, y] = at(place);
        marks.prepend(svg("g", { class: "rk-point rk-followed", transform: `translate(${x} ${y})` },
          svg("g", { transform: `scale(${0.6 * space.font})` }, markerPath(look)), svg("title", {}, name)));
        taken.push(around(x, y, 1.1 * space.font));
        return { x, y, name, look, reach };
      });
      spots.forEach(({ x, y, name, look, reach }) => {
        const [text, w] = fitted(name, `600 ${space.font}px ${family}`, space.width / 2);
        const size = { w: w + 4, h: 1.25 * space.font };
        const free = (far, boxes) => labelSpot({ x, y }, { size, reach: far }, usual[name], boxes, space.frame);
        const spot = usual[name] = free(reach ?? 8, [...taken, ...crossed]) ?? (reach === null ? free(99, taken) : undefined);
        if (!spot) return;
        const label = labelBox({ x, y }, size, spot);
        taken.push(label);
        if (spot.away || Math.abs(spot.row) > 1) marks.before(leader([x, y], label, look.colour));
        layer.append(svg("text", { class: "rk-label rk-followed", x: label.x + 2, y: label.y + 0.98 * space.font }, text));
      });
    },
    /** A marked point with a name beside it. */
    point(place, look, name) { this.points([{ place, look, name }]); },
    /** A line through places; where alignment is null it breaks off. */
    trail(places, colour, arrow = false, kind = "rk-followed") {
      const spots = places.map((place) => place[1] !== null && at(place));
      const line = svg("path", { class: `rk-trail ${kind}`, d: lineThrough(spots) });
      crossed.push(...spots.flatMap((spot, i) => (spot && spots[i - 1] ? along(spots[i - 1], spot) : [])));
      line.style.setProperty("--rk-agent", colour);
      if (arrow) line.classList.add("rk-dashed");
      trails.append(line);
    },
    /** Where on the plane a pointer is, as capability and alignment. */
    under(event) {
      const rect = node.getBoundingClientRect();
      const x = ((event.clientX - rect.left) / rect.width) * space.width;
      const y = ((event.clientY - rect.top) / rect.height) * space.height;
      const share = (v, a, b) => Math.min(1, Math.max(0, (v - a) / (b - a)));
      return [share(x, space.x(0), space.x(1)), 2 * share(y, space.y(-1), space.y(1)) - 1];
    },
    stop: () => sizes.disconnect(),
  };
}
