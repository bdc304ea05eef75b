// The step of a routine that somebody is at: counts its hold, goes on by itself, and has the controls.

import { el, svg } from "./cards.js";
import { remember } from "./storage.js";
import { strings } from "./strings.en.js";

export const AUTO_ADVANCE = "acupressure-auto-advance";

const TICK = 250;
/** A hold is at least this long, whatever a card says: nothing here may go round in circles. */
const SHORTEST = 5_000;
/** How long an answer given in between can be read before the next step comes by itself. */
const READING = 10_000;
/** A hidden tab ticks once a minute: a tick that is later than this comes after the machine has slept. */
const ASLEEP = 120_000;

const CONTROLS = ["back", "pause", "next", "repeat", "skip", "stop"];
/** What moves to a step: pressed twice in a hurry, it must not move twice. */
const MOVES = new Set(["back", "next", "repeat", "skip", "resume"]);
const WARNINGS = new Set(["urgent", "crisis"]);

/** Brings the newest step card to life; all others are pictures of what was. */
export class Player {
  #page;
  #step = null;
  #ticking = null;
  #awaited = 0;
  #moved = false;
  #asking = false;
  #auto = remember(AUTO_ADVANCE) !== "off";
  #stepInAnswer = false;
  #readUntil = 0;

  /** @param page `send(text)`, `hasDraft()`, `keepFocus()`: takes the focus that a vanished button had. */
  constructor(page) {
    this.#page = page;
    // A tab that was hidden may have missed ticks.
    document.addEventListener("visibilitychange", () => this.#tick());
  }

  /** Take notice of a card. `live`: it comes now, not out of what was said before. */
  take(card, drawn, live) {
    if (card.card === "step") {
      if (drawn) this.#begin(card, drawn, live);
      else this.#end();
    } else if (card.card === "routine") {
      if (card.state === "paused") this.#pause();
      if (["stopped", "finished"].includes(card.state)) this.#end();
      // An offer waits for a yes, and "Next" would be one.
      if (card.state === "offered") this.#asking = true;
    } else if (card.card === "ask") {
      this.#asking = true;
    } else if (!this.#stepInAnswer) {
      if (WARNINGS.has(card.card)) this.#end();
      else if (card.card === "caution") this.#pause();
    }
  }

  /** Another message of the user begins a turn. */
  turn() {
    this.#stepInAnswer = this.#asking = false;
  }

  /** A message is on its way. */
  sending() {
    this.#awaited += 1;
  }

  /** A message has been answered, or never will be. */
  answered() {
    this.#awaited -= 1;
    this.#moved = false;
    if (!this.#stepInAnswer) this.#readUntil = Date.now() + READING;
    this.#tick();
  }

  /** Tell whether the controls at hand send this text: then no other button has to. */
  offers(text) {
    return Boolean(this.#step) && Object.values(strings.controls).some(({ says }) => says === text);
  }

  /** Forget the step: its card is gone. */
  clear() {
    clearInterval(this.#ticking);
    this.#step = null;
    this.turn();
  }

  // What becomes of a step

  #begin(card, drawn, live) {
    const length = Math.max(SHORTEST, card.seconds * 1000 || 0);
    const step = { length, cues: card.cues ?? {}, ...this.#controls() };
    const focused = this.#step?.panel.contains(document.activeElement)
      ? document.activeElement.dataset.control
      : null;
    drawn.append(step.panel);
    if (focused) step.panel.querySelector(`[data-control="${focused}"]`)?.focus({ preventScroll: true });
    this.#step?.panel.remove();
    clearInterval(this.#ticking);
    this.#step = step;
    this.#stepInAnswer = true;
    this.#moved = false;
    this.#readUntil = 0;
    if (live) {
      step.deadline = Date.now() + step.length;
      this.#ticking = setInterval(() => this.#tick(), TICK);
    } else {
      // Nobody knows what went by while the page was closed.
      step.count.hidden = step.paused = true;
    }
    this.#tick();
  }

  /** Let the clock stand until the guide gives the step anew. */
  #pause() {
    const step = this.#step;
    if (!step || step.paused) return;
    clearInterval(this.#ticking);
    step.left = Math.max(0, step.deadline - Date.now());
    step.paused = true;
    this.#tick();
  }

  #end() {
    const panel = this.#step?.panel;
    const hadFocus = panel?.contains(document.activeElement);
    this.clear();
    panel?.remove();
    if (hadFocus) this.#page.keepFocus();
  }

  /** Send what a control stands for. */
  #press(control) {
    if (MOVES.has(control)) {
      if (this.#moved) return;
      this.#moved = true;
    } else {
      // The hand is off the point now, not when the answer comes.
      this.#pause();
    }
    this.#page.send(strings.controls[control].says);
  }

  // The clock

  #tick() {
    const step = this.#step;
    if (!step) return;
    const left = step.paused ? step.left : step.deadline - Date.now();
    if (!step.paused && left <= 0) {
      if (!step.over && left < -ASLEEP) return this.#pause();
      step.over = true;
      if (this.#goesOn()) {
        step.sent = true;
        this.#press("next");
      }
    }
    this.#show(step, Math.max(0, left ?? 0));
    return undefined;
  }

  #goesOn() {
    return (
      this.#auto &&
      !this.#step.sent &&
      !this.#awaited &&
      !this.#asking &&
      !this.#page.hasDraft() &&
      Date.now() >= this.#readUntil
    );
  }

  // What is seen of it

  #controls() {
    const time = el("span");
    const rest = svg("circle", { class: "rest", cx: 22, cy: 22, r: 19, pathLength: 100 });
    const track = svg("circle", { class: "track", cx: 22, cy: 22, r: 19 });
    const count = el(
      "div",
      { class: "count" },
      svg("svg", { class: "ring", viewBox: "0 0 44 44", "aria-hidden": "true" }, track, rest),
      el("p", { role: "timer" }, el("span", { class: "hidden", text: strings.timerLabel }), time),
    );
    const cue = el("p", { class: "cue" });
    const buttons = CONTROLS.map((name) => this.#button(name));
    const auto = el("input", { type: "checkbox" });
    auto.checked = this.#auto;
    auto.addEventListener("change", () => {
      this.#auto = auto.checked;
      remember(AUTO_ADVANCE, this.#auto ? "on" : "off");
      this.#tick();
    });
    const panel = el(
      "div",
      // Nothing in here is read out by itself: the words beside the card have said it.
      { class: "player", "aria-live": "off" },
      el("div", { class: "clock" }, count, cue),
      el("div", { class: "controls", role: "group", "aria-label": strings.controlsLabel }, ...buttons),
      el("label", { class: "auto" }, auto, el("span", { text: strings.autoAdvance })),
    );
    return { panel, count, time, rest, cue, hold: buttons[CONTROLS.indexOf("pause")] };
  }

  #button(name) {
    return el("button", {
      type: "button",
      class: name === "pause" ? "button" : "button quiet",
      "data-control": name,
      text: strings.controls[name].title,
      onclick: () => this.#press(name === "pause" && this.#step.paused ? "resume" : name),
    });
  }

  #show(step, left) {
    write(step.time, strings.clock(Math.ceil(left / 1000)));
    write(step.cue, this.#cue(step, left));
    write(step.hold, strings.controls[step.paused ? "resume" : "pause"].title);
    step.rest.setAttribute("stroke-dashoffset", 100 - (100 * left) / step.length);
  }

  #cue(step, left) {
    const { cues } = strings;
    if (step.paused) return cues.paused;
    if (left <= 0) {
      if (this.#awaited || !this.#auto || step.sent || this.#asking) return cues.over;
      return this.#page.hasDraft() ? cues.draft : cues.soon;
    }
    const gone = (step.length - left) / 1000;
    if (gone >= step.cues.last_ten) return cues.last_ten;
    return gone >= step.cues.half ? cues.half : cues.hold;
  }
}

/** Set a text only where it is another. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
