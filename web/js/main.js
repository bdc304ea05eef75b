// Starts the page: fills in its words, opens the session, and carries messages to and fro.

import * as api from "./api.js";
import { button, download, el, forgetAll, icon, remember, tick } from "./dom.js";
import { drawBody } from "./maps.js";
import { Conversation } from "./messages.js";
import { Player } from "./player.js";
import { moment, says, words } from "./words.js";

const RETRY_AFTER = 3_000;

const $ = (id) => document.getElementById(id);
const box = $("message");
const player = new Player({
  // The pressed button is still there, and what goes on by itself takes nobody's focus.
  send: (text) => send({ message: text }, false),
  hasDraft: () => box.value.trim() !== "",
  canListen: () => !$("mic").hidden,
  keepFocus,
  get ear() {
    return ear;
  },
});
const conversation = new Conversation($("log"), $("replies"), {
  player,
  send: (message, title) => send({ message, title }),
  edit,
});
/** What listens and reads aloud: it comes after the page itself. */
let voice = null;
let ear = null;
let queue = Promise.resolve();
let watching = null;
let editing = null;
let started = false;

// Words

function fillIn() {
  document.documentElement.lang = words.lang;
  document.title = words.title;
  for (const e of document.querySelectorAll("[data-text]")) e.textContent = words[e.dataset.text];
  for (const e of document.querySelectorAll("[data-label]")) e.setAttribute("aria-label", words[e.dataset.label]);
  for (const e of document.querySelectorAll("button[data-label]")) e.title = words[e.dataset.label];
  for (const e of document.querySelectorAll("[data-icon]")) e.prepend(icon(e.dataset.icon));
  for (const e of document.querySelectorAll("[data-list]")) {
    e.replaceChildren(...words[e.dataset.list].map((text) => el("li", { text })));
  }
  box.placeholder = words.placeholder;
  $("starters").append(
    ...words.starters.map((text) => button(text, () => send({ message: text }), { class: "starter" }, icon("next"))),
  );
}

// Sending

/** Say something, after whatever is still being answered. */
function send(message, moveFocus = true) {
  voice?.hush();
  showWelcome(false);
  stopEditing();
  const turn = conversation.addUser(message.title ?? message.message);
  if (message.fresh) turn.querySelector(".edit").remove();
  conversation.showLast(turn);
  enqueue(message, turn);
  if (moveFocus) keepFocus();
}

function enqueue(message, turn) {
  // Sent again after an answer that was lost, it is known by its name, and answered with the same.
  message.message_id ??= `${Date.now()}-${Math.random().toString(36).slice(2)}`;
  player.sending();
  queue = queue.then(() => deliver(message, turn)).finally(() => player.answered());
}

async function deliver(message, turn) {
  turn.querySelector(".failed")?.remove();
  conversation.answer(turn);
  typing(true);
  const answer = [];
  try {
    await api.sendMessage(message, (line) => {
      if (line.waiting) {
        $("typing-text").textContent = words.waiting;
        return;
      }
      answer.push(line);
      conversation.addBot(line, true);
      conversation.showLast();
    });
    online();
    if (remember("aloud") === "true") readAloud(answer);
  } catch (error) {
    failed(error, message, turn);
  } finally {
    typing(false);
    conversation.showLast();
  }
}

/** Read out an answer: a card that has words for the ear has them instead of those beside it. */
function readAloud(answer) {
  answer.forEach((line, i) => {
    if (answer[i + 1]?.custom?.speech && !line.custom) return;
    voice?.speak(line.custom?.speech ?? line.text).catch(() => notice(words.deafTo.away));
  });
}

function failed(error, message, turn) {
  if (error.status === 413) return notice(words.tooBig);
  const again = button(words.tryAgain, () => {
    enqueue(message, turn);
    keepFocus();
  });
  const what = error.partial ? words.cutOff : words.notSent;
  turn.firstChild.after(el("p", { class: "failed" }, el("span", { text: what }), again));
  if (error.status === 0 || error.status >= 500) return watch();
  return notice(error.status === 429 ? words.tooMany : words.trouble);
}

function typing(on) {
  $("typing").hidden = !on;
  $("typing-text").textContent = "";
  $("log").classList.toggle("waits", on);
}

/** Where the pressed button is gone, go on from the message box; on a phone that would open its keyboard. */
function keepFocus() {
  (matchMedia("(pointer: coarse)").matches ? $("scroller") : box).focus({ preventScroll: true });
}

// Changing the last message

function edit(turn, text) {
  editing = turn;
  $("editing").hidden = false;
  box.value = text;
  grow();
  box.focus();
}

function stopEditing() {
  if (editing) box.value = "";
  editing = null;
  $("editing").hidden = true;
  grow();
}

function submit() {
  const text = box.value.trim();
  if (!text) return;
  box.value = "";
  const message = { message: text };
  if (editing) {
    // What never arrived need not be taken back over there.
    if (!editing.querySelector(".failed")) message.replaces = true;
    conversation.takeBack(editing);
    player.clear();
  }
  send(message);
}

/** Let the message box grow with what is written in it. */
function grow() {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight + 2, 160)}px`;
}

// Speaking

async function loadVoice() {
  try {
    voice = await import("./voice.js");
  } catch {
    // The page lost its guide just now: it can be read and typed to all the same.
    return;
  }
  ear = new voice.Ear({ mayLeave, deaf: (why) => notice(words.deafTo[why] ?? words.deaf) });
  await voice.whenVoice(({ hears, speaks, served }) => {
    $("mic").hidden = !hears;
    player.offerHandsFree();
    const setting = speaks && tick(words.aloud, remember("aloud") === "true", aloud);
    const note = served && el("p", { class: "names", text: words.served });
    $("settings").replaceChildren(...[setting, note].filter(Boolean));
  });
}

/** Ask whether what is said may be sent to the maker of the browser. */
function mayLeave() {
  const dialog = $("away-dialog");
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((tell) => {
    dialog.addEventListener("close", () => tell(dialog.returnValue === "yes"), { once: true });
  });
}

function dictate() {
  if (ear.isOn) return ear.stop();
  voice.hush();
  const before = box.value;
  const show = (on, hint) => {
    $("mic").setAttribute("aria-pressed", on);
    $("hint").textContent = hint;
  };
  show(true, words.listening);
  return ear.start({
    began: (served) => served && show(true, words.listeningHere),
    spoken: () => show(true, words.understanding),
    heard(text, isFinal) {
      box.value = [before, text].filter(Boolean).join(" ");
      grow();
      if (isFinal) ear.stop();
    },
    ended() {
      show(false, words.disclaimer);
      box.focus();
    },
  });
}

// Being offline

/** Show that the guide cannot be reached, and look for it until it is back. */
async function watch() {
  clearTimeout(watching);
  const state = await api.health();
  if (state === "ok") return online();
  $("banner-text").textContent = words[state] ?? words.offline;
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
  $("banner").hidden = true;
  if (!started && conversation.isEmpty) start();
}

// Beginning, starting over, forgetting

async function start() {
  try {
    await api.openSession();
    const said = await api.fetchHistory();
    started = true;
    for (const message of said) {
      if (message.from === "user") conversation.answer(conversation.addUser(message.text));
      else conversation.addBot(message);
    }
  } catch {
    // Not at once: a guide that is well and refuses us would be asked again and again.
    watching = setTimeout(watch, started === null ? RETRY_AFTER : 0);
    started = null;
  }
  // Only now: what was said before must not be read out again.
  $("log").setAttribute("role", "log");
  showWelcome(conversation.isEmpty);
  conversation.showLast();
}

const showWelcome = (on) => ($("welcome").hidden = !on);

function startOver() {
  conversation.clear();
  send({ message: says.startOver, fresh: true });
}

async function forget() {
  $("forget-dialog").close();
  let result = words.forgetFailed;
  try {
    // Behind the turn that is still being answered, whose end would come into the new conversation.
    await queue;
    result = (await api.forget()) ? words.forgotten : words.notForgotten;
    conversation.clear();
    forgetAll();
    $("note").hidden = false;
    showWelcome(true);
  } catch {
    watch();
  }
  notice(result);
}

/** Save the whole conversation as text. */
async function save() {
  const said = await api.fetchHistory();
  const lines = said
    .filter(({ text }) => text)
    .map(({ from, text, time }) => `${moment(time * 1000)}  ${from === "user" ? words.you : words.guide}\n${text}\n`);
  download([words.title, "", ...lines].join("\n"), words.saveFile, "text/plain", "").click();
}

/** Keep the page itself for when the guide is away. */
async function keepPage() {
  try {
    await navigator.serviceWorker?.register("sw.js");
    const files = performance.getEntriesByType("resource").map(({ name }) => name.split("#")[0]);
    const page = files.filter((name) => !/\/(api|maps)\//.test(name));
    await (await caches.open("acupressure-page")).addAll(["./", ...new Set(page)]);
  } catch {
    // Then the page needs the guide to open, as most pages do.
  }
}

function notice(text) {
  conversation.addNotice(text);
  conversation.showLast();
}

function aloud(on) {
  remember("aloud", on);
  if (!on) voice.hush();
}

// Wiring

fillIn();
$("note").hidden = remember("note") !== null;
$("note-ok").addEventListener("click", () => {
  remember("note", "yes");
  $("note").hidden = true;
  keepFocus();
});
$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
box.addEventListener("input", grow);
box.addEventListener("keydown", (event) => {
  if (event.key === "Escape") stopEditing();
  // While an input method composes a word, Enter belongs to it.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    submit();
  }
});
const on = (id, run) => $(id).addEventListener("click", run);
on("start-over", startOver);
on("edit-cancel", () => {
  stopEditing();
  keepFocus();
});
for (const id of ["about", "note-more"]) on(id, () => $("about-dialog").showModal());
on("body", () => {
  drawBody($("body-map"), (text) => {
    $("body-dialog").close();
    send({ message: text });
  });
  $("body-dialog").showModal();
});
on("forget", () => $("forget-dialog").showModal());
on("forget-now", forget);
on("save", save);
on("mic", dictate);
on("banner-retry", watch);
for (const e of document.querySelectorAll("[data-close]")) {
  e.addEventListener("click", () => e.closest("dialog").close(e.dataset.close));
}
window.addEventListener("offline", watch);
window.addEventListener("online", watch);
start().then(loadVoice).then(keepPage);
