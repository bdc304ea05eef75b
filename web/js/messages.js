// The conversation on the page: what you said, what the guide said, what you could say next.

import { BOXES, drawCard, suggested } from "./cards.js";
import { button, el, icon } from "./dom.js";
import { words } from "./words.js";

/** The log, with the quick replies of its last turn. */
export class Conversation {
  #log;
  #replies;
  #page;
  #turn = null;
  #asked = null;
  #answers = new WeakMap();

  /** @param page `player` sees every card, `send(text, title)` says something, `edit(turn, text)` changes it. */
  constructor(log, replies, page) {
    this.#log = log;
    this.#replies = replies;
    this.#page = page;
  }

  /** Forget what is shown. */
  clear() {
    this.#log.replaceChildren();
    this.#page.player.clear();
    this.clearReplies();
  }

  get isEmpty() {
    return !this.#log.hasChildNodes();
  }

  clearReplies() {
    this.#replies.replaceChildren();
    this.#replies.hidden = true;
  }

  /**
   * Show what the user said; returns the element, for `answer`, and so that trouble can be noted on it.
   * What is being answered meanwhile stays where it is.
   */
  addUser(text) {
    this.#log.querySelector(".edit")?.remove();
    const edit = button(words.edit, () => this.#page.edit(turn, text), { class: "edit" });
    edit.prepend(icon("edit"));
    const bubble = el("div", { class: "bubble" }, who(words.you), el("span", { text }));
    const turn = el("div", { class: "turn user" }, bubble, edit);
    this.#log.append(turn);
    return turn;
  }

  /** Take back a turn of the user and everything after it. */
  takeBack(turn) {
    while (turn.nextSibling) turn.nextSibling.remove();
    turn.remove();
  }

  /** Let what the guide says next stand below this turn of the user: there may be later ones that wait. */
  answer(turn) {
    // What had come of a broken answer comes again.
    this.#answers.get(turn)?.remove();
    this.clearReplies();
    this.#page.player.turn();
    this.#asked = turn;
    this.#turn = null;
  }

  /** Show one message of the guide. `live`: it comes now, not out of what was said before. */
  addBot(message, live = false) {
    // An answer to what was taken back meanwhile: the one to what stands there now is on its way.
    if (this.#asked && !this.#asked.isConnected) return;
    if (!this.#turn) {
      this.#turn = el("div", { class: "turn bot" }, who(words.guide));
      if (this.#asked) {
        this.#asked.after(this.#turn);
        this.#answers.set(this.#asked, this.#turn);
      } else this.#log.append(this.#turn);
    }
    if (message.text) this.#turn.append(el("div", { class: "bubble", text: message.text }));
    if (message.image) this.#addImage(message.image);
    if (message.custom) this.#addCard(message.custom, live);
    this.#offer([...(message.buttons ?? []), ...suggested(message.custom)]);
  }

  /** Say something in the page's own name. */
  addNotice(text) {
    this.#turn = this.#asked = null;
    this.#log.append(el("p", { class: "notice", text }));
  }

  /** Bring a turn into view, or what is being answered, from its beginning where it is longer than the window. */
  showLast(turn = this.#asked?.isConnected ? this.#asked : this.#log.lastElementChild) {
    turn?.scrollIntoView();
  }

  #addCard(card, live) {
    const last = this.#turn.lastElementChild;
    const bubble = last?.matches(".bubble") ? last : null;
    const { player, send } = this.#page;
    const drawn = drawCard(card, {
      send,
      bubble: BOXES.has(card.card) ? bubble : null,
      said: bubble?.textContent ?? "",
    });
    if (drawn) this.#turn.append(drawn);
    player.take(card, drawn, live);
    if (card.card === "step") this.#drop((text) => player.offers(text));
  }

  #addImage(address) {
    // Pictures of other sites are not loaded: that would tell them who reads here.
    if (new URL(address, location.href).origin === location.origin) {
      this.#turn.append(el("img", { class: "image", src: address, alt: "" }));
    }
  }

  #offer(buttons) {
    for (const { title, payload } of buttons) {
      const text = payload ?? title;
      const press = () => this.#page.send(text, title);
      this.#replies.append(button(title, press, { class: "reply", "data-says": text }));
    }
    this.#replies.hidden = !this.#replies.hasChildNodes();
  }

  /** Take back the replies that are on offer elsewhere. */
  #drop(isElsewhere) {
    for (const reply of [...this.#replies.children]) if (isElsewhere(reply.dataset.says)) reply.remove();
    this.#replies.hidden = !this.#replies.hasChildNodes();
  }
}

const who = (text) => el("span", { class: "hidden", text: `${text} ` });
