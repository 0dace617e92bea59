// How an agent who looks elsewhere learns that somebody waits: the tab's title, a sound, a desktop notification;
// and a louder sound that repeats as long as an alarm has no owner. Each can be switched off.
import { habits } from "./habits.js";

const ALARM_EVERY = 6000; // ms
const SOFT = { tones: [[0, 660], [0.16, 880]], volume: 0.12, shape: "sine" };
const LOUD = { tones: [[0, 880], [0.22, 620], [0.44, 880], [0.66, 620]], volume: 0.4, shape: "square" };

export class Alerts {
  #title = document.title;
  #audio = null;
  #alarm = null;

  /** The number of things that wait for this agent, before the title; an alarm shows there, too. */
  badge(count, alarm = false) {
    // NiceGUI may set the title after us: take its word for the bare title.
    const bare = document.title.replace(/^(⚠ )?(\(\d+\) )?/u, "");
    if (bare) this.#title = bare;
    const title = `${alarm ? "⚠ " : ""}${count ? `(${count}) ` : ""}${this.#title}`;
    if (document.title !== title) document.title = title;
  }

  ring() { if (habits.sound) this.#play(SOFT); }

  /** Sound the alarm until told that it is over. */
  alarm(on) {
    if (on && !this.#alarm) {
      const sound = () => { if (habits.alarm) this.#play(LOUD); };
      sound();
      this.#alarm = setInterval(sound, ALARM_EVERY);
    } else if (!on) {
      clearInterval(this.#alarm);
      this.#alarm = null;
    }
  }

  try(kind) { this.#play(kind === "alarm" ? LOUD : SOFT); }

  /** Tell the desktop, if the agent wants it and looks elsewhere. `tag`: a later one replaces an earlier one. */
  notify(title, body, tag, onClick) {
    if (!habits.desktop || !document.hidden || !desktopAllowed()) return;
    try {
      const shown = new Notification(title, { body, tag });
      shown.addEventListener("click", () => {
        window.focus();
        shown.close();
        onClick?.();
      });
    } catch {
      // Phones show notifications through a service worker only: sound and title still tell.
    }
  }

  #play({ tones, volume, shape }) {
    // Browsers hold sound back until the page was used once, and complain of each attempt.
    if (navigator.userActivation?.hasBeenActive === false) return;
    try {
      this.#audio ??= new AudioContext();
      if (this.#audio.state === "suspended") this.#audio.resume();
      const start = this.#audio.currentTime;
      for (const [delay, frequency] of tones) {
        const tone = this.#audio.createOscillator();
        const gain = this.#audio.createGain();
        tone.type = shape;
        tone.frequency.value = frequency;
        gain.gain.setValueAtTime(0.0001, start + delay);
        gain.gain.exponentialRampToValueAtTime(volume, start + delay + 0.02);
        gain.gain.exponentialRampToValueAtTime(0.0001, start + delay + 0.3);
        tone.connect(gain).connect(this.#audio.destination);
        tone.start(start + delay);
        tone.stop(start + delay + 0.32);
      }
    } catch {
      // No sound on this machine: the title still tells.
    }
  }
}

export const desktopAllowed = () => globalThis.Notification?.permission === "granted";

/** Ask the browser; only ever from a button that the agent pressed. */
export async function askDesktop() {
  habits.desktop = (await globalThis.Notification?.requestPermission?.()) === "granted";
  return habits.desktop;
}

/** Speaks through a screen reader: `say` when there is a pause, `say(…, true)` at once. */
export class Speaker {
  constructor(polite, assertive) {
    this.polite = polite;
    this.assertive = assertive;
  }

  say(text, now = false) {
    const region = now ? this.assertive : this.polite;
    // The same words twice are two events: an empty region in between makes them heard twice.
    region.textContent = "";
    setTimeout(() => { region.textContent = text; }, 30);
  }
}
