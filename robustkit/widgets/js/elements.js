// Elements, markers and shapes. Data reaches the page as text nodes and attributes
// only, so a name can never become markup.

const maker = (create) => (tag, attributes = {}, ...children) => {
  const node = create(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
};
export const html = maker((tag) => document.createElement(tag));
export const svg = maker((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
export const set = (node, attributes) =>
  Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
export const nameOf = (agent) => html("bdi", { class: "rk-name", title: agent.name }, agent.name);

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
export const markerPath = (agent) => svg("path", {
  class: "rk-marker", d: MARKERS[agent.marker] ?? DISC, fill: agent.colour,
});
export const icon = (drawn, reach = 1.6) => svg("svg", {
  class: "rk-icon", viewBox: `${-reach} ${-reach} ${2 * reach} ${2 * reach}`, "aria-hidden": "true",
}, drawn);

/** An icon from -1 to 1, of parts [fill, path]: its rim behind, then its areas. */
export function glyph(parts, colour) {
  const node = svg("g", { class: "rk-glyph" },
    svg("path", { class: "rk-rim", d: parts.map(([, d]) => d).join("") }),
    ...parts.map(([fill, d]) => svg("path", { class: `rk-fill-${fill}`, d })));
  node.style.setProperty("--rk-own", colour);
  return node;
}

/** A mark of their own for the names and labels of one view. */
export const fresh = () => `rk${Math.random().toString(36).slice(2)}`;

/** The one live region of a widget. */
export const makeStatus = () => html("p", { class: "rk-readout", role: "status", "aria-live": "polite" });

/** Set a trait, for the kernel too; without one the page goes on alone. */
export function keep(model, trait, value) {
  model.set(trait, value);
  save(model);
}
export function save(model) {
  try { model.save_changes(); } catch { /* there is no kernel */ }
}

/** Call `act` when one of the traits changes; returns what ends that. */
export function listen(model, traits, act) {
  traits.forEach((trait) => model.on(`change:${trait}`, act));
  return () => traits.forEach((trait) => model.off(`change:${trait}`, act));
}

/** A path through places, null where it breaks off. */
export const lineThrough = (places) =>
  places.map((at, i) => (at ? `${places[i - 1] ? "L" : "M"}${at.join(" ")}` : "")).join("");

/** Keep keys from the notebook, which would edit cells; let its chords and Tab through. */
export function keepKeys(event) {
  const leaving = ["Escape", "Tab"].includes(event.key) || (event.shiftKey && event.key === "Enter");
  if (!leaving && !event.ctrlKey && !event.metaKey && !event.altKey) event.stopPropagation();
}

/** A text as a sentence, and nothing where there is none, as in a world of one level. */
export const sentence = (text) => text && `${text[0].toUpperCase()}${text.slice(1)}.`;
