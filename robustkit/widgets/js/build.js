// A level editor: lay walls and things, and see at once what each agent would do.

import { html, icon, glyph, fresh, keep, keepKeys, listen, makeStatus, nameOf, save } from "./elements.js";
import { makeKernel, hideStill } from "./kernel.js";
import { keyOf, makePlayer, endInWords } from "./player.js";
import { makeClock } from "./clock.js";
import { makeBoard } from "./board.js";
import { makeUndo } from "./undo.js";
import { makeResults } from "./results.js";
import { fill } from "./words.js";

const TOOL_KEYS = "1234567890abcdefghijklmnopqrstuvwxyz";
const EMPTY = { cells: [0], events: [], end: "time", arrows: "" };
const LAID = { wall: "1", floor: "0", lava: "2" };
const PARTS = ["walls", "start", "things"];

/** A radio button for each tool, with the key that chooses it: {node, now, choose}. */
function makeTools(world, disabled) {
  const id = fresh();
  const tools = [["wall", "Wall"], ["floor", "Floor"], ...(world.lava ? [["lava", "Lava"]] : []), ["remove", "Remove"], ["start", "Start"],
    ...world.things.map(({ name }) => [name, name])].map(([tool, words], i) => {
    const input = html("input", { type: "radio", name: id, value: tool });
    const thing = world.things.find(({ name }) => name === tool);
    const mark = thing ? [icon(glyph(thing.icon, thing.colour), 1.1)] : [];
    input.disabled = disabled;
    return { tool, input, node: html("label", {}, input, ...mark, html("bdi", {}, [TOOL_KEYS[i], words].filter(Boolean).join(" "))) };
  });
  tools[0].input.checked = true;
  const more = tools.length - 10, keys = more < 0 ? `1 to ${tools.length}` : more ? `1 to 9, 0, a to ${TOOL_KEYS[tools.length - 1] ?? "z"}` : "1 to 9 and 0";
  const node = html("fieldset", { class: "rk-legend" }, html("legend", {}, `Place (keys ${keys} on the board), or drag`),
    html("div", { class: "rk-chips" }, ...tools.map((tool) => tool.node)));
  return {
    node, now: () => tools.find(({ input }) => input.checked).tool,
    choose(key) {
      const tool = tools[TOOL_KEYS.indexOf(key.toLowerCase())];
      if (key.length === 1 && tool) tool.input.checked = true;
      return key.length === 1 && Boolean(tool);
    },
  };
}

function render({ model, el }) {
  const { world, first, words } = model.get("data");
  const kernel = makeKernel(model, () => said(), ["outcome"]);
  const tools = makeTools(world, kernel.none), results = makeResults(world), status = makeStatus();
  const players = [makePlayer(world), makePlayer(world)];
  const captions = players.map(() => html("p", { class: "rk-walks" }));
  const clock = makeClock((step) => players.forEach((player) => player.show(step)), (on) => players.forEach((player) => player.moving(on)));
  let carried = {}, told = ""; // what is shown elsewhere than it lies; what was just refused, and why

  const now = () => Object.fromEntries(PARTS.map((part) => [part, model.get(part)]));
  function lay(state) {
    PARTS.forEach((part) => model.set(part, state[part]));
    save(model);
    told = "";
    if (!kernel.waiting()) kernel.ask("here");
    draw();
  }
  const undo = makeUndo(now, lay, first, kernel.none);
  let before = null; // the state before a stroke, which is undone as one
  function edit(change, on = false) {
    const state = now(), next = { ...state, ...change };
    if (JSON.stringify(next) === JSON.stringify(state)) return;
    if (!on || before === null) undo.mark(state);
    before = state;
    lay(next);
  }
  const what = (cell) => {
    const { things, start } = now(), tool = tools.now();
    const names = world.things.map(({ name }) => name).filter((name) => things[name] === cell);
    const all = [...names.map((name) => `thing ${name}`), ...(start === cell ? ["start"] : [])];
    return all.sort((a, b) => (b === tool || b === `thing ${tool}`) - (a === tool || a === `thing ${tool}`));
  };
  const edge = (cell) => [0, world.width - 1].includes(cell % world.width) || [0, world.height - 1].includes(Math.floor(cell / world.width));
  const marked = (walls, cell, mark) => walls.slice(0, cell) + mark + walls.slice(cell + 1);
  const refuse = (sentence, more) => { told = fill(words[sentence], more); draw(); };
  /** What is moved, in walls, start and things; where it goes there is floor. */
  function moved(name, cell) {
    const { walls, things } = now(), floor = walls[cell] === "0" ? walls : marked(walls, cell, "0");
    return name === "start" ? { walls: floor, start: cell } : { walls: floor, things: { ...things, [name.slice(6)]: cell } };
  }
  function place(cell, on) {
    const tool = tools.now(), { walls, things, start } = now(), here = what(cell);
    if (kernel.none) return;
    if (!on) before = null;
    if (edge(cell)) refuse("border");
    else if (tool === "remove") {
      if (!here.some((name) => name !== "start")) { if (!on) refuse("nothing"); return; }
      edit({ things: Object.fromEntries(Object.entries(things).map(([name, c]) => [name, c === cell ? -1 : c])) }, on);
    } else if (!(tool in LAID)) edit(moved(tool === "start" ? tool : `thing ${tool}`, cell), on);
    else if (tool !== "floor" && here.length) refuse(start === cell ? "begin" : "taken", { tool, what: here[0].replace("thing ", "") });
    else edit({ walls: marked(walls, cell, LAID[tool]) }, on);
  }
  function carry(name, cell) {
    carried = kernel.none || edge(cell) ? {} : moved(name, cell);
    draw();
  }
  function drop(name, cell) {
    [carried, before] = [{}, null];
    if (cell === null || kernel.none) draw();
    else if (edge(cell)) refuse("border");
    else edit(moved(name, cell));
  }
  function cellInWords(row, column, cell) {
    const there = [["floor", "wall", "lava"][model.get("walls")[cell]], ...what(cell).map((name) => name.replace("thing ", ""))];
    return `Row ${row}, column ${column}: ${there.join(", ")}. Arrow keys move, Enter or space places.`;
  }
  const board = makeBoard(world, players.map(({ node }) => node), { what, words: cellInWords, place, carry, drop, key: tools.choose });
  const choice = (label, trait, none) => {
    const node = html("select", { onchange: () => keep(model, trait, Number(node.value)) });
    return { trait, node, none, label: html("label", { class: "rk-choice" }, label, node) };
  };
  const choices = [choice("Agent: ", "agent", []), choice("Beside it: ", "rival", [html("option", { value: -1 }, "nobody")])];
  const sides = players.map((player, k) => html("div", {}, captions[k], player.node));
  const root = html("div", { class: "robustkit robustkit-build", onkeydown: (event) => { undo.keys(event); keepKeys(event); } },
    html("p", { class: "rk-head" }, html("strong", {}, `A level of ${world.name}`)), tools.node,
    html("div", { class: "rk-rooms rk-build-rooms" },
      html("div", {}, undo.node, html("div", { class: "rk-boards" }, ...sides), clock.node,
        html("div", { class: "rk-row rk-choices" }, ...choices.map(({ label }) => label)), keyOf(world)),
      html("div", {}, status, results.node)));
  el.append(hideStill(model), root);

  function said() { status.textContent = kernel.words() || told || model.get("outcome").words; }
  function draw() {
    const outcome = model.get("outcome"), { agents } = outcome, state = { ...now(), ...carried };
    const held = Object.keys(carried).length > 0, most = agents.length - 1;
    const cast = [agents[Math.min(model.get("agent"), most)], agents[Math.min(model.get("rival"), most)]];
    sides[1].hidden = !cast[1];
    root.classList.toggle("rk-two", Boolean(cast[1]));
    choices.forEach(({ node, trait, none }) => {
      node.replaceChildren(...none, ...agents.map(({ name }, i) => html("option", { value: i }, name)));
      node.value = Math.min(model.get(trait), most);
    });
    const episodes = cast.map((agent) => (agent && !outcome.stale && !held ? agent.episode : { ...EMPTY, cells: [state.start] }));
    players.forEach((player, k) => {
      player.load(state, episodes[k], cast[k]?.colour ?? "#7A7A7A", cast[k] ? `${cast[k].name} in this level` : "");
      captions[k].replaceChildren(...(cast[k] ? [nameOf(cast[k])] : []));
    });
    clock.reset(Math.max(...episodes.map(({ cells }) => cells.length)) - 1);
    said();
    results.show(outcome, endInWords);
    undo.show();
    board.show();
  }
  let frame = 0;
  const soon = () => { frame ||= requestAnimationFrame(() => { frame = 0; draw(); }); };
  const deaf = listen(model, ["outcome", ...PARTS, "agent", "rival"], soon);
  draw();
  return () => {
    clock.stop();
    kernel.stop();
    cancelAnimationFrame(frame);
    deaf();
    root.remove();
  };
}

export default { render };
