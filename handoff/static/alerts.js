// How an agent who looks elsewhere learns that somebody waits: the tab's title, and a soft sound if wanted.

const SOUND = "handrail:console:sound";

export class Alerts {
  #title = document.title;
  #audio = null;
  sound = localStorage.getItem(SOUND) !== "off";

  setSound(on) {
    this.sound = on;
    localStorage.setItem(SOUND, on ? "on" : "off");
    if (on) this.#beep();
  }

  /** The number of things that wait for this agent, before the title. */
  badge(count) {
    // NiceGUI may set the title after us: take its word for the bare title.
    const bare = document.title.replace(/^\(\d+\) /, "");
    if (bare) this.#title = bare;
    const title = count ? `(${count}) ${this.#title}` : this.#title;
    if (document.title !== title) document.title = title;
  }

  ring() { if (this.sound) this.#beep(); }

  #beep() {
    try {
      this.#audio ??= new AudioContext();
      // Browsers hold sound back until the page was used once; then there is nothing to hear yet.
      if (this.#audio.state === "suspended") this.#audio.resume();
      const start = this.#audio.currentTime;
      for (const [delay, frequency] of [[0, 660], [0.16, 880]]) {
        const tone = this.#audio.createOscillator();
        const volume = this.#audio.createGain();
        tone.frequency.value = frequency;
        volume.gain.setValueAtTime(0.0001, start + delay);
        volume.gain.exponentialRampToValueAtTime(0.12, start + delay + 0.02);
        volume.gain.exponentialRampToValueAtTime(0.0001, start + delay + 0.3);
        tone.connect(volume).connect(this.#audio.destination);
        tone.start(start + delay);
        tone.stop(start + delay + 0.32);
      }
    } catch {
      // No sound on this machine: the title still tells.
    }
  }
}
