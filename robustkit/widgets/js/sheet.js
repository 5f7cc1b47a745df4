// A sheet of questions: rows of choices, and beside each row what was said of it.

import { html, keep, keepKeys, listen, makeStatus } from "./elements.js";
import { hideStill, makeKernel } from "./kernel.js";

const LOOK = "Check my answers";

function render({ model, el }) {
  const columns = model.get("columns"), rows = model.get("rows"), last = columns.length - 1;
  const answers = () => model.get("answers"), has = (row, k) => k === last || k < row.count;
  const kernel = makeKernel(model, () => draw(), ["remarks", "said"]);
  const choose = (row, k, word) => keep(model, "answers",
    { ...answers(), [row.name]: answers()[row.name].map((was, i) => (i === k ? word : was)) });
  const parts = rows.map((row) => {
    const selects = columns.map(({ name, words }, k) => has(row, k) && html("select", {
      "aria-label": `${row.name}, ${name}`, onchange: (event) => choose(row, k, event.target.value),
    }, ...["", ...words].map((word) => html("option", { value: word }, word || "?"))));
    const sign = html("span", { "aria-hidden": "true" }), words = html("td", { colspan: columns.length + 1, class: "rk-remark" });
    return { row, selects, sign, words, remark: html("tr", {}, words), node: html("tr", {},
      html("th", { scope: "row" }, html("bdi", {}, row.name), html("span", { class: "rk-about" }, ` ${row.about} `), sign),
      ...selects.map((select) => html("td", {}, select || "–"))) };
  });
  const look = html("button", { type: "button", onclick: () => {
    if (look.getAttribute("aria-disabled") !== "true") kernel.ask("look");
  } }, LOOK);
  const status = makeStatus();
  const root = html("div", { class: "robustkit robustkit-sheet", onkeydown: keepKeys },
    html("fieldset", { class: "rk-legend" }, html("legend", {}, model.get("title")),
      html("div", { class: "rk-scroll" }, html("table", {},
        html("thead", {}, html("tr", {}, ...["agent", ...columns.map(({ name }) => name)].map((word) => html("th", { scope: "col" }, word)))),
        html("tbody", {}, ...parts.flatMap(({ node, remark }) => [node, remark])))), look, status));
  el.append(hideStill(model), root);
  function draw() {
    parts.forEach(({ row, selects, sign, words, remark }) => {
      const [mark, said] = model.get("remarks")[row.name] ?? ["", ""];
      selects.forEach((select, k) => {
        if (!select) return;
        if (select.value !== answers()[row.name][k]) select.value = answers()[row.name][k];
        select.disabled = kernel.none;
      });
      sign.textContent = mark;
      words.textContent = said;
      remark.hidden = !said;
    });
    look.setAttribute("aria-disabled", kernel.none || kernel.waiting());
    status.textContent = kernel.words() || model.get("said");
  }
  const deaf = listen(model, ["answers", "remarks", "said"], draw);
  draw();
  return () => {
    kernel.stop();
    deaf();
    root.remove();
  };
}

export default { render };
