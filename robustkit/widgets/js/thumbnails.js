// All levels as small pictures, each a button and marked with how the episode of the agent
// that is followed ends there. One is drawn anew only when it goes on to another grade.

import { nodeOf } from "./readings.js";
import { html, svg, icon, glyph } from "./elements.js";
import { CELL, levelScene } from "./scene.js";
import { fill } from "./words.js";

const listed = (parts) => (parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`);
const kindOf = ({ name }) => name.replace(/ \d+$/, "");

/** What an episode ends on, or what happens in it and how often: [{ name, count, icon, colour }]. */
function marksOf({ world, ends }, stratum, { cells, events, end }) {
  const last = cells.length - 1, mark = (name, count) => ({ name, count, ...ends.events[name] });
  if (!ends.once) {
    const names = events.map(([, name]) => name);
    return Object.keys(ends.events).filter((name) => names.includes(name))
      .map((name) => mark(name, names.filter((other) => other === name).length));
  }
  if (end === "time") return [];
  const here = world.things.filter(({ name }) => stratum.things[name] === cells[last]);
  if (here.length) return here.map((thing) => ({ ...thing, name: kindOf(thing) }));
  return world.moves ? [{ name: end }] : events.filter(([step]) => step === last).map(([, name]) => mark(name));
}

/** How many levels end on what, or how often everything happens in all of them, in words. */
function inAll({ sentences, once, events }, told, agent) {
  const counts = new Map();
  const add = (key, said, by, place) => counts.set(key, { ...said, place, count: (counts.get(key)?.count ?? 0) + by });
  told.forEach(({ marks }) => {
    if (once) add(endsIn(sentences, marks), { ends: endsIn(sentences, marks), none: !marks.length }, 1);
    else marks.forEach(({ name, count }) => add(name, { name }, count, Object.keys(events).indexOf(name)));
  });
  const order = once ? (a, b) => a.none - b.none || a.ends.localeCompare(b.ends) : (a, b) => a.place - b.place;
  const parts = [...counts.values()].sort(order).map((each) => {
    if (each.none) return fill(sentences.nothing, each);
    return fill(sentences.part, once ? each : { ends: fill(sentences.end, each) });
  });
  return fill(sentences.all, { levels: told.length, agent, parts: listed(parts) || sentences.nothing });
}
const endsIn = (sentences, marks) => listed(marks.map((mark) => fill(sentences.end, mark)));

/** The mark itself: icons, a first letter where there is none, a dash where nothing was reached. */
function badgeOf(marks, once) {
  if (!marks.length) return ["–"];
  return marks.flatMap(({ name, count, icon: parts, colour }) => [
    parts ? icon(glyph(parts, colour), 1.1) : html("b", {}, Array.from(name)[0].toUpperCase()), ...(once ? [] : [`${count}`])]);
}

function makeThumbnail({ world, ends }, number, chosen) {
  const scene = svg("g"), way = svg("path", { class: "rk-walked" }), casing = svg("path", { class: "rk-casing" });
  const mouse = glyph(world.mouse, "var(--rk-agent)");
  const picture = svg("svg", { class: "rk-small-level", viewBox: `0 0 ${world.width * CELL} ${world.height * CELL}`, "aria-hidden": "true" },
    scene, casing, way, mouse);
  const badge = html("span", { class: "rk-end" });
  const node = html("button", { type: "button", class: "rk-thumbnail", onclick: chosen }, picture, badge);
  let centre;
  function scenery(stratum) {
    const drawn = levelScene(world, stratum, { arrows: "" }, { letters: false });
    ({ centre } = drawn);
    picture.classList.toggle("rk-own", Boolean(stratum.pictures?.length));
    scene.replaceChildren(...drawn.nodes.filter((part) => !part.classList.contains("rk-arrows")));
  }
  function episode(stratum, told, { cells }, colour) {
    const line = `M${cells.map((cell) => centre(cell).join(" ")).join("L")}`, [x, y] = centre(cells[0]);
    [way, casing].forEach((path) => path.setAttribute("d", line));
    mouse.style.display = stratum.pictures?.length ? "none" : "";
    mouse.setAttribute("transform", `translate(${x} ${y}) scale(10)`);
    picture.style.setProperty("--rk-agent", colour);
    badge.replaceChildren(html("span", {}, `${number}`), html("span", { class: "rk-reached" }, ...badgeOf(told.marks, ends.once)));
    node.setAttribute("aria-label", told.said);
    node.title = told.said;
  }
  return { node, scenery, episode };
}

export function makeThumbnails(data, model) {
  const { world, levels, agents, ends } = data;
  const parts = levels.map((_, i) => makeThumbnail(data, i + 1, () => model.set("level", i)));
  const words = html("p", { class: "rk-count-of-ends" });
  const node = html("div", { class: "rk-thumbnails", role: "group", "aria-label": "Small pictures (keys n and p)" },
    ...parts.map((part) => part.node), words);
  node.style.setProperty("--rk-ratio", Math.min(Math.sqrt(world.width / world.height), 1.5));
  node.hidden = !levels.length || !agents.length;
  words.hidden = levels.length < 2;
  const shown = levels.map(() => ({}));

  function tell(i, stratum, agent) {
    const episode = stratum.episodes[agent], marks = marksOf(data, stratum, episode);
    const said = fill(ends.sentences[marks.length ? "level" : "neither"],
      { level: i + 1, steps: episode.cells.length - 1, ends: endsIn(ends.sentences, marks) });
    return { marks, said };
  }
  function draw(state) {
    if (node.hidden) return;
    let anew = false;
    levels.forEach(({ u, nodes }, i) => {
      const { node: at } = nodeOf(data.grid, state, u), { agent } = state, was = shown[i], stratum = nodes[at];
      if (was.at !== at) parts[i].scenery(stratum);
      if (was.at !== at || was.agent !== agent) {
        shown[i] = { at, agent, told: tell(i, stratum, agent) };
        parts[i].episode(stratum, shown[i].told, stratum.episodes[agent], agents[agent].colour);
        anew = true;
      }
      parts[i].node.setAttribute("aria-pressed", i === state.level);
    });
    if (anew) words.textContent = inAll(ends, shown.map(({ told }) => told), agents[state.agent].name);
  }
  return { node, draw };
}
