// What becomes of a level that is being built: a challenge, and a table of who earns what.

import { html, nameOf } from "./elements.js";

/** What there is to say of an outcome: {node, show}. */
export function makeResults(world) {
  const problems = html("ul", { class: "rk-problems" }), rows = html("tbody");
  const asked = html("p", { class: "rk-asked" }), rule = html("p", { class: "rk-rule" }), parts = html("ul", { class: "rk-tests" });
  const code = html("textarea", { readonly: "", rows: 6, "aria-label": "This level as code" });
  const head = (words, more = { rowspan: 2 }) => html("th", { scope: "col", ...more }, words);
  const { objectives } = world;
  const table = html("table", {}, html("thead", {},
    html("tr", {}, head("agent"), head("paid", { colspan: objectives.length, scope: "colgroup" }), head("ends")),
    html("tr", {}, ...objectives.map((name) => head(html("bdi", {}, name), {})))), rows);
  const last = html("div", { class: "rk-last" }, parts,
    html("div", { class: "rk-scroll", tabindex: 0, role: "group", "aria-label": "What each agent does" }, table));
  const node = html("div", { class: "rk-results" }, problems, asked, rule, last,
    html("details", { class: "rk-table" }, html("summary", {}, "As code"), code));

  function show({ agents, problems: wrong, challenge, stale, code: text }, endInWords) {
    last.classList.toggle("rk-stale", stale);
    problems.replaceChildren(...wrong.map((problem) => html("li", {}, problem)));
    [asked, rule, parts].forEach((part) => { part.hidden = !challenge; });
    asked.textContent = challenge?.words ?? "";
    rule.textContent = challenge?.rule ?? "";
    parts.replaceChildren(...(challenge?.parts ?? []).map(({ words, met }) =>
      html("li", { class: met ? "rk-met" : "" }, html("span", { role: "img", "aria-label": met ? "met" : "not yet" }, met ? "✓" : "○"), ` ${words}`)));
    rows.replaceChildren(...agents.map((agent) => html("tr", {}, html("th", { scope: "row" }, nameOf(agent)),
      ...agent.paid.map((paid) => html("td", {}, paid)), html("td", {}, endInWords(agent.episode, world).replace(/^ends /, "")))));
    code.value = text;
  }
  return { node, show };
}
