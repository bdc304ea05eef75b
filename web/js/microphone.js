// Runs beside the page on the sound itself: cuts what the microphone hears into utterances.

const FRAME_SECONDS = 0.032;
const frames = (seconds) => Math.round(seconds / FRAME_SECONDS);
/** So many of the last frames must be loud: a cough or a click is no speech. */
const [LOUD, OF_LAST] = [4, 6];
/** What is kept of the time before somebody is noticed: words begin softly. */
const BEFORE = frames(0.35);
const END = frames(0.7);
const LONGEST = frames(14);
/** Decibels below full scale under which nothing is speech, and above the quietest moments from which it may be. */
const [FLOOR, ABOVE] = [-50, 10];
/** How fast the quietest moments are forgotten, in decibels a frame: what always hums is no speech. */
const FORGET = 0.02;

registerProcessor(
  "microphone",
  /** Posts `"began"` when somebody begins to speak, and the samples, 16 bit, when they have finished. */
  class extends AudioWorkletProcessor {
    #frame = new Float32Array(Math.round(sampleRate * FRAME_SECONDS));
    #filled = 0;
    #quiet = -60;
    #kept = [];
    #loud = [];
    #speaks = false;
    #silent = 0;

    process([[samples]]) {
      for (const sample of samples ?? []) {
        this.#frame[this.#filled] = sample;
        this.#filled += 1;
        if (this.#filled === this.#frame.length) {
          this.#hear(this.#frame.slice());
          this.#filled = 0;
        }
      }
      return true;
    }

    #hear(frame) {
      const level = 10 * Math.log10(frame.reduce((sum, x) => sum + x * x, 0) / frame.length + 1e-10);
      this.#quiet = Math.min(level, this.#quiet + FORGET);
      const isLoud = level > Math.max(FLOOR, this.#quiet + ABOVE);
      this.#kept.push(frame);
      if (this.#speaks) {
        this.#silent = isLoud ? 0 : this.#silent + 1;
        if (this.#silent >= END || this.#kept.length > LONGEST) this.#end();
        return;
      }
      this.#loud = [...this.#loud, isLoud].slice(-OF_LAST);
      this.#kept = this.#kept.slice(-BEFORE);
      if (this.#loud.filter(Boolean).length >= LOUD) {
        this.#speaks = true;
        this.#silent = 0;
        this.port.postMessage("began");
      }
    }

    #end() {
      const samples = Int16Array.from(
        this.#kept.flatMap((frame) => [...frame]),
        (x) => Math.max(-1, Math.min(1, x)) * 32767,
      );
      this.#kept = [];
      this.#loud = [];
      this.#speaks = false;
      this.port.postMessage(samples, [samples.buffer]);
    }
  },
);
