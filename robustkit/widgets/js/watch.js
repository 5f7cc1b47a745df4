// One episode retold: what the agent saw, did, and was paid for each objective.

import { html, keep, keepKeys, makeStatus, nameOf } from "./elements.js";
import { hideStill } from "./kernel.js";
import { two } from "./readings.js";
import { makeClock } from "./clock.js";
import { arrowless, endInWords, keyOf, makePlayer } from "./player.js";

const MOVE_WORDS = ["right", "down", "left", "up"];
const likely = (chance) => (chance === null ? "" : ` (${Math.round(100 * chance)}%)`); // null: nobody knows

/** A table with a row for each step; `show(step)` marks one. */
function makeLog(data) {
  const { objectives, moves = MOVE_WORDS } = data.world;
  const rows = data.steps.map((step, i) => html("tr", {},
    html("th", { scope: "row" }, i + 1), html("td", {}, step.seen),
    html("td", {}, `${moves[step.move]}${likely(step.chance)}`),
    html("td", {}, step.events.join(" and ")),
    ...step.paid.map((paid) => html("td", {}, two(paid)))));
  const head = ["step", data.world.moves ? "where" : "saw", `did${data.steps.some(({ chance }) => chance !== null) ? " (how likely)" : ""}`, "what happened", ...objectives.map((name) => `paid: ${name}`)];
  const node = html("details", { class: "rk-table", open: "" }, html("summary", {}, "Step by step"),
    html("div", { class: `rk-scroll rk-log${data.world.moves ? " rk-own" : ""}`, tabindex: 0, role: "group", "aria-label": "Steps" },
      html("table", {},
        html("thead", {}, html("tr", {}, ...head.map((word) => html("th", { scope: "col" }, word)))),
        html("tbody", {}, ...rows))));
  const show = (step) => rows.forEach((row, i) => {
    row.classList.toggle("rk-now", i === step - 1);
    if (i === step - 1) row.setAttribute("aria-current", "step");
    else row.removeAttribute("aria-current");
  });
  return { node, show };
}

function makeWatch(model, data) {
  const player = makePlayer(data.world), log = makeLog(data);
  const status = makeStatus();
  const said = (step) => {
    const { objectives, moves } = data.world;
    const sums = objectives.map((_, g) =>
      data.steps.slice(0, step).reduce((sum, { paid }) => sum + paid[g], 0));
    const earned = objectives.map((name, g) => `${name} ${two(sums[g])}`).join(", ");
    const last = data.steps[step - 1];
    const did = last ? `Step ${step}: ${moves ? `does "${moves[last.move]}"` : `goes ${MOVE_WORDS[last.move]}`}` +
      `${last.events.length ? `${moves ? ";" : " and reaches"} ${last.events.join(" and ")}` : ""}. ` : "Before the first step. ";
    return `${did}Paid so far: ${earned}.`;
  };
  const clock = makeClock((step) => {
    player.show(step);
    log.show(step);
    status.textContent = said(step);
    if (model.get("step") !== step) keep(model, "step", step);
  }, player.moving);
  const begin = Math.min(Math.max(0, Math.trunc(model.get("step")) || 0), data.steps.length);
  const [episode] = data.stratum.episodes, end = endInWords(episode, data.world);
  player.load(data.stratum, episode, data.agent.colour, `${data.agent.name} ${end}.`);
  clock.reset(data.steps.length, begin);
  const node = html("div", { class: "rk-rooms rk-log-rooms" },
    html("div", { class: "rk-level-view" }, player.node, clock.node,
      html("p", { class: "rk-caption" }, nameOf(data.agent), ` ${end}.${data.place && ` ${data.place}.`}${arrowless(episode, data.world)}`), keyOf(data.world)),
    html("div", {}, status, log.node));
  return { node, stop: clock.stop };
}

function render({ model, el }) {
  const root = html("div", { class: "robustkit robustkit-watch", onkeydown: keepKeys });
  el.append(hideStill(model), root);
  let view;
  function rebuild() {
    view?.stop();
    const data = model.get("data");
    view = makeWatch(model, data);
    root.replaceChildren(html("p", { class: "rk-head" }, html("strong", {}, data.title)), view.node);
  }
  model.on("change:data", rebuild);
  rebuild();
  return () => { view.stop(); model.off("change:data", rebuild); root.remove(); };
}

export default { render };
