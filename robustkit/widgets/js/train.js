// Training as it happens: press Train, watch the levels, the point on the plane and the curve.

import { html, keep, keepKeys, listen, makeStatus } from "./elements.js";
import { makeKernel, hideStill } from "./kernel.js";
import { makeBackdrop } from "./backdrop.js";
import { makeClock } from "./clock.js";
import { keyOf } from "./player.js";
import { makeCurve, makeScenes } from "./stages.js";

const NOBODY = { name: "", colour: "#7A7A7A", marker: "circle" };
const placeOf = (stage) => [stage[3], stage[4]];

/** What to train, as controls: {node, show}. */
function makeChoices(model) {
  const label = (words, trait, input) => ({ input, trait, node: html("label", { class: "rk-choice" }, words, input) });
  const choice = (words, trait, options) => {
    const select = html("select", { onchange: () => keep(model, trait, select.value) },
      ...options.map((name) => html("option", { value: name }, name)));
    return label(words, trait, select);
  };
  const number = (words, trait, limits) => {
    const input = html("input", { type: "number", ...limits, onchange: () => keep(model, trait, Number(input.value)) });
    return label(words, trait, input);
  };
  const choices = [
    choice("World: ", "world", model.get("worlds")), choice("Recipe: ", "recipe", model.get("recipes")),
    number("Seed: ", "seed", { min: 0, step: 1 }),
    number("Share of training levels that tell the objectives apart: ", "diversity", { min: 0, max: 1, step: 0.01 }),
  ];
  const show = (busy) => choices.forEach(({ input, trait }) => { input.value = model.get(trait); input.disabled = busy; });
  return { node: html("div", { class: "rk-row rk-choices" }, ...choices.map((c) => c.node)), show };
}

function render({ model, el }) {
  const signs = ["stages", "total", "state", "past", "message"];
  const kernel = makeKernel(model, () => draw(), signs);
  const button = (words, ask) => html("button", { type: "button", onclick: () => kernel.ask(ask) }, words);
  const train = button("Train", "train"), stop = button("Stop", "stop"), resume = button("Resume", "resume");
  const choices = makeChoices(model), status = makeStatus(), scenes = makeScenes(), curve = makeCurve(() => paint());
  const box = html("div", { class: "rk-backdrop" }), key = html("div");
  const backdrop = makeBackdrop(box, "Plane of capability and alignment under the shift, and the agent's way through it while it learns.", () => paint());
  const beside = html("select", { onchange: () => keep(model, "beside", Number(beside.value)) });
  const stageInWords = (now) => {
    const stage = model.get("stages")[now];
    return stage ? `step ${stage[0]} of ${model.get("total")}` : "no stage yet";
  };
  const clock = makeClock((stage) => { at = stage; paint(); }, () => {}, "Stage of training", stageInWords);
  let at = 0, count = 0, world;
  const root = html("div", { class: "robustkit robustkit-live", onkeydown: keepKeys },
    html("p", { class: "rk-head" }, html("strong", {}, "Training, live"), " · from the base objective alone"),
    choices.node, html("div", { class: "rk-row rk-choices" }, train, stop, resume, html("label", { class: "rk-choice" }, "Compare with: ", beside)), status,
    html("div", { class: "rk-rooms rk-live-rooms" },
      html("div", {}, box, clock.node),
      html("div", {}, scenes.node, key, curve.node)));
  el.append(hideStill(model), root);

  /** The runs that ended before the present one. */
  const earlier = () => (model.get("state") === "done" ? model.get("past").slice(0, -1) : model.get("past"));
  /** Draw a stage of the present run, among those before it. */
  function paint() {
    const stages = model.get("stages"), before = earlier(), other = before[model.get("beside")];
    const present = { ...NOBODY, ...model.get("look"), stages, total: model.get("total") };
    const titles = model.get("scenes").map(({ title }) => title);
    scenes.draw(model.get("where"), model.get("scenes"), model.get("episodes")[at], present);
    curve.draw([present, ...(other ? [other] : [])], at, titles);
    if (!backdrop.ready()) return;
    backdrop.clear();
    before.forEach((run) => backdrop.trail(run.stages.map(placeOf), run.colour, false, run === other ? "rk-beside" : "rk-faint"));
    if (at + 1 < stages.length) backdrop.trail(stages.slice(at).map(placeOf), present.colour, false, "rk-faint");
    backdrop.trail(stages.slice(0, at + 1).map(placeOf), present.colour);
    const ends = before.map((run) => ({ place: placeOf(run.stages.at(-1)), look: run, name: run.name, reach: run === other ? 8 : 3 }));
    const here = stages[at] ? [{ place: placeOf(stages[at]), look: present, name: present.name, reach: 8 }] : [];
    backdrop.points([...here, ...ends.sort((a, b) => b.reach - a.reach)]);
  }
  function draw() {
    const [stages, state] = ["stages", "state"].map((trait) => model.get(trait)), before = earlier();
    kernel.expect(state === "running");
    const busy = kernel.none || kernel.waiting() || (state === "running" && !kernel.silent());
    choices.show(busy);
    train.disabled = busy;
    stop.disabled = kernel.none || kernel.waiting() || state !== "running";
    resume.disabled = kernel.none || kernel.waiting() || state !== "stopped";
    status.textContent = kernel.words() || model.get("message");
    beside.replaceChildren(html("option", { value: -1 }, "nobody"), ...before.map(({ name }, i) => html("option", { value: i }, name)));
    beside.value = before[model.get("beside")] ? model.get("beside") : -1;
    if (world !== model.get("where")) {
      world = model.get("where");
      key.replaceChildren(keyOf(world));
    }
    if (stages.length < count) clock.reset(0);
    if (stages.length === count) paint();
    else clock.grow(Math.max(0, stages.length - 1));
    count = stages.length;
  }
  const traits = [...signs, "world", "recipe", "seed", "diversity", "where", "scenes", "episodes", "look", "beside"];
  let frame = 0;
  const soon = () => { frame ||= requestAnimationFrame(() => { frame = 0; draw(); }); };
  const deaf = listen(model, traits, soon);
  draw();
  clock.reset(Math.max(0, count - 1), Math.max(0, count - 1));
  return () => {
    clock.stop();
    kernel.stop();
    backdrop.stop();
    curve.stop();
    cancelAnimationFrame(frame);
    deaf();
    root.remove();
  };
}

export default { render };
