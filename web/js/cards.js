// Draws the cards of a reply. The words are in the reply's text: a card adds what a picture adds.

import { drawing } from "./maps.js";
import { strings } from "./strings.en.js";

/** Make an element. `text` is set as text, never as markup; other properties are attributes. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") element.textContent = value;
    else if (name === "onclick") element.addEventListener("click", value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter(Boolean));
  return element;
}

const ICONS = {
  again: "M4 12a8 8 0 1 0 2.6-5.9M4 4v4.5h4.5",
  bin: "M5 7h14M10 7V5h4v2M7 7l.8 12h8.4L17 7M10.5 10.5v5M13.5 10.5v5",
  info: "M12 11v5.5M12 7.6v.1M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  send: "M12 19V5.5M6 11l6-6 6 6",
  warn: "M12 9v4.5M12 16.8v.1M12 3.8 2.8 19.5h18.4z",
  care: "M12 20s-7.5-4.6-7.5-10A4.2 4.2 0 0 1 12 7.4 4.2 4.2 0 0 1 19.5 10c0 5.4-7.5 10-7.5 10z",
  check: "M5 12.5l4.5 4.5L19 7.5",
  clock: "M12 7.5V12l3 2M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17z",
  body: "M12 6.5a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM5 9.5l7-1 7 1M12 8.5V14M12 14l-3 7.5M12 14l3 7.5",
  next: "M9 6l6 6-6 6",
  save: "M12 4v11M7.5 11l4.5 4.5L16.5 11M5 19.5h14",
  calendar: "M5 6.5h14v13H5zM5 10.5h14M9 4v4M15 4v4",
};

/** Make an element of a drawing. */
export function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Make one of the page's line drawings. */
export function icon(name) {
  const path = svg("path", { d: ICONS[name] });
  return svg("svg", { viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true" }, path);
}

const list = (value) => (Array.isArray(value) ? value : []);
const words = (id) => String(id ?? "").replaceAll("_", " ");
const chip = (name, text) => text && el("span", { class: "chip" }, icon(name), el("span", { text }));
const cardOf = (kind, ...children) => el("section", { class: `card ${kind}` }, ...children);

/** Make a link that saves a text as a file; nothing where there is no text. */
function download(text, file, type, label, drawing = "save") {
  if (typeof text !== "string" || !text) return null;
  const href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = el("a", { class: "button quiet file", href, download: file });
  link.append(icon(drawing), el("span", { text: label }));
  return link;
}

function pointHead(card) {
  const names = [card.pinyin, card.chinese].filter(Boolean).join(" · ");
  return el(
    "div",
    { class: "point-head" },
    el("span", { class: "code", text: card.code }),
    el("div", {}, el("h2", { text: card.name }), names && el("p", { class: "names", text: names })),
  );
}

/** Draw the picture of a point; nothing where there is none or it is not ours. */
function picture(card) {
  if (!card.picture || new URL(card.picture, location.href).origin !== location.origin) return null;
  // It says where the point is, as the words beside it do: it is not read out when it comes.
  const figure = el("figure", { "aria-live": "off" });
  drawing(card.picture).then(
    (map) => figure.append(map),
    () => figure.remove(),
  );
  return figure;
}

function sources(texts) {
  if (!texts.length) return null;
  const items = texts.map((text) => el("li", { text }));
  return el("details", {}, el("summary", { text: strings.sourcesTitle }), el("ul", {}, ...items));
}

function drawPoint(card) {
  return cardOf(
    "point",
    pointHead(card),
    picture(card),
    el(
      "p",
      { class: "chips" },
      chip("clock", card.seconds && strings.hold(card.seconds)),
      chip("body", strings.sides[card.sides]),
    ),
    sources(
      String(card.source ?? "")
        .split("; ")
        .filter(Boolean),
    ),
  );
}

function drawPoints(card, { send }) {
  const items = list(card.points).map((point) =>
    el(
      "li",
      {},
      el(
        "button",
        { type: "button", onclick: () => send(strings.tellMeAbout(point.name)) },
        el("strong", { text: strings.pointButton(point.name, point.code) }),
        point.why && el("span", { class: "why", text: point.why }),
        icon("next"),
      ),
    ),
  );
  return items.length ? cardOf("points", el("ul", { "aria-label": strings.pointsTitle }, ...items)) : null;
}

function drawStep(card, { said }) {
  const dots = Array.from({ length: Math.min(card.of, 30) }, (_, i) =>
    el("i", { class: i + 1 < card.index ? "past" : i + 1 === card.index ? "now" : "" }),
  );
  const drawn = cardOf(
    "step",
    el(
      "div",
      { class: "progress" },
      el("span", { text: strings.stepOf(card.index, card.of) }),
      el("span", { class: "steps", "aria-hidden": "true" }, ...dots),
    ),
    pointHead(card),
    picture(card),
    card.instruction && !said.includes(card.instruction) && el("p", { text: card.instruction }),
    el(
      "p",
      { class: "chips" },
      chip("body", strings.side[card.side]),
      chip("clock", strings.hold(card.seconds)),
      card.seconds_left && el("span", { class: "left", text: strings.timeLeft(card.seconds_left) }),
    ),
  );
  // A step is announced once: by the words beside it where there are any.
  if (said) drawn.setAttribute("aria-live", "off");
  return drawn;
}

function drawRoutine(card) {
  const running = ["running", "paused"].includes(card.state);
  const steps = list(card.steps);
  const count = steps.length || card.steps;
  return cardOf(
    "routine",
    el("p", { class: "label", text: strings.routineState[card.state] ?? strings.routineState.offered }),
    card.name && el("h2", { text: card.name }),
    el(
      "p",
      { class: "chips" },
      chip(
        "body",
        running && card.steps_left !== undefined
          ? strings.stepsLeft(card.steps_left)
          : count && strings.steps(count),
      ),
      chip(
        "clock",
        card.seconds_left &&
          (running
            ? strings.timeLeft(card.seconds_left)
            : card.state === "offered" && strings.routineLength(card.seconds_left)),
      ),
    ),
    card.state === "offered" && steps.length && stepList(steps),
    download(card.printable, strings.printableFile, "text/plain", strings.printable),
  );
}

function stepList(steps) {
  const items = steps.map((step) => {
    const how = [strings.side[step.side], step.seconds && strings.duration(step.seconds)];
    return el(
      "li",
      {},
      el("span", { text: strings.pointButton(step.name, step.code) }),
      el("span", { class: "names", text: how.filter(Boolean).join(" · ") }),
    );
  });
  return el("ol", { class: "plan", "aria-label": strings.stepsTitle }, ...items);
}

/** A box around the words before it, so that nobody reads past them. */
function boxed(kind, name, title, bubble, ...more) {
  return cardOf(kind, el("h2", {}, icon(name), el("span", { text: title })), bubble, ...more);
}

function drawUrgent(card, { bubble, said }) {
  const level = strings.urgentTitle[card.level] ? card.level : "emergency";
  const advice =
    card.advice && !said.includes(card.advice) && el("p", { class: "advice", text: card.advice });
  return boxed(`urgent ${level}`, "warn", strings.urgentTitle[level], bubble, advice);
}

function drawCrisis(card, { bubble, said }) {
  const texts = list(card.lines).map((line) =>
    typeof line === "string"
      ? line
      : [line.name, line.number ?? line.phone, line.when].filter(Boolean).join(" · "),
  );
  const items = texts.filter((text) => !said.includes(text)).map((text) => el("li", { text }));
  return boxed("crisis", "care", strings.crisisTitle, bubble, items.length && el("ul", {}, ...items));
}

function drawCaution(card, { send }) {
  const instead = list(card.instead).map((code) =>
    el("button", {
      type: "button",
      class: "pill",
      text: code,
      onclick: () => send(strings.tellMeAbout(code)),
    }),
  );
  return boxed(
    "caution",
    "warn",
    strings.cautionTitle,
    null,
    list(card.codes).length && el("p", { text: strings.cautionWithheld(card.codes) }),
    instead.length && el("p", { class: "instead" }, el("span", { text: strings.cautionInstead }), ...instead),
  );
}

function drawNoted(card) {
  const what = typeof card.what === "string" ? `${strings.noted}: ${words(card.what)}` : strings.noted;
  const noted = el("p", { class: "noted" }, icon("check"), el("span", { text: what }));
  const file = download(card.ics, strings.calendarFile, "text/calendar", strings.calendar, "calendar");
  return file ? cardOf("reminder", noted, file) : noted;
}

const SCORES_SHOWN = 6;

function drawPain(card) {
  const scores = list(card.scores);
  if (!scores.length) return null;
  const shown = scores.slice(-SCORES_SHOWN);
  const items = shown.map((score) =>
    el(
      "li",
      {},
      el("span", { class: "score", text: score.value }),
      strings.painPhase[score.phase] && el("span", { text: strings.painPhase[score.phase] }),
      el("span", { class: "names", text: words(strings.painWhen(score.when)) }),
    ),
  );
  const values = scores.map((score) => Number(score.value)).filter(Number.isFinite);
  const change = typeof card.change === "number" ? strings.painChange(card.change) : card.change;
  return cardOf(
    "pain",
    el("p", { class: "label", text: strings.painTitle }),
    values.length > 1 && painLine(values),
    el("ol", {}, ...items),
    scores.length > shown.length &&
      el("p", { class: "names", text: strings.painLast(shown.length, scores.length) }),
    typeof change === "string" && change && el("p", { class: "change", text: change }),
    download(card.csv, strings.painFile, "text/csv", strings.painTable),
  );
}

/** Draw scores as a line between 0, at the bottom, and 10. */
function painLine(values) {
  const [width, height, edge] = [300, 60, 6];
  const places = values.map((value, i) => [
    edge + ((width - 2 * edge) * i) / (values.length - 1),
    height - edge - ((height - 2 * edge) * Math.min(10, Math.max(0, value))) / 10,
  ]);
  const dots = values.length <= 30 ? places : places.slice(-1);
  return svg(
    "svg",
    { class: "line", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": strings.painLine(values) },
    ...[edge, height - edge].map((y) => svg("line", { x1: edge, x2: width - edge, y1: y, y2: y })),
    svg("polyline", { points: places.map((place) => place.join(",")).join(" ") }),
    ...dots.map(([cx, cy]) => svg("circle", { cx, cy, r: 4 })),
  );
}

function drawAsk(card, { send }) {
  if (card.about !== "pain_score") return null;
  const numbers = Array.from({ length: 11 }, (_, n) =>
    el("button", { type: "button", text: n, onclick: () => send(String(n)) }),
  );
  return el("div", { class: "scale", role: "group", "aria-label": strings.painScale }, ...numbers);
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
  // The words say it all; what they suggest becomes quick replies.
  out_of_scope: () => null,
  forgotten: () => null,
};

/** Kinds whose box takes in the words before them. */
export const BOXES = new Set(["urgent", "crisis"]);

/**
 * Draw a card, or return null where there is nothing to draw.
 * @param context `send(text)`, `bubble`: the words before the card, `said`: the same as text.
 */
export function drawCard(card, context) {
  const draw = Object.hasOwn(DRAWN, card?.card) ? DRAWN[card.card] : null;
  try {
    return draw ? draw(card, context) : null;
  } catch (error) {
    // A card that lacks a field must not cost the reader the words after it.
    console.warn("card not drawn", card.card, error);
    return null;
  }
}

/** Return the replies that a card suggests, as title and payload. */
export function suggested(card) {
  const texts = card?.card === "out_of_scope" ? list(card.suggestions) : [];
  return texts.filter((text) => typeof text === "string").map((text) => ({ title: text, payload: text }));
}
