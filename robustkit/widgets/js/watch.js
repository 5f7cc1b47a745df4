// One episode retold: what the agent saw, did, and was paid for each objective.

import { html, keep, keepKeys, makeStatus, nameOf } from "./elements.js";
import { hideStill } from "./kernel.js";
import { two } from "./readings.js";
import { makeClock } from "./clock.js";
import { arrowless, endInWords, keyOf, makePlayer } from "./player.js";

const MOVE_WORDS = ["right", "down", "left", "up"];
const likely = (chance) => (chance === null ? "" : ` (${Math.round(100 * chance)}%)`); // null: nobody knows

/** What each step was paid and what that makes so far, objective by objective. */
function paidSoFar(steps, objectives) {
  const sums = objectives.map(() => 0);
  return steps.map(({ paid }) => paid.map((now, g) => [now, (sums[g] += now)]));
}

/** A table with a row for each step; `show(step)` marks one. Payments come first, before what may be long. */
function makeLog(data) {
  const { objectives, moves = MOVE_WORDS, moves: own } = data.world;
  const known = data.steps.some(({ chance }) => chance !== null), earned = paidSoFar(data.steps, objectives);
  const rows = data.steps.map((step, i) => html("tr", {}, html("th", { scope: "row" }, i + 1),
    ...earned[i].map(([now, sum]) => html("td", { class: now ? "rk-paid rk-earned" : "rk-paid" },
      two(now), " ", html("span", { class: "rk-small" }, `(${two(sum)})`))),
    html("td", {}, `${moves[step.move]}${likely(step.chance)}`, ...(step.events.length ? [": ", html("strong", {}, step.events.join(" and "))] : [])),
    html("td", {}, step.seen)));
  const head = (words, more = { rowspan: 2 }) => html("th", { scope: "col", ...more }, words);
  const heads = html("thead", {},
    html("tr", {}, head("step"), head("paid (so far)", { colspan: objectives.length, scope: "colgroup" }),
      head(`did${known ? " (how likely)" : ""}: event`), head(own ? "where" : "saw")),
    html("tr", {}, ...objectives.map((name) => head(html("bdi", {}, name), {}))));
  const log = html("div", { class: "rk-scroll rk-log", tabindex: 0, role: "group", "aria-label": "Steps" },
    html("table", {}, heads, html("tbody", {}, ...rows)));
  const node = html("details", { class: "rk-table", open: "" }, html("summary", {}, "Step by step"), log);
  const show = (step) => {
    rows.forEach((row, i) => {
      row.classList.toggle("rk-now", i === step - 1);
      if (i === step - 1) row.setAttribute("aria-current", "step");
      else row.removeAttribute("aria-current");
    });
    const { offsetTop: top, offsetHeight: tall } = rows[step - 1] ?? rows[0] ?? log; // keep it in sight, and the page where it is
    log.scrollTop = Math.max(top + tall + 2 - log.clientHeight, Math.min(log.scrollTop, top - heads.offsetHeight));
  };
  return { node, show };
}

function makeWatch(model, data) {
  const player = makePlayer(data.world), log = makeLog(data);
  const status = makeStatus();
  const { objectives, moves } = data.world, sums = paidSoFar(data.steps, objectives);
  const said = (step) => {
    const earned = objectives.map((name, g) => `${name} ${two(sums[step - 1]?.[g][1] ?? 0)}`).join(", ");
    const last = data.steps[step - 1];
    const did = last ? `Step ${step}: ${moves ? `does "${moves[last.move]}"` : `goes ${MOVE_WORDS[last.move]}`}` +
      `${last.events.length ? `${moves ? ";" : " and reaches"} ${last.events.join(" and ")}` : ""}. ` : "Before the first step. ";
    return `${did}Paid so far: ${earned}.`;
  };
  const [episode] = data.stratum.episodes, end = endInWords(episode, data.world), ends = html("span");
  const clock = makeClock((step) => {
    player.show(step);
    log.show(step);
    status.textContent = said(step);
    ends.textContent = step === data.steps.length ? ` It ${end}.` : ""; // not before it is played
    if (model.get("step") !== step) keep(model, "step", step);
  }, player.moving);
  const begin = Math.min(Math.max(0, Math.trunc(model.get("step")) || 0), data.steps.length);
  player.load(data.stratum, episode, data.agent.colour, data.title);
  clock.reset(data.steps.length, begin);
  const node = html("div", { class: "rk-rooms rk-log-rooms" },
    html("div", { class: "rk-level-view" }, player.node, clock.node,
      html("p", { class: "rk-caption" }, nameOf(data.agent), `${data.place && `: ${data.place}`}.`, ends, arrowless(episode, data.world)), keyOf(data.world)),
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
