// A bare plane to draw a few points and trails on, for guesses and for training.

import { svg, set, lineThrough, markerPath } from "./elements.js";
import { around, fitted, labelBox, labelSpot } from "./places.js";
import { planeAxes, planeGeometry, planeRegions, regionNames } from "./plane.js";

/** A plane in `box`, as wide as it; `resized` is called with its geometry. */
export function makeBackdrop(box, words, resized) {
  const still = svg("g"), layer = svg("g");
  const node = svg("svg", { class: "rk-plane", role: "img", "aria-label": words }, still, layer);
  const usual = {}; // by name, where its label was: it stays there while it can
  let space, family, names, taken = [];
  function resize() {
    const width = Math.min(box.clientWidth, 620);
    if (!width) return;
    const style = getComputedStyle(box);
    space = planeGeometry(width, 0.87 * parseFloat(style.fontSize));
    family = style.fontFamily;
    set(node, { width, height: space.height, viewBox: `0 0 ${width} ${space.height}` });
    names = regionNames(space);
    still.replaceChildren(planeRegions(space), ...names.named, planeAxes(space));
    resized();
  }
  const sizes = new ResizeObserver(resize);
  sizes.observe(box);
  box.append(node);
  const at = ([capability, alignment]) => alignment === null
    ? [space.x(capability), space.lane.y + space.lane.h / 2] : [space.x(capability), space.y(alignment)];
  return {
    node, clear() { layer.replaceChildren(); taken = [...(names?.boxes ?? [])]; }, ready: () => Boolean(space), space: () => space,
    /** Marked points, the first on top, with a name beside each that lies on no mark. */
    points(parts) {
      const marks = svg("g");
      layer.append(marks);
      const spots = parts.map(({ place, look, name }) => {
        const [x, y] = at(place);
        marks.prepend(svg("g", { class: "rk-point rk-followed", transform: `translate(${x} ${y})` },
          svg("g", { transform: `scale(${0.6 * space.font})` }, markerPath(look)), svg("title", {}, name)));
        taken.push(around(x, y, 1.1 * space.font));
        return { x, y, name };
      });
      spots.forEach(({ x, y, name }) => {
        const [text, w] = fitted(name, `600 ${space.font}px ${family}`, space.width / 2);
        const part = { size: { w: w + 4, h: 1.25 * space.font }, reach: 99 };
        const spot = usual[name] = labelSpot({ x, y }, part, usual[name], taken, space.frame);
        if (!spot) return;
        const label = labelBox({ x, y }, part.size, spot);
        taken.push(label);
        layer.append(svg("text", { class: "rk-label rk-followed", x: label.x + 2, y: label.y + 0.98 * space.font }, text));
      });
    },
    /** A marked point with a name beside it. */
    point(place, look, name) { this.points([{ place, look, name }]); },
    /** A line through places; where alignment is null it breaks off. */
    trail(places, colour, arrow = false) {
      const d = lineThrough(places.map((place) => place[1] !== null && at(place)));
      const line = svg("path", { class: "rk-trail rk-followed", d });
      line.style.setProperty("--rk-agent", colour);
      if (arrow) line.classList.add("rk-dashed");
      layer.append(line);
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
