// Draws the cards of a reply. The words are in the reply's text: a card adds what a picture adds.

import { button, download, el, icon, svg } from "./dom.js";
import { picture } from "./maps.js";
import { duration, minutes, moment, say, says, words } from "./words.js";

const list = (value) => (Array.isArray(value) ? value : []);
const p = (cls, text) => el("p", { class: cls, text });
const chip = (name, text) => text && el("span", { class: "chip" }, icon(name), el("span", { text }));
const chips = (...all) => el("p", { class: "chips" }, ...all);
const cardOf = (kind, ...children) => el("section", { class: `card ${kind}` }, ...children);
const items = (texts) => texts.map((text) => el("li", { text }));
const saving = (text, ...how) => typeof text === "string" && text && download(text, ...how);
const folded = (title, ...inside) => el("details", {}, el("summary", { text: title }), ...inside);
const sources = (texts) => texts.length > 0 && folded(words.sources, el("ul", {}, ...items(texts)));
export const pointName = ({ name, code }) => say(words.pointButton, { name, code });

function pointHead({ code, name, pinyin, chinese }) {
  const names = [pinyin, chinese].filter(Boolean).join(" · ");
  return el(
    "div",
    { class: "point-head" },
    el("span", { class: "code", text: code }),
    el("div", {}, el("h2", { text: name }), names && p("names", names)),
  );
}

function drawPoint(card) {
  const hold = card.seconds && say(words.hold, { time: duration(card.seconds) });
  const texts = String(card.source ?? "").split("; ");
  const facts = chips(chip("clock", hold), chip("body", words.side[card.sides]));
  return cardOf("point", pointHead(card), picture(card.picture), facts, sources(texts.filter(Boolean)));
}

function drawPoints(card, { send }) {
  const points = list(card.points).map((point) =>
    el(
      "li",
      {},
      button(
        "",
        () => send(says.point(point.name)),
        {},
        el("strong", { text: pointName(point) }),
        point.why && el("span", { class: "why", text: point.why }),
        icon("next"),
      ),
    ),
  );
  return points.length ? cardOf("points", el("ul", { "aria-label": words.points }, ...points)) : null;
}

function drawStep(card, { said }) {
  const dots = Array.from({ length: Math.min(card.of, 30) }, (_, i) =>
    el("i", { class: i + 1 < card.index ? "past" : i + 1 === card.index ? "now" : "" }),
  );
  const left = card.seconds_left && say(words.timeLeft, { time: minutes(card.seconds_left) });
  const drawn = cardOf(
    "step",
    el(
      "div",
      { class: "progress" },
      el("span", { text: say(words.stepOf, card) }),
      el("span", { class: "steps", "aria-hidden": "true" }, ...dots),
    ),
    pointHead(card),
    picture(card.picture),
    card.instruction && !said.includes(card.instruction) && el("p", { text: card.instruction }),
    chips(
      chip("body", words.side[card.side]),
      chip("clock", say(words.hold, { time: duration(card.seconds) })),
      left && el("span", { class: "names", text: left }),
    ),
  );
  // A step is announced once: by the words beside it where there are any.
  if (said) drawn.setAttribute("aria-live", "off");
  return drawn;
}

/** What a routine is called: one that was planned has the name of the complaint. */
export function routineName({ routine, name }) {
  if (routine === "planned" && name) return say(words.routineFor, { name });
  return name && name[0].toUpperCase() + name.slice(1);
}

function drawRoutine(card) {
  const running = ["running", "paused"].includes(card.state);
  const offered = card.state === "offered";
  const steps = list(card.steps);
  const n = running ? card.steps_left : steps.length || card.steps;
  const time = card.seconds_left && (running || offered) && minutes(card.seconds_left);
  const files = [
    (offered || card.printable) && steps[0]?.code && button(words.print, async () => (await import("./sheet.js")).print(card), { class: "button quiet" }),
    saving(card.printable, words.printableFile, "text/plain", words.printable),
  ].filter(Boolean);
  files[0]?.matches("button") && files[0].prepend(icon("print"));
  return cardOf(
    "routine",
    p("label", words.routineState[card.state] ?? words.routineState.offered),
    card.name && el("h2", { text: routineName(card) }),
    chips(
      chip("body", (n || (running && n === 0)) && say(running ? words.stepsLeft : words.steps, { n })),
      chip("clock", time && say(running ? words.timeLeft : words.about_, { time })),
    ),
    offered && steps.length && el("ol", { class: "plan", "aria-label": words.plan }, ...steps.map(planned)),
    files.length && el("p", { class: "chips" }, ...files),
  );
}

export const howLong = (step, side = words.side[step.side]) =>
  [side, step.seconds && duration(step.seconds)].filter(Boolean).join(" · ");

const planned = (step) =>
  el("li", {}, el("span", { text: pointName(step) }), el("span", { class: "names", text: howLong(step) }));

/** A box around the words before it, so that nobody reads past them. */
const boxed = (kind, name, title, ...more) =>
  cardOf(kind, el("h2", {}, icon(name), el("span", { text: title })), ...more);

function drawUrgent(card, { bubble, said }) {
  const level = words.urgent[card.level] ? card.level : "emergency";
  const advice = card.advice && !said.includes(card.advice) && p("advice", card.advice);
  return boxed(`urgent ${level}`, "warn", words.urgent[level], bubble, advice);
}

function drawCrisis(card, { bubble, said }) {
  const texts = list(card.lines).map((line) =>
    typeof line === "string" ? line : [line.name, line.number ?? line.phone, line.when].filter(Boolean).join(" · "),
  );
  const more = items(texts.filter((text) => !said.includes(text)));
  return boxed("crisis", "care", words.crisis, bubble, more.length && el("ul", {}, ...more));
}

function drawCaution(card, { send }) {
  const instead = list(card.instead).map((code) => button(code, () => send(says.point(code)), { class: "pill" }));
  const codes = list(card.codes).join(", ");
  return boxed(
    "caution",
    "warn",
    words.caution,
    codes && el("p", { text: say(words.withheld, { codes }) }),
    instead.length && el("p", { class: "chips" }, el("span", { text: words.instead }), ...instead),
  );
}

function drawNoted(card) {
  const what = typeof card.what === "string" ? `${words.noted}: ${card.what.replaceAll("_", " ")}` : words.noted;
  const noted = el("p", { class: "noted" }, icon("check"), el("span", { text: what }));
  const file = saving(card.ics, words.calendarFile, "text/calendar", words.calendar, "calendar");
  return file ? cardOf("reminder", noted, file) : noted;
}

const SCORES_SHOWN = 6;

function drawPain(card) {
  const scores = list(card.scores);
  if (!scores.length) return null;
  const shown = scores.slice(-SCORES_SHOWN);
  const phase = (score) => words.painPhase[score.phase] ?? "";
  const when = (score) => moment(score.when).replaceAll("_", " ");
  const listed = shown.map((score) =>
    el(
      "li",
      {},
      el("span", { class: "score", text: score.value }),
      phase(score) && el("span", { text: phase(score) }),
      el("span", { class: "names", text: when(score) }),
    ),
  );
  const rows = scores.map((s) => [when(s), phase(s), s.value].map((text) => el("td", { text })));
  const head = words.painHead.map((text) => el("th", { scope: "col", text }));
  return cardOf(
    "pain",
    p("label", words.pain),
    scores.length > 1 && painLine(scores),
    el("ol", {}, ...listed),
    scores.length > shown.length && p("names", say(words.painLast, { shown: shown.length, n: scores.length })),
    changed(card.change),
    scores.length > 1 &&
      folded(words.painShow, el("table", {}, ...[head, ...rows].map((cells) => el("tr", {}, ...cells)))),
    saving(card.csv, words.painFile, "text/csv", words.painCsv),
  );
}

function changed(change) {
  const words_ = change < 0 ? words.painLess : change > 0 ? words.painMore : words.painSame;
  const text = typeof change === "number" ? say(words_, { n: Math.abs(change) }) : change;
  return typeof text === "string" && text && p("change", text);
}

/** Draw scores as a line between 0, at the bottom, and 10; those before a routine are hollow. */
function painLine(scores) {
  const values = scores.map(({ value }) => Number(value) || 0);
  const [width, height, left, edge] = [300, 76, 22, 8];
  const y = (value) => height - edge - ((height - 2 * edge) * Math.min(10, Math.max(0, value))) / 10;
  const x = (i) => left + ((width - left - edge) * i) / (values.length - 1);
  const every = values.length <= 30;
  const grid = [0, 5, 10].flatMap((value) => {
    const number = svg("text", { x: 14, y: y(value) + 4, "text-anchor": "end" });
    number.textContent = value;
    return [number, svg("line", { x1: left, x2: width, y1: y(value), y2: y(value) })];
  });
  const dots = values.map((value, i) =>
    svg("circle", { cx: x(i), cy: y(value), r: 4, class: scores[i].phase === "before" ? "before" : "" }),
  );
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const label = say(words.painLine, { n: values.length, first: values[0], last: values.at(-1), low, high });
  return svg(
    "svg",
    { class: "line", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    ...grid,
    svg("polyline", { points: values.map((value, i) => `${x(i)},${y(value)}`).join(" ") }),
    ...(every ? dots : dots.slice(-1)),
  );
}

/** A slider with words for a score; nothing is chosen for you until you move or press. */
function drawAsk(card, { send }) {
  if (card.about !== "pain_score") return null;
  const slider = el("input", { type: "range", min: 0, max: 10, value: 5, "aria-label": words.painScale });
  const shown = el("output", { "aria-hidden": "true" });
  const sending = button(" ", () => send(slider.value), { class: "button" });
  const ends = [0, 10].map((n) => el("span", { text: say(words.painScore, { n, word: words.painWords[n] }) }));
  const show = () => {
    const n = slider.value;
    shown.textContent = say(words.painScore, { n, word: words.painWords[n] });
    slider.setAttribute("aria-valuetext", shown.textContent);
    sending.textContent = say(words.painSend, { n });
  };
  slider.addEventListener("input", show);
  show();
  return cardOf("scale", shown, slider, el("p", { class: "ends", "aria-hidden": "true" }, ...ends), sending);
}

const DRAWN = {
  point: drawPoint,
  points: drawPoints,
  step: drawStep,
  routine: drawRoutine,
  urgent: drawUrgent,
  caution: drawCaution,
  crisis: drawCrisis,
  noted: drawNoted,
  pain: drawPain,
  ask: drawAsk,
  faq: (card) => (list(card.sources).length ? cardOf("faq", sources(card.sources.map(String))) : null),
};

/** Kinds whose box takes in the words before them. */
export const BOXES = new Set(["urgent", "crisis"]);

/**
 * Draw a card, or return null where there is nothing to draw.
 * @param context `send(text)`, `bubble`: the words before the card, `said`: the same as text.
 */
export function drawCard(card, context) {
  try {
    return Object.hasOwn(DRAWN, card?.card) ? DRAWN[card.card](card, context) : null;
  } catch (error) {
    // A card that lacks a field must not cost the reader the words after it.
    console.warn("card not drawn", card.card, error);
    return null;
  }
}

/** Return the replies that a card suggests, as title and payload. */
export function suggested(card) {
  const texts = card?.card === "out_of_scope" ? list(card.suggestions) : [];
  return texts.filter((text) => typeof text === "string").map((title) => ({ title, payload: title }));
}
