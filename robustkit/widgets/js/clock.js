// Playing through steps: play, step, back and scrub; nothing starts by itself.

import { html } from "./elements.js";

const SPEEDS = [["slow", 700], ["normal", 350], ["fast", 120]];

const plainly = (now, last) => `step ${now} of ${last}`;

/** Controls of a clock over steps; `show(step)` draws one, `moving(on)` says if it runs, `said` where it is. */
export function makeClock(show, moving = () => {}, label = "Step of the episode", said = plainly) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const play = html("button", { type: "button", class: "rk-play", onclick: () => (timer ? stop() : start()) }, "Play");
  const turn = (by) => () => { stop(); go(by < 0 && now === 0 ? last : now + by > last ? 0 : now + by); };
  const scrub = html("input", { type: "range", min: 0, step: 1, "aria-label": label,
    oninput: () => { stop(); go(Number(scrub.value)); } });
  const speed = html("select", { "aria-label": "Speed", onchange: () => { if (timer) { stop(); start(); } } },
    ...SPEEDS.map(([name], i) => html("option", { value: i }, name)));
  speed.value = 1;
  const count = html("span", { class: "rk-count" });
  const node = html("div", { class: "rk-clock" },
    html("div", { class: "rk-row" }, play,
      html("button", { type: "button", onclick: turn(-1) }, "Back"),
      html("button", { type: "button", onclick: turn(1) }, "Step"), speed, count), scrub);
  let now = 0, last = 0, timer = 0;

  function stop() {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
    moving(false);
  }
  function start() {
    if (now >= last) go(0);
    moving(!calm.matches);
    play.textContent = "Pause";
    const pause = SPEEDS[Number(speed.value)][1];
    timer = setInterval(() => { go(Math.min(now + 1, last)); if (now >= last) stop(); },
      calm.matches ? Math.max(pause, 900) : pause);
  }
  function go(step) {
    now = step;
    scrub.value = now;
    count.textContent = said(now, last);
    scrub.setAttribute("aria-valuetext", count.textContent);
    show(now);
  }
  /** Begin anew with so many steps, at one of them. */
  function reset(steps, at = 0) {
    stop();
    last = steps;
    scrub.max = last;
    go(at);
  }
  /** Let there be more steps; one at the last step stays there. */
  function grow(steps) {
    const follow = now === last && !timer;
    last = steps;
    scrub.max = last;
    go(follow ? last : now);
  }
  return { node, reset, grow, stop };
}
