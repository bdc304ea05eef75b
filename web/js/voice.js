// Speaking and listening, by what the browser has. Nothing leaves the machine without a yes.

import { remember } from "./dom.js";
import { words } from "./words.js";

const Recognition = window.SpeechRecognition ?? window.webkitSpeechRecognition;

/** Tell whether there is anything to listen with: recognition, and a microphone. */
export async function canListen() {
  try {
    const devices = Recognition && isSecureContext ? await navigator.mediaDevices.enumerateDevices() : [];
    return devices.some(({ kind }) => kind === "audioinput");
  } catch {
    return false;
  }
}

/** Tell whether this browser recognises speech without sending it away. */
async function isLocal() {
  try {
    const asked = { langs: [words.lang], processLocally: true };
    return (await Recognition.available(asked)) === "available";
  } catch {
    return false;
  }
}

/** Listens until it is stopped or, unless `lasting`, until somebody has finished. One at a time. */
export class Ear {
  #page;
  #recognition = null;
  #wanted = null;

  /** @param page `mayLeave()` asks whether audio may leave the machine, `deaf()` tells that nothing is heard. */
  constructor(page) {
    this.#page = page;
  }

  get isOn() {
    return Boolean(this.#wanted);
  }

  /** Listen; `heard` is called with a text and whether it is final, `ended` when it is over. */
  async start({ lasting = false, heard, ended }) {
    this.stop();
    const wanted = (this.#wanted = { lasting, heard, ended });
    const local = await isLocal();
    if (!local && remember("voice-away") !== "yes") {
      if (!(await this.#page.mayLeave())) return this.stop();
      remember("voice-away", "yes");
    }
    if (this.#wanted === wanted) this.#listen(local);
    return undefined;
  }

  stop() {
    const ended = this.#wanted?.ended;
    this.#wanted = null;
    this.#recognition?.abort();
    this.#recognition = null;
    ended?.();
  }

  #listen(local) {
    const wanted = this.#wanted;
    const recognition = (this.#recognition = new Recognition());
    Object.assign(recognition, { lang: words.lang, continuous: wanted.lasting, interimResults: !wanted.lasting });
    if (local) recognition.processLocally = true;
    recognition.onresult = ({ results, resultIndex }) => {
      // What the guide itself says aloud is not meant for it.
      if (globalThis.speechSynthesis?.speaking) return;
      for (let i = resultIndex; i < results.length; i += 1) {
        wanted.heard(results[i][0].transcript.trim(), results[i].isFinal);
      }
    };
    recognition.onerror = ({ error }) => {
      if (["no-speech", "aborted"].includes(error)) return;
      if (this.#wanted === wanted) this.stop();
      this.#page.deaf();
    };
    recognition.onend = () => {
      if (this.#wanted !== wanted) return;
      // Browsers end a long listening now and then by themselves.
      if (wanted.lasting) setTimeout(() => this.#wanted === wanted && this.#listen(local), 300);
      else this.stop();
    };
    recognition.start();
  }
}

const synthesis = window.speechSynthesis;
/** A voice of this machine in the language of the page; others would send the words away. */
const voice = () => synthesis?.getVoices().find((v) => v.localService && v.lang.startsWith(words.lang));

/** Call back with whether there is a voice, now and whenever that changes. */
export function whenVoice(tell) {
  synthesis?.addEventListener?.("voiceschanged", () => tell(Boolean(voice())));
  tell(Boolean(voice()));
}

/** Read a text aloud, after what is being read. */
export function speak(text) {
  const chosen = voice();
  if (!chosen || !text) return;
  const utterance = new SpeechSynthesisUtterance(text);
  Object.assign(utterance, { voice: chosen, lang: chosen.lang });
  synthesis.speak(utterance);
}

export const hush = () => synthesis?.cancel();
