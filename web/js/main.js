// Starts the page: fills in its words, opens the session, and carries messages to and fro.

import * as api from "./api.js";
import { drawBody } from "./body.js";
import { el, icon } from "./cards.js";
import { Conversation } from "./messages.js";
import { AUTO_ADVANCE, Player } from "./player.js";
import { remember } from "./storage.js";
import { strings } from "./strings.en.js";

const NOTE_SEEN = "acupressure-note-seen";
const RETRY_AFTER = 3_000;

const $ = (id) => document.getElementById(id);
const player = new Player({
  // The pressed button is still there, and what goes on by itself takes nobody's focus.
  send: (text) => send({ message: text }, false),
  hasDraft: () => $("message").value.trim() !== "",
  keepFocus,
});
const conversation = new Conversation($("log"), $("replies"), player, (text, title) =>
  send({ message: text, title }),
);
let queue = Promise.resolve();
let watching = null;

// Words

function fillIn() {
  for (const e of document.querySelectorAll("[data-text]")) e.textContent = strings[e.dataset.text];
  for (const e of document.querySelectorAll("[data-label]"))
    e.setAttribute("aria-label", strings[e.dataset.label]);
  for (const e of document.querySelectorAll("button[data-label]")) e.title = strings[e.dataset.label];
  for (const e of document.querySelectorAll("[data-icon]")) e.prepend(icon(e.dataset.icon));
  for (const e of document.querySelectorAll("[data-list]")) {
    e.replaceChildren(...strings[e.dataset.list].map((text) => el("li", { text })));
  }
  $("message").placeholder = strings.placeholder;
  $("starters").append(
    ...strings.starters.map((text) =>
      el(
        "button",
        { type: "button", class: "starter", onclick: () => send({ message: text }) },
        el("span", { text }),
        icon("next"),
      ),
    ),
  );
}

// Sending

/** Say something, after whatever is still being answered. */
function send(message, moveFocus = true) {
  showWelcome(false);
  const bubble = conversation.addUser(message.title ?? message.message);
  conversation.showLast();
  enqueue(message, bubble);
  if (moveFocus) keepFocus();
}

function enqueue(message, bubble) {
  player.sending();
  queue = queue.then(() => deliver(message, bubble)).finally(() => player.answered());
}

async function deliver(message, bubble) {
  bubble.querySelector(".failed")?.remove();
  conversation.answer(bubble);
  typing(true);
  try {
    await api.sendMessage(message, (line) => {
      if (line.waiting) {
        $("typing-text").textContent = strings.waiting;
        return;
      }
      conversation.addBot(line, true);
      conversation.showLast();
    });
    online();
  } catch (error) {
    failed(error, message, bubble);
  } finally {
    typing(false);
    conversation.showLast();
  }
}

function failed(error, message, bubble) {
  if (error.status === 413) return conversation.addNotice(strings.tooBig);
  if (error.partial) return conversation.addNotice(strings.cutOff);
  const again = el("button", { type: "button", text: strings.tryAgain });
  again.addEventListener("click", () => {
    enqueue(message, bubble);
    keepFocus();
  });
  bubble.append(el("p", { class: "failed" }, el("span", { text: strings.notSent }), again));
  if (error.status === 0 || error.status >= 500) return watch();
  return conversation.addNotice(strings.trouble);
}

function typing(on) {
  $("typing").hidden = !on;
  $("typing-text").textContent = "";
}

/** Where the pressed button is gone, go on from the message box; on a phone that would open its keyboard. */
function keepFocus() {
  (matchMedia("(pointer: coarse)").matches ? $("scroller") : $("message")).focus({ preventScroll: true });
}

// Being offline

/** Show that the guide cannot be reached, and look for it until it is back. */
async function watch() {
  clearTimeout(watching);
  const state = await api.health();
  if (state === "ok") return online();
  $("banner-text").textContent = strings[state] ?? strings.offline;
  if ($("banner").hidden) {
    $("banner").hidden = false;
    // The banner takes room, and what it is about must not slip out of sight.
    conversation.showLast();
  }
  watching = setTimeout(watch, RETRY_AFTER);
  return undefined;
}

function online() {
  clearTimeout(watching);
  watching = null;
  const wasOffline = !$("banner").hidden;
  $("banner").hidden = true;
  if (wasOffline && !started) start();
}

// Beginning, starting over, forgetting

let started = false;

async function start() {
  try {
    await api.openSession();
    const said = await api.fetchHistory();
    started = true;
    for (const message of said) {
      if (message.from === "user") conversation.addUser(message.text);
      else conversation.addBot(message);
    }
  } catch {
    watch();
  }
  // Only now: what was said before must not be read out again.
  $("log").setAttribute("role", "log");
  showWelcome(conversation.isEmpty);
  conversation.showLast();
}

function showWelcome(on) {
  $("welcome").hidden = !on;
}

function startOver() {
  conversation.clear();
  send({ message: strings.startOverMessage, fresh: true });
}

async function forget() {
  $("forget-dialog").close();
  let notice = strings.forgetFailed;
  try {
    // Behind the turn that is still being answered, whose end would come into the new conversation.
    await queue;
    notice = (await api.forget()) ? strings.forgotten : strings.notForgotten;
    conversation.clear();
    for (const key of [NOTE_SEEN, AUTO_ADVANCE]) remember(key, null);
    $("note").hidden = false;
    showWelcome(true);
  } catch {
    watch();
  }
  conversation.addNotice(notice);
  conversation.showLast();
}

// Wiring

function submit() {
  const box = $("message");
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  grow();
  send({ message: text });
}

/** Let the message box grow with what is written in it. */
function grow() {
  const box = $("message");
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 160)}px`;
}

fillIn();
$("note").hidden = remember(NOTE_SEEN) !== null;
$("note-ok").addEventListener("click", () => {
  remember(NOTE_SEEN, "yes");
  $("note").hidden = true;
  keepFocus();
});
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
$("message").addEventListener("input", grow);
$("message").addEventListener("keydown", (event) => {
  // While an input method composes a word, Enter belongs to it.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  }
});
$("start-over").addEventListener("click", startOver);
for (const id of ["about", "note-more"]) $(id).addEventListener("click", () => $("about-dialog").showModal());
$("body").addEventListener("click", () => {
  drawBody($("body-map"), (text) => {
    $("body-dialog").close();
    send({ message: text });
  });
  $("body-dialog").showModal();
});
$("forget").addEventListener("click", () => $("forget-dialog").showModal());
$("forget-now").addEventListener("click", forget);
$("banner-retry").addEventListener("click", watch);
for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}
start();
