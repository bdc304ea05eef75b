// Speaking and listening, by what the browser has or the guide's own server. Nothing goes elsewhere without a yes.

import { hasVoice } from "./api.js";
import { remember } from "./dom.js";
import { words } from "./words.js";

const Own = window.SpeechRecognition ?? window.webkitSpeechRecognition;
const synthesis = window.speechSynthesis;
/** What hears and speaks by the server of this page; loaded where the server can. */
let served = null;

/** Call back with whether there is something to hear and to speak with, now and whenever that changes. */
export function whenVoice(tell) {
  const look = async () => {
    if (!served && (await hasVoice())) served = await import("./served.js");
    tell({ hears: await canListen(), speaks: Boolean(voice() || served), served: Boolean(served) });
  };
  navigator.mediaDevices?.addEventListener("devicechange", look);
  synthesis?.addEventListener?.("voiceschanged", look);
  // The server's voice may have come, or come back, meanwhile.
  document.addEventListener("visibilitychange", () => served || document.hidden || look());
  return look();
}

/** Tell whether there is anything to listen with: recognition, and a microphone. */
async function canListen() {
  try {
    const devices = (Own || served) && isSecureContext ? await navigator.mediaDevices.enumerateDevices() : [];
    return devices.some(({ kind }) => kind === "audioinput");
  } catch {
    return false;
  }
}

/** Tell whether this browser recognises speech without sending it away. */
async function isLocal() {
  try {
    const asked = { langs: [words.lang], processLocally: true };
    return (await Own.available(asked)) === "available";
  } catch {
    return false;
  }
}

/** Listens until it is stopped or, unless `lasting`, until somebody has finished. One at a time. */
export class Ear {
  #page;
  #recognition = null;
  #wanted = null;

  /** @param page `mayLeave()` asks whether audio may leave the machine, `deaf(why)` tells that nothing is heard. */
  constructor(page) {
    this.#page = page;
  }

  get isOn() {
    return Boolean(this.#wanted);
  }

  /**
   * Listen; `heard` is called with a text and whether it is final, `ended` when it is over. `began` tells whether the
   * server hears, `spoken` that what was said is being understood.
   */
  async start(how) {
    this.stop();
    this.#wanted = how;
    const local = await isLocal();
    const Kind = local || !served ? Own : served.Recognition;
    if (Kind === Own && !local && remember("voice-away") !== "yes") {
      if (!(await this.#page.mayLeave())) return this.stop();
      remember("voice-away", "yes");
    }
    if (this.#wanted === how) this.#listen(Kind, local);
    return undefined;
  }

  stop() {
    const ended = this.#wanted?.ended;
    this.#wanted = null;
    this.#recognition?.abort();
    this.#recognition = null;
    ended?.();
  }

  #listen(Kind, local) {
    const wanted = this.#wanted;
    const recognition = (this.#recognition = new Kind());
    Object.assign(recognition, { lang: words.lang, continuous: wanted.lasting, interimResults: !wanted.lasting });
    if (local) recognition.processLocally = true;
    wanted.began?.(Kind !== Own);
    recognition.onspeechend = () => this.#wanted === wanted && wanted.spoken?.();
    recognition.onresult = ({ results, resultIndex }) => {
      for (let i = resultIndex; i < results.length; i += 1) {
        const text = results[i][0].transcript.trim();
        const during = results[i].during ?? Boolean(saying());
        if (during && isEcho(text)) continue;
        if (during) hush();
        wanted.heard(text, results[i].isFinal);
      }
    };
    recognition.onerror = ({ error }) => {
      if (["no-speech", "aborted"].includes(error)) return;
      if (this.#wanted === wanted) this.stop();
      if (error === "away") served = null;
      this.#page.deaf(error);
    };
    recognition.onend = () => {
      if (this.#wanted !== wanted) return;
      // Browsers end a long listening now and then by themselves.
      if (wanted.lasting) setTimeout(() => this.#wanted === wanted && this.#listen(Kind, local), 300);
      else this.stop();
    };
    recognition.start();
  }
}

/** A voice of this machine in the language of the page; others would send the words away. */
const voice = () => synthesis?.getVoices().find((v) => v.localService && v.lang.startsWith(words.lang));
/** What this machine's own voice says, or said last. */
let said = "";
const saying = () => served?.saying() ?? (synthesis?.speaking ? said : "");
const plain = (text) => ` ${text.toLowerCase().replace(/[^\p{L}\d']+/gu, " ").trim()} `;
/** Words that are said over a voice to somebody are few. */
const FEW = 4;

/** Tell whether what was heard while the guide speaks is its own voice. To "stop" it always listens. */
function isEcho(text) {
  const heard = plain(text);
  if (heard.trim().split(" ").length > FEW) return true;
  return !new RegExp(`\\b(${words.hears.stop})\\b`).test(heard) && plain(saying() ?? "").includes(heard);
}

/** Read a text aloud, after what is being read; rejects where the voice is gone. */
export async function speak(text) {
  const chosen = voice();
  if (!text) return;
  if (chosen) {
    const utterance = new SpeechSynthesisUtterance(text);
    Object.assign(utterance, { voice: chosen, lang: chosen.lang });
    said = synthesis.speaking ? `${said} ${text}` : text;
    synthesis.speak(utterance);
    return;
  }
  try {
    await served?.speak(text);
  } catch (error) {
    served = null;
    throw error;
  }
}

export function hush() {
  synthesis?.cancel();
  served?.hush();
}
