// The step of a routine that somebody is at: counts its hold, goes on by itself, and has the controls.

import { button, el, remember, svg, tick } from "./dom.js";
import { says, words } from "./words.js";

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
const KEYS = { " ": "pause", ArrowLeft: "back", ArrowRight: "next" };
const WARNINGS = new Set(["urgent", "crisis"]);
/** Tones by what they tell, as pitches. */
const TONES = { half: [523], last_ten: [659], over: [784, 1047] };

const nameOf = ({ routine, index, code, side }) => [routine, index, code, side].join();
const hasGesture = () => navigator.userActivation?.hasBeenActive;

/** Brings the newest step card to life; all others are pictures of what was. */
export class Player {
  #page;
  #step = null;
  #ticking = null;
  #awaited = 0;
  #moved = false;
  #asking = false;
  #stepInAnswer = false;
  #readUntil = 0;
  /** What somebody has chosen: all but the first two stay as they are until they are changed. */
  #on = { auto: true, sound: true, shake: false, handsFree: false };
  /** The step this browser was at when the page was closed. */
  #held = JSON.parse(remember("step") ?? "null");
  #audio = null;
  #tones = [];
  #lock = null;

  /**
   * @param page `send(text)`, `hasDraft()`, `isBusy()`: something else wants the keys,
   * `keepFocus()`: takes the focus that a vanished button had, `ear`: hears commands.
   */
  constructor(page) {
    this.#page = page;
    for (const name of ["auto", "sound", "shake"]) this.#on[name] = (remember(name) ?? `${this.#on[name]}`) === "true";
    document.addEventListener("visibilitychange", () => {
      // A tab that was hidden may have missed ticks, and has lost its lock.
      this.#tick();
      if (this.#runs) this.#stayAwake(true);
    });
    document.addEventListener("keydown", (event) => this.#key(event));
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
    return Boolean(this.#step) && [...CONTROLS, "resume"].some((name) => says[name] === text);
  }

  /** There is something to listen with now: the step may have been drawn before. */
  offerHandsFree() {
    const ticks = this.#step?.panel.querySelector(".ticks");
    if (ticks && !ticks.querySelector("[name=handsFree]")) ticks.append(...[this.#setting("handsFree")].filter(Boolean));
  }

  /** Forget the step: its card is gone. */
  clear() {
    this.#still();
    if (this.#step?.counts) remember("step", null);
    this.#step = null;
    this.#listen(false);
    this.turn();
  }

  // What becomes of a step

  get #runs() {
    return Boolean(this.#step && !this.#step.paused);
  }

  #begin(card, drawn, live) {
    const step = { name: nameOf(card), length: Math.max(SHORTEST, card.seconds * 1000 || 0), cues: card.cues ?? {} };
    Object.assign(step, this.#controls());
    const focused = this.#step?.panel.contains(document.activeElement)
      ? document.activeElement.dataset.control
      : null;
    drawn.append(step.panel);
    if (focused) step.panel.querySelector(`[data-control="${focused}"]`)?.focus({ preventScroll: true });
    this.#step?.panel.remove();
    this.#still();
    this.#step = step;
    this.#stepInAnswer = true;
    this.#moved = false;
    this.#readUntil = 0;
    if (live) {
      step.deadline = Date.now() + step.length;
    } else if (this.#held?.name === step.name) {
      // The same step as before the reload: its clock has gone on meanwhile.
      const { length, deadline, left } = this.#held;
      Object.assign(step, { length, deadline, left, paused: !deadline });
    } else {
      // Nobody knows what went by while the page was closed.
      step.count.hidden = step.paused = true;
    }
    step.counts = !step.count.hidden;
    if (step.deadline) this.#go();
    this.#show(step, this.#left());
  }

  /** Let the clock run. */
  #go() {
    this.#ticking = setInterval(() => this.#tick(), TICK);
    this.#hold();
    this.#plan();
    this.#stayAwake(true);
    if (this.#on.handsFree && !this.#page.ear.isOn) this.#listen(true);
  }

  /** Let nothing run any more. */
  #still() {
    clearInterval(this.#ticking);
    this.#silence();
    this.#stayAwake(false);
  }

  /** Let the clock stand until the guide gives the step anew. */
  #pause() {
    const step = this.#step;
    if (!step || step.paused) return;
    this.#still();
    step.left = Math.max(0, step.deadline - Date.now());
    step.deadline = null;
    step.paused = true;
    this.#hold();
    this.#tick();
  }

  /** Remember where the clock is, for after a reload. */
  #hold() {
    const { name, length, deadline, left } = this.#step;
    remember("step", JSON.stringify({ name, length, deadline, left }));
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
    const name = control === "pause" && this.#step.paused ? "resume" : control;
    if (MOVES.has(name)) {
      if (this.#moved) return;
      this.#moved = true;
    } else {
      // The hand is off the point now, not when the answer comes.
      this.#pause();
    }
    this.#page.send(says[name]);
  }

  #key(event) {
    const control = KEYS[event.key];
    const { target } = event;
    const elsewhere = target.closest("button, input, a, summary, dialog") || target.value;
    if (!control || !this.#step || elsewhere || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (!event.repeat) this.#press(control);
  }

  // The clock

  #left() {
    const { deadline, left } = this.#step;
    return Math.max(0, deadline ? deadline - Date.now() : (left ?? 0));
  }

  #tick() {
    const step = this.#step;
    if (!step) return;
    if (!step.paused && step.deadline <= Date.now()) {
      if (!step.over && step.deadline < Date.now() - ASLEEP) return this.#pause();
      if (!step.over && this.#on.shake && hasGesture()) navigator.vibrate?.([200, 100, 200]);
      step.over = true;
      if (this.#goesOn()) {
        step.sent = true;
        this.#press("next");
      }
    }
    this.#show(step, this.#left());
    return undefined;
  }

  #goesOn() {
    const waits = this.#step.sent || this.#awaited || this.#asking || this.#page.hasDraft();
    return this.#on.auto && !waits && Date.now() >= this.#readUntil;
  }

  // What is heard of it, and what it hears

  /** Set the tones of this step on the clock of the sound, which also runs while the tab is hidden. */
  #plan() {
    this.#silence();
    // Before the first press a browser lets nothing sound, and complains.
    if (!this.#on.sound || !this.#runs || !hasGesture()) return;
    this.#audio ??= new AudioContext();
    this.#audio.resume();
    const left = this.#left() / 1000;
    const gone = this.#step.length / 1000 - left;
    for (const [cue, at] of Object.entries({ ...this.#step.cues, over: gone + left })) {
      if (at >= gone) (TONES[cue] ?? []).forEach((pitch, i) => this.#tone(pitch, at - gone + i * 0.25));
    }
  }

  #tone(pitch, delay) {
    const at = this.#audio.currentTime + delay;
    const [tone, volume] = [this.#audio.createOscillator(), this.#audio.createGain()];
    tone.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, at);
    volume.gain.exponentialRampToValueAtTime(0.2, at + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.6);
    tone.connect(volume).connect(this.#audio.destination);
    tone.start(at);
    tone.stop(at + 0.7);
    this.#tones.push(tone);
  }

  #silence() {
    // One that has already sounded is done; only those still to come are taken back.
    for (const tone of this.#tones.splice(0)) if (!this.#step?.over) tone.disconnect();
  }

  /** Keep the screen on while a hold runs; not every browser can, and none must. */
  async #stayAwake(on) {
    try {
      const lock = this.#lock;
      this.#lock = on && document.visibilityState === "visible" ? navigator.wakeLock?.request("screen") : null;
      await (await lock)?.release();
      await this.#lock;
    } catch {
      this.#lock = null;
    }
  }

  #listen(on) {
    if (!on) {
      if (this.#on.listening) this.#page.ear.stop();
      return;
    }
    this.#on.listening = true;
    this.#page.ear.start({
      lasting: true,
      heard: (text) => {
        // The longer ones first: "go on" is no "stop".
        const found = Object.entries(words.hears).find(([, form]) => new RegExp(`\\b(${form})\\b`, "i").test(text));
        const [name] = found ?? [];
        if (!name || !this.#step || (name === "pause" && this.#step.paused)) return;
        if (name !== "resume") this.#press(name);
        else if (this.#step.paused) this.#press("pause");
      },
      ended: () => {
        this.#on.listening = false;
        const box = this.#step?.panel.querySelector("[name=handsFree]");
        if (box) box.checked = this.#on.handsFree = false;
      },
    });
  }

  // What is seen of it

  #controls() {
    const time = el("span");
    const rest = svg("circle", { class: "rest", cx: 22, cy: 22, r: 19, pathLength: 100 });
    const count = el(
      "div",
      { class: "count" },
      svg(
        "svg",
        { class: "ring", viewBox: "0 0 44 44", "aria-hidden": "true" },
        svg("circle", { class: "track", cx: 22, cy: 22, r: 19 }),
        rest,
      ),
      el("p", { role: "timer" }, el("span", { class: "hidden", text: words.timer }), time),
    );
    const cue = el("p", { class: "cue" });
    const buttons = CONTROLS.map((name) =>
      button(words.controls[name], () => this.#press(name), {
        class: name === "pause" ? "button" : "button quiet",
        "data-control": name,
      }),
    );
    const panel = el(
      "div",
      // Nothing in here is read out by itself: the words beside the card have said it.
      { class: "player", "aria-live": "off" },
      el("div", { class: "clock" }, count, cue),
      el("div", { class: "controls", role: "group", "aria-label": words.controlsLabel }, ...buttons),
      el("div", { class: "ticks" }, ...["auto", "sound", "shake", "handsFree"].map((name) => this.#setting(name))),
      el("p", { class: "names keys", text: words.keys }),
    );
    return { panel, count, time, rest, cue, pauses: buttons[CONTROLS.indexOf("pause")].firstChild };
  }

  /** A box for something that can be switched on; nothing where this machine cannot do it. */
  #setting(name) {
    if (name === "shake" && !(navigator.vibrate && matchMedia("(pointer: coarse)").matches)) return null;
    if (name === "handsFree" && !this.#page.canListen()) return null;
    const label = tick(words.settings[name], this.#on[name], (on) => {
      this.#on[name] = on;
      if (name === "handsFree") return on ? this.#listen(true) : this.#page.ear.stop();
      remember(name, on);
      if (name === "sound") this.#plan();
      return this.#tick();
    });
    label.firstChild.name = name;
    return label;
  }

  #show(step, left) {
    const seconds = Math.ceil(left / 1000);
    write(step.time, `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
    write(step.cue, words.cues[this.#cue(step, left)]);
    write(step.pauses, words.controls[step.paused ? "resume" : "pause"]);
    step.rest.setAttribute("stroke-dashoffset", 100 - (100 * left) / step.length);
  }

  #cue(step, left) {
    if (step.paused) return "paused";
    if (left <= 0) {
      if (this.#awaited || !this.#on.auto || step.sent || this.#asking) return "over";
      return this.#page.hasDraft() ? "draft" : "soon";
    }
    const gone = (step.length - left) / 1000;
    if (gone >= step.cues.last_ten) return "last_ten";
    return gone >= step.cues.half ? "half" : "hold";
  }
}

/** Set a text only where it is another. */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
