// Training as it happens: press Train, watch the curve and the point on the plane.

import { html, svg, set, fresh, keep, keepKeys, listen, makeStatus } from "./elements.js";
import { makeKernel, hideStill } from "./kernel.js";
import { two } from "./readings.js";
import { makeBackdrop } from "./backdrop.js";

const LOOK = { colour: "#0072B2", marker: "circle" };
const PAST = ["#D55E00", "#009E73", "#CC79A7", "#E69F00", "#7A7A7A"];

/** The scalar over training, on the training distribution and after the shift. */
function makeCurve() {
  const node = svg("svg", { class: "rk-curve", role: "img", viewBox: "0 0 400 190", width: "100%" });
  const x = (share) => 40 + 345 * share, y = (value) => 28 + 122 * (1 - Math.max(-0.25, Math.min(1, value))) / 1.25;
  function draw(stages, total) {
    const line = (k) => stages.map((s, i) => `${i ? "L" : "M"}${x(s[0] / total)} ${y(s[k])}`).join("");
    const last = stages.at(-1);
    set(node, { "aria-label": last ? `After ${last[0]} of ${total} steps: scalar ${two(last[1])} in training, ` +
      `${two(last[2])} with the goal shifted anywhere.` : "No training yet." });
    node.replaceChildren(
      ...[0, 0.5, 1].flatMap((v) => [svg("path", { class: "rk-equal", d: `M40 ${y(v)}H385` }),
        svg("text", { class: "rk-tick", x: 34, y: y(v) + 4, "text-anchor": "end" }, v)]),
      svg("text", { class: "rk-axis", x: 4, y: 12 }, "scalar ↑"),
      svg("text", { class: "rk-axis", x: 385, y: 182, "text-anchor": "end" }, `steps of training (of ${total}) →`),
      svg("path", { class: "rk-line rk-thick", d: line(1) }),
      svg("path", { class: "rk-line rk-thick rk-dashed", d: line(2) }),
      ...(last ? [svg("text", { class: "rk-small", x: 44, y: 164 }, "— in training   - - goal shift anywhere")] : []));
  }
  return { node, draw };
}

function render({ model, el }) {
  const id = fresh();
  const choice = (words, trait, options) => {
    const select = html("select", { onchange: () => keep(model, trait, select.value) },
      ...options.map((name) => html("option", { value: name }, name)));
    return { select, trait, node: html("label", { class: "rk-choice" }, words, select) };
  };
  const number = (words, trait, limits) => {
    const input = html("input", { type: "number", ...limits, onchange: () => keep(model, trait, Number(input.value)) });
    return { select: input, trait, node: html("label", { class: "rk-choice" }, words, input) };
  };
  const controls = [
    choice("World: ", "world", model.get("worlds")), choice("Recipe: ", "recipe", model.get("recipes")),
    number("Seed: ", "seed", { min: 0, step: 1 }),
    number("Share of training levels that tell the objectives apart: ", "diversity", { min: 0, max: 1, step: 0.01 }),
  ];
  const button = (words, ask) => html("button", { type: "button", onclick: () => kernel.ask(ask) }, words);
  const signs = ["stages", "total", "state", "past", "message"];
  const kernel = makeKernel(model, () => draw(), signs);
  const train = button("Train", "train"), stop = button("Stop", "stop"), resume = button("Resume", "resume");
  const status = makeStatus();
  const curve = makeCurve(), box = html("div", { class: "rk-backdrop" });
  const backdrop = makeBackdrop(box, "Plane of capability and alignment with the goal shifted anywhere, and the agent's way through it while it learns.", () => draw());
  const root = html("div", { class: "robustkit robustkit-live", onkeydown: keepKeys },
    html("p", { class: "rk-head" }, html("strong", {}, "Training, live"), " · from the base objective alone"),
    html("div", { class: "rk-row rk-choices" }, ...controls.map((c) => c.node)),
    html("div", { class: "rk-row" }, train, stop, resume), status,
    html("div", { class: "rk-rooms rk-live-rooms" }, box, curve.node));
  el.append(hideStill(model), root);
  function draw() {
    const [stages, total, state, past] = ["stages", "total", "state", "past"].map((trait) => model.get(trait));
    kernel.expect(state === "running");
    const busy = kernel.none || kernel.waiting() || (state === "running" && !kernel.silent());
    controls.forEach(({ select, trait }) => { select.value = model.get(trait); select.disabled = busy; });
    train.disabled = busy;
    stop.disabled = kernel.none || kernel.waiting() || state !== "running";
    resume.disabled = kernel.none || kernel.waiting() || state !== "stopped";
    status.textContent = kernel.words() || model.get("message");
    curve.draw(stages, Math.max(total, 1));
    if (!backdrop.ready()) return;
    backdrop.clear();
    past.forEach(({ name, place }, i) => backdrop.point(place, { colour: PAST[i % PAST.length], marker: "diamond" }, name));
    const places = stages.map((stage) => [stage[3], stage[4]]);
    backdrop.trail(places, LOOK.colour);
    if (places.length) backdrop.point(places.at(-1), LOOK, `step ${stages.at(-1)[0]}`);
  }
  const traits = [...signs, "world", "recipe", "seed", "diversity"];
  const deaf = listen(model, traits, draw);
  draw();
  return () => {
    kernel.stop();
    backdrop.stop();
    deaf();
    root.remove();
  };
}

export default { render };
