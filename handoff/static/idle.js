// Whether anybody sits here. Without key or click for a while the agent is away, and back at the next one.
import { habits } from "./habits.js";

const LAST = "handrail:console:touched"; // shared by the tabs: who works in another one is not away
const LOOK = 5000;

export class Idle {
  #noted = 0;
  #away = false;

  /** `onAway()` and `onBack()` are called once each time. */
  constructor({ onAway, onBack }) {
    this.onAway = onAway;
    this.onBack = onBack;
    for (const kind of ["keydown", "pointerdown", "wheel", "touchstart"]) {
      addEventListener(kind, () => this.#touched(), { passive: true, capture: true });
    }
    this.#touched();
    setInterval(() => this.#look(), LOOK);
  }

  #touched() {
    const now = Date.now();
    if (this.#away) {
      this.#away = false;
      this.onBack();
    } else if (now - this.#noted < 1000) return;
    this.#noted = now;
    localStorage.setItem(LAST, String(now));
  }

  #look() {
    const minutes = habits.awayMinutes;
    const last = Number(localStorage.getItem(LAST)) || 0;
    if (this.#away && Date.now() - last < LOOK * 2) {
      this.#away = false;
      this.onBack();
    } else if (!this.#away && minutes > 0 && Date.now() - last > minutes * 60_000) {
      this.#away = true;
      this.onAway();
    }
  }
}
