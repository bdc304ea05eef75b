// Hears and speaks by the guide's own server: sound goes to where this page came from, and nowhere else.

import { hear, speech } from "./api.js";

const RATE = 16_000;
/** Silence after which somebody who wanted to dictate is asked no longer. */
const PATIENCE = 12_000;
/** Agreement of the server's two recognisers below which nothing is done by itself. */
const SURE = 0.34;
/** Characters that are spoken in one piece, unless a sentence is longer. */
const PIECE = 160;
const QUIETLY = 0.15;

// Hearing

/** Recognises speech under the names and with the events of the browser's own recogniser. */
export class Recognition {
  continuous = false;
  #stream = null;
  #sound = null;
  #isOver = false;
  #waiting = 0;

  async start() {
    try {
      // Without automatic gain: it overdrives the first words, and the recogniser needs no loudness.
      const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: false };
      this.#stream = await navigator.mediaDevices.getUserMedia({ audio });
      const [sound, node] = await opened(this.#stream);
      this.#sound = sound;
      let during = false;
      node.port.onmessage = ({ data }) => {
        if (data !== "began") return this.#take(data, during);
        clearTimeout(this.#waiting);
        // The one who speaks is let speak; was it only noise, the voice comes back.
        during = Boolean(saying());
        return quietly(true);
      };
      if (!this.continuous) this.#waiting = setTimeout(() => this.#fail("no-words"), PATIENCE);
      // Stopped before it had begun.
      if (this.#isOver) this.#close();
    } catch {
      this.#fail("not-allowed");
    }
  }

  abort() {
    this.#isOver = true;
    this.#close();
  }

  async #take(samples, during) {
    if (this.#isOver) return;
    const { sampleRate } = this.#sound;
    if (!this.continuous) this.#close();
    this.onspeechend?.();
    try {
      const { text, agreement } = await hear(wav(samples, sampleRate));
      if (this.#isOver) return;
      const transcript = this.continuous && agreement < SURE && !/^(please\s)?stop\b/.test(text) ? "" : text;
      if (transcript) this.onresult({ resultIndex: 0, results: [Object.assign([{ transcript }], { isFinal: true, during })] });
      else if (!this.continuous) this.#fail("no-words");
    } catch ({ status }) {
      this.#fail(status === 429 ? "busy" : "away");
    } finally {
      quietly(false);
    }
  }

  #fail(error) {
    if (this.#isOver) return;
    this.abort();
    this.onerror({ error });
  }

  #close() {
    clearTimeout(this.#waiting);
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#sound?.close();
    this.#stream = this.#sound = null;
    quietly(false);
  }
}

/** Lead a microphone into the worklet; where a browser cannot take it at our rate, at its own. */
async function opened(stream) {
  for (const sampleRate of [RATE, undefined]) {
    const sound = new AudioContext({ sampleRate });
    try {
      const source = sound.createMediaStreamSource(stream);
      await sound.audioWorklet.addModule(new URL("microphone.js", import.meta.url));
      const node = new AudioWorkletNode(sound, "microphone", { numberOfOutputs: 0 });
      source.connect(node);
      return [sound, node];
    } catch (error) {
      sound.close();
      if (!sampleRate) throw error;
    }
  }
  return undefined;
}

/** Return samples as a WAV file. */
function wav(samples, rate) {
  const head = new DataView(new ArrayBuffer(44));
  const write = (place, text) => [...text].forEach((c, i) => head.setUint8(place + i, c.charCodeAt(0)));
  write(0, "RIFF");
  head.setUint32(4, 36 + samples.byteLength, true);
  write(8, "WAVEfmt ");
  [[16, 16], [24, rate], [28, 2 * rate], [40, samples.byteLength]].forEach(([at, n]) => head.setUint32(at, n, true));
  [[20, 1], [22, 1], [32, 2], [34, 16]].forEach(([at, n]) => head.setUint16(at, n, true));
  write(36, "data");
  return new Blob([head, samples], { type: "audio/wav" });
}

// Speaking

let context = null;
let volume = null;
let source = null;
/** What is being read: the pieces still to come, and all of it as one text. */
let reading = null;

/** Return what is being said, if anything is. */
export const saying = () => reading?.said;

/** Read a text aloud, after what is being read; rejects where the server does not speak. */
export async function speak(text) {
  // Before the first press a browser lets nothing sound.
  if (!navigator.userActivation?.hasBeenActive) return;
  if (reading) {
    reading.pieces.push(...pieces(text));
    reading.said += ` ${text}`;
    return;
  }
  const mine = (reading = { pieces: pieces(text), said: text });
  try {
    await read(mine);
  } finally {
    if (reading === mine) reading = null;
  }
}

export function hush() {
  reading = null;
  source?.stop();
}

async function read(mine) {
  const load = () => {
    const sound = mine.pieces.length ? speech(mine.pieces.shift()) : null;
    // Told when its turn comes.
    sound?.catch(() => {});
    return sound;
  };
  let ahead = load();
  while (ahead && reading === mine) {
    const sound = await ahead;
    ahead = load();
    if (reading === mine) await play(sound, mine);
    ahead ??= load();
  }
}

async function play(data, mine) {
  if (!context) {
    context = new AudioContext();
    volume = context.createGain();
    volume.connect(context.destination);
  }
  await context.resume();
  const buffer = await context.decodeAudioData(data);
  if (reading !== mine) return;
  source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(volume);
  await new Promise((over) => {
    source.onended = over;
    source.start();
  });
}

function quietly(on) {
  if (volume) volume.gain.value = on ? QUIETLY : 1;
}

/** Cut a text into sentences, or several short ones together. */
function pieces(text) {
  const cut = [];
  for (const sentence of text.match(/[^.!?\n]+[.!?]*\s*/g) ?? []) {
    const last = cut.length - 1;
    if (last >= 0 && cut[last].length + sentence.length <= PIECE) cut[last] += sentence;
    else cut.push(sentence);
  }
  return cut.filter((piece) => /[\p{L}\d]/u.test(piece));
}
