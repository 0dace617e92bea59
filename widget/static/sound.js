// A quiet sound for what comes while nobody looks, made here and not fetched. The customer's switch outlives the visit;
// without it the house's choice holds.

const CHOICE = "handrail:sound";
const LAST = "handrail:sounded"; // of several tabs one sounds

export class Sound {
  #storage;
  #byDefault;
  #context = null;

  constructor(storage, byDefault) {
    this.#storage = storage;
    this.#byDefault = byDefault === true;
  }

  get on() { return (this.#storage.getItem(CHOICE) ?? String(this.#byDefault)) === "true"; }

  /** Switched on it is heard once, so that one knows what was chosen. */
  set on(wanted) {
    this.#storage.setItem(CHOICE, String(wanted));
    if (wanted) this.#ring();
  }

  /** For message `seq`, once in this browser. */
  play(seq) {
    // Never on a page that nobody has touched yet: browsers refuse it, and people mind.
    if (!this.on || navigator.userActivation?.hasBeenActive === false || this.#storage.getItem(LAST) === String(seq)) return;
    this.#storage.setItem(LAST, String(seq));
    this.#ring();
  }

  /** Two soft notes, a third of a second. */
  #ring() {
    if (!globalThis.AudioContext) return;
    this.#context ??= new AudioContext();
    const context = this.#context;
    context.resume().catch(() => {});
    [[660, 0], [880, 0.12]].forEach(([pitch, after]) => {
      const start = context.currentTime + after;
      const tone = new OscillatorNode(context, { frequency: pitch });
      const gain = new GainNode(context, { gain: 0 });
      gain.gain.linearRampToValueAtTime(0.06, start + 0.02);
      gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.22);
      tone.connect(gain).connect(context.destination);
      tone.start(start);
      tone.stop(start + 0.25);
    });
  }
}
