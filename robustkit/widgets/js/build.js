// A level editor: lay walls and things, and see at once what each agent would do.

import { html, svg, icon, glyph, fresh, keep, keepKeys, listen, makeStatus, nameOf } from "./elements.js";
import { makeKernel, hideStill } from "./kernel.js";
import { keyOf, makePlayer, endInWords } from "./player.js";
import { makeClock } from "./clock.js";

const CELL_SIZE = 20;
const MOVE_KEYS = { ArrowRight: [1, 0], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowUp: [0, -1] };
const EMPTY = { cells: [0], events: [], end: "time", arrows: "" };

function render({ model, el }) {
  const id = fresh();
  const world = model.get("data").world;
  const kernel = makeKernel(model, () => said(), ["outcome"]);
  const put = (trait, value) => {
    keep(model, trait, value);
    if (!kernel.waiting()) kernel.ask("here");
  };
  const player = makePlayer(world);
  const cursor = svg("rect", { class: "rk-cursor", width: CELL_SIZE, height: CELL_SIZE });
  const board = player.node;
  board.append(cursor);
  const clock = makeClock(player.show, player.moving);
  const tools = [["wall", "Wall"], ["floor", "Floor"], ...(world.lava ? [["lava", "Lava"]] : []), ["remove", "Remove"], ["start", "Start"],
    ...world.things.map(({ name }) => [name, name])].map(([tool, words], i) => {
    const input = html("input", { type: "radio", name: `${id}-tool`, value: tool });
    const thing = world.things.find(({ name }) => name === tool);
    const mark = thing ? [icon(glyph(thing.icon, thing.colour), 1.1)] : [];
    return { tool, input, node: html("label", {}, input, ...mark, html("bdi", {}, `${i < 9 ? `${i + 1} ` : ""}${words}`)) };
  });
  tools[0].input.checked = true;
  tools.forEach(({ input }) => { input.disabled = kernel.none; });
  const follow = html("select", { onchange: () => keep(model, "agent", Number(follow.value)) });
  const problems = html("ul", { class: "rk-problems" });
  const status = makeStatus();
  const results = html("tbody");
  const code = html("textarea", { readonly: "", rows: 6, "aria-label": "This level as code" });
  const root = html("div", { class: "robustkit robustkit-build", onkeydown: keepKeys },
    html("p", { class: "rk-head" }, html("strong", {}, `A level of ${world.name}`)),
    html("fieldset", { class: "rk-legend" }, html("legend", {}, "Place (number keys choose)"),
      html("div", { class: "rk-chips" }, ...tools.map((tool) => tool.node))),
    html("div", { class: "rk-rooms rk-log-rooms" },
      html("div", { class: "rk-level-view" }, board, clock.node,
        html("label", { class: "rk-choice" }, "Agent: ", follow), keyOf(world)),
      html("div", {}, status, problems,
        html("div", { class: "rk-scroll", tabindex: 0, role: "group", "aria-label": "What each agent does" },
          html("table", {}, html("thead", {}, html("tr", {}, ...["agent", "ends", "paid"].map((word) =>
            html("th", { scope: "col" }, word)))), results)),
        html("details", { class: "rk-table" }, html("summary", {}, "As code"), code))));
  board.setAttribute("tabindex", 0);
  board.setAttribute("role", "application");
  board.setAttribute("aria-roledescription", "level editor");
  el.append(hideStill(model), root);
  let at = [1, 1], drawing = false, last = -1;

  const cellOf = ([x, y]) => y * world.width + x;
  const inside = ([x, y]) => x > 0 && y > 0 && x < world.width - 1 && y < world.height - 1;
  function place(where) {
    const tool = tools.find(({ input }) => input.checked).tool, cell = cellOf(where);
    const walls = model.get("walls");
    const lay = (mark) => put("walls", walls.slice(0, cell) + mark + walls.slice(cell + 1));
    if (kernel.none) return;
    if (!inside(where)) { status.textContent = "The border stays wall, so that nobody can leave."; return; }
    if (tool === "wall") lay("1");
    else if (tool === "floor") lay("0");
    else if (tool === "lava") lay("2");
    else if (tool === "start") put("start", cell);
    else if (tool === "remove") {
      const left = Object.entries(model.get("things")).map(([name, c]) => [name, c === cell ? -1 : c]);
      put("things", Object.fromEntries(left));
    }
    else put("things", { ...model.get("things"), [tool]: cell });
  }
  function show([x, y]) {
    at = [x, y];
    cursor.setAttribute("x", x * CELL_SIZE);
    cursor.setAttribute("y", y * CELL_SIZE);
    const cell = cellOf(at);
    const things = Object.entries(model.get("things")).filter(([, c]) => c === cell).map(([name]) => name);
    const what = ["floor", "wall", "lava"][model.get("walls")[cell]];
    board.setAttribute("aria-label", `Row ${y}, column ${x}: ${[what, ...things, ...(model.get("start") === cell ? ["start"] : [])].join(", ")}. ` +
      "Arrow keys move, Enter or space places.");
  }
  board.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = MOVE_KEYS[event.key];
    if (step) show([Math.min(world.width - 1, Math.max(0, at[0] + step[0])), Math.min(world.height - 1, Math.max(0, at[1] + step[1]))]);
    else if (event.key === "Enter" || event.key === " ") place(at);
    else if (/^[1-9]$/.test(event.key) && tools[event.key - 1]) tools[event.key - 1].input.checked = true;
    else return;
    event.preventDefault();
  });
  const under = (event) => {
    const rect = board.getBoundingClientRect();
    return [Math.floor(((event.clientX - rect.left) / rect.width) * world.width), Math.floor(((event.clientY - rect.top) / rect.height) * world.height)];
  };
  const paint = (event) => {
    const where = under(event), cell = cellOf(where);
    if (!drawing || cell === last || where[0] < 0 || where[1] < 0 || where[0] >= world.width || where[1] >= world.height) return;
    last = cell;
    show(where);
    place(where);
  };
  board.addEventListener("pointerdown", (event) => { drawing = true; last = -1; paint(event); });
  board.addEventListener("pointermove", paint);
  addEventListener("pointerup", lift);
  function lift() { drawing = false; }

  function said() { status.textContent = kernel.words() || model.get("outcome").words; }
  function draw() {
    const { agents, problems: wrong, code: text } = model.get("outcome");
    const agent = Math.min(model.get("agent"), Math.max(agents.length - 1, 0));
    follow.replaceChildren(...agents.map(({ name }, i) => html("option", { value: i }, name)));
    follow.value = agent;
    const shown = agents[agent];
    const episode = shown?.episode ?? { ...EMPTY, cells: [model.get("start")] };
    const stratum = { walls: model.get("walls"), things: model.get("things"), start: model.get("start") };
    player.load(stratum, episode, shown?.colour ?? "#7A7A7A", "");
    clock.reset(episode.cells.length - 1);
    said();
    problems.replaceChildren(...wrong.map((problem) => html("li", {}, problem)));
    results.replaceChildren(...agents.map((each) => html("tr", {}, html("th", { scope: "row" }, nameOf(each)),
      html("td", {}, each.episode ? endInWords(each.episode, world) : "–"), html("td", {}, each.paid))));
    code.value = text;
    show(at);
  }
  const traits = ["outcome", "walls", "things", "start", "agent"];
  let frame = 0;
  const soon = () => { frame ||= requestAnimationFrame(() => { frame = 0; draw(); }); };
  const deaf = listen(model, traits, soon);
  draw();
  return () => {
    clock.stop();
    kernel.stop();
    cancelAnimationFrame(frame);
    removeEventListener("pointerup", lift);
    deaf();
    root.remove();
  };
}

export default { render };
