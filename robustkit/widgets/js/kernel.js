// Whether the kernel hears. What is asked of it carries a ticket, and Python says at once
// that it has it; where nothing is said the widget says so, and its buttons are free again.

import { html, fresh } from "./elements.js";

const PATIENCE = 4000; // ms until what is asked counts as not heard
const PROBE = 2500; // ms until the kernel itself is asked whether it is free
const PULSE = 2500; // ms between two signs of life of what goes on
const OVER = ["dead", "restarting", "autorestarting", "terminating"];
const GONE = "The kernel does not answer. Run this cell again.";
const BUSY = "The kernel is busy; it will do this when it is free. If it stays busy, restart it and run this cell again.";
const EITHER = "The kernel is busy or gone. If nothing else is running, run this cell again.";
const NONE = "There is no kernel here, which this needs: open the notebook in JupyterLab and run its cells.";

/** The kernel of a widget; `changed()` draws anew, `signs` are traits that only Python sets. */
export function makeKernel(model, changed, signs = []) {
  const id = fresh(), manager = model.widget_manager;
  const none = typeof model.send !== "function" || (manager && "kernel" in manager && !manager.kernel);
  let count = 0, open = "", since = 0, late = false, cut = false, going = false, timer = 0, refused = "", told = "";
  let probed = "", free = 0; // what it was probed for, and when it answered that

  const known = () => manager?.kernel;
  const first = known();
  const parted = () => known()?.id !== first.id || (first.connectionStatus ?? "connected") !== "connected";
  const dead = () => cut || (first && (parted() || OVER.includes(first.status)));
  // Its status does not say whether it is busy: any word with a part of it makes it idle.
  // One that answers this, but not what was asked before it, has forgotten the widget.
  async function probe(ticket) {
    [probed, free] = [ticket, 0];
    try {
      const answer = await first.requestCommInfo({});
      if (answer && open === ticket) free = Date.now();
    } catch { /* then it is dead, or no answer comes */ }
  }
  /** What there is to say of the kernel, "" while all is well. */
  function words() {
    if (none) return NONE;
    if (!late) return refused;
    if (dead() || (probed === open && free && Date.now() - free > 1000)) return GONE;
    return first?.requestCommInfo ? BUSY : EITHER;
  }
  function tell(anyway) {
    const now = words();
    if (now === told && !anyway) return;
    told = now;
    changed();
  }
  function send(what, value) {
    open = `${id}-${count++}`;
    since = Date.now();
    try { model.send({ ask: what, ticket: open, value }); } catch { /* nobody will answer */ }
  }
  /** Ask for something; until it is heard, or counts as not heard, `waiting()` is true. */
  function ask(what, value) {
    [late, refused] = [false, ""];
    send(what, value);
    look();
    tell(true);
  }
  function alive() {
    const news = open !== "";
    [open, late, cut, since] = ["", false, false, Date.now()];
    tell(news);
  }
  function heard(content) {
    if (content?.heard) alive();
    if (content?.refused) { refused = String(content.refused); tell(); }
  }
  function changes(_, status) { if (OVER.includes(status)) restarted(); }
  function restarted() {
    cut = true;
    if (going && !open) send("here");
    look();
  }
  function look() {
    clearTimeout(timer);
    const waited = Date.now() - since;
    if (open && (dead() || waited >= PATIENCE)) late = true;
    else if (!open && going && waited >= PULSE) send("here");
    if (open && first && probed !== open && waited >= PROBE) probe(open);
    if (open || going) timer = setTimeout(look, 500);
    tell();
  }
  /** Say whether something goes on in the kernel, of which there are signs of life. */
  function expect(on) {
    if (on === going) return;
    [going, since] = [on, Date.now()];
    if (on && !none) timer = setTimeout(look, PULSE);
  }
  model.on("msg:custom", heard);
  model.on("comm_live_update", restarted); // JupyterLab's word for it
  first?.statusChanged?.connect(changes);
  signs.forEach((trait) => model.on(`change:${trait}`, alive));
  return {
    ask, expect, words, none, silent: () => late, waiting: () => open !== "" && !late,
    stop() {
      clearTimeout(timer);
      model.off("msg:custom", heard);
      model.off("comm_live_update", restarted);
      first?.statusChanged?.disconnect(changes);
      signs.forEach((trait) => model.off(`change:${trait}`, alive));
    },
  };
}

/** Hide what stands in for the widget where there is none, for as long as this view lives. */
export function hideStill(model) {
  if (!model.get("_still")) return ""; // a page of its own, which allows no style in it
  const still = `.rk-still-${model.get("_still")}`;
  return html("style", {}, `${still}, .jp-OutputArea-child:has(${still}) { display: none; }`);
}
