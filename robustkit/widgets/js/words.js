// A reading in words, from the sentences that come with the data; `explain` and `limits`
// in metrics/words.py say when which of them is picked.

import { two } from "./readings.js";

/** A number as Python's "z.2f" has it: ties to even, and never "-0.00". */
function fixed(value, digits) {
  const size = Math.abs(value), below = Math.floor(size * 10 ** digits);
  const tie = (size * 2 ** (digits + 1)) % 2 === 1; // exact: half of the last digit is left
  const said = (tie && below % 2 === 0 ? below / 10 ** digits : size).toFixed(digits);
  return value < 0 && Number(said) ? `-${said}` : said;
}

const cuts = new Map(); // template: text, name, digits, kind, text, name, ...
const cut = (template) => {
  if (!cuts.has(template)) cuts.set(template, template.split(/\{([\w.]+)(?::z?\.(\d)([f%]))?\}/));
  return cuts.get(template);
};

/** A template with what it names, as Python's `str.format` fills it in. */
export function fill(template, given) {
  const [first, ...rest] = cut(template);
  let said = first;
  for (let i = 0; i < rest.length; i += 4) {
    const [path, digits, kind, text] = rest.slice(i, i + 4);
    const value = path.split(".").reduce((part, name) => part[name], given);
    said += (kind === "%" ? `${fixed(100 * value, digits)}%` : kind ? fixed(value, Number(digits)) : value) + text;
  }
  return said;
}

/** Whether a level is all there is, so that there is no interval. */
const isPoint = ({ limits }, { capability: { low, high } }) => high - low < limits.point;

function limitsOf(say, words, reading) {
  const { limits } = words, { objectives, distinguishing, empty, levels } = reading;
  const one = isPoint(words, reading) ? "alone" : "single";
  const apart = objectives.length === 1 ? "only" : distinguishing <= 0 ? "alike" : distinguishing < limits.few ? "few" : "";
  return [...(apart ? [say(apart)] : []), ...empty.map((name) => say("empty", { name })), ...(levels === 1 ? [say(one)] : [])];
}

function goalsOf(say, { limits }, { objectives, distinguishing, best }) {
  if (distinguishing === 0 && objectives.length > 1) return say("any");
  return objectives.map((name, g) => ({ name, weight: best[g] })).filter(({ weight }) => weight >= limits.named)
    .map((part) => say("part", part)).join(", ").replace(/, ([^,]*)$/, " and $1");
}

function fittingOf(say, { limits }, [low, high]) {
  if (high - low > limits.wide) return say("unsure", { low, high });
  const [from, to] = [low, high].map((share) => Number(fixed(share, 2)));
  return say(from === to ? "fitting" : "spanning", { low: from, high: to });
}

/** Whether flawless pursuit of what fits has another alignment, in words. */
function outsideOf(say, { limits: { near, vague } }, { alignment: { value }, flawless }) {
  if (!flawless) return [];
  const [from, to] = flawless;
  if (from - near <= value && value <= to + near) return to - from > vague ? [say("vague", { low: from, high: to })] : [];
  const [low, high] = flawless.map((end) => Number(fixed(end, 2)));
  return [say(low === high ? "outside" : "outside all", { low, high })];
}

/** What `Reading.explain()` says of a reading with the names that it has in Python. */
export function explained(words, reading) {
  const say = (sentence, more) => fill(words.sentences[sentence], more ? Object.assign(Object.create(reading), more) : reading);
  const { scalar, alignment, levels, episodes, planned, note } = reading;
  const alone = isPoint(words, reading) ? " alone" : "";
  const said = [say("earned", {
    count: say(levels === 1 ? "level" : "levels"), played: episodes ? say("played") : "",
    play: say(planned ? "planned" : "optimal"), worse: scalar.high < words.limits.worse ? say("worse") : "",
  }), alignment.known ? say(`pursued${alone}`, { goals: goalsOf(say, words, reading) }) : say(`lost${alone}`)];
  const limits = limitsOf(say, words, reading);
  if (limits.length) said.push(limits[0]);
  else if (alignment.known) {
    const [low, high] = reading.base_share;
    said.push(fittingOf(say, words, reading.base_share));
    if (high - low <= words.limits.wide) said.push(...outsideOf(say, words, reading));
  }
  return [...said, ...(note ? [note] : limits.slice(1, 2))].join(" ");
}

/** The three numbers without their intervals. */
export function inWords({ sentences, limits }, { scalar, capability, alignment, known }) {
  const said = known ? two(alignment) : "unknown (too little capability to tell)";
  const worse = scalar < limits.worse ? sentences.worse : "";
  return `scalar ${two(scalar)}, capability ${two(capability)}, alignment ${said}${worse}.`;
}
